//! The trace: why each amount is what it is, and what was left out by which rule.
//!
//! A trace is handed out as JSON. Its words and field names are therefore
//! stable; amounts are text with two decimals.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::decided_by::DecidedBy;
use super::exception::Exception;
use super::history::VoucherHistory;
use super::left_out::LeftOut;
use super::method::Method;
use super::outcome::{InformationRow, Skipped};
use super::standing::Standing;
use super::voucher::{self, Figures};
use crate::history::PaymentMethod;
use crate::vendor::{Classification, Flag1099};
use crate::{
    AccountId, IncomeType, Money, PayerId, PaymentId, RelateToCode, TaxYear, VendorId, VoucherId,
};

/// Everything behind one recipient's 1099 information of a payer and year.
///
/// Its leaves are the [`ShareTrace`]s and [`PaymentShareTrace`]s that are not
/// left out and the withheld columns of [`PaymentTrace`]: per income type they
/// add up to the rows, unless the recipient was skipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// How it was calculated.
    #[serde(flatten)]
    pub method: Method,
    /// Whose 1099 information.
    pub payer_id: PayerId,
    /// Year of the payments.
    pub tax_year: i32,
    /// Whom it reports.
    pub recipient_id: VendorId,
    /// The recipient's flag when it was calculated.
    pub flag_1099: Flag1099,
    /// The recipient's classification when it was calculated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classification: Option<Classification>,
    /// The rows that came of it, by income type; none if skipped.
    pub rows: Vec<InformationRow>,
    /// Why there are no rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped: Option<Skipped>,
    /// Every voucher paid in the year, by key.
    pub vouchers: Vec<VoucherTrace>,
    /// Every payment of the year, by date and key, counted or not.
    pub payments: Vec<PaymentTrace>,
    /// What a person should look at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<Exception>,
}

/// One voucher and this recipient's shares of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoucherTrace {
    /// Key.
    pub voucher_id: VoucherId,
    /// The vendor on it.
    pub vendor_id: VendorId,
    /// To whom it is reported when that is not the vendor on it (RELATE_TO).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_of_record_id: Option<VendorId>,
    /// `I`: total of the invoice, where the method asks for it (PRORATED).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_amount: Option<Money>,
    /// `C`: cash applied in the year, by all payers to all recipients.
    pub cash: Money,
    /// `P`: cash applied in prior years.
    pub prior: Money,
    /// Cash of the year by direct payments that were voided: first counted, then deducted; not in `cash`.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub voided: Money,
    /// `L`: the lines that count, net of sales tax.
    pub reportable: Money,
    /// Income of the year: of the whole voucher, or of this payer and recipient where cash is split over lines.
    pub income: Money,
    /// Its applications, of any year.
    pub payments: Vec<AppliedTrace>,
    /// Its lines.
    pub lines: Vec<LineTrace>,
    /// The whole voucher by income type, before it is split over payers and recipients (PRORATED).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<TypeTrace>,
    /// How it is split over payers and recipients; empty where there is one of each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pairs: Vec<PairTrace>,
    /// This recipient's share, by income type.
    pub shares: Vec<ShareTrace>,
}

impl VoucherTrace {
    /// What every method that chooses lines by their 1099 mark shows; income and shares are still to come.
    pub(super) fn of(history: &VoucherHistory<'_>, figures: &Figures<'_>, year: TaxYear) -> Self {
        Self {
            voucher_id: history.voucher.voucher_id.clone(),
            vendor_id: history.voucher.vendor_id.clone(),
            vendor_of_record_id: None,
            invoice_amount: None,
            cash: figures.cash,
            prior: figures.prior,
            voided: figures.voided,
            reportable: figures.reportable,
            income: Money::ZERO,
            payments: voucher::applied_traces(history, year),
            lines: voucher::line_traces(history),
            types: Vec::new(),
            pairs: Vec::new(),
            shares: Vec::new(),
        }
    }
}

/// One application of a payment to a voucher.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedTrace {
    /// The payment.
    pub payment_id: PaymentId,
    /// Its date.
    pub payment_date: NaiveDate,
    /// Cash applied, withholding included.
    pub applied: Money,
    /// Discount taken, which is not cash.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub discount: Money,
    /// What becomes of the cash.
    pub standing: Standing,
    /// Payer that paid; `None` when the cash account belongs to none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer_id: Option<PayerId>,
    /// Who received it.
    pub recipient_id: VendorId,
    /// How it is split over the voucher's lines, where the method does that and it counts here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartTrace>,
    /// The rule that keeps it from being split over the lines here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<LeftOut>,
}

