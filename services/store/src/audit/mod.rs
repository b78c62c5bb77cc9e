//! The audit trail that each service keeps in its own database: who did what, in a chain that only grows.
//!
//! Each entry bears the hash of the one before and its own, made with a key in a file beside the database, so that who
//! edits the database cannot make the chain again. An entry is written in the transaction of what it tells of. Where the
//! chain ends is told to files outside the database ([`anchors`]), which see a cut tail and an older database put back.
//!
//! Start at [`Trail`]; [`verify`] says what is found.

pub mod anchors;
mod chain;
mod details;
mod entry;
mod schema;
mod trail;
pub mod verify;

pub use details::Details;
pub use entry::Entry;
pub use trail::{Audited, EntryFilter, Head, Trail};
pub(crate) use trail::{Auditor, Chain};

/// The queries on SQLite.
#[path = "."]
pub(crate) mod sqlite {
    pub(crate) type Conn = crate::database::SqliteConn;
    pub(crate) type Backend = diesel::sqlite::Sqlite;
    /// A transaction that writes is alone.
    const LOCKED_HEAD: &str = "SELECT sequence, hash, seal, key_check FROM audit_head";
    #[path = "queries.rs"]
    mod queries;
    pub(crate) use queries::*;
}

/// The queries on PostgreSQL.
#[path = "."]
pub(crate) mod postgres {
    pub(crate) type Conn = crate::database::PostgresConn;
    pub(crate) type Backend = diesel::pg::Pg;
    const LOCKED_HEAD: &str = "SELECT sequence, hash, seal, key_check FROM audit_head FOR UPDATE";
    #[path = "queries.rs"]
    mod queries;
    pub(crate) use queries::*;
}
