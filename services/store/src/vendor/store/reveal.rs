//! One full TIN for a person: so many within an hour, and each in the audit trail before the number leaves.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use formfeed_domain::Tin;

use super::{Twin, VendorStore};
use crate::acting;
use crate::audit::{Chain as _, Details};
use crate::vendor::KeepError;
use crate::vendor::rows::{ImportedRow as _, instant};

/// What each reveal is called in the audit trail; those of a token are counted by it.
const REVEALED: &str = "tin.reveal";
/// What each look-up of a number is called there.
const FOUND: &str = "tin.find";
/// Somebody wanted more than may be revealed.
const ALARM: &str = "tin.alarm";
/// For how long a reveal counts.
const WITHIN: TimeDelta = TimeDelta::hours(1);

/// What came of the wish to see a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reveal {
    /// There is no such vendor.
    NoVendor,
    /// The vendor has no number.
    NoTin,
    /// The token has seen as many as it may; it may go on then.
    TooMany {
        /// When the first of them counts no more.
        until: DateTime<Utc>,
    },
    /// The number.
    Tin(Tin),
}

/// What came of the wish to know who has a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Find {
    /// Those who have it, by key.
    Vendors(Vec<Twin>),
    /// The token has looked as often as it may; it may go on then. Whoever may try numbers at will finds out each one.
    TooMany {
        /// When the first look counts no more.
        until: DateTime<Utc>,
    },
}

impl VendorStore {
    /// Opens the number of a vendor in its current version for whom this task works for, unless its token has seen `most`
    /// within an hour. The hour is that of the audit trail: a restart forgets nothing.
    ///
    /// # Errors
    /// [`KeepError::Store`] when the database fails, or the value does not open at its place.
    pub async fn reveal_tin(
        &self,
        vendor_id: &str,
        reason: &str,
        most: u32,
        now: DateTime<Utc>,
    ) -> Result<Reveal, KeepError> {
        let token = acting::current().and_then(|context| context.token);
        let token = token.unwrap_or_default();
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let since = instant(now - WITHIN);
        on_write!(self.database, vendor, |c, q| {
            c.hold().await?; // who asks at the same time is counted too
            let seen = c.times((REVEALED, &token), since).await?;
            let subject = format!("vendors/{vendor_id}");
            if seen.len() >= most {
                if c.times((ALARM, &token), since).await?.is_empty() {
                    let details = Details::new().number("revealed", count(seen.len()));
                    self.auditor.note(c, ALARM, subject, details).await?;
                }
                return Ok(Reveal::TooMany {
                    until: goes_on(&seen, most, now),
                });
            }
            let Some((_, version)) = q::vendors::get(c, vendor_id).await? else {
                return Ok(Reveal::NoVendor);
            };
            let Some(tin) = version.open_tin(&self.keyring)? else {
                return Ok(Reveal::NoTin);
            };
            let details = Details::new()
                .number("version", version.version)
                .text("reason", reason);
            self.auditor.note(c, REVEALED, subject, details).await?;
            Ok(Reveal::Tin(tin))
        })
    }

    /// The vendors that have a number, in any version, unless the token of whom this task works for has looked `most` times
    /// within an hour. That somebody looked stands in the audit trail, without the number.
    ///
    /// # Errors
    /// [`KeepError::Store`] when the database fails.
    pub async fn vendors_with_tin(
        &self,
        digits: &str,
        most: u32,
        now: DateTime<Utc>,
    ) -> Result<Find, KeepError> {
        let Some(digest) = self.keyring.digest(digits.as_bytes()) else {
            return Ok(Find::Vendors(Vec::new()));
        };
        let mut sharing = self.sharing(std::slice::from_ref(&digest)).await?;
        let found: Vec<_> = sharing
            .remove(&digest)
            .into_iter()
            .flatten()
            .map(|(vendor_id, versions)| Twin {
                vendor_id,
                versions,
            })
            .collect();
        let names: Vec<_> = found.iter().map(|twin| twin.vendor_id.as_str()).collect();
        let details = Details::new()
            .number("found", count(found.len()))
            .text("vendors", &names.join(" "));
        let token = acting::current().and_then(|context| context.token);
        let token = token.unwrap_or_default();
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let since = instant(now - WITHIN);
        on_write!(self.database, vendor, |c, q| {
            c.hold().await?;
            let looked = c.times((FOUND, &token), since).await?;
            if looked.len() >= most {
                if c.times((ALARM, &token), since).await?.is_empty() {
                    let details = Details::new().number("looked", count(looked.len()));
                    self.auditor.note(c, ALARM, "vendors", details).await?;
                }
                return Ok(Find::TooMany {
                    until: goes_on(&looked, most, now),
                });
            }
            self.auditor.note(c, FOUND, "vendors", details).await?;
            Ok(Find::Vendors(found))
        })
    }
}

/// When one more may be asked for: the first of the last `most` counts no more then.
fn goes_on(times: &[NaiveDateTime], most: usize, now: DateTime<Utc>) -> DateTime<Utc> {
    let first = times.len().checked_sub(most.max(1));
    let first = first.and_then(|at| times.get(at));
    first.map_or(now, NaiveDateTime::and_utc) + WITHIN
}

fn count(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
