//! What decided the income type of a line or a payment.

use serde::{Deserialize, Serialize};

/// The rule that gave something its income type. The words are stable: traces are read by other programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DecidedBy {
    /// The line's own income type.
    IncomeType,
    /// The default income type of the vendor.
    DefaultIncomeType,
    /// Nothing else said: nonemployee compensation.
    Nothing,
    /// The account's mapping.
    Account,
    /// The first Relate To code.
    Code1,
    /// The second Relate To code.
    Code2,
    /// The vendor's default Relate To code.
    DefaultCode,
}

impl DecidedBy {
    /// A short clause for the trace.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::IncomeType => "by its own income type",
            Self::DefaultIncomeType => "by the vendor's default income type",
            Self::Nothing => "as nothing else is said",
            Self::Account => "by its account",
            Self::Code1 => "by its first code",
            Self::Code2 => "by its second code",
            Self::DefaultCode => "by the vendor's default code",
        }
    }
}
