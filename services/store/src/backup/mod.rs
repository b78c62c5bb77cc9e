//! Copies of the services' databases, taken while they work, and put back.
//!
//! [`Snapshots`] holds one moment of every database at once, in the order that was asked for, and copies them from there:
//! nobody waits meanwhile, and what is written later is in none of the copies. An SQLite file is copied page by page within
//! a reading transaction. Of PostgreSQL each table is copied by COPY within one transaction; tables, triggers and indexes
//! come from the migrations, which are the only place that makes them, so that no program of the server's is needed and any
//! server's version takes the copy.

pub mod postgres;
pub mod sharing;
pub mod sqlite;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::migration::MigrationSource;
use diesel::pg::Pg;
use diesel::sqlite::Sqlite;
use diesel_migrations::EmbeddedMigrations;

use crate::database::Migrations;
use crate::{DatabaseUrl, StoreError};

/// Why a copy cannot be made or put back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// A database does not do what it is asked.
    #[error("the {service} database")]
    Database {
        /// Name of the service.
        service: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A file cannot be read or written.
    #[error("{}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The copy is not one of these databases, or damaged.
    #[error("{0}")]
    Content(String),
    /// Storage.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One moment of every database.
pub struct Snapshots {
    sqlite: Vec<(String, rusqlite::Connection)>,
    postgres: postgres::Snapshot,
}

/// A database that was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Name of the service.
    pub service: String,
    /// Its migrations, in order.
    pub migrations: Vec<String>,
    /// The files, below the folder it was copied to.
    pub files: Vec<PathBuf>,
}

/// Bytes that were copied so far.
#[derive(Debug, Clone, Default)]
pub struct Counter(Arc<AtomicU64>);

impl Counter {
    /// So many.
    pub fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn add(&self, bytes: u64) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }
}

impl Snapshots {
    /// Holds the databases, by service, as they are now: each a moment after the one before it; schemas of one PostgreSQL
    /// database at one and the same moment.
    ///
    /// # Errors
    /// When one of them is not there, or does not answer.
    pub async fn take(databases: &[(String, DatabaseUrl)]) -> Result<Self, BackupError> {
        let mut snapshots = Self {
            sqlite: Vec::new(),
            postgres: postgres::Snapshot::default(),
        };
        for (service, url) in databases {
            match url {
                DatabaseUrl::Sqlite(path) => {
                    let held = sqlite::hold(service, path)?;
                    snapshots.sqlite.push((service.clone(), held));
                }
                DatabaseUrl::Postgres(url) => snapshots.postgres.hold(service, url).await?,
            }
        }
        Ok(snapshots)
    }

    /// Copies them into a folder.
    ///
    /// # Errors
    /// When a database breaks off, or the folder takes no more.
    pub async fn copy(self, to: &Path, counter: &Counter) -> Result<Vec<Copied>, BackupError> {
        let mut copied = Vec::new();
        for (service, held) in self.sqlite {
            let (to, counter) = (to.to_owned(), counter.clone());
            let copying =
                tokio::task::spawn_blocking(move || sqlite::copy(&service, &held, &to, &counter));
            copied.push(copying.await.map_err(broken)??);
        }
        copied.extend(self.postgres.copy(to, counter).await?);
        Ok(copied)
    }
}

/// The migrations that this program knows of a service, in order.
///
/// # Errors
/// [`BackupError::Content`] when there is no such service.
pub fn known_migrations(service: &str) -> Result<Vec<String>, BackupError> {
    let migrations = migrations(service)?;
    let sqlite = names::<Sqlite>(&migrations.sqlite);
    let postgres = names::<Pg>(&migrations.postgres);
    match sqlite == postgres {
        true => Ok(sqlite),
        false => Err(BackupError::Content(format!(
            "the migrations of {service} are others on the other database"
        ))),
    }
}

fn names<DB: diesel::backend::Backend>(source: &EmbeddedMigrations) -> Vec<String>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    let all = MigrationSource::<DB>::migrations(source).unwrap_or_default();
    let mut names: Vec<_> = all
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect();
    names.sort();
    names
}

pub(crate) fn migrations(service: &str) -> Result<Migrations, BackupError> {
    match service {
        "vendor" => Ok(crate::vendor::VendorStore::MIGRATIONS),
        "calculation" => Ok(crate::calculation::MIGRATIONS),
        "forms" => Ok(crate::forms::MIGRATIONS),
        "spooler" => Ok(crate::spooler::MIGRATIONS),
        other => Err(BackupError::Content(format!("there is no service {other}"))),
    }
}

fn broken(error: tokio::task::JoinError) -> BackupError {
    BackupError::Content(error.to_string())
}

pub(crate) fn database(
    service: &str,
) -> impl FnOnce(Box<dyn std::error::Error + Send + Sync>) -> BackupError + use<> {
    let service = service.to_owned();
    move |source| BackupError::Database { service, source }
}

pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> BackupError + use<> {
    let path = path.to_owned();
    move |source| BackupError::File { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_has_migrations_and_nobody_else() {
        for service in ["vendor", "calculation", "forms", "spooler"] {
            let known = known_migrations(service).unwrap();
            assert!(known.len() > 5, "{service}: {known:?}");
            assert!(known.is_sorted());
        }
        assert!(known_migrations("mailer").is_err());
    }
}
