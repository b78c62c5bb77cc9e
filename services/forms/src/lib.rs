//! The forms service: who gets which form and why not, and the way of the forms to the spooler.
//!
//! It owns the record of what was printed and filed, and nothing else: 1099 information comes from the
//! calculation service, names, addresses and numbers from the vendor service, both at the moment
//! they are needed. It never keeps a TIN, and never touches paper: that is the spooler's.
//!
//! Start at [`start()`] for how it is put together, at `service.rs` for its methods, at
//! `decide.rs` for *box amounts → form* and at `print.rs` for *form → job*; `transmittal/` adds up what was printed.
//! What is read before printing comes from `edit_report/` and `check.rs`. What was filed and differs today comes from
//! `candidates.rs`, and is filed again by `correct.rs` and `correct_export.rs`.

mod answer;
mod candidates;
mod check;
mod correct;
mod correct_export;
mod correction_error;
mod correction_service;
mod decide;
mod draft;
mod duty;
mod edit_report;
mod error;
mod export;
mod export_service;
mod feed;
mod filed;
mod follow;
mod format;
mod hand_over;
mod listing;
mod merge;
mod overview;
mod overview_service;
mod peers;
mod preflight_service;
mod print;
mod recipients;
mod replace;
mod report_service;
mod service;
mod standing;
mod start;
mod stream;
mod transmittal;
mod transmittal_service;
mod turns;
mod twins;
mod void;
mod voided;
mod warnings;
mod write_files;

pub use start::{Running, StartError, start};
