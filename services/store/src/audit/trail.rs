//! The audit trail of a service: entries written in the transaction of what they tell of, and read again.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, NaiveDateTime, SubsecRound as _, Utc};
use formfeed_domain::spool::JobId;
use formfeed_domain::text;

use super::chain::{ChainKey, GENESIS};
use super::details::Details;
use super::entry::{Entry, EntryRow, HeadRow};
use crate::acting;
use crate::{Database, StoreError};

/// A connection that writes the chain, within a transaction.
pub(crate) trait Chain: Send {
    /// The end of the chain, which nobody else moves until this transaction ends.
    async fn hold(&mut self) -> Result<HeadRow, StoreError>;
    /// Adds the next entry and moves the end.
    async fn add(&mut self, entry: EntryRow, head: &HeadRow) -> Result<(), StoreError>;
    /// When a token did something since a time, the first time first.
    async fn times(
        &mut self,
        done: (&str, &str),
        since: NaiveDateTime,
    ) -> Result<Vec<NaiveDateTime>, StoreError>;
}

/// Writes the audit trail of a service.
pub(crate) struct Auditor {
    service: &'static str,
    pub(super) key: ChainKey,
    /// How often something was written, committed or not.
    noted: AtomicU64,
}

/// Which entries; the default is all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryFilter {
    /// Not before this.
    pub since: Option<DateTime<Utc>>,
    /// By this user, or by the token of this name; blank is anybody.
    pub user: String,
    /// Of this action, or of all that begin so where it ends with `*`; blank is any.
    pub action: String,
    /// About this resource; blank is any.
    pub subject: String,
    /// The newest first.
    pub newest_first: bool,
}

/// Where a chain ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Number of the last entry; 0 before the first.
    pub sequence: i64,
    /// Its hash.
    pub hash: String,
}

/// A service's trail with its database.
#[derive(Clone, Copy)]
pub struct Trail<'a> {
    pub(super) database: &'a Database,
    pub(super) auditor: &'a Auditor,
}

/// A store that keeps an audit trail.
pub trait Audited: Send + Sync {
    /// Its trail.
    fn trail(&self) -> Trail<'_>;
}

impl Auditor {
    /// Reads the key file, or makes it and begins the chain where there is none yet.
    ///
    /// # Errors
    /// [`StoreError::Open`] when the chain was begun with another key, or its key is missing.
    pub(crate) async fn open(
        database: &Database,
        service: &'static str,
        key_file: &Path,
    ) -> Result<Self, StoreError> {
        let begun = on_read!(database, audit, |c, q| q::head(c).await?);
        if begun.is_some() && !key_file.exists() {
            return Err(unusable(key_file, "is missing"));
        }
        let key = ChainKey::open(service, key_file, begun.is_none())?;
        let first = HeadRow {
            sequence: 0,
            hash: GENESIS.to_owned(),
            seal: key.seal(0, GENESIS),
            key_check: key.check(),
        };
        if begun.is_none() {
            let done: Result<(), StoreError> =
                on_write!(database, audit, |c, q| q::begin(c, first.clone()).await);
            match done {
                Ok(()) | Err(StoreError::Conflict(_)) => {} // another daemon began it
                Err(error) => return Err(error),
            }
        }
        let head = on_read!(database, audit, |c, q| q::head(c).await?);
        match head.is_some_and(|head| head.key_check == key.check()) {
            true => Ok(Self {
                service,
                key,
                noted: AtomicU64::new(1),
            }),
            false => Err(unusable(
                key_file,
                "is another one than the trail was begun with",
            )),
        }
    }

    /// Writes an entry on behalf of whom this task works for; its subject names nobody by TIN. Last in a transaction: until it
    /// ends, nobody else writes one.
    pub(crate) async fn note<C: Chain>(
        &self,
        connection: &mut C,
        action: &str,
        subject: impl Into<String>,
        details: Details,
    ) -> Result<(), StoreError> {
        let subject: String = subject.into();
        let actor = acting::current().unwrap_or_default();
        let (token, user) = (actor.token.unwrap_or_default(), actor.user);
        let entry = Entry {
            sequence: 0,
            time: Utc::now().trunc_subsecs(6),
            user: user.unwrap_or_else(|| self.service.to_owned()),
            token,
            request_id: actor.request_id,
            action: action.to_owned(),
            subject: without_tins(&subject),
            details: details.canonical(),
            previous_hash: String::new(),
            hash: String::new(),
        };
        self.append(connection, entry).await
    }

