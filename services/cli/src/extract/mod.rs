//! An AP extract on disk: its files found, read row by row, and sent on as typed records.
//!
//! Start at [`Extract::open`], then [`read_half`]. Memory stays flat: rows leave in batches.

mod batch;
mod csv_file;
mod fault_list;
mod folder;
mod history_half;
mod vendor_half;

pub(crate) use batch::{Half, Tally, read_half};
pub(crate) use fault_list::{FaultLine, FaultList};
pub(crate) use folder::{Extract, ExtractError};
pub(crate) use history_half::HistoryHalf;
pub(crate) use vendor_half::VendorHalf;
