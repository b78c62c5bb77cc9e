//! An SQLite file, read beside the service that writes it.

use std::path::{Path, PathBuf};

use chrono::NaiveDateTime;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _};

use super::{Facts, Finding};
use crate::keys::data_key::DataKeyRow;
use crate::seal::Sealed;

/// What the program sets on each of its connections; tried on one of ours.
const SETTINGS: &str =
    "PRAGMA busy_timeout = 10000; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";
/// As SQLite numbers `synchronous = FULL`.
const FULL: i64 = 2;
const RESTORE: &str =
    "stop the services, keep a copy of the file as it is, and restore the last backup";

/// Looks at the file of a service.
pub(super) async fn examine(service: &str, path: &Path) -> (Option<Facts>, Vec<Finding>) {
    let (service, path) = (service.to_owned(), path.to_owned());
    let looked = tokio::task::spawn_blocking(move || look(&service, &path));
    looked.await.unwrap_or_default()
}

fn look(service: &str, path: &PathBuf) -> (Option<Facts>, Vec<Finding>) {
    const OPEN: &str = "database.open";
    if !path.exists() {
        let text = format!("there is no {} yet", path.display());
        let way_out = "`formfeed up` makes it; if there was one, restore it from the backup";
        return (None, vec![Finding::warning(OPEN, service, text, way_out)]);
    }
    let opened = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY);
    let read = opened.and_then(|connection| {
        connection.execute_batch(SETTINGS)?;
        connection.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))?;
        Ok(connection)
    });
    let connection = match read {
        Ok(connection) => connection,
        Err(error) => {
            let text = format!("{} cannot be read: {error}", path.display());
            return (None, vec![Finding::fault(OPEN, service, text, RESTORE)]);
        }
    };
    let mut found = vec![
        Finding::fine(OPEN, service, path.display().to_string()),
        integrity(&connection, service),
        settings(&connection, service),
    ];
    let facts = facts(&connection, service).inspect_err(|error| {
        let (check, text) = ("database.schema", error.to_string());
        found.push(Finding::fault(check, service, text, RESTORE));
    });
    (facts.ok(), found)
}

fn integrity(connection: &Connection, service: &str) -> Finding {
    const CHECK: &str = "database.integrity";
    let lines = connection
        .prepare("PRAGMA quick_check(3)")
        .and_then(|mut check| {
            let rows = check.query_map([], |row| row.get::<_, String>(0))?;
            rows.collect::<Result<Vec<_>, _>>()
        });
    match lines {
        Ok(lines) if lines == ["ok"] => Finding::fine(CHECK, service, "quick_check found nothing"),
        Ok(lines) => Finding::fault(CHECK, service, lines.join("; "), RESTORE),
        Err(error) => Finding::fault(CHECK, service, error.to_string(), RESTORE),
    }
}

fn settings(connection: &Connection, service: &str) -> Finding {
    const CHECK: &str = "database.settings";
    let number = |pragma: &str| {
        let asked =
            connection.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get::<_, i64>(0));
        asked.unwrap_or(-1)
    };
    let journal = connection.query_row("PRAGMA journal_mode", [], |row| row.get::<_, String>(0));
    let journal = journal.unwrap_or_else(|error| error.to_string());
    let mut wrong = Vec::new();
    if journal != "wal" {
        wrong.push(format!("journal_mode is {journal}, not wal"));
    }
    if number("synchronous") != FULL {
        wrong.push("synchronous cannot be set to FULL".to_owned());
    }
    if number("foreign_keys") != 1 {
        wrong.push("foreign_keys cannot be set to ON".to_owned());
    }
    match wrong.is_empty() {
        true => {
            let text = "journal_mode wal, synchronous FULL, foreign_keys ON";
            Finding::fine(CHECK, service, text)
        }
        false => Finding::fault(
            CHECK,
            service,
            wrong.join("; "),
            "start the service once, which sets it; where it does not stay, the file lies on a file system that SQLite \
             cannot use safely: move the data directory to a local disk",
        ),
    }
}

fn facts(connection: &Connection, service: &str) -> rusqlite::Result<Facts> {
    let column = |sql: &str| -> rusqlite::Result<Vec<String>> {
        let mut query = connection.prepare(sql)?;
        query.query_map([], |row| row.get(0))?.collect()
    };
    let mut facts = Facts {
        applied: column("SELECT version FROM __diesel_schema_migrations")?,
        ..Facts::default()
    };
    // Tables that an older program has not made are no reason to say nothing about the rest.
    facts.data_keys = data_keys(connection).unwrap_or_default();
    if service == "vendor" {
        let sealed = connection.query_row(super::key::SAMPLE, [], |row| {
            let (key_version, bytes) = (row.get(1)?, row.get(2)?);
            Ok((row.get(0)?, Sealed { key_version, bytes }))
        });
        facts.sample = sealed.optional().unwrap_or_default();
    }
    Ok(facts)
}

/// The wrapped keys of a file, which is not made where it is missing.
pub(super) async fn data_keys_of(path: &Path) -> Vec<DataKeyRow> {
    let path = path.to_owned();
    let looked = tokio::task::spawn_blocking(move || {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.execute_batch(SETTINGS)?;
        data_keys(&connection)
    });
    looked.await.ok().and_then(Result::ok).unwrap_or_default()
}

fn data_keys(connection: &Connection) -> rusqlite::Result<Vec<DataKeyRow>> {
    let mut query = connection.prepare(super::key::DATA_KEYS)?;
    let rows = query.query_map([], |row| {
        Ok(DataKeyRow {
            purpose: row.get(0)?,
            version: row.get(1)?,
            wrapped: row.get(2)?,
            master_check: row.get(3)?,
            create_time: NaiveDateTime::default(),
            settle_time: None,
        })
    })?;
    rows.collect()
}
