//! Tables of the calculation service.
//!
//! [`CalculationStore`] is what the service calls: imports, the history they
//! leave, runs, and the 1099 information these yield. `queries/` holds one file
//! per table or question, compiled once for each database.

mod dialect;
mod edit;
mod history_page;
mod import;
mod information;
mod missing;
mod parameter_set;
mod published;
mod reference;
mod run;
mod schema;
mod staged;
mod store;
mod within;
mod work;

pub use edit::{
    AddressCodeChange, AddressCodeEdit, ChangeEntry, EditError, EditRequest, NamedVendor,
    RowChange, RowEdit, Signature,
};
pub use history_page::{PaymentFilter, PaymentWithApplications, VoucherWithLines};
pub use import::{FileCount, Import, ImportState};
pub use information::{
    ExceptionEntry, InformationEntry, KeptRow, RecipientResult, ResultRow, SkippedEntry,
};
pub use parameter_set::{NewParameterSet, ParameterSet, ParameterSetError};
pub use published::{Selection, Show};
pub use reference::{Reference, ReferenceKind};
pub use run::{NewRun, Purpose, Run, RunState, Totals};
pub use staged::{Staged, StagedItem};
pub(crate) use store::MIGRATIONS;
pub use store::{
    AccountUse, CalculationStore, CheckedPayment, ImportError, PaidTo, RunError, RunGround,
};
pub use work::{RunPage, RunVendor};

/// The queries on SQLite.
#[path = "."]
pub(crate) mod sqlite {
    pub(crate) type Conn = crate::database::SqliteConn;
    pub(crate) type Db = diesel::sqlite::Sqlite;
    pub(crate) use crate::dispatch::{batch_on_sqlite as run_batch, rows_on_sqlite as load_rows};
    /// Whether nobody else writes while a transaction does.
    pub(crate) const ONE_WRITER: bool = true;
    /// Whether plans are chosen by statistics that a large load leaves stale.
    pub(crate) const PLANS_BY_STATISTICS: bool = false;

    /// A query in SQL, its values named `$1`, `$2`, …: here `?1`, `?2`, as SQLite numbers `$` names by appearance.
    pub(crate) fn sql(text: &str) -> diesel::query_builder::SqlQuery {
        diesel::sql_query(text.replace('$', "?"))
    }

    #[path = "queries/mod.rs"]
    mod queries;
    pub(crate) use queries::*;
}

/// The queries on PostgreSQL.
#[path = "."]
pub(crate) mod postgres {
    pub(crate) type Conn = crate::database::PostgresConn;
    pub(crate) type Db = diesel::pg::Pg;
    pub(crate) use crate::dispatch::{
        batch_on_postgres as run_batch, rows_on_postgres as load_rows,
    };
    /// Whether nobody else writes while a transaction does.
    pub(crate) const ONE_WRITER: bool = false;
    /// Whether plans are chosen by statistics that a large load leaves stale.
    pub(crate) const PLANS_BY_STATISTICS: bool = true;

    /// A query in SQL, its values named `$1`, `$2`, ….
    pub(crate) fn sql(text: &str) -> diesel::query_builder::SqlQuery {
        diesel::sql_query(text)
    }

    #[path = "queries/mod.rs"]
    mod queries;
    pub(crate) use queries::*;
}
