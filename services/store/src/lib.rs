//! Storage for every service: pools, migrations, sealing, rows and queries, on
//! SQLite files and on PostgreSQL.
//!
//! Rows never leave this crate; callers see domain types. It knows nothing of
//! gRPC. Each service has a module here (for instance [`vendor`]) whose query
//! files are compiled twice, once for each database, against `super::Conn`; the
//! `on_read!` and `on_write!` macros pick the right one.
//!
//! Start at [`database`], then at the `store.rs` of a service's module.

#![allow(
    clippy::duplicate_mod,
    reason = "query files are compiled once for each database"
)]

#[macro_use]
mod dispatch;

pub mod acting;
mod among;
mod at_once;
pub mod audit;
pub mod backup;
mod bulk;
pub mod calculation;
pub mod checkup;
pub mod database;
pub mod error;
mod form_snapshot;
pub mod forms;
mod kept;
pub mod keys;
mod panic_point;
mod postgres;
pub mod seal;
pub mod spooler;
mod staged_import;
pub mod vendor;

pub use at_once::at_once;
pub use database::{Database, DatabaseUrl};
pub use error::StoreError;
pub use keys::Keyring;
pub use panic_point::panic_point;
pub use seal::{SealError, check_of_key_file};
pub use staged_import::STAGED_IMPORT_LIFE;
