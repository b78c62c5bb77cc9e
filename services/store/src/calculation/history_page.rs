//! The history as readers see it.

use chrono::NaiveDate;
use formfeed_domain::VendorId;
use formfeed_domain::history::{Payment, PaymentApplication, Voucher, VoucherLine};

/// A voucher with its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherWithLines {
    /// The header.
    pub voucher: Voucher,
    /// Its lines, by number.
    pub lines: Vec<VoucherLine>,
}

/// A payment with its applications.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentWithApplications {
    /// The payment.
    pub payment: Payment,
    /// What it settles, by voucher.
    pub applications: Vec<PaymentApplication>,
}

/// Which payments a reader asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PaymentFilter {
    /// Only payments that name this pay vendor.
    pub pay_vendor_id: Option<VendorId>,
    /// Only payments of this date or later.
    pub from_date: Option<NaiveDate>,
    /// Only payments of this date or earlier.
    pub to_date: Option<NaiveDate>,
}
