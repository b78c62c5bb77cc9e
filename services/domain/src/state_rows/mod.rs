//! The states of a form: how much of it is whose, and which two of them it shows.
//!
//! [`StateAmounts`] holds what of one recipient's amounts each state has, as the run broke them down and as edits left
//! them. [`StateAmounts::of_form`] gives the part that one form shows; [`StateRows`] puts it into the form's two rows,
//! and says what has no room there.

mod amounts;
mod remark;
mod rows;

pub use amounts::{StateAmounts, StatePart, StateParts};
pub use remark::Remark;
pub use rows::{MAX_ROWS, NamedState, StateRows};

#[cfg(test)]
mod tests;
