//! One file per table. Compiled twice: `Conn` is the connection of the database at hand.

use super::{Conn, run_batch};

pub(crate) mod export_answers;
pub(crate) mod exports;
pub(crate) mod filed_forms;
pub(crate) mod filing_marks;
pub(crate) mod filings;
pub(crate) mod printings;
pub(crate) mod transmittals;
pub(crate) mod voided_forms;
pub(crate) mod warnings;
