//! Vendors' addresses.

use chrono::{DateTime, Utc};
use formfeed_domain::vendor::VendorAddress;

use super::requests::{create, replaced, revision};
use super::{CreateRequest, VendorStore, limit};
use crate::StoreError;
use crate::vendor::rows::{ImportedRow as _, VendorAddressRow, instant};
use crate::vendor::{KeepError, Stamp, Stored};

impl VendorStore {
    /// The vendor's address of this code.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn vendor_address(
        &self,
        vendor_id: &str,
        address_code: &str,
    ) -> Result<Option<Stored<VendorAddress>>, StoreError> {
        let row = on_read!(self.database, vendor, |c, q| {
            q::vendor_addresses::get(c, vendor_id, address_code).await?
        });
        row.map(Stored::try_from).transpose()
    }

    /// At most `rows` addresses after a vendor and code, in order of both; of one vendor when it is named.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn vendor_addresses_after(
        &self,
        after: Option<(&str, &str)>,
        vendor_id: Option<&str>,
        rows: usize,
    ) -> Result<Vec<Stored<VendorAddress>>, StoreError> {
        let rows = on_read!(self.database, vendor, |c, q| {
            q::vendor_addresses::page_after(c, after, vendor_id, limit(rows)).await?
        });
        rows.into_iter().map(Stored::try_from).collect()
    }

    /// Every address of these vendors, in no order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn addresses_of(
        &self,
        vendor_ids: &[String],
    ) -> Result<Vec<Stored<VendorAddress>>, StoreError> {
        let rows = on_read!(self.database, vendor, |c, q| {
            q::vendor_addresses::of_vendors(c, vendor_ids).await?
        });
        rows.into_iter().map(Stored::try_from).collect()
    }

    /// Adds an address and answers what `answer` makes of it, or what the same request was answered before.
    ///
    /// # Errors
    /// [`KeepError::Exists`], [`KeepError::RequestIdReused`].
    pub async fn create_vendor_address(
        &self,
        request: &CreateRequest,
        address: &VendorAddress,
        now: DateTime<Utc>,
        answer: impl FnOnce(Stored<VendorAddress>) -> Vec<u8>,
    ) -> Result<Vec<u8>, KeepError> {
        let mut row = VendorAddressRow::from(address);
        row.succeed(None, instant(now));
        let answer = answer(row.clone().try_into()?);
        let made = (
            "vendor-address.create",
            format!("vendors/{}/addresses/{}", row.vendor_id, row.address_code),
        );
        create!(self, request, answer, now, made, |c, q| {
            q::vendor_addresses::insert(c, vec![row.clone()]).await?
        })
    }

    /// Replaces an address that still is as it was read.
    ///
    /// # Errors
    /// [`KeepError::Stale`].
    pub async fn replace_vendor_address(
        &self,
        address: &VendorAddress,
        read: &Stamp,
        now: DateTime<Utc>,
    ) -> Result<Stored<VendorAddress>, KeepError> {
        let mut row = VendorAddressRow::from(address);
        row.revision = read.revision + 1;
        row.create_time = instant(read.create_time);
        row.update_time = instant(now);
        on_write!(self.database, vendor, |c, q| {
            replaced(q::vendor_addresses::replace(c, &row, read.revision).await?)?;
            let subject = format!("vendors/{}/addresses/{}", row.vendor_id, row.address_code);
            let details = revision(row.revision);
            self.auditor
                .note(c, "vendor-address.update", subject, details)
                .await?;
            Ok::<_, KeepError>(())
        })?;
        Ok(row.try_into()?)
    }
}
