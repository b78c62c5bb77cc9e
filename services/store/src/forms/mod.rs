//! Tables of the forms service: what was printed, and what was filed electronically. It keeps no TIN.
//!
//! [`FormsStore`] is what the service calls; `queries/` holds one file per
//! table, compiled once for each database.

mod schema;
mod store;

pub use store::{Begun, FormsStore, PrintingFilter};

/// The queries on SQLite.
#[path = "."]
pub(crate) mod sqlite {
    pub(crate) type Conn = crate::database::SqliteConn;
    #[path = "queries/mod.rs"]
    mod queries;
    pub(crate) use queries::*;
}

/// The queries on PostgreSQL.
#[path = "."]
pub(crate) mod postgres {
    pub(crate) type Conn = crate::database::PostgresConn;
    #[path = "queries/mod.rs"]
    mod queries;
    pub(crate) use queries::*;
}
