//! Full TINs: opened for a form, and nowhere else.

use formfeed_domain::Tin;

use super::{VendorStore, VersionRef};
use crate::StoreError;
use crate::vendor::rows::ImportedRow as _;

/// What stands where a vendor's number was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenedTin {
    /// There is no such vendor, or no such version of it.
    NoVendor,
    /// The vendor has no number.
    NoTin,
    /// The number.
    Tin(Tin),
}

impl VendorStore {
    /// Opens the numbers of vendors at given versions, in the order asked for.
    ///
    /// # Errors
    /// [`StoreError::Seal`] when a value does not open at its place.
    pub async fn open_vendor_tins(
        &self,
        refs: &[VersionRef],
    ) -> Result<Vec<OpenedTin>, StoreError> {
        let found = self.versions(refs).await?;
        found
            .into_iter()
            .map(|rows| match rows {
                None => Ok(OpenedTin::NoVendor),
                Some((_, version)) => Ok(match version.open_tin(&self.keyring)? {
                    Some(tin) => OpenedTin::Tin(tin),
                    None => OpenedTin::NoTin,
                }),
            })
            .collect()
    }

    /// Opens a payer's number; `None` when there is no such payer, or it has none.
    ///
    /// # Errors
    /// [`StoreError::Seal`] when the value does not open at its place.
    pub async fn open_payer_tin(&self, payer_id: &str) -> Result<Option<Tin>, StoreError> {
        let row = on_read!(self.database, vendor, |c, q| {
            q::payers::get(c, payer_id).await?
        });
        match row {
            Some(row) => row.open_tin(&self.keyring),
            None => Ok(None),
        }
    }
}
