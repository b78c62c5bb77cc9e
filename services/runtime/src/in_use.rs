//! Who works on a data directory: any number of services and a backup beside them, or a restore alone.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::future::Future;
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Locked by whoever works on the data directory; the operating system lets go of it however a process ends.
const LOCK: &str = "services.lock";
/// What a restore is about to put in place: while it is there, what lies in the data directory is half the old and half the new.
const PLAN: &str = "restore.json";

/// Held while a process works on a data directory.
#[derive(Debug)]
pub struct InUse {
    _lock: File,
}

/// Why a data directory cannot be worked on now.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InUseError {
    /// Services work on it: stop them first.
    #[error("services run on {}; stop them first", .0.display())]
    Served(PathBuf),
    /// A restore is at work: wait for it.
    #[error("a restore works on {}; wait until it is done", .0.display())]
    Restoring(PathBuf),
    /// A restore was cut off: finish it.
    #[error("a restore into {} was cut off half-way; run the same `formfeed restore` again, which finishes it", .0.display())]
    HalfRestored(PathBuf),
    /// The lock cannot be made.
    #[error("the lock in {} cannot be used", path.display())]
    Unusable {
        /// The data directory.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl InUse {
    /// Works on a data directory beside others. It is made when it is missing.
    ///
    /// # Errors
    /// [`InUseError::Restoring`], [`InUseError::HalfRestored`].
    pub fn enter(data_dir: &Path) -> Result<Self, InUseError> {
        let lock = open(data_dir)?;
        match lock.try_lock_shared() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(InUseError::Restoring(data_dir.to_owned()));
            }
            Err(TryLockError::Error(source)) => return Err(unusable(data_dir, source)),
        }
        match plan_path(data_dir).exists() {
            true => Err(InUseError::HalfRestored(data_dir.to_owned())),
            false => Ok(Self { _lock: lock }),
        }
    }

    /// Works on a data directory alone.
    ///
    /// # Errors
    /// [`InUseError::Served`].
    pub fn alone(data_dir: &Path) -> Result<Self, InUseError> {
        let lock = open(data_dir)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(InUseError::Served(data_dir.to_owned())),
            Err(TryLockError::Error(source)) => Err(unusable(data_dir, source)),
        }
    }

    /// Holds it until the work is done.
    pub async fn during<T>(self, work: impl Future<Output = T>) -> T {
        let done = work.await;
        drop(self);
        done
    }
}

/// File of a restore's plan.
pub fn plan_path(data_dir: &Path) -> PathBuf {
    data_dir.join(PLAN)
}

fn open(data_dir: &Path) -> Result<File, InUseError> {
    let opened = fs::create_dir_all(data_dir).and_then(|()| {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false).mode(0o600);
        options.open(data_dir.join(LOCK))
    });
    opened.map_err(|source| unusable(data_dir, source))
}

fn unusable(data_dir: &Path, source: io::Error) -> InUseError {
    InUseError::Unusable {
        path: data_dir.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_work_side_by_side_and_a_restore_works_alone() {
        let folder = tempfile::tempdir().unwrap();
        let one = InUse::enter(folder.path()).unwrap();
        let other = InUse::enter(folder.path()).unwrap();
        assert!(matches!(
            InUse::alone(folder.path()),
            Err(InUseError::Served(_))
        ));
        drop((one, other));
        let alone = InUse::alone(folder.path()).unwrap();
        assert!(matches!(
            InUse::enter(folder.path()),
            Err(InUseError::Restoring(_))
        ));
        drop(alone);
    }

    #[test]
    fn half_restored_data_is_served_by_nobody() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(plan_path(folder.path()), "{}").unwrap();
        assert!(matches!(
            InUse::enter(folder.path()),
            Err(InUseError::HalfRestored(_))
        ));
        assert!(InUse::alone(folder.path()).is_ok());
    }
}
