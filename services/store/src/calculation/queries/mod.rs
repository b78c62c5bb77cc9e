//! One file per table or question. Compiled twice: `Conn` is the connection of the database at hand.

use super::{Conn, Db, ONE_WRITER, PLANS_BY_STATISTICS, load_rows, run_batch, sql};

/// What holds of a version as of a sequence: `as_of!(vouchers, sequence)`.
macro_rules! as_of {
    ($table:ident, $sequence:expr) => {
        $table::from_sequence.le($sequence).and(
            $table::until_sequence
                .is_null()
                .or($table::until_sequence.gt($sequence)),
        )
    };
}

/// What holds of a current version, which is one that an import was published with: `current!(vouchers)`.
macro_rules! current {
    ($table:ident) => {
        $table::until_sequence.is_null().and(diesel::dsl::exists(
            $crate::calculation::schema::imports::table
                .filter($crate::calculation::schema::imports::sequence.is_not_null()),
        ))
    };
}

pub(crate) mod address_code_edits;
pub(crate) mod applications;
mod column;
pub(crate) mod effective;
pub(crate) mod exceptions;
pub(crate) mod history_checks;
pub(crate) mod imports;
pub(crate) mod in_place;
pub(crate) mod information_changes;
pub(crate) mod information_edits;
mod information_states;
pub(crate) mod information_turns;
pub(crate) mod kept_edits;
pub(crate) mod newer_history;
pub(crate) mod paid;
pub(crate) mod parameter_sets;
pub(crate) mod payments;
pub(crate) mod publication;
pub(crate) mod published_recipients;
pub(crate) mod reach;
pub(crate) mod requests;
pub(crate) mod run_cash_accounts;
pub(crate) mod run_chart;
pub(crate) mod run_recipients;
pub(crate) mod run_results;
pub(crate) mod run_work;
pub(crate) mod runs;
pub(crate) mod staged_checks;
pub(crate) mod staged_faults;
pub(crate) mod staged_references;
pub(crate) mod staged_source;
pub(crate) mod staged_unreadable;
pub(crate) mod vendor_facts;
pub(crate) mod voucher_lines;
pub(crate) mod vouchers;
pub(crate) mod whole_records;
