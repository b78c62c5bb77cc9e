//! The AP history: vouchers with their lines, payments with their applications.

use std::str::FromStr;

use chrono::NaiveDate;

use crate::{
    AccountId, CashAccountId, IncomeType, Money, PaymentId, RelateToCode, VendorId, VoucherId,
};

/// An approved payable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voucher {
    /// Key.
    pub voucher_id: VoucherId,
    /// To whom it is owed.
    pub vendor_id: VendorId,
    /// Third party it was bought from; `None` is the vendor (RELATE_TO OH).
    pub vendor_of_record_id: Option<VendorId>,
    /// The vendor's own number for it.
    pub invoice_number: String,
    /// Date on the invoice; never decides the tax year.
    pub invoice_date: Option<NaiveDate>,
    /// Total of the invoice.
    pub invoice_amount: Money,
}

/// One line of a voucher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherLine {
    /// Voucher it belongs to.
    pub voucher_id: VoucherId,
    /// Number within the voucher, from 1.
    pub line: i32,
    /// Before discount, sales tax included.
    pub amount: Money,
    /// The part of `amount` that is sales or value-added tax.
    pub sales_tax: Money,
    /// The seed's 1099 column.
    pub reportable: bool,
    /// What it reports as; `None` is the vendor's default. Never a withheld type.
    pub income_type: Option<IncomeType>,
    /// First Relate To code.
    pub relate_to_1: Option<RelateToCode>,
    /// Second Relate To code.
    pub relate_to_2: Option<RelateToCode>,
    /// General-ledger account.
    pub account_id: Option<AccountId>,
    /// Reimbursement with receipts, which never counts.
    pub accountable_plan: bool,
}

impl VoucherLine {
    /// What of the line can be income: `amount − sales_tax`.
    pub fn net(&self) -> Money {
        self.amount - self.sales_tax
    }
}

/// How money moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaymentMethod {
    /// Paper check.
    Check,
    /// Automated clearing house.
    Ach,
    /// Wire transfer.
    Wire,
    /// Currency.
    Cash,
    /// Zelle, bank to bank.
    Zelle,
    /// Venmo between persons.
    VenmoPersonal,
    /// Credit card.
    CreditCard,
    /// Debit card.
    DebitCard,
    /// Purchasing card.
    PurchasingCard,
    /// PayPal.
    Paypal,
    /// Stripe.
    Stripe,
    /// Any other third-party settlement organization.
    OtherThirdPartyNetwork,
}

/// Not one of the words of the AP extract.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown payment method: use one of {}", PaymentMethod::ALL.map(PaymentMethod::as_str).join(", "))]
pub struct UnknownPaymentMethod;

impl PaymentMethod {
    /// Every method.
    pub const ALL: [Self; 12] = [
        Self::Check,
        Self::Ach,
        Self::Wire,
        Self::Cash,
        Self::Zelle,
        Self::VenmoPersonal,
        Self::CreditCard,
        Self::DebitCard,
        Self::PurchasingCard,
        Self::Paypal,
        Self::Stripe,
        Self::OtherThirdPartyNetwork,
    ];

    /// The word of the AP extract and of the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Ach => "ach",
            Self::Wire => "wire",
            Self::Cash => "cash",
            Self::Zelle => "zelle",
            Self::VenmoPersonal => "venmo_personal",
            Self::CreditCard => "credit_card",
            Self::DebitCard => "debit_card",
            Self::PurchasingCard => "purchasing_card",
            Self::Paypal => "paypal",
            Self::Stripe => "stripe",
            Self::OtherThirdPartyNetwork => "other_third_party_network",
        }
    }

    /// Paid by the payer itself; otherwise the processor reports it on Form 1099-K.
    ///
    /// Source: Treas. Reg. § 1.6041-1(a)(1)(iv).
    pub fn is_direct(self) -> bool {
        matches!(
            self,
            Self::Check | Self::Ach | Self::Wire | Self::Cash | Self::Zelle | Self::VenmoPersonal
        )
    }
}

impl FromStr for PaymentMethod {
    type Err = UnknownPaymentMethod;
    fn from_str(word: &str) -> Result<Self, UnknownPaymentMethod> {
        Self::ALL
            .into_iter()
            .find(|m| m.as_str() == word)
            .ok_or(UnknownPaymentMethod)
    }
}

/// A movement of money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Key.
    pub payment_id: PaymentId,
    /// Who was paid; `None` is the voucher's vendor's pay vendor.
    pub pay_vendor_id: Option<VendorId>,
    /// How.
    pub method: PaymentMethod,
    /// When: this date decides the tax year.
    pub payment_date: NaiveDate,
    /// Account it was drawn on, which decides the payer.
    pub cash_account_id: CashAccountId,
    /// What left the account.
    pub amount: Money,
    /// Kept back for the IRS.
    pub federal_tax_withheld: Money,
    /// Kept back for a state.
    pub state_tax_withheld: Money,
    /// Which state; blank if none.
    pub state: String,
    /// A voided payment counts as nothing in any year.
    pub void_date: Option<NaiveDate>,
    /// Relate To code of the check itself.
    pub relate_to_1: Option<RelateToCode>,
    /// Account of a payment without vouchers.
    pub account_id: Option<AccountId>,
}

impl Payment {
    /// What the recipient was paid, tax kept back included.
    pub fn gross(&self) -> Money {
        self.amount + self.federal_tax_withheld + self.state_tax_withheld
    }
}

/// What part of a payment settles which voucher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentApplication {
    /// The payment.
    pub payment_id: PaymentId,
    /// The voucher.
    pub voucher_id: VoucherId,
    /// Cash applied, withholding included.
    pub amount: Money,
    /// Discount taken.
    pub discount: Money,
}

/// One record of the history half of an AP extract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HistoryRecord {
    /// vouchers.csv
    Voucher(Voucher),
    /// voucher_lines.csv
    VoucherLine(VoucherLine),
    /// payments.csv
    Payment(Payment),
    /// payment_applications.csv
    Application(PaymentApplication),
}
