//! What to look at in the state rows of a form.

use std::fmt;

use super::NamedState;
use crate::Money;

/// Something about the states of a form that a person should know.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remark {
    /// A row without the payer's number.
    NoNumber {
        /// Which state.
        state: String,
        /// State tax withheld; nothing where its rule alone wants the row.
        withheld: Money,
    },
    /// More states than rows.
    Beyond(Vec<NamedState>),
    /// A state's income is below zero, which no box takes.
    Negative {
        /// Which state.
        state: String,
        /// What it comes to.
        income: Money,
    },
    /// An edit changed an amount that several states share.
    Estimated,
    /// Income of the form that is in no row, because its payments name no state.
    Nameless {
        /// How much.
        income: Money,
    },
}

impl Remark {
    /// Whether the form should not go out before someone has looked.
    pub fn is_warning(&self) -> bool {
        !matches!(self, Self::Nameless { .. })
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoNumber { state, withheld } if withheld.is_positive() => write!(
                f,
                "state tax of {withheld} was withheld for {} and the payer has no number there",
                named(state)
            ),
            Self::NoNumber { state, .. } => write!(
                f,
                "{} wants the form and the payer has no number there",
                named(state)
            ),
            Self::Beyond(rows) => {
                f.write_str("no room in the two state rows for ")?;
                for (index, row) in rows.iter().enumerate() {
                    let between = if index == 0 { "" } else { ", " };
                    let (withheld, income) = (row.part.withheld, row.part.income);
                    write!(
                        f,
                        "{between}{} (withheld {withheld}, income {income})",
                        named(&row.state)
                    )?;
                }
                Ok(())
            }
            Self::Negative { state, income } => {
                write!(f, "income of {income} for {} is left off", named(state))
            }
            Self::Estimated => f.write_str(
                "an edited amount is divided among its states in the proportion that was calculated",
            ),
            Self::Nameless { income } => {
                write!(f, "income of {income} names no state and is in no state row")
            }
        }
    }
}

fn named(state: &str) -> &str {
    match state.is_empty() {
        true => "a state that is not named",
        false => state,
    }
}