    async fn append<C: Chain>(
        &self,
        connection: &mut C,
        mut entry: Entry,
    ) -> Result<(), StoreError> {
        let mut head = connection.hold().await?;
        let sealed = self.key.has_sealed(&head);
        entry.sequence = head.sequence + 1;
        entry.previous_hash.clone_from(&head.hash);
        entry.hash = self.key.hash(&entry);
        head.sequence = entry.sequence;
        head.hash.clone_from(&entry.hash);
        if sealed {
            head.seal = self.key.seal(head.sequence, &head.hash);
        } // else it stays a seal that does not fit: an end that was changed from outside is not made good again
        connection.add(entry.into(), &head).await?;
        self.noted.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

/// The name of a resource with every part hidden that is written as a TIN: some payers number their vendors by TIN. Nine
/// digits that are no TIN are hidden as well, as nobody can tell them apart; a UUID is nobody's number.
fn without_tins(subject: &str) -> String {
    let shown = |part: &str| match JobId::new(part) {
        Ok(_) => part.to_owned(),
        Err(_) => text::without_tins(part),
    };
    subject.split('/').map(shown).collect::<Vec<_>>().join("/")
}

fn unusable(key_file: &Path, what: &str) -> StoreError {
    StoreError::Open(format!(
        "the key of the audit trail, {}, {what}: restore it from the backup, or copy it from the spooler that shares the database",
        key_file.display()
    ))
}

impl<'a> Trail<'a> {
    pub(crate) fn new(database: &'a Database, auditor: &'a Auditor) -> Self {
        Self { database, auditor }
    }

    /// Which service's.
    pub fn service(&self) -> &'static str {
        self.auditor.service
    }

    /// How often something was written by this process, committed or not: changes when there may be news.
    pub fn noted(&self) -> u64 {
        self.auditor.noted.load(Ordering::Relaxed)
    }

    /// Where the chain ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn head(&self) -> Result<Head, StoreError> {
        let head = on_read!(self.database, audit, |c, q| q::head(c).await?);
        let head = head.map(|head| Head {
            sequence: head.sequence,
            hash: head.hash,
        });
        head.ok_or_else(|| StoreError::Corrupt("the end of the audit trail is missing".to_owned()))
    }

    /// At most `limit` entries that a filter lets through, after a place in the order of the filter.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn entries(
        &self,
        filter: &EntryFilter,
        after: Option<i64>,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let filter = &EntryFilter {
            subject: without_tins(&filter.subject), // as it was written
            ..filter.clone()
        };
        let rows = on_read!(self.database, audit, |c, q| {
            q::page(c, filter, after, limit).await?
        });
        Ok(rows.into_iter().map(Entry::from).collect())
    }

    /// Writes an entry of its own, beside no other change, on behalf of whom this task works for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note(
        &self,
        action: &str,
        subject: &str,
        details: Details,
    ) -> Result<(), StoreError> {
        on_write!(self.database, audit, |c, q| {
            self.auditor.note(c, action, subject, details).await
        })
    }
}

#[cfg(test)]
mod tests {
    use super::without_tins;

    #[test]
    fn a_subject_names_no_vendor_by_tin_and_keeps_every_other_name() {
        for (subject, written) in [
            ("vendors/900-70-0001", "vendors/[9 digits]"),
            (
                "vendors/900700001/bNotices/7",
                "vendors/[9 digits]/bNotices/7",
            ),
            ("vendors/V900700001", "vendors/V[9 digits]"),
            ("vendors/V000001", "vendors/V000001"),
            (
                "payers/TE1/taxYears/2025/information/12-0000009/rents",
                "payers/TE1/taxYears/2025/information/[9 digits]/rents",
            ),
            (
                "jobs/0198a7c0-1111-7abc-8def-a123456789bc",
                "jobs/0198a7c0-1111-7abc-8def-a123456789bc",
            ),
            ("", ""),
        ] {
            assert_eq!(without_tins(subject), written);
        }
    }
}
