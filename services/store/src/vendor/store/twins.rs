//! Vendors that share a TIN, found by its keyed digest. Digests stay in here.

use std::collections::{BTreeMap, HashMap};

use super::{PAGE, VendorStore, VersionRef};
use crate::StoreError;
use crate::vendor::rows::{ImportedRow as _, VendorVersionRow};

/// A vendor that shares a TIN with another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Twin {
    /// Key of the vendor.
    pub vendor_id: String,
    /// Its versions with that TIN, in ascending order.
    pub versions: Vec<i64>,
}

impl VendorStore {
    /// The other vendors that have, in any version, the TIN of these versions, in the order asked for and by key;
    /// `None` where there is no such version. Numbers are compared by their nine digits, whatever their kinds.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn twins(&self, refs: &[VersionRef]) -> Result<Vec<Option<Vec<Twin>>>, StoreError> {
        let asked = self.versions(refs).await?;
        let mut digests: Vec<_> = asked
            .iter()
            .flatten()
            .filter_map(|(_, version)| version.tin_digest.clone())
            .collect();
        digests.sort_unstable();
        digests.dedup();
        let sharing = self.sharing(&digests).await?;
        let twins_of = |version: &VendorVersionRow| {
            let of_digest = version
                .tin_digest
                .as_ref()
                .and_then(|digest| sharing.get(digest));
            let others = of_digest.into_iter().flatten();
            others
                .filter(|(vendor_id, _)| **vendor_id != version.vendor_id)
                .map(|(vendor_id, versions)| Twin {
                    vendor_id: vendor_id.clone(),
                    versions: versions.clone(),
                })
                .collect()
        };
        let twins = asked
            .iter()
            .map(|found| found.as_ref().map(|(_, version)| twins_of(version)));
        Ok(twins.collect())
    }

    /// By digest: the vendors that have it, and in which versions.
    pub(super) async fn sharing(
        &self,
        digests: &[Vec<u8>],
    ) -> Result<HashMap<Vec<u8>, BTreeMap<String, Vec<i64>>>, StoreError> {
        let mut sharing: HashMap<_, BTreeMap<_, Vec<_>>> = HashMap::new();
        for part in digests.chunks(usize::try_from(PAGE).unwrap_or(1)) {
            let rows = on_read!(self.database, vendor, |c, q| {
                q::tin_digests::sharing(c, part).await?
            });
            for (digest, vendor_id, version) in rows {
                let vendors = sharing.entry(digest.unwrap_or_default()).or_default();
                vendors.entry(vendor_id).or_default().push(version);
            }
        }
        Ok(sharing)
    }

    /// Refuses a key of digests that others were made with.
    pub(super) async fn prove_digests(&self) -> Result<(), StoreError> {
        let sample = on_read!(self.database, vendor, |c, q| q::tin_digests::sample(c)
            .await?);
        let Some(row) = sample else {
            return Ok(());
        };
        let tin = row.open_tin(&self.keyring)?;
        let digest = tin.and_then(|tin| self.keyring.digest(tin.digits().as_bytes()));
        match digest == row.tin().digest {
            true => Ok(()),
            false => Err(crate::SealError::OtherIndex.into()),
        }
    }

    /// Gives a digest to every sealed number that has none: once, after an older program.
    pub(super) async fn add_missing_digests(&self) -> Result<(), StoreError> {
        loop {
            let missing = on_read!(self.database, vendor, |c, q| {
                q::tin_digests::missing(c, PAGE).await?
            });
            let mut digests = Vec::with_capacity(missing.len());
            for row in &missing {
                let tin = row.open_tin(&self.keyring)?;
                let digest = tin.and_then(|tin| self.keyring.digest(tin.digits().as_bytes()));
                digests.extend(digest.map(|digest| (row.vendor_id.as_str(), row.version, digest)));
            }
            if digests.is_empty() {
                return Ok(());
            }
            let filled: Result<(), StoreError> = on_write!(self.database, vendor, |c, q| {
                for (vendor_id, version, digest) in &digests {
                    q::tin_digests::set(c, (vendor_id, *version), digest).await?;
                }
                Ok(())
            });
            filled?;
            tracing::info!(
                vendors = digests.len(),
                "Made sealed TINs comparable: {} versions",
                digests.len()
            );
        }
    }
}
