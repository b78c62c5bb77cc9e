//! What a trace tells, in plain text and cents.

use super::words::{Type, Way};

pub(super) struct Trace {
    pub(super) way: Way,
    pub(super) payer_id: String,
    pub(super) tax_year: i64,
    pub(super) recipient_id: String,
    /// `Y`, `N` or `D`.
    pub(super) flag: String,
    /// Blank if none.
    pub(super) classification: String,
    pub(super) rows: Vec<Row>,
    /// Blank if it was not.
    pub(super) skipped: String,
    pub(super) vouchers: Vec<Voucher>,
    pub(super) payments: Vec<Payment>,
}

pub(super) struct Row {
    pub(super) income_type: Type,
    pub(super) total: i128,
    pub(super) taxable: i128,
}

pub(super) struct Voucher {
    pub(super) voucher_id: String,
    pub(super) vendor_id: String,
    /// Blank if it is the vendor.
    pub(super) vendor_of_record_id: String,
    pub(super) invoice: Option<i128>,
    pub(super) cash: i128,
    pub(super) prior: i128,
    pub(super) voided: i128,
    pub(super) reportable: i128,
    pub(super) income: i128,
    pub(super) applied: Vec<Applied>,
    pub(super) lines: Vec<Line>,
    pub(super) types: Vec<OfType>,
    pub(super) pairs: Vec<Pair>,
    pub(super) shares: Vec<Share>,
}

pub(super) struct Applied {
    pub(super) payment_id: String,
    pub(super) date: String,
    pub(super) amount: i128,
    pub(super) standing: String,
    /// `None` when the cash account belongs to nobody.
    pub(super) payer_id: Option<String>,
    pub(super) recipient_id: String,
    pub(super) parts: Vec<LinePart>,
    pub(super) left_out: String,
}

pub(super) struct LinePart {
    pub(super) line: i64,
    pub(super) sales_tax: bool,
    pub(super) amount: i128,
    pub(super) income_type: Option<Type>,
    pub(super) left_out: String,
}

pub(super) struct Line {
    pub(super) line: i64,
    pub(super) net: i128,
    pub(super) sales_tax: i128,
    pub(super) income_type: Option<Type>,
    pub(super) left_out: String,
}

pub(super) struct OfType {
    pub(super) income_type: Type,
    pub(super) line_total: i128,
    pub(super) taxable: i128,
}

pub(super) struct Pair {
    pub(super) payer_id: Option<String>,
    pub(super) recipient_id: String,
    pub(super) cash: i128,
    pub(super) total: i128,
    pub(super) taxable: i128,
}

pub(super) struct Share {
    pub(super) income_type: Type,
    pub(super) line_total: i128,
    pub(super) total: i128,
    pub(super) taxable: i128,
    pub(super) left_out: String,
}

pub(super) struct Payment {
    pub(super) payment_id: String,
    pub(super) date: String,
    pub(super) method: String,
    pub(super) standing: String,
    pub(super) gross: i128,
    pub(super) received: i128,
    pub(super) without_vouchers: bool,
    pub(super) federal: i128,
    pub(super) state: i128,
    pub(super) by_applications: Option<ByApplications>,
    pub(super) share: Option<PaymentShare>,
}

/// How a payment without pay vendor is split.
pub(super) struct ByApplications {
    pub(super) federal: i128,
    pub(super) state: i128,
    pub(super) applied: Vec<(String, i128)>,
}

pub(super) struct PaymentShare {
    pub(super) amount: i128,
    pub(super) income_type: Option<Type>,
    pub(super) decided_by: String,
    pub(super) left_out: String,
}
