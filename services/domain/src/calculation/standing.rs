//! Which payments are in play, and in which year they count.

use serde::{Deserialize, Serialize};

use crate::TaxYear;
use crate::history::Payment;

/// What becomes of a payment's money in the calculation of a tax year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// In play and dated in the tax year.
    ThisYear,
    /// In play and dated before the tax year.
    PriorYear,
    /// In play and dated after the tax year.
    LaterYear,
    /// Card or third-party network: the processor reports it on Form 1099-K.
    #[serde(rename = "reported_on_1099_k")]
    ReportedOn1099K,
    /// Voided: counts as nothing in any year, whatever the date of the void.
    Voided,
    /// No money moved: the gross is not above zero.
    NoMoney,
}

impl Standing {
    /// Where a payment stands for `tax_year`.
    ///
    /// The payment date decides, never the invoice date. Source: Treas. Reg.
    /// § 1.6041-1(f) (cash basis) and (a)(1)(iv) (Form 1099-K instead).
    pub fn of(payment: &Payment, tax_year: TaxYear) -> Self {
        if !payment.method.is_direct() {
            Self::ReportedOn1099K
        } else if payment.void_date.is_some() {
            Self::Voided
        } else if !payment.gross().is_positive() {
            Self::NoMoney
        } else if payment.payment_date < tax_year.first_day() {
            Self::PriorYear
        } else if payment.payment_date > tax_year.last_day() {
            Self::LaterYear
        } else {
            Self::ThisYear
        }
    }

    /// A short clause for the trace.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::ThisYear => "counts this year",
            Self::PriorYear => "paid in a prior year",
            Self::LaterYear => "paid in a later year, left out",
            Self::ReportedOn1099K => "left out: reported on 1099-K",
            Self::Voided => "counted and deducted again: voided",
            Self::NoMoney => "left out: no money moved",
        }
    }
}
