//! Tables of the forms service: what was printed, what was filed electronically, and each filed form as it was. It keeps
//! no TIN.
//!
//! [`FormsStore`] is what the service calls; `queries/` holds one file per
//! table, compiled once for each database.

mod filing_store;
mod schema;
mod store;

pub(crate) use store::MIGRATIONS;
pub use store::{Begun, FormAt, FormsStore, Kept, PrintingFilter, ToFile};

/// The queries on SQLite.
#[path = "."]
pub(crate) mod sqlite {
    pub(crate) type Conn = crate::database::SqliteConn;
    pub(crate) use crate::dispatch::batch_on_sqlite as run_batch;
    #[path = "queries/mod.rs"]
    mod queries;
    pub(crate) use queries::*;
}

/// The queries on PostgreSQL.
#[path = "."]
pub(crate) mod postgres {
    pub(crate) type Conn = crate::database::PostgresConn;
    pub(crate) use crate::dispatch::batch_on_postgres as run_batch;
    #[path = "queries/mod.rs"]
    mod queries;
    pub(crate) use queries::*;
}
