//! Databases of every released version, with real content, brought up to date by the present program, on both databases.
//!
//! The databases are in `tests/fixtures/released/`, made by the release's own program (`make.py` there, which says how the
//! next release is added).

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use formfeed_tests::command::Up;
use formfeed_tests::postgres::fresh_postgres_url;
use formfeed_tests::tools::workspace;
use serde_json::Value;

/// A folder for each version that was released.
const RELEASED: &str = "tests/fixtures/released";
const SERVICES: [&str; 4] = ["vendor", "calculation", "forms", "spooler"];
/// The folder that the releases printed into, as it stands in their databases.
const FOLDER: &str = "/tmp/formfeed-released";
/// What an answer says of the moment, not of what was kept.
const OF_THE_MOMENT: [&str; 4] = ["state", "state_reasons", "update_time", "printers_told"];
/// The last line of a job of the small case's Forms 1099-NEC.
const WHOLE: &str = "printed 7 forms, 2 void, 3 sheets, total 13421.91";

/// Every version that was released.
fn releases() -> Vec<String> {
    let entries = fs::read_dir(workspace().join(RELEASED)).unwrap();
    let folders = entries
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().unwrap().is_dir());
    let versions: Vec<String> = folders
        .map(|folder| folder.file_name().into_string().unwrap())
        .collect();
    assert!(!versions.is_empty(), "{RELEASED} holds no release");
    versions
}

fn released(version: &str) -> PathBuf {
    workspace().join(RELEASED).join(version)
}

/// A data directory as the release left it, with its flags of `up`.
fn left_by(version: &str, kind: &str) -> (tempfile::TempDir, Vec<String>) {
    let (from, folder) = (released(version), tempfile::tempdir().unwrap());
    let keys = folder.path().join("keys");
    fs::create_dir(&keys).unwrap();
    for key in fs::read_dir(from.join("keys")).unwrap().flatten() {
        let copy = keys.join(key.file_name());
        fs::copy(key.path(), &copy).unwrap();
        fs::set_permissions(&copy, fs::Permissions::from_mode(0o600)).unwrap();
    }
    fs::copy(from.join("spooler.id"), folder.path().join("spooler.id")).unwrap();
    if kind == "sqlite" {
        for service in SERVICES {
            let sql = here(&from.join(format!("sqlite/{service}.sql")), folder.path());
            let file = folder.path().join(format!("{service}.db"));
            let database = rusqlite::Connection::open(file).unwrap();
            database.execute_batch(&sql).unwrap();
        }
        return (folder, vec![]);
    }
    let url = fresh_postgres_url();
    let script = folder.path().join("postgres.sql");
    fs::write(&script, here(&from.join("postgres.sql"), folder.path())).unwrap();
    let loaded = Command::new("psql")
        .args(["-q", "-v", "ON_ERROR_STOP=1", &url, "-f"])
        .arg(&script)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&loaded.stderr);
    assert!(loaded.status.success(), "{said}");
    (folder, vec!["--database-url".to_owned(), url])
}

fn here(dump: &Path, folder: &Path) -> String {
    let text = fs::read_to_string(dump).unwrap();
    text.replace(FOLDER, &folder.display().to_string())
}

/// Whether an answer holds all that was answered before: more may have come, nothing may be gone or other.
fn holds(now: &Value, before: &Value, at: &str) {
    match (now, before) {
        (Value::Object(now), Value::Object(before)) => {
            for (key, value) in before {
                if !OF_THE_MOMENT.contains(&key.as_str()) {
                    let place = format!("{at}.{key}");
                    holds(now.get(key).unwrap_or(&Value::Null), value, &place);
                }
            }
        }
        (Value::Array(now), Value::Array(before)) => {
            assert_eq!(now.len(), before.len(), "{at}");
            for (number, (now, before)) in now.iter().zip(before).enumerate() {
                holds(now, before, &format!("{at}[{number}]"));
            }
        }
        _ => assert_eq!(now, before, "{at}"),
    }
}

