//! Orders to withhold from a vendor.

use chrono::NaiveDate;

use crate::{OrderId, PayerId, VendorId};

/// An order to withhold: from the IRS, or a person's own decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithholdingOrder {
    /// Whom it is about.
    pub vendor_id: VendorId,
    /// Key within the vendor.
    pub order_id: OrderId,
    /// Whose payments it is about; `None` is every payer's.
    pub payer_id: Option<PayerId>,
    /// First date of payment.
    pub from: NaiveDate,
    /// Last date of payment; `None` while it holds.
    pub until: Option<NaiveDate>,
    /// Why, in words.
    pub why: String,
}

/// An order that ends before it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is before from_date; an order ends on its first day at the earliest")]
pub struct OrderError;

impl WithholdingOrder {
    /// Refuses an order that ends before it begins.
    ///
    /// # Errors
    /// [`OrderError`].
    pub fn check_span(from: NaiveDate, until: Option<NaiveDate>) -> Result<(), OrderError> {
        match until.is_some_and(|until| until < from) {
            true => Err(OrderError),
            false => Ok(()),
        }
    }

    /// Whether it holds for that payer's payments of that date.
    pub fn holds(&self, payer_id: &PayerId, paid: NaiveDate) -> bool {
        self.payer_id.as_ref().is_none_or(|own| own == payer_id)
            && self.from <= paid
            && self.until.is_none_or(|until| paid <= until)
    }
}
