//! Kept edits: what a run says of an edit that it found, left alone, and will go on naming until it is dropped.

use std::fmt;

use super::Edit;
use crate::{IncomeType, Money};

/// The stable word of the exception.
pub const KEPT_EDIT: &str = "kept_edit";

/// The edit of a row, kept over what was calculated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept<'a> {
    /// The row's income type.
    pub income_type: IncomeType,
    /// What the run calculated; `None` when it made no such row.
    pub calculated: Option<Money>,
    /// What stands instead.
    pub edit: &'a Edit,
    /// Who made the edit.
    pub user: &'a str,
}

/// The edit of an address code, kept over the vendor's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAddressCode<'a> {
    /// The vendor's own, as the run saw it; `None` when the run did not come to the recipient.
    pub calculated: Option<&'a str>,
    /// What stands instead.
    pub edited: &'a str,
    /// Who made the edit.
    pub user: &'a str,
}

impl fmt::Display for Kept<'_> {
    /// One sentence with both amounts: `rents: calculated 500.00, kept at 600.00 as edited by ada; …`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = self.user;
        write!(f, "{}: ", self.income_type)?;
        match self.calculated {
            Some(calculated) => write!(f, "calculated {calculated}, ")?,
            None => f.write_str("no longer calculated, ")?,
        }
        match self.edit {
            Edit::Changed(value) => write!(f, "kept at {} as edited by {user}", value.amount)?,
            Edit::Added(value) => write!(f, "kept at {} as added by {user}", value.amount)?,
            Edit::Deleted => write!(f, "kept deleted by {user}")?,
        }
        f.write_str("; revert the edit to let the calculation stand")
    }
}

impl fmt::Display for KeptAddressCode<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("address code: ")?;
        match self.calculated {
            Some("") => f.write_str("the vendor has none, ")?,
            Some(code) => write!(f, "the vendor's is {code}, ")?,
            None => f.write_str("the recipient was not paid, ")?,
        }
        let (edited, user) = (self.edited, self.user);
        write!(
            f,
            "kept at {edited} as edited by {user}; revert the edit to let the vendor's stand"
        )
    }
}
