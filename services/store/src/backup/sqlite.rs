//! An SQLite file: held by a reading transaction, and copied page by page.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::{BackupError, Copied, Counter, database, file};

/// Pages that are copied together.
const PAGES: i32 = 512;
/// Between two tries where somebody else holds the file.
const AGAIN: Duration = Duration::from_millis(20);

/// Opens a database to be copied as it is now.
pub(super) fn hold(service: &str, path: &Path) -> Result<Connection, BackupError> {
    let held = || {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.execute_batch("BEGIN; SELECT COUNT(*) FROM sqlite_schema;")?;
        Ok::<_, rusqlite::Error>(connection)
    };
    held().map_err(|error| database(service)(Box::new(error)))
}

/// Copies what is held into `{service}.db` of a folder: whole, sound and on the disk.
pub(super) fn copy(
    service: &str,
    held: &Connection,
    folder: &Path,
    counter: &Counter,
) -> Result<Copied, BackupError> {
    let name = PathBuf::from(format!("{service}.db"));
    let path = folder.join(&name);
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path);
    drop(made.map_err(file(&path))?);
    let failed = |error: rusqlite::Error| database(service)(Box::new(error));
    let copied = pages(held, &path, counter).map_err(failed)?;
    let synced = File::open(&path).and_then(|copy| copy.sync_all());
    synced.map_err(file(&path))?;
    Ok(Copied {
        service: service.to_owned(),
        migrations: copied,
        files: vec![name],
    })
}

fn pages(held: &Connection, path: &Path, counter: &Counter) -> rusqlite::Result<Vec<String>> {
    let mut copy = Connection::open(path)?;
    let page: u32 = held.query_row("PRAGMA page_size", [], |row| row.get(0))?;
    {
        let backup = Backup::new(held, &mut copy)?;
        loop {
            match backup.step(PAGES)? {
                StepResult::Done => break,
                StepResult::More => counter.add(u64::from(page) * u64::from(PAGES.unsigned_abs())),
                _ => std::thread::sleep(AGAIN),
            }
        }
    }
    // One file, without a log beside it.
    copy.execute_batch("PRAGMA journal_mode = DELETE;")?;
    sound(&copy)?;
    applied(&copy)
}

/// The migrations of a copy that is sound.
///
/// # Errors
/// [`BackupError::Content`] when it is damaged or no database of ours.
pub fn check(service: &str, path: &Path) -> Result<Vec<String>, BackupError> {
    let read = || {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let copy = Connection::open_with_flags(path, flags)?;
        sound(&copy)?;
        applied(&copy)
    };
    read().map_err(|error| {
        BackupError::Content(format!("{service}.db of the backup is damaged: {error}"))
    })
}

fn sound(copy: &Connection) -> rusqlite::Result<()> {
    let told: String = copy.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    match told.as_str() {
        "ok" => Ok(()),
        _ => Err(rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT),
            Some(told),
        )),
    }
}

fn applied(copy: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut query =
        copy.prepare("SELECT version FROM __diesel_schema_migrations ORDER BY version")?;
    let versions = query.query_map([], |row| row.get(0))?;
    versions.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_of_the_moment_it_was_held_whatever_is_written_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let busy = Connection::open(&path).unwrap();
        let sql = "PRAGMA journal_mode = WAL; CREATE TABLE t (n INTEGER PRIMARY KEY, text TEXT); \
             CREATE TABLE __diesel_schema_migrations (version TEXT); \
             INSERT INTO __diesel_schema_migrations VALUES ('1'); \
             WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 20000) \
             INSERT INTO t SELECT n, hex(randomblob(40)) FROM c;";
        busy.execute_batch(sql).unwrap();
        let held = hold("a", &path).unwrap();
        busy.execute_batch("DELETE FROM t WHERE n > 10; INSERT INTO t VALUES (99999, 'late')")
            .unwrap();
        let to = tempfile::tempdir().unwrap();
        let copied = copy("a", &held, to.path(), &Counter::default()).unwrap();
        assert_eq!(copied.migrations, ["1"]);
        assert_eq!(copied.files, [PathBuf::from("a.db")]);
        let copy = Connection::open(to.path().join("a.db")).unwrap();
        let count: i64 = copy
            .query_row("SELECT COUNT(*) FROM t", [], |row| row.get(0))
            .unwrap();
        assert_eq!(count, 20_000);
        drop(copy);
        let left: Vec<_> = std::fs::read_dir(to.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "{left:?}");
    }

    #[test]
    fn a_damaged_copy_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        std::fs::write(&path, b"no database at all, whatever its name").unwrap();
        assert!(matches!(check("a", &path), Err(BackupError::Content(_))));
    }
}
