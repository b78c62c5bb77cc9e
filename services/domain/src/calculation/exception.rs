//! What a person should look at before the forms go out: the exceptions of a run.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::history::{AppliedPayment, VoucherHistory};
use super::voucher::Figures;
use crate::{CashAccountId, IncomeType, Money, PaymentId, RelateToCode, VoucherId};

/// Something in the history that the calculation had to settle by rule. The words are stable: they are stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Exception {
    /// A payment in play settles no voucher, so nothing says what it was for.
    PaymentWithoutVouchers {
        /// The payment.
        payment_id: PaymentId,
        /// Its gross.
        gross: Money,
    },
    /// A payment's applications do not add up to its gross; it counts with the applications as they stand.
    ApplicationsDoNotAddUp {
        /// The payment.
        payment_id: PaymentId,
        /// Its gross.
        gross: Money,
        /// Σ of its applications.
        applied: Money,
    },
    /// Tax was withheld from a payment that nobody can be said to have received.
    WithholdingWithoutRecipient {
        /// The payment.
        payment_id: PaymentId,
        /// Federal and state tax withheld.
        withheld: Money,
    },
    /// The year's cash on a voucher with positive reportable lines is negative; it counts as nothing.
    NegativeCash {
        /// The voucher.
        voucher_id: VoucherId,
        /// Cash of the year.
        cash: Money,
    },
    /// A credit voucher was paid with positive cash; it counts as nothing.
    CreditPaid {
        /// The voucher.
        voucher_id: VoucherId,
        /// Cash of the year.
        cash: Money,
    },
    /// Payments of the year on a voucher cancel out; it counts as nothing.
    NoNetCash {
        /// The voucher.
        voucher_id: VoucherId,
    },
    /// A payment of the year was drawn on a cash account that belongs to no payer; no payer reports it.
    PaymentWithoutPayer {
        /// The payment.
        payment_id: PaymentId,
        /// Its cash account.
        cash_account_id: CashAccountId,
        /// Its gross.
        gross: Money,
    },
    /// A payment that counts as a whole names no pay vendor and settles no voucher: nobody is reported for it.
    PaymentWithoutRecipient {
        /// The payment.
        payment_id: PaymentId,
        /// Its gross.
        gross: Money,
    },
    /// What was applied to a voucher and taken as discount is more than the voucher; income stays within its lines.
    AppliedBeyondVoucher {
        /// The voucher.
        voucher_id: VoucherId,
        /// Cash and discounts of all years.
        applied: Money,
        /// Total of the invoice.
        invoice_amount: Money,
    },
    /// The invoice is of nothing, so that no percentage of it was paid; it counts as nothing.
    InvoiceOfNothing {
        /// The voucher.
        voucher_id: VoucherId,
        /// Cash of the year.
        cash: Money,
    },
    /// Cash was applied to a voucher whose lines add up to nothing; no line can take it.
    NothingToSplitOver {
        /// The voucher.
        voucher_id: VoucherId,
        /// The payment.
        payment_id: PaymentId,
        /// Cash applied.
        applied: Money,
    },
    /// The two codes of a line lead to different income types; the first is used.
    ConflictingCodes {
        /// The voucher.
        voucher_id: VoucherId,
        /// The line.
        line: i32,
        /// The first code.
        used: RelateToCode,
        /// The second code.
        ignored: RelateToCode,
    },
    /// The code of a payment is not defined; the payment counts as without a code.
    UndefinedCode {
        /// The payment.
        payment_id: PaymentId,
        /// The code.
        code: RelateToCode,
    },
    /// A row is negative; its box is left off the form.
    NegativeRow {
        /// The row's income type.
        income_type: IncomeType,
        /// Its taxable amount.
        taxable_amount: Money,
    },
}

impl Exception {
    /// What is odd about a voucher whose lines are chosen by their 1099 mark.
    pub(super) fn of_figures(history: &VoucherHistory<'_>, figures: &Figures<'_>) -> Vec<Self> {
        let cash = Self::of_cash(&history.voucher.voucher_id, figures);
        cash.into_iter()
            .chain(Self::beyond_the_voucher(history))
            .collect()
    }

    /// More was applied to a voucher, in all years and by any means that was not voided, than it is of.
    pub(super) fn beyond_the_voucher(history: &VoucherHistory<'_>) -> Option<Self> {
        let settled = |applied: &&AppliedPayment<'_>| applied.payment.void_date.is_none();
        let applied: Money = history
            .applications
            .iter()
            .filter(settled)
            .map(|applied| applied.application.amount + applied.application.discount)
            .sum();
        let invoice_amount = history.voucher.invoice_amount;
        let beyond = match invoice_amount.is_negative() {
            true => applied < invoice_amount,
            false => applied > invoice_amount,
        };
        beyond.then(|| Self::AppliedBeyondVoucher {
            voucher_id: history.voucher.voucher_id.clone(),
            applied,
            invoice_amount,
        })
    }

    /// Cash of the year that does not go with the voucher's reportable lines.
    fn of_cash(voucher_id: &VoucherId, figures: &Figures<'_>) -> Option<Self> {
        let (cash, voucher_id) = (figures.cash, voucher_id.clone());
        match figures.paid_this_year && !figures.reportable.is_zero() {
            true if cash.is_zero() => Some(Self::NoNetCash { voucher_id }),
            true if figures.reportable.is_positive() && cash.is_negative() => {
                Some(Self::NegativeCash { voucher_id, cash })
            }
            true if figures.reportable.is_negative() && cash.is_positive() => {
                Some(Self::CreditPaid { voucher_id, cash })
            }
            _ => None,
        }
    }

