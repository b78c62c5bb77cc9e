//! One spooler per data directory and per SQLite file: two would drive the same devices. Those that share a PostgreSQL
//! database keep apart by leases.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Held while the spooler lives; the operating system lets go of it however the process ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// Why the lock is not ours.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// Another spooler works here.
    #[error("another spooler works with {}: only one may drive its devices", path.display())]
    Taken {
        /// The lock's file.
        path: PathBuf,
    },
    /// The file cannot be made or locked.
    #[error("the lock {} cannot be used", path.display())]
    Unusable {
        /// The lock's file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// How long the lock is waited for: a spooler that just ended, or a child of it that was just started, may still hold it.
const PATIENCE: Duration = Duration::from_secs(2);
const TRY_AGAIN: Duration = Duration::from_millis(50);

impl Lock {
    /// Takes a lock by its file.
    ///
    /// # Errors
    /// [`LockError::Taken`] while another process, or another spooler of this one, holds it.
    pub(crate) async fn take(path: &Path) -> Result<Self, LockError> {
        let path = path.to_owned();
        let unusable = |source| LockError::Unusable {
            path: path.clone(),
            source,
        };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(unusable)?;
        }
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(unusable)?;
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::WouldBlock) if start.elapsed() < PATIENCE => {
                    tokio::time::sleep(TRY_AGAIN).await;
                }
                Err(TryLockError::WouldBlock) => return Err(LockError::Taken { path }),
                Err(TryLockError::Error(source)) => return Err(unusable(source)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_second_spooler_of_a_data_directory_does_not_start() {
        let folder = tempfile::tempdir().unwrap();
        let first = Lock::take(&folder.path().join("spooler.lock"))
            .await
            .unwrap();
        assert!(matches!(
            Lock::take(&folder.path().join("spooler.lock")).await,
            Err(LockError::Taken { .. })
        ));
        drop(first);
        Lock::take(&folder.path().join("spooler.lock"))
            .await
            .unwrap();
    }
}
