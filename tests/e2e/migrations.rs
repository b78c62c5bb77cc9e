//! Migrations of every service: the same on both databases, and back again.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use formfeed_tests::postgres::fresh_postgres_url;
use formfeed_tests::tools::workspace;
use sha2::{Digest as _, Sha256};

const SERVICES: [&str; 4] = ["vendor", "calculation", "forms", "spooler"];

/// Runs a script on a fresh SQLite database and prints `table column type required` for what is left.
const SQLITE: &str = "
import sqlite3, sys
c = sqlite3.connect(':memory:')
c.execute('PRAGMA foreign_keys = ON')
c.executescript(sys.stdin.read())
for (table,) in c.execute(\"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'\").fetchall():
    for _, column, kind, required, _, key in c.execute(f'PRAGMA table_info({table})').fetchall():
        kind = {'BLOB': 'bytea', 'TIMESTAMP': 'timestamp without time zone', 'DOUBLE': 'double precision'}.get(kind, kind.lower())
        print(table, column, kind, bool(required or key))
";

/// As [`SQLITE`], on PostgreSQL.
const POSTGRES: &str = "SELECT table_name || ' ' || column_name || ' ' || data_type || ' ' || \
    CASE is_nullable WHEN 'NO' THEN 'True' ELSE 'False' END \
    FROM information_schema.columns WHERE table_schema = 'public'";

fn folder(service: &str, database: &str) -> PathBuf {
    workspace().join("migrations").join(service).join(database)
}

/// Names of a service's migrations in their order.
fn names(service: &str, database: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder(service, database)).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.collect::<BTreeSet<_>>().into_iter().collect()
}

fn up(service: &str, database: &str) -> String {
    let names = names(service, database).into_iter();
    names
        .map(|name| script(service, database, &name, "up.sql"))
        .collect()
}

fn down(service: &str, database: &str) -> String {
    let names = names(service, database).into_iter().rev();
    names
        .map(|name| script(service, database, &name, "down.sql"))
        .collect()
}

fn script(service: &str, database: &str, name: &str, file: &str) -> String {
    let path = folder(service, database).join(name).join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        + "\n"
}

fn columns(database: &str, script: &str) -> BTreeSet<String> {
    let mut command = match database {
        "sqlite" => Command::new("python3"),
        _ => Command::new("psql"),
    };
    let script_file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(script_file.path(), script).unwrap();
    match database {
        "sqlite" => command
            .args(["-c", SQLITE])
            .stdin(script_file.reopen().unwrap()),
        _ => command
            .args(["-qAt", "-v", "ON_ERROR_STOP=1", &fresh_postgres_url(), "-f"])
            .arg(script_file.path())
            .args(["-c", POSTGRES]),
    };
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn both_databases_have_the_same_migrations_in_the_same_order() {
    for service in SERVICES {
        let sqlite = names(service, "sqlite");
        assert!(!sqlite.is_empty(), "{service}");
        assert_eq!(sqlite, names(service, "postgres"), "{service}");
    }
}

#[test]
fn both_databases_end_with_the_same_columns() {
    for service in SERVICES {
        let sqlite = columns("sqlite", &up(service, "sqlite"));
        let postgres = columns("postgres", &up(service, "postgres"));
        assert!(!sqlite.is_empty(), "{service}");
        assert_eq!(sqlite, postgres, "{service}");
    }
}

#[test]
fn a_migration_that_was_released_is_never_changed() {
    let released = workspace().join("tests/fixtures/released");
    let mut versions = 0;
    for version in std::fs::read_dir(&released).unwrap().flatten() {
        let Ok(list) = std::fs::read_to_string(version.path().join("migrations.sha256")) else {
            continue;
        };
        versions += 1;
        for line in list.lines() {
            let (hash, path) = line.split_once("  ").unwrap();
            let text = std::fs::read(workspace().join(path));
            let text = text.unwrap_or_else(|error| panic!("{path} was released: {error}"));
            let found = Sha256::digest(&text);
            let found: String = found.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(found, hash, "{path} was released; add another migration");
        }
    }
    assert!(versions > 0);
}

#[test]
fn every_migration_can_be_taken_back_and_run_again() {
    for service in SERVICES {
        for database in ["sqlite", "postgres"] {
            let (up, down) = (up(service, database), down(service, database));
            let left = columns(database, &format!("{up}{down}"));
            assert!(left.is_empty(), "{service} on {database} leaves {left:?}");
            let again = columns(database, &format!("{up}{down}{up}"));
            assert_eq!(again, columns(database, &up), "{service} on {database}");
        }
    }
}
