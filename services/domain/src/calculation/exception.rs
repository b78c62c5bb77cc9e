//! What a person should look at before the forms go out: the exceptions of a run.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::voucher::Figures;
use crate::{IncomeType, Money, PaymentId, VoucherId};

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
    /// A row is negative; its box is left off the form.
    NegativeRow {
        /// The row's income type.
        income_type: IncomeType,
        /// Its taxable amount.
        taxable_amount: Money,
    },
}

impl Exception {
    /// Cash of the year that does not go with the voucher's reportable lines.
    pub(super) fn of_cash(voucher_id: &VoucherId, figures: &Figures<'_>) -> Option<Self> {
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
            | Self::NoNetCash { voucher_id } => Some(voucher_id),
            _ => None,
        }
    }

    /// The payment it is about, if any.
    pub fn payment_id(&self) -> Option<&PaymentId> {
        match self {
            Self::PaymentWithoutVouchers { payment_id, .. }
            | Self::ApplicationsDoNotAddUp { payment_id, .. }
            | Self::WithholdingWithoutRecipient { payment_id, .. } => Some(payment_id),
            _ => None,
        }
    }

    /// The stable word of its kind, as in the stored trace.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::PaymentWithoutVouchers { .. } => "payment_without_vouchers",
            Self::ApplicationsDoNotAddUp { .. } => "applications_do_not_add_up",
            Self::WithholdingWithoutRecipient { .. } => "withholding_without_recipient",
            Self::NegativeCash { .. } => "negative_cash",
            Self::CreditPaid { .. } => "credit_paid",
            Self::NoNetCash { .. } => "no_net_cash",
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
