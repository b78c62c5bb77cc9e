//! The keys that seal a service's secrets: data keys, wrapped by a master key that is never in the database.
//!
//! A database has its data keys in the table `data_keys`: those that seal, by version, and where equal values are looked
//! for the one that makes digests. The master key comes from a file, the environment or a command ([`MasterSource`]) and is
//! read when it is wanted only. A newer data key ([`Keys::rotate`]) seals from the moment on when it is in the table; what
//! older ones sealed is sealed anew row by row ([`Keys::reseal`]) beside all other work, and goes on after a cut where it was.
//! An older key stays in the table.
//!
//! Start at [`Keys`].

mod blind_index;
mod change_master;
pub(crate) mod columns;
pub(crate) mod data_key;
mod digits;
mod key_bytes;
pub(crate) mod key_file;
mod keyring;
mod master;
pub(crate) mod opening;
mod resealing;
mod rotation;
pub(crate) mod schema;

use std::path::PathBuf;

use crate::Database;
use crate::audit::Auditor;
use columns::Column;

pub use change_master::{ChangeError, Changed, Holder, change_master, wanted_master};
pub(crate) use key_bytes::{KEY_BYTES, KeyBytes};
pub use keyring::Keyring;
pub use master::{MasterSource, NoMasterSource};
pub use resealing::{Batch, Pass, Unsettled};
pub use rotation::{KeyState, VersionState};

/// What a service seals, and where.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sealing {
    /// Name of the service.
    pub(crate) service: &'static str,
    /// Columns of sealed values.
    pub(crate) columns: &'static [Column],
}

/// Where a service finds its keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPlace {
    /// Folder of key files: that of the audit trail, and `SERVICE.key`, the master key unless another one is set.
    pub folder: PathBuf,
    /// Where the master key comes from; none is `SERVICE.key` in the folder.
    pub master: Option<MasterSource>,
}

/// A service's keys with its database.
#[derive(Clone, Copy)]
pub struct Keys<'a> {
    pub(crate) sealing: Sealing,
    pub(crate) database: &'a Database,
    pub(crate) auditor: &'a Auditor,
    pub(crate) keyring: &'a Keyring,
    pub(crate) master: &'a MasterSource,
}

impl KeyPlace {
    /// Where the master key of a service comes from.
    pub(crate) fn source(&self, service: &str) -> MasterSource {
        let usual = || MasterSource::usual(service, &self.folder);
        self.master.clone().unwrap_or_else(usual)
    }

    /// The file of a key.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.key"))
    }
}

/// A store that seals.
pub trait Keyed: Send + Sync {
    /// Its keys.
    fn keys(&self) -> Keys<'_>;
}

/// The queries on SQLite.
#[path = "."]
pub(crate) mod sqlite {
    pub(crate) type Conn = crate::database::SqliteConn;
    pub(crate) type Backend = diesel::sqlite::Sqlite;
    /// A transaction that writes is alone.
    const LOCK: Option<&str> = None;
    #[path = "queries.rs"]
    mod queries;
    pub(crate) use queries::*;
}

/// The queries on PostgreSQL.
#[path = "."]
pub(crate) mod postgres {
    pub(crate) type Conn = crate::database::PostgresConn;
    pub(crate) type Backend = diesel::pg::Pg;
    const LOCK: Option<&str> = Some("LOCK TABLE data_keys IN SHARE ROW EXCLUSIVE MODE");
    #[path = "queries.rs"]
    mod queries;
    pub(crate) use queries::*;
}
