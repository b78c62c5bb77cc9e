//! Vendors, each change of which makes a new version.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use formfeed_domain::VendorId;
use formfeed_domain::vendor::{Classification, Flag1099, Vendor};

use super::requests::{create, replaced, revision, tin_word};
use super::{CreateRequest, PAGE, VendorStore, contains, limit};
use crate::StoreError;
use crate::audit::Details;
use crate::vendor::rows::{
    ACTIVE, INACTIVE, ImportedRow as _, VendorRow, VendorVersionRow, instant,
};
use crate::vendor::{KeepError, VendorRecord};

/// Which vendors a list is about; the default is every vendor in use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VendorFilter {
    /// Text in the name, whatever the case; blank is any.
    pub name_contains: String,
    /// 1099 flag.
    pub flag_1099: Option<Flag1099>,
    /// Classification.
    pub classification: Option<Classification>,
    /// Only vendors without a TIN.
    pub without_tin: bool,
    /// Deactivated vendors too.
    pub include_inactive: bool,
}

impl VendorFilter {
    pub(crate) fn name_like(&self) -> Option<String> {
        (!self.name_contains.is_empty()).then(|| contains(&self.name_contains))
    }
}

/// One version of one vendor.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct VersionRef {
    /// Key of the vendor.
    pub vendor_id: VendorId,
    /// Version, from 1; 0 means the current one.
    pub version: i64,
}

pub(super) type Rows = (VendorRow, VendorVersionRow);

impl VendorStore {
    /// The vendor of this key in its current version.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn vendor(&self, id: &str) -> Result<Option<VendorRecord>, StoreError> {
        let found = on_read!(self.database, vendor, |c, q| q::vendors::get(c, id).await?);
        found.map(record).transpose()
    }

    /// At most `rows` vendors after a key, in order of keys, in their current versions.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn vendors_after(
        &self,
        after: Option<&str>,
        filter: &VendorFilter,
        rows: usize,
    ) -> Result<Vec<VendorRecord>, StoreError> {
        let rows = on_read!(self.database, vendor, |c, q| {
            q::vendors::page_after(c, after, filter, limit(rows)).await?
        });
        rows.into_iter().map(record).collect()
    }

    /// Vendors at given versions, in the order asked for; `None` where there is no such version.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn vendor_versions(
        &self,
        refs: &[VersionRef],
    ) -> Result<Vec<Option<VendorRecord>>, StoreError> {
        let found = self.versions(refs).await?;
        found
            .into_iter()
            .map(|rows| rows.map(record).transpose())
            .collect()
    }

    pub(super) async fn versions(
        &self,
        refs: &[VersionRef],
    ) -> Result<Vec<Option<Rows>>, StoreError> {
        let mut found = HashMap::new();
        for part in refs.chunks(usize::try_from(PAGE).unwrap_or(1)) {
            let ids: Vec<_> = part.iter().map(|r| r.vendor_id.to_string()).collect();
            let mut versions: Vec<_> = part.iter().map(|r| r.version).collect();
            versions.sort_unstable();
            versions.dedup();
            let (current, named) = on_read!(self.database, vendor, |c, q| {
                let current = match versions.first() {
                    Some(0) => q::vendors::among(c, &ids).await?,
                    _ => Vec::new(),
                };
                (
                    current,
                    q::vendor_versions::among(c, &ids, &versions).await?,
                )
            });
            for rows in current {
                found.insert((rows.1.vendor_id.clone(), 0), rows);
            }
            for rows in named {
                found.insert((rows.1.vendor_id.clone(), rows.1.version), rows);
            }
        }
        let key = |r: &VersionRef| (r.vendor_id.to_string(), r.version);
        Ok(refs.iter().map(|r| found.get(&key(r)).cloned()).collect())
    }

    /// Adds a vendor and answers what `answer` makes of it, or what the same request was answered before.
    ///
    /// # Errors
    /// [`KeepError::Exists`], [`KeepError::RequestIdReused`].
    pub async fn create_vendor(
        &self,
        request: &CreateRequest,
        vendor: &Vendor,
        now: DateTime<Utc>,
        answer: impl FnOnce(VendorRecord) -> Vec<u8>,
    ) -> Result<Vec<u8>, KeepError> {
        let first = VendorRow::first(vendor.vendor_id.as_str(), instant(now));
        let mut version = VendorVersionRow::from(vendor);
        version.succeed(None, instant(now));
        version.seal_tin(&self.keyring, vendor.tin.as_ref())?;
        let answer = answer(version.clone().of(&first)?);
        let made = ("vendor.create", format!("vendors/{}", first.vendor_id));
        create!(self, request, answer, now, made, |c, q| {
            q::vendors::insert(c, vec![first.clone()]).await?;
            q::vendor_versions::insert(c, vec![version.clone()]).await?
        })
    }

    /// Makes a new version of a vendor that still is as it was read. With `keep_tin` its number stays, whatever
    /// `vendor.tin` says.
    ///
    /// # Errors
    /// [`KeepError::Stale`].
    pub async fn replace_vendor(
        &self,
        vendor: &Vendor,
        keep_tin: bool,
        read: &VendorRecord,
        now: DateTime<Utc>,
    ) -> Result<VendorRecord, KeepError> {
        let head = next(read, read.version + 1, read.is_active, now);
        let mut version = VendorVersionRow::from(vendor);
        version.version = head.version;
        version.create_time = instant(now);
        on_write!(self.database, vendor, |c, q| {
            let tin = match keep_tin {
                true => match q::vendors::get(c, &head.vendor_id).await? {
                    Some((_, before)) => before.open_tin(&self.keyring)?,
                    None => None,
                },
                false => vendor.tin.clone(),
            };
            let mut version = version.clone();
            version.seal_tin(&self.keyring, tin.as_ref())?;
            replaced(q::vendors::replace(c, &head, read.stamp.revision).await?)?;
            q::vendor_versions::insert(c, vec![version.clone()]).await?;
            let subject = format!("vendors/{}", head.vendor_id);
            let details = Details::new()
                .number("version", head.version)
                .word("tin", tin_word(keep_tin));
            self.auditor
                .note(c, "vendor.update", subject, details)
                .await?;
            Ok(version.of(&head)?)
        })
    }

    /// Marks a vendor inactive that still is as it was read; its fields and versions stay.
    ///
    /// # Errors
    /// [`KeepError::Stale`].
    pub async fn deactivate_vendor(
        &self,
        read: &VendorRecord,
        now: DateTime<Utc>,
    ) -> Result<VendorRecord, KeepError> {
        let head = next(read, read.version, false, now);
        on_write!(self.database, vendor, |c, q| {
            replaced(q::vendors::replace(c, &head, read.stamp.revision).await?)?;
            let kept = q::vendors::get(c, &head.vendor_id).await?;
            let (head, version) = kept.ok_or(KeepError::Stale)?;
            let subject = format!("vendors/{}", head.vendor_id);
            let details = revision(head.revision);
            self.auditor
                .note(c, "vendor.deactivate", subject, details)
                .await?;
            Ok(version.of(&head)?)
        })
    }
}

/// The vendor's row after a change.
fn next(read: &VendorRecord, version: i64, is_active: bool, now: DateTime<Utc>) -> VendorRow {
    VendorRow {
        vendor_id: read.vendor.vendor_id.to_string(),
        version,
        state: if is_active { ACTIVE } else { INACTIVE }.to_owned(),
        revision: read.stamp.revision + 1,
        create_time: instant(read.stamp.create_time),
        update_time: instant(now),
    }
}

fn record((vendor, version): Rows) -> Result<VendorRecord, StoreError> {
    version.of(&vendor)
}
