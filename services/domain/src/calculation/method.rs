//! The calculation methods and their options.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How a payer's history becomes 1099 information.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum Method {
    /// Partial payments pay 1099 income first (see [`super::income_first`]).
    IncomeFirst,
    /// In proportion to what was paid of the invoice (see [`super::prorated`]).
    Prorated {
        /// What the proportion is.
        basis: Basis,
    },
    /// Direct payments on mapped accounts (see [`super::direct_payments`]).
    DirectPayments,
    /// By Relate To codes (see [`super::relate_to`]).
    RelateTo {
        /// Which transactions are read.
        source: Source,
    },
}

/// What PRORATED multiplies a voucher's 1099 amounts by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Basis {
    /// Cash applied in the year, of the invoice amount.
    #[default]
    PercentPaid,
    /// The type's own lines, of the invoice amount: the seed's sentence to the letter.
    AsDocumented,
}

/// Where RELATE_TO looks for codes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Source {
    /// Invoices only: the open-hold history.
    Oh,
    /// Checks only: the bank history.
    Bk,
    /// Both: a check with a code of its own as in BK, any other as in OH.
    #[default]
    Bo,
}

impl Method {
    /// Every method with every option.
    pub const ALL: [Self; 7] = [
        Self::IncomeFirst,
        Self::Prorated {
            basis: Basis::PercentPaid,
        },
        Self::Prorated {
            basis: Basis::AsDocumented,
        },
        Self::DirectPayments,
        Self::RelateTo { source: Source::Oh },
        Self::RelateTo { source: Source::Bk },
        Self::RelateTo { source: Source::Bo },
    ];

    /// The word of the store and of messages, options included: `RELATE_TO-BK`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::IncomeFirst => "INCOME_FIRST",
            Self::Prorated {
                basis: Basis::PercentPaid,
            } => "PRORATED",
            Self::Prorated {
                basis: Basis::AsDocumented,
            } => "PRORATED-AS_DOCUMENTED",
            Self::DirectPayments => "DIRECT_PAYMENTS",
            Self::RelateTo { source: Source::Oh } => "RELATE_TO-OH",
            Self::RelateTo { source: Source::Bk } => "RELATE_TO-BK",
            Self::RelateTo { source: Source::Bo } => "RELATE_TO-BO",
        }
    }

    /// Whether voucher lines are reported to the voucher's vendor of record instead of the vendor paid.
    pub fn goes_by_vendor_of_record(self) -> bool {
        matches!(
            self,
            Self::RelateTo {
                source: Source::Oh | Source::Bo
            }
        )
    }

    /// Whether a payment without vouchers can be reported.
    pub fn takes_payments_without_vouchers(self) -> bool {
        match self {
            Self::IncomeFirst | Self::Prorated { .. } => false,
            Self::DirectPayments => true,
            Self::RelateTo { source } => source != Source::Oh,
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Not a method.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown calculation method: use one of {}", Method::ALL.map(Method::as_str).join(", "))]
pub struct UnknownMethod;

impl FromStr for Method {
    type Err = UnknownMethod;
    fn from_str(word: &str) -> Result<Self, UnknownMethod> {
        let named = |method: &Self| method.as_str() == word;
        Self::ALL.into_iter().find(named).ok_or(UnknownMethod)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_reads_back_from_its_word_and_from_a_trace() {
        for method in Method::ALL {
            assert_eq!(method.as_str().parse(), Ok(method));
            let json = serde_json::to_string(&method).unwrap();
            assert_eq!(serde_json::from_str::<Method>(&json).unwrap(), method);
        }
        let unknown = "RELATE_TO".parse::<Method>().unwrap_err();
        assert!(unknown.to_string().contains("RELATE_TO-BK"));
    }
}
