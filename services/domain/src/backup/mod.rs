//! Backup withholding: whether tax is kept back from a payment, how much, and why.
//!
//! [`compute()`] is the one decision. What it looks at: the vendor with its W-9, the B-notices of the IRS about it
//! ([`notice`]), orders to withhold ([`WithholdingOrder`]), the configuration in force ([`Configuration`]) and the
//! dated rules (rate, aggregate test).

mod compute;
mod configuration;
pub mod notice;
mod order;
mod reason;

pub use compute::{Aggregate, Disbursement, FurtherWithheld, Payee, Withholding, compute};
pub use configuration::{Configuration, ConfigurationError, FurtherType};
pub use notice::BNotice;
pub use order::{OrderError, WithholdingOrder};
pub use reason::Reason;

use crate::IncomeType;
use crate::vendor::Classification;

/// Whether a recipient of that classification gets no 1099 for that income, and no tax is withheld from it.
///
/// Source: Treas. Reg. § 1.6041-3(p); IRC § 3406(b)(5).
pub fn is_exempt(classification: Option<Classification>, income_type: IncomeType) -> bool {
    classification.is_some_and(|class| {
        class.is_wholly_exempt() || (class.is_corporation() && !income_type.reaches_corporations())
    })
}
