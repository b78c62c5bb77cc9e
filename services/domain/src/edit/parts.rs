//! Parts of a box that are reported apart from tax year 2026 on: cash tips and overtime compensation.
//!
//! Source: IRC § 6041(a), § 6041A(a) as amended by P.L. 119-21 §§ 70201, 70202. They are parts of
//! nonemployee compensation (1099-NEC box 1a) or other income (1099-MISC box 3), never additions to it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Money;

/// Cells of the box for Treasury Tipped Occupation Codes.
pub const MAX_OCCUPATION_CODES: usize = 2;

/// What of a row's amount is reported apart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Parts {
    /// Cash tips; zero when there are none.
    pub cash_tips: Money,
    /// Overtime compensation; zero when there is none.
    pub overtime: Money,
    /// What the tips were earned at; at most [`MAX_OCCUPATION_CODES`].
    pub occupation_codes: Vec<OccupationCode>,
}

/// A kind of part, each with a box of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Cash tips.
    CashTips,
    /// Treasury Tipped Occupation Codes of the tips.
    OccupationCodes,
    /// Qualified overtime compensation.
    Overtime,
}

/// A Treasury Tipped Occupation Code: three digits, `000` for an occupation that is not on Treasury's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OccupationCode(String);

/// Not three digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a Treasury Tipped Occupation Code: write three digits, such as 101")]
pub struct NotAnOccupationCode;

impl Parts {
    /// Nothing is reported apart.
    pub fn is_empty(&self) -> bool {
        self.given().next().is_none()
    }

    /// The kinds of parts that there are.
    pub fn given(&self) -> impl Iterator<Item = Part> + use<> {
        let codes = !self.occupation_codes.is_empty();
        [
            (!self.cash_tips.is_zero(), Part::CashTips),
            (codes, Part::OccupationCodes),
            (!self.overtime.is_zero(), Part::Overtime),
        ]
        .into_iter()
        .filter_map(|(given, part)| given.then_some(part))
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CashTips => "cash tips",
            Self::OccupationCodes => "occupation code",
            Self::Overtime => "overtime",
        })
    }
}

impl OccupationCode {
    /// Three digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OccupationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for OccupationCode {
    type Err = NotAnOccupationCode;
    fn from_str(text: &str) -> Result<Self, NotAnOccupationCode> {
        match text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            true => Ok(Self(text.to_owned())),
            false => Err(NotAnOccupationCode),
        }
    }
}

impl TryFrom<String> for OccupationCode {
    type Error = NotAnOccupationCode;
    fn try_from(text: String) -> Result<Self, NotAnOccupationCode> {
        text.parse()
    }
}

impl From<OccupationCode> for String {
    fn from(code: OccupationCode) -> Self {
        code.0
    }
}
