//! The calculation service: the AP history, and the 1099 information made from it.
//!
//! It owns vouchers, payments and what they settle, versioned by import, and the runs that turn them
//! into 1099 information with its traces. Vendors, payers and codes are the vendor service's: a run
//! reads them once, when it begins. It decides nothing about 1099s itself (that is
//! `formfeed_domain::calculation`), makes no forms, and sees no TIN.
//!
//! Start at [`start()`] for how it is put together, at `import_service.rs` for how an extract comes in,
//! at `run.rs` for a run from beginning to end, at `page.rs` for *voucher → box amounts*, at `edit_service.rs` for
//! what people change of these, and at `proof.rs` for the proof of what came out.

mod address_code_edits;
mod answer;
mod busy;
mod calculation_service;
mod differences;
mod edit_request;
mod edit_service;
mod edit_text;
mod error;
mod history_check_service;
mod history_service;
mod import_service;
mod information_changes;
mod lab_service;
mod named;
mod page;
mod parameter_set_service;
mod preview;
mod proof;
mod proof_pdf;
mod publication;
mod quick_service;
mod row_edits;
mod run;
mod runs;
mod staging;
mod start;
mod vendors;
mod verification;
mod verify_service;

pub use start::{Running, StartError, start};
