//! Tables of the vendor service.
//!
//! [`VendorStore`] is what the service calls; `rows/` says how a domain value
//! lies in its table, `queries/` holds one file per table, compiled once for
//! each database.

mod error;
mod records;
mod rows;
mod schema;
pub(crate) mod sealed_columns;
mod sealed_tin;
mod store;

pub use error::KeepError;
pub use records::{PayerRecord, Stamp, Stored, TinLabel, TransmitterRecord, VendorRecord};
pub use store::*;

/// The queries on SQLite.
#[path = "."]
pub(crate) mod sqlite {
    pub(crate) type Conn = crate::database::SqliteConn;
    pub(crate) type Backend = diesel::sqlite::Sqlite;
    pub(crate) use crate::dispatch::{batch_on_sqlite as run_batch, each_on_sqlite as insert_each};
    /// Whether nobody else writes while a transaction does.
    pub(crate) const ONE_WRITER: bool = true;
    #[path = "queries/mod.rs"]
    mod queries;
    pub(crate) use queries::*;
}

/// The queries on PostgreSQL.
#[path = "."]
pub(crate) mod postgres {
    pub(crate) type Conn = crate::database::PostgresConn;
    pub(crate) type Backend = diesel::pg::Pg;
    pub(crate) use crate::dispatch::{
        batch_on_postgres as run_batch, each_on_postgres as insert_each,
    };
    /// Whether nobody else writes while a transaction does.
    pub(crate) const ONE_WRITER: bool = false;
    #[path = "queries/mod.rs"]
    mod queries;
    pub(crate) use queries::*;
}
