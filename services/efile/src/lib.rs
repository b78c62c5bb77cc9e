//! Forms → the files that the IRS takes: IRIS XML, the IRIS portal's CSV, and FIRE.
//!
//! A [`Transmission`] says who sends which payers' forms, and of what kind: originals, corrections or a replacement.
//! [`write_iris`], [`write_csv`] and [`write_fire`] first check the whole of it by the rules of their format and then
//! write; with a fault of [`Weight::Reject`] nothing is written and every fault comes back at once. [`check`] does the
//! same without writing. Counts and totals are added up here, from the forms, in whole cents.
//!
//! What a tax year changes is data in `data/*.toml`, each with its source: amount codes, elements, columns, states.
//! A year or form without a verified entry is refused by name, never served from another year's.
//!
//! Nothing here reads a file, a clock or a random number: ids, the transmission's UUID and dates come in. The written
//! bytes hold TINs in full; no error, fault or `Debug` output does.
//!
//! Start at [`Transmission`], then at `fire/mod.rs`, `iris/mod.rs` or `csv/mod.rs`.

mod check;
mod csv;
mod error;
mod fault;
mod fire;
mod form_view;
mod iris;
mod model;
mod places;
mod sums;
mod wording;
mod written;

pub use crate::csv::{CsvFile, CsvTemplate, CsvTemplates, TemplateError, write_csv};
pub use check::{Format, check};
pub use error::EfileError;
pub use fault::{About, Fault, Weight};
pub use fire::write_fire;
pub use iris::{IrisOptions, write_iris};
pub use model::{
    Contact, Entry, Environment, FiledForm, FiledName, FilingPayer, Kind, OriginalRecord,
    OriginalSubmission, PayerForms, Replaced, Software, SoftwareVendor, StateFiling, Transmission,
    Transmitter,
};
pub use places::takes_combined;
pub use sums::{StateSums, Sums};
pub use written::{Placed, Written};
