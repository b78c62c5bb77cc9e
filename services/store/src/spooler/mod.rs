//! Tables of the spooler: printers, jobs, sealed forms, sheets, attempts, reports.
//!
//! [`SpoolerStore`] is what the daemon calls; `queries/` holds one file per table, compiled once for each database.
//! States of sheets and jobs are not here: the domain derives them.

mod alignment_row;
mod error;
mod rows;
mod schema;
pub(crate) mod sealed_columns;
mod snapshot;
mod store;
mod succession;
mod transmittal_snapshot;

pub use alignment_row::Aligned;
pub use error::SpoolError;
pub(crate) use store::MIGRATIONS;
pub use store::{
    Act, Alone, Change, Chosen, ConsoleSession, Counts, Forgotten, Identity, JobPage, JobView,
    Kept, Lease, LeaseChange, Listener, NewJob, NewLoad, NewPrinter, News, Once, OpenAttempts,
    Opened, PrinterLine, PrinterPast, PrinterStatus, Proposal, Question, QuestionKey, Quorum,
    Reconciled, Recorded, Reservation, SealedForm, SpoolerStore, Submitted, Tenure,
    UnknownQuestion,
};

/// The queries on SQLite.
#[path = "."]
pub(crate) mod sqlite {
    pub(crate) type Conn = crate::database::SqliteConn;
    pub(crate) use crate::dispatch::{batch_on_sqlite as run_batch, each_on_sqlite as insert_each};
    /// Now, by the database's own clock.
    pub(crate) const NOW: &str = "strftime('%Y-%m-%d %H:%M:%f', 'now')";
    #[path = "queries/mod.rs"]
    mod queries;
    pub(crate) use queries::*;
}

/// The queries on PostgreSQL.
#[path = "."]
pub(crate) mod postgres {
    pub(crate) type Conn = crate::database::PostgresConn;
    pub(crate) use crate::dispatch::{
        batch_on_postgres as run_batch, each_on_postgres as insert_each,
    };
    /// Now, by the database's own clock.
    pub(crate) const NOW: &str = "(clock_timestamp() AT TIME ZONE 'UTC')";
    #[path = "queries/mod.rs"]
    mod queries;
    pub(crate) use queries::*;
}
