//! What the calculation of one recipient looks at: its vouchers and payments, with everything that shares them.

use std::collections::HashMap;

use super::chart::Chart;
use crate::history::{Payment, PaymentApplication, Voucher, VoucherLine};
use crate::vendor::{Classification, Flag1099, Vendor};
use crate::{IncomeType, PayerId, PaymentId, RelateToCode, VendorId};

/// The facts about a vendor that decide what is reported of it, and nothing that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VendorFacts {
    /// Key.
    pub vendor_id: VendorId,
    /// Whether it gets a 1099.
    pub flag_1099: Flag1099,
    /// Tax classification; `None` counts as an individual.
    pub classification: Option<Classification>,
    /// Income type of voucher lines that name none.
    pub default_income_type: Option<IncomeType>,
    /// Relate To code of transactions that name none.
    pub default_relate_to: Option<RelateToCode>,
    /// Who is paid in its stead; one hop.
    pub pay_vendor_id: Option<VendorId>,
}

impl From<&Vendor> for VendorFacts {
    fn from(vendor: &Vendor) -> Self {
        Self {
            vendor_id: vendor.vendor_id.clone(),
            flag_1099: vendor.flag_1099,
            classification: vendor.classification,
            default_income_type: vendor.default_income_type,
            default_relate_to: vendor.default_relate_to.clone(),
            pay_vendor_id: vendor.pay_vendor_id.clone(),
        }
    }
}

/// Everything the run knows of one recipient, borrowed from the page it was read in.
#[derive(Debug, Clone)]
pub struct RecipientHistory<'a> {
    /// The recipient.
    pub vendor: &'a VendorFacts,
    /// What accounts and codes mean.
    pub chart: &'a Chart,
    /// Every voucher on which the payer's payments of the year in play reached this recipient; once each. Where the
    /// method goes by the vendor of record: every voucher so paid of which the recipient is that.
    pub vouchers: Vec<VoucherHistory<'a>>,
    /// Every payment of the payer and year to this recipient, by pay vendor or by an application;
    /// cards, voided ones and those without vouchers too; once each.
    pub payments: Vec<PaymentHistory<'a>>,
}

impl<'a> RecipientHistory<'a> {
    /// The payments by their keys.
    pub(super) fn payments_by_id(&self) -> HashMap<&'a PaymentId, &PaymentHistory<'a>> {
        let payments = self.payments.iter();
        payments
            .map(|paid| (&paid.payment.payment_id, paid))
            .collect()
    }
}

/// A voucher whole: all its lines, and all its applications of any year, payer and recipient, voided or not.
///
/// It is whole because its amounts are first worked out once for everybody and
/// then split: two recipients that share it must come to shares that add up.
#[derive(Debug, Clone)]
pub struct VoucherHistory<'a> {
    /// The header.
    pub voucher: &'a Voucher,
    /// Default income type of the voucher's vendor, for lines that name none.
    pub default_income_type: Option<IncomeType>,
    /// All lines.
    pub lines: Vec<&'a VoucherLine>,
    /// All applications.
    pub applications: Vec<AppliedPayment<'a>>,
}

/// An application with the payment behind it.
#[derive(Debug, Clone, Copy)]
pub struct AppliedPayment<'a> {
    /// What was applied.
    pub application: &'a PaymentApplication,
    /// The payment.
    pub payment: &'a Payment,
    /// Who received the money (see [`super::assemble::recipient_of`]).
    pub recipient_id: &'a VendorId,
    /// Payer that owns the cash account; `None` when no organization above it has one.
    pub payer_id: Option<&'a PayerId>,
}

/// A payment with all its applications.
#[derive(Debug, Clone)]
pub struct PaymentHistory<'a> {
    /// The payment.
    pub payment: &'a Payment,
    /// All its applications, each with who received that money.
    pub applications: Vec<(&'a PaymentApplication, &'a VendorId)>,
}
