//! Orders to withhold from vendors.

use chrono::{DateTime, Utc};
use formfeed_domain::backup::WithholdingOrder;

use super::requests::{create, replaced, revision};
use super::{CreateRequest, VendorStore, limit};
use crate::StoreError;
use crate::vendor::rows::OrderRow;
use crate::vendor::{KeepError, Stamp, Stored};

impl VendorStore {
    /// The vendor's order of this key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn withholding_order(
        &self,
        vendor_id: &str,
        order_id: &str,
    ) -> Result<Option<Stored<WithholdingOrder>>, StoreError> {
        let row = on_read!(self.database, vendor, |c, q| {
            q::withholding_orders::get(c, vendor_id, order_id).await?
        });
        row.map(Stored::try_from).transpose()
    }

    /// At most `rows` orders after a vendor and key, in order of both; of one vendor when it is named.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn withholding_orders_after(
        &self,
        after: Option<(&str, &str)>,
        vendor_id: Option<&str>,
        rows: usize,
    ) -> Result<Vec<Stored<WithholdingOrder>>, StoreError> {
        let rows = on_read!(self.database, vendor, |c, q| {
            q::withholding_orders::page_after(c, after, vendor_id, limit(rows)).await?
        });
        rows.into_iter().map(Stored::try_from).collect()
    }

    /// Every order about a vendor, by key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn withholding_orders_of(
        &self,
        vendor_id: &str,
    ) -> Result<Vec<WithholdingOrder>, StoreError> {
        let rows = on_read!(self.database, vendor, |c, q| {
            q::withholding_orders::of_vendor(c, vendor_id).await?
        });
        let value = |row| Stored::try_from(row).map(|stored| stored.value);
        rows.into_iter().map(value).collect()
    }

    /// Adds an order and answers what `answer` makes of it, or what the same request was answered before.
    ///
    /// # Errors
    /// [`KeepError::Exists`], [`KeepError::RequestIdReused`].
    pub async fn create_withholding_order(
        &self,
        request: &CreateRequest,
        order: &WithholdingOrder,
        now: DateTime<Utc>,
        answer: impl FnOnce(Stored<WithholdingOrder>) -> Vec<u8>,
    ) -> Result<Vec<u8>, KeepError> {
        let row = OrderRow::new(order, Stamp::first(now));
        let answer = answer(row.clone().try_into()?);
        let made = (
            "withholding-order.create",
            format!(
                "vendors/{}/withholdingOrders/{}",
                row.vendor_id, row.order_id
            ),
        );
        create!(self, request, answer, now, made, |c, q| {
            q::withholding_orders::insert(c, &row).await?
        })
    }

    /// Replaces an order that still is as it was read.
    ///
    /// # Errors
    /// [`KeepError::Stale`].
    pub async fn replace_withholding_order(
        &self,
        order: &WithholdingOrder,
        read: &Stamp,
        now: DateTime<Utc>,
    ) -> Result<Stored<WithholdingOrder>, KeepError> {
        let row = OrderRow::new(order, read.next(now));
        on_write!(self.database, vendor, |c, q| {
            replaced(q::withholding_orders::replace(c, &row, read.revision).await?)?;
            let subject = format!(
                "vendors/{}/withholdingOrders/{}",
                row.vendor_id, row.order_id
            );
            let details = revision(row.revision);
            self.auditor
                .note(c, "withholding-order.update", subject, details)
                .await?;
            Ok::<_, KeepError>(())
        })?;
        Ok(row.try_into()?)
    }
}
