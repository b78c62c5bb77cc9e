//! One file per table. Compiled twice: `Conn` is the connection of the database at hand.

use super::{Conn, NOW, insert_each, run_batch};

pub(crate) mod abandoned_sheets;
pub(crate) mod alignments;
pub(crate) mod attempts;
pub(crate) mod console_sessions;
pub(crate) mod decision_requests;
pub(crate) mod decisions;
pub(crate) mod job_events;
pub(crate) mod job_forms;
pub(crate) mod job_reports;
pub(crate) mod job_shares;
pub(crate) mod jobs;
pub(crate) mod journal;
pub(crate) mod late_results;
pub(crate) mod leases;
pub(crate) mod overview;
pub(crate) mod printer_access;
pub(crate) mod printer_marks;
pub(crate) mod printer_states;
pub(crate) mod printers;
pub(crate) mod proposals;
pub(crate) mod sheets;
pub(crate) mod spoolers;
pub(crate) mod stock_loads;
pub(crate) mod stock_taken;
pub(crate) mod take_in;
pub(crate) mod tally;
pub(crate) mod unknown_sheets;
