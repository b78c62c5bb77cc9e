//! Bulk loads into SQLite: prepared statements, bound and stepped without anything in between.
//!
//! Diesel writes many rows as one long statement, which SQLite has to parse anew each time; that costs more than the
//! rows do. On PostgreSQL arrays serve the same end, see the `dialect` folders.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::StoreError;
use crate::database::SQLITE_SETTINGS;

/// A connection of its own to an SQLite file, opened when it is first needed.
pub(crate) struct BulkLoader {
    path: PathBuf,
    connection: Arc<Mutex<Option<Connection>>>,
}

impl BulkLoader {
    pub(crate) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            connection: Arc::default(),
        }
    }

    /// Runs `work` in one transaction, away from the async workers. The caller has the writer's turn.
    pub(crate) async fn load<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (path, connection) = (self.path.clone(), self.connection.clone());
        let loading = tokio::task::spawn_blocking(move || {
            let mut held = connection.lock().unwrap_or_else(PoisonError::into_inner);
            let connection = match &mut *held {
                Some(connection) => connection,
                none => none.insert(open(&path)?),
            };
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok::<T, rusqlite::Error>(done)
        });
        let loaded = loading.await;
        Ok(loaded.map_err(|broken| StoreError::Unavailable(Box::new(broken)))??)
    }
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.execute_batch(SQLITE_SETTINGS)?;
    connection.execute_batch("PRAGMA cache_size = -16384;")?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_load_that_fails_leaves_nothing_and_the_next_one_works() {
        let folder = tempfile::tempdir().unwrap();
        let loader = BulkLoader::new(&folder.path().join("a.db"));
        let made = loader.load(|tx| tx.execute_batch("CREATE TABLE t (n INTEGER PRIMARY KEY)"));
        made.await.unwrap();
        let insert = |tx: &Transaction<'_>, n: i64| tx.execute("INSERT INTO t VALUES (?1)", [n]);
        let failed = loader.load(move |tx| {
            insert(tx, 1)?;
            insert(tx, 1)
        });
        assert!(matches!(failed.await, Err(StoreError::Conflict(_))));
        assert_eq!(loader.load(move |tx| insert(tx, 1)).await.unwrap(), 1);
    }
}
