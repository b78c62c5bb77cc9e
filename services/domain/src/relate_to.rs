//! Relate To codes: BusinessPlus' way of marking what a transaction reports as.

use std::fmt;
use std::str::FromStr;

use crate::{IncomeType, RelateToCode};

/// Which Relate To field a code is defined for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Position {
    /// `relate_to_1`, on voucher lines and payments.
    One,
    /// `relate_to_2`, on voucher lines.
    Two,
}

/// What a code does to a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Reports it as this income type.
    Reports(IncomeType),
    /// Keeps it off the 1099 (`EX`).
    Excludes,
    /// Has nothing to do with 1099s.
    None,
}

impl Effect {
    /// The word of the AP extract: an income type, `exclude`, or blank.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reports(income_type) => income_type.as_str(),
            Self::Excludes => "exclude",
            Self::None => "",
        }
    }
}

impl FromStr for Effect {
    type Err = crate::income_type::UnknownIncomeType;
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "" => Ok(Self::None),
            "exclude" => Ok(Self::Excludes),
            _ => word.parse().map(Self::Reports),
        }
    }
}

/// A defined code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelateTo {
    /// Field it is valid in.
    pub position: Position,
    /// The code.
    pub code: RelateToCode,
    /// Free text.
    pub description: String,
    /// What it does.
    pub effect: Effect,
}

impl Position {
    /// 1 or 2.
    pub fn number(self) -> i32 {
        match self {
            Self::One => 1,
            Self::Two => 2,
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number())
    }
}

/// The codes that exist, for both positions, without being imported.
///
/// Source: seed, BusinessPlus default Relate To codes chart.
pub fn defaults() -> Vec<RelateTo> {
    let code = |text: &str| RelateToCode::new(text).expect("default codes are two ASCII letters");
    let effects = IncomeType::ALL
        .into_iter()
        .map(|t| (code(t.default_relate_to()), Effect::Reports(t)))
        .chain([(code("EX"), Effect::Excludes)]);
    effects
        .flat_map(|(code, effect)| {
            [Position::One, Position::Two].map(|position| RelateTo {
                position,
                code: code.clone(),
                description: effect.as_str().replace('_', " "),
                effect,
            })
        })
        .collect()
}