    /// The voucher it is about, if any.
    pub fn voucher_id(&self) -> Option<&VoucherId> {
        match self {
            Self::NegativeCash { voucher_id, .. }
            | Self::CreditPaid { voucher_id, .. }
            | Self::NoNetCash { voucher_id }
            | Self::AppliedBeyondVoucher { voucher_id, .. }
            | Self::InvoiceOfNothing { voucher_id, .. }
            | Self::NothingToSplitOver { voucher_id, .. }
            | Self::ConflictingCodes { voucher_id, .. } => Some(voucher_id),
            _ => None,
        }
    }

    /// The payment it is about, if any.
    pub fn payment_id(&self) -> Option<&PaymentId> {
        match self {
            Self::PaymentWithoutVouchers { payment_id, .. }
            | Self::ApplicationsDoNotAddUp { payment_id, .. }
            | Self::WithholdingWithoutRecipient { payment_id, .. }
            | Self::PaymentWithoutPayer { payment_id, .. }
            | Self::PaymentWithoutRecipient { payment_id, .. }
            | Self::NothingToSplitOver { payment_id, .. }
            | Self::UndefinedCode { payment_id, .. } => Some(payment_id),
            _ => None,
        }
    }

    /// The stable word of its kind, as in the trace.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::PaymentWithoutVouchers { .. } => "payment_without_vouchers",
            Self::ApplicationsDoNotAddUp { .. } => "applications_do_not_add_up",
            Self::WithholdingWithoutRecipient { .. } => "withholding_without_recipient",
            Self::NegativeCash { .. } => "negative_cash",
            Self::CreditPaid { .. } => "credit_paid",
            Self::NoNetCash { .. } => "no_net_cash",
            Self::PaymentWithoutPayer { .. } => "payment_without_payer",
            Self::PaymentWithoutRecipient { .. } => "payment_without_recipient",
            Self::AppliedBeyondVoucher { .. } => "applied_beyond_voucher",
            Self::InvoiceOfNothing { .. } => "invoice_of_nothing",
            Self::NothingToSplitOver { .. } => "nothing_to_split_over",
            Self::ConflictingCodes { .. } => "conflicting_codes",
            Self::UndefinedCode { .. } => "undefined_code",
            Self::NegativeRow { .. } => "negative_row",
        }
    }
}

impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PaymentWithoutVouchers { payment_id, gross } => {
                write!(
                    f,
                    "payment {payment_id} of {gross} settles no voucher and is not counted"
                )
            }
            Self::ApplicationsDoNotAddUp {
                payment_id,
                gross,
                applied,
            } => write!(
                f,
                "payment {payment_id}: applications add up to {applied}, the gross is {gross}; counted as applied"
            ),
            Self::WithholdingWithoutRecipient {
                payment_id,
                withheld,
            } => write!(
                f,
                "payment {payment_id}: {withheld} withheld, but no pay vendor and no voucher says from whom"
            ),
            Self::NegativeCash { voucher_id, cash } => write!(
                f,
                "voucher {voucher_id}: net cash of the year is {cash} on positive lines; counted as 0.00"
            ),
            Self::CreditPaid { voucher_id, cash } => write!(
                f,
                "voucher {voucher_id}: {cash} paid on a credit; counted as 0.00"
            ),
            Self::NoNetCash { voucher_id } => {
                write!(f, "voucher {voucher_id}: payments of the year cancel out")
            }
            Self::PaymentWithoutPayer {
                payment_id,
                cash_account_id,
                gross,
            } => write!(
                f,
                "payment {payment_id} of {gross}: no organization above cash account {cash_account_id} has a payer; reported by nobody"
            ),
            Self::PaymentWithoutRecipient { payment_id, gross } => write!(
                f,
                "payment {payment_id} of {gross} names no pay vendor and settles no voucher: reported to nobody"
            ),
            Self::AppliedBeyondVoucher {
                voucher_id,
                applied,
                invoice_amount,
            } => write!(
                f,
                "voucher {voucher_id}: {applied} applied in all, the invoice is {invoice_amount}; income stays within its lines"
            ),
            Self::InvoiceOfNothing { voucher_id, cash } => write!(
                f,
                "voucher {voucher_id}: {cash} paid on an invoice of 0.00; no percentage, counted as 0.00"
            ),
            Self::NothingToSplitOver {
                voucher_id,
                payment_id,
                applied,
            } => write!(
                f,
                "voucher {voucher_id}: {applied} of payment {payment_id} has no line to go to; not counted"
            ),
            Self::ConflictingCodes {
                voucher_id,
                line,
                used,
                ignored,
            } => write!(
                f,
                "voucher {voucher_id}, line {line}: codes {used} and {ignored} disagree; {used} is used"
            ),
            Self::UndefinedCode { payment_id, code } => write!(
                f,
                "payment {payment_id}: code {code} is not defined; counted as without a code"
            ),
            Self::NegativeRow {
                income_type,
                taxable_amount,
            } => write!(
                f,
                "{income_type} is {taxable_amount}; its box is left off the form"
            ),
        }
    }
}
