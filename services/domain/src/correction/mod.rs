//! Corrections: what was filed, held against what would be filed today.
//!
//! [`decide`] takes one recipient of a year and answers, for every form type, what has to be filed: one corrected
//! form, two forms, a form that takes back, a late original, or nothing. [`forms`] makes these forms. What kind of
//! error a change is, is in one table: `error_type.rs`.
//!
//! Source: 2018 General Instructions for Certain Information Returns, part H; nothing newer is held here.

mod change;
mod decide;
mod error_type;
mod filed;
mod make;
mod note;
mod small;

pub use change::{Change, compare};
pub use decide::{Action, Filed, Recipient, Today, decide};
pub use error_type::{ErrorType, Field};
pub use filed::{
    FiledForm, Filing, FilingKind, FormKey, NotSent, Placed, Source, Step, UnknownWord, VoidedForm,
};
pub use make::{Correcting, forms, is_taken_back, taken_back};
pub use note::transmittal_note;
pub use small::need_not_be_made;

#[cfg(test)]
mod tests;
