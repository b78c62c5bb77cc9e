//! What an edited row may report: an amount that fits its box, with parts that fit the amount.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::EditError;
use super::parts::{MAX_OCCUPATION_CODES, Part, Parts};
use crate::rules::YearRules;
use crate::{IncomeType, Money, TaxYear};

/// The largest amount of a row, in cents: ten digits before the point.
pub const MAX_CENTS: i64 = 999_999_999_999;

/// What a row reports.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Value {
    /// The taxable amount.
    pub amount: Money,
    /// What of it is reported apart.
    #[serde(default, skip_serializing_if = "Parts::is_empty")]
    pub parts: Parts,
}

/// Which value it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The row's amount.
    Amount,
    /// A part of it.
    Part(Part),
}

/// A value that cannot stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadValue {
    /// Which one.
    pub field: Field,
    /// What is wrong with it, and the way out.
    pub why: Why,
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Why {
    /// Boxes take no sign.
    #[error("is negative, and a box takes no sign: write 0.00, or delete the row")]
    Negative,
    /// A part below nothing.
    #[error("is negative; 0.00 means that there is no such part")]
    NegativePart,
    /// More than the box holds.
    #[error("has more than ten digits before the point")]
    TooLarge,
    /// The year's form has no box for the part.
    #[error("has no box on the forms of {tax_year} for {income_type}")]
    NoSuchBox {
        /// The year.
        tax_year: TaxYear,
        /// The row's income type.
        income_type: IncomeType,
    },
    /// A part larger than the whole.
    #[error("is more than the row's {amount}, which it is a part of")]
    MoreThanTheRow {
        /// The row's amount.
        amount: Money,
    },
    /// Parts larger than the whole.
    #[error(
        "with the other part comes to {sum}, more than the row's {amount}, which they are parts of"
    )]
    MoreThanTheRowTogether {
        /// Σ of the parts.
        sum: Money,
        /// The row's amount.
        amount: Money,
    },
    /// The box has two cells.
    #[error("has room for two codes")]
    TooManyCodes,
    /// Said twice.
    #[error("names a code twice")]
    CodeTwice,
}

impl Value {
    /// An amount without parts.
    pub fn of(amount: Money) -> Self {
        Self {
            amount,
            parts: Parts::default(),
        }
    }

    /// The value itself, when it fits the boxes of the year.
    pub(super) fn checked(
        self,
        income_type: IncomeType,
        rules: &YearRules,
    ) -> Result<Self, EditError> {
        let mut bad = Vec::new();
        let mut add = |field, why| bad.push(BadValue { field, why });
        if let Some(why) = fits(self.amount) {
            add(Field::Amount, why);
        }
        for part in self.parts.given() {
            if rules.part_box(income_type, part).is_none() {
                let tax_year = rules.tax_year;
                add(
                    Field::Part(part),
                    Why::NoSuchBox {
                        tax_year,
                        income_type,
                    },
                );
            }
        }
        self.check_amounts(&mut add);
        let codes = &self.parts.occupation_codes;
        if codes.len() > MAX_OCCUPATION_CODES {
            add(Field::Part(Part::OccupationCodes), Why::TooManyCodes);
        }
        if (1..codes.len()).any(|at| codes[..at].contains(&codes[at])) {
            add(Field::Part(Part::OccupationCodes), Why::CodeTwice);
        }
        match bad.is_empty() {
            true => Ok(self),
            false => Err(EditError::Values(bad)),
        }
    }

    /// Parts are parts: never below zero, each and together at most the whole.
    fn check_amounts(&self, add: &mut impl FnMut(Field, Why)) {
        let (amount, parts) = (self.amount, &self.parts);
        let mut fit = true;
        for (part, given) in [
            (Part::CashTips, parts.cash_tips),
            (Part::Overtime, parts.overtime),
        ] {
            let why = match given {
                negative if negative.is_negative() => Some(Why::NegativePart),
                more if more.is_positive() && more > amount => Some(Why::MoreThanTheRow { amount }),
                _ => None,
            };
            fit &= why.is_none();
            why.into_iter().for_each(|why| add(Field::Part(part), why));
        }
        let sum = parts.cash_tips + parts.overtime;
        if fit && sum.is_positive() && sum > amount {
            let why = Why::MoreThanTheRowTogether { sum, amount };
            add(Field::Part(Part::Overtime), why);
        }
    }
}

fn fits(amount: Money) -> Option<Why> {
    match amount {
        negative if negative.is_negative() => Some(Why::Negative),
        large if large > Money::from_cents(MAX_CENTS) => Some(Why::TooLarge),
        _ => None,
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Amount => f.write_str("the amount"),
            Self::Part(part) => write!(f, "{part}"),
        }
    }
}

impl fmt::Display for BadValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.why)
    }
}
