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
}

impl Method {
    /// `INCOME_FIRST`: the word of the command line and of the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::IncomeFirst => "INCOME_FIRST",
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
#[error("unknown calculation method: use INCOME_FIRST")]
pub struct UnknownMethod;

impl FromStr for Method {
    type Err = UnknownMethod;
    fn from_str(word: &str) -> Result<Self, UnknownMethod> {
        match word {
            "INCOME_FIRST" => Ok(Self::IncomeFirst),
            _ => Err(UnknownMethod),
        }
    }
}
