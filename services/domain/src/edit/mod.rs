//! What a person may change of the 1099 information, beside what was calculated and never over it.
//!
//! A row of a payer, tax year, recipient and income type has a calculated amount, an [`Edit`], or both;
//! [`Row::standing`] says what the form reports. The verbs [`Row::change`], [`Row::add`], [`Row::delete`]
//! and [`Row::revert`] decide what becomes of the edit, or why they are not allowed. What an amount may be
//! is in [`value`], the parts of a box for tips and overtime in [`parts`], and what a run says of an edit
//! that it leaves alone in [`kept`].

pub mod change;
pub mod kept;
pub mod parts;
pub mod value;

#[cfg(test)]
mod tests;

pub use change::{ChangeKind, Snapshot};
pub use kept::{Kept, KeptAddressCode};
pub use parts::{MAX_OCCUPATION_CODES, OccupationCode, Part, Parts};
pub use value::{BadValue, Field, Value};

use crate::rules::YearRules;
use crate::{IncomeType, Money};

/// A person's word on one row. It stands until it is dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// The calculated row reports this instead.
    Changed(Value),
    /// A row that nobody calculated.
    Added(Value),
    /// The calculated row is not reported.
    Deleted,
}

/// What there is of one row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// The taxable amount as calculated; `None` when no run that stands made the row.
    pub calculated: Option<Money>,
    /// What a person made of it.
    pub edit: Option<Edit>,
}

/// What a person wishes to change; what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// The new taxable amount.
    pub amount: Option<Money>,
    /// The new parts, all of them.
    pub parts: Option<Parts>,
}

/// Why an edit is not allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// Neither calculated nor added: add it.
    #[error("there is no such row; add it, or calculate first")]
    NoSuchRow,
    /// The row was deleted by hand: revert that first.
    #[error("the row was deleted by hand; revert that first")]
    Deleted,
    /// There is such a row: edit it.
    #[error("there is such a row already; edit it instead")]
    Exists,
    /// Nothing to drop.
    #[error("the row is as calculated; there is no edit to revert")]
    NotEdited,
    /// Every value that cannot stand.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Values(Vec<BadValue>),
}

impl Edit {
    /// What it reports; `None` when it deletes the row.
    pub fn value(&self) -> Option<&Value> {
        match self {
            Self::Changed(value) | Self::Added(value) => Some(value),
            Self::Deleted => None,
        }
    }

    /// The word of the store: `changed`, `added` or `deleted`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Changed(_) => "changed",
            Self::Added(_) => "added",
            Self::Deleted => "deleted",
        }
    }

    /// The edit of a stored word; `None` for a word that is not ours.
    pub fn of_word(word: &str, value: Value) -> Option<Self> {
        match word {
            "changed" => Some(Self::Changed(value)),
            "added" => Some(Self::Added(value)),
            "deleted" => Some(Self::Deleted),
            _ => None,
        }
    }
}

impl Row {
    /// What the form reports: the edit, else the calculated amount; `None` when there is no row to report.
    pub fn standing(&self) -> Option<Value> {
        match &self.edit {
            Some(edit) => edit.value().cloned(),
            None => self.calculated.map(Value::of),
        }
    }

    /// Changes amount or parts. Parts given without an amount keep the amount that stands, from now on as an edit.
    ///
    /// # Errors
    /// [`EditError`] when there is no row, it is deleted, or the values cannot stand.
    pub fn change(
        &self,
        income_type: IncomeType,
        wish: Wish,
        rules: &YearRules,
    ) -> Result<Edit, EditError> {
        if self.edit == Some(Edit::Deleted) {
            return Err(EditError::Deleted);
        }
        let before = self.standing().ok_or(EditError::NoSuchRow)?;
        let value = Value {
            amount: wish.amount.unwrap_or(before.amount),
            parts: wish.parts.unwrap_or(before.parts),
        };
        let value = value.checked(income_type, rules)?;
        Ok(match &self.edit {
            Some(Edit::Added(_)) => Edit::Added(value),
            _ => Edit::Changed(value),
        })
    }

    /// Adds a row that was not calculated.
    ///
    /// # Errors
    /// [`EditError`] when there is such a row, or the values cannot stand.
    pub fn add(
        &self,
        income_type: IncomeType,
        value: Value,
        rules: &YearRules,
    ) -> Result<Edit, EditError> {
        match (&self.edit, self.calculated) {
            (Some(Edit::Deleted), _) => Err(EditError::Deleted),
            (None, None) => Ok(Edit::Added(value.checked(income_type, rules)?)),
            _ => Err(EditError::Exists),
        }
    }

    /// Deletes the row: a calculated one is marked so, one added by hand is gone (`None`).
    ///
    /// # Errors
    /// [`EditError`] when there is no row, or it is deleted already.
    pub fn delete(&self) -> Result<Option<Edit>, EditError> {
        match (&self.edit, self.calculated) {
            (Some(Edit::Deleted), _) => Err(EditError::Deleted),
            (None, None) => Err(EditError::NoSuchRow),
            (Some(Edit::Added(_)), None) => Ok(None),
            _ => Ok(Some(Edit::Deleted)),
        }
    }

    /// Drops the edit, so that the calculated amount stands again.
    ///
    /// # Errors
    /// [`EditError`] when there is no row, or no edit of it.
    pub fn revert(&self) -> Result<(), EditError> {
        match (&self.edit, self.calculated) {
            (Some(_), _) => Ok(()),
            (None, Some(_)) => Err(EditError::NotEdited),
            (None, None) => Err(EditError::NoSuchRow),
        }
    }
}
