//! What Formfeed knows about 1099s, with no machine attached.
//!
//! Everything here is a value or a pure function: money, TINs, vouchers, the
//! calculation methods, the dated rules of a tax year, form layouts, and how
//! forms become sheets. Today's date and new ids come in as arguments.
//!
//! This crate never reads a file or a clock, never draws a random number, and
//! knows neither gRPC nor SQL.
//!
//! Start at [`calculation`] for *voucher → box amounts*, at [`edit`] for what a person may
//! change of these, at [`eligibility`] for
//! *box amounts → form*, at [`assembly`] for what prints in each field, at
//! [`state_rows`] for which states it shows, and at [`sheet`] for *form → sheet*.

pub mod account;
pub mod alignment;
pub mod assembly;
pub mod backup;
pub mod box_definition;
pub mod calculation;
pub mod correction;
pub mod edit;
pub mod edit_report;
pub mod eligibility;
pub mod entry;
pub mod export;
pub mod extract;
pub mod form;
pub mod history;
pub mod ids;
pub mod income_type;
pub mod instructions;
pub mod layout;
pub mod letter;
pub mod money;
pub mod organization;
pub mod own_files;
pub mod parameters;
pub mod payer;
pub mod placement;
pub mod points;
pub mod preflight;
pub mod preview;
pub mod printing;
pub mod quick;
pub mod reformat;
pub mod relate_to;
pub mod rules;
pub mod sheet;
pub mod spool;
pub mod state_rows;
pub mod stock;
pub mod tax_year;
pub mod text;
pub mod tin;
pub mod totals;
pub mod transmittal;
pub mod transmitter;
pub mod typeset;
pub mod vendor;
pub mod verify;
mod words;

pub use ids::*;
pub use income_type::IncomeType;
pub use money::{Money, Rate};
pub use tax_year::TaxYear;
pub use tin::{Tin, TinKind, TinWarning};
