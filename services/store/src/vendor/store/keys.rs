//! Which keys exist: for references between records.

use std::collections::{BTreeSet, HashSet};

use formfeed_domain::extract::File;

use super::{PAGE, VendorStore};
use crate::StoreError;

impl VendorStore {
    /// Those of the keys that are stored, of the records of one file; a composite key's parts are joined by `/`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn existing(
        &self,
        file: File,
        keys: &[String],
    ) -> Result<HashSet<String>, StoreError> {
        let mut found = HashSet::new();
        for part in keys.chunks(usize::try_from(PAGE).unwrap_or(1)) {
            found.extend(self.existing_part(file, part).await?);
        }
        Ok(found)
    }

    async fn existing_part(&self, file: File, keys: &[String]) -> Result<Vec<String>, StoreError> {
        Ok(on_read!(self.database, vendor, |c, q| match file {
            File::Payers => q::payers::among(c, keys)
                .await?
                .into_iter()
                .map(|row| row.payer_id)
                .collect(),
            File::Organizations => q::organizations::among(c, keys)
                .await?
                .into_iter()
                .map(|row| row.org_id)
                .collect(),
            File::CashAccounts => {
                let rows = q::cash_accounts::among(c, keys).await?;
                rows.into_iter().map(|row| row.cash_account_id).collect()
            }
            File::Accounts => q::accounts::among(c, keys)
                .await?
                .into_iter()
                .map(|row| row.account_id)
                .collect(),
            File::Vendors => q::vendors::ids_among(c, keys).await?,
            File::RelateToCodes => {
                let rows = q::relate_to_codes::all(c).await?;
                let keys: HashSet<_> = keys.iter().collect();
                let stored = rows
                    .into_iter()
                    .map(|row| format!("{}/{}", row.position, row.code));
                stored.filter(|key| keys.contains(key)).collect()
            }
            _ => Vec::new(),
        }))
    }

    /// As [`VendorStore::existing`], counting what is staged under an import as existing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn existing_or_staged(
        &self,
        import_id: &str,
        file: File,
        keys: &[String],
    ) -> Result<HashSet<String>, StoreError> {
        let mut found = self.existing(file, keys).await?;
        for part in keys.chunks(usize::try_from(PAGE).unwrap_or(1)) {
            let staged = on_read!(self.database, vendor, |c, q| {
                q::import_records::keys_among(c, import_id, file.name(), part).await?
            });
            found.extend(staged);
        }
        Ok(found)
    }

    /// Every defined Relate To code as `{position}/{code}`, those staged under an import too when one is named.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn defined_relate_to_codes(
        &self,
        import_id: Option<&str>,
    ) -> Result<BTreeSet<String>, StoreError> {
        let file = File::RelateToCodes.name();
        let (stored, staged) = on_read!(self.database, vendor, |c, q| {
            let staged = match import_id {
                Some(import_id) => q::import_records::keys(c, import_id, file).await?,
                None => Vec::new(),
            };
            (q::relate_to_codes::all(c).await?, staged)
        });
        let stored = stored
            .into_iter()
            .map(|row| format!("{}/{}", row.position, row.code));
        Ok(stored.chain(staged).collect())
    }
}