/// A part of an application: on the net amount of a line, or on its sales tax.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartTrace {
    /// Number of the line within the voucher.
    pub line: i32,
    /// It is the part on the line's sales tax.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sales_tax: bool,
    /// The part of the cash.
    pub amount: Money,
    /// One of its cents was left over in the split.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rounding_cent: bool,
    /// What it reports as, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub income_type: Option<IncomeType>,
    /// The rule that keeps it off the 1099.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<LeftOut>,
}

/// One line of a voucher.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineTrace {
    /// Number within the voucher.
    pub line: i32,
    /// Amount without sales tax: what can be income.
    pub net: Money,
    /// Sales tax, which never is.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub sales_tax: Money,
    /// Its account, where the method asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    /// Its first code, where the method asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relate_to_1: Option<RelateToCode>,
    /// Its second code, where the method asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relate_to_2: Option<RelateToCode>,
    /// What it reports as, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub income_type: Option<IncomeType>,
    /// What decided that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<DecidedBy>,
    /// The rule that keeps the whole line off the 1099.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<LeftOut>,
}

/// One income type of a whole voucher, before payers and recipients share it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeTrace {
    /// Income type.
    pub income_type: IncomeType,
    /// `T`: Σ of the voucher's lines of the type.
    pub line_total: Money,
    /// `T` × percent paid, to the nearest cent.
    pub taxable_amount: Money,
}

/// A payer's and recipient's share of a voucher that several share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairTrace {
    /// Payer; `None` when the cash account belongs to none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer_id: Option<PayerId>,
    /// Recipient.
    pub recipient_id: VendorId,
    /// Their part of `C`, which is the weight.
    pub cash: Money,
    /// Their part of the voucher's total.
    pub total_1099_amount: Money,
    /// Their part of the voucher's income.
    pub taxable_amount: Money,
    /// One cent of that part was left over in the split; where types are split one by one, of any of them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rounding_cent: bool,
}

/// A leaf: what one voucher gives this recipient in one income type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareTrace {
    /// Income type.
    pub income_type: IncomeType,
    /// Σ of the voucher's lines of the type, which is the weight.
    pub line_total: Money,
    /// What it adds to the row's total.
    pub total_1099_amount: Money,
    /// What it adds to the row's taxable amount.
    pub taxable_amount: Money,
    /// One cent of that was left over in the split.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rounding_cent: bool,
    /// The rule that keeps it off the 1099.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<LeftOut>,
}

/// One payment of the year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentTrace {
    /// Key.
    pub payment_id: PaymentId,
    /// Its date.
    pub payment_date: NaiveDate,
    /// How it was paid.
    pub method: PaymentMethod,
    /// What becomes of it.
    pub standing: Standing,
    /// Amount and tax kept back.
    pub gross: Money,
    /// This recipient's part of the gross.
    pub received: Money,
    /// It settles no voucher.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub without_vouchers: bool,
    /// This recipient's part of the federal tax kept back; zero unless in play.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub federal_tax_withheld: Money,
    /// This recipient's part of the state tax kept back; zero unless in play.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub state_tax_withheld: Money,
    /// How it is split where it names no pay vendor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_applications: Option<ByApplicationsTrace>,
    /// What it reports by itself, without a look at vouchers (DIRECT_PAYMENTS, RELATE_TO).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<PaymentShareTrace>,
}

/// A payment without pay vendor: its gross and what was kept back are split by what was applied for each recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByApplicationsTrace {
    /// All federal tax kept back.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub federal_tax_withheld: Money,
    /// All state tax kept back.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub state_tax_withheld: Money,
    /// Who received it, by key.
    pub recipients: Vec<AppliedForTrace>,
}

/// What a payment applied for one recipient, which is the weight of its part where it is above zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedForTrace {
    /// Who received it.
    pub recipient_id: VendorId,
    /// Σ of the applications.
    pub applied: Money,
}

/// A leaf: what a payment as a whole gives this recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentShareTrace {
    /// This recipient's part of the gross.
    pub amount: Money,
    /// The payment's account, where the method asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    /// The payment's code, where the method asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relate_to_1: Option<RelateToCode>,
    /// What it reports as, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub income_type: Option<IncomeType>,
    /// What decided that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<DecidedBy>,
    /// The rule that keeps it off the 1099.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<LeftOut>,
}

/// Zero amounts are left unwritten, to keep traces small.
fn is_zero(amount: &Money) -> bool {
    amount.is_zero()
}