fn is_upgraded(version: &str, kind: &str) {
    let (folder, flags) = left_by(version, kind);
    let reports = (kind == "sqlite").then(|| reports(&folder.path().join("spooler.db")));
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let up = Up::start_on(folder, &flags);
    let expected = released(version).join("expected.json");
    let expected = here(&expected, up.folder.path());
    let expected: Value = serde_json::from_str(&expected).unwrap();
    let answers = expected[kind].as_array().expect("answers");
    assert!(answers.len() > 5);
    for told in answers {
        let words = told["command"].as_array().expect("a command").iter();
        let words: Vec<&str> = words.map(|word| word.as_str().expect("a word")).collect();
        let now = up.run(&[&["--json"], &words[..]].concat()).ok().json();
        holds(&now, &told["answer"], &words.join(" "));
    }
    if let Some(reports) = reports {
        assert_eq!(self::reports(&up.folder.path().join("spooler.db")), reports);
    }
    // Every amount once more, by code that shares nothing with the calculation; and the stock adds up or is not told.
    up.run(&["verify", "--payer", "TE1", "--tax-year", "2025"])
        .ok();
    let stock = up
        .run(&["--json", "printer", "stock", "matrix"])
        .ok()
        .json();
    let load = &stock["loads"][0];
    let count = |what: &str| load[what].as_i64().unwrap_or(0);
    let classes = [
        "good",
        "spoiled",
        "lost",
        "alignment",
        "in_doubt",
        "live",
        "moved_on",
        "on_hand",
    ];
    let sum: i64 = classes.map(count).iter().sum();
    assert_eq!(sum, count("loaded"), "{load}");

    // Printing goes on: what waited, what is decided now, and what is new.
    let jobs = up.run(&["--json", "job", "list"]).ok().json();
    let waits = jobs[0]["job"].as_str().expect("a job").to_owned();
    let numbered = answers_job(&jobs, "printers/matrix");
    up.run(&["job", "confirm", &numbered, "--sheets", "3"]).ok();
    up.run(&[
        "job", "reprint", &numbered, "--sheet", "2", "--reason", "jam",
    ])
    .ok();
    up.run(&["job", "cancel", &numbered, "--reason", "it is enough"])
        .ok();
    up.run(&["printer", "resume", "slow"]).ok();
    crate::power_cut::until(&up, &waits, |job| job["sheets_awaiting_confirmation"] == 7);
    let print = [
        "print",
        "--payer",
        "TE1",
        "--tax-year",
        "2025",
        "--form",
        "nec",
    ];
    let more = ["--printer", "desk", "--again", "once more", "--wait"];
    let told = up.run(&[&print[..], &more].concat()).ok();
    assert_eq!(told.out.lines().last(), Some(WHOLE), "{told:?}");
    // And so does a backup of it.
    let bk = tempfile::tempdir().unwrap();
    let to = bk.path().join("bk").display().to_string();
    up.run(&[&["backup", "--to", &to], &flags[..]].concat())
        .ok();
    let (code, _) = up.stop();
    assert_eq!(code, 0);
}

fn answers_job(jobs: &Value, printer: &str) -> String {
    let jobs = jobs.as_array().expect("a list").iter();
    let mut of = jobs.filter(|job| job["printer"] == printer);
    let job = of.next().expect("a job of that printer");
    job["job"].as_str().expect("a name").to_owned()
}

/// The final reports as they are stored, byte for byte.
fn reports(file: &Path) -> Vec<(String, i64, String)> {
    let database = rusqlite::Connection::open(file).unwrap();
    let mut query = database
        .prepare("SELECT job_id, version, content FROM job_reports ORDER BY 1, 2")
        .unwrap();
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    rows.unwrap().map(Result::unwrap).collect()
}

#[test]
fn what_every_release_left_on_sqlite_is_upgraded_and_prints_on() {
    for version in releases() {
        is_upgraded(&version, "sqlite");
    }
}

#[test]
fn what_every_release_left_on_postgres_is_upgraded_and_prints_on() {
    for version in releases() {
        is_upgraded(&version, "postgres");
    }
}
