//! The history of edits is append-only in the databases themselves, and whole after a crash.

use std::collections::HashMap;
use std::process::Command;
use std::time::Duration;

use formfeed_tests::command::Up;
use formfeed_tests::postgres::fresh_postgres_url;
use formfeed_tests::tools::workspace;
use serde_json::Value;

const INSERT: &str = "INTO information_changes (payer_id, tax_year, sequence, recipient_id, income_type, kind, \
    before_value, after_value, user_name, reason, change_time) \
    VALUES ('TE1', 2025, 1, 'V1', 'rents', 'EDITED', '{}', '{}', 'ada', 'why', '2026-01-01 00:00:00');";

/// The tables of the calculation service, then some SQL; answers what the database said.
fn said(database: &str, more: &str) -> (bool, String) {
    let folder = workspace().join("migrations/calculation").join(database);
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().join("up.sql"))
        .collect();
    names.sort();
    let tables = names
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap());
    let script = tables.collect::<Vec<_>>().join("\n") + more;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), script).unwrap();
    let output = match database {
        "sqlite" => Command::new("python3")
            .args([
                "-c",
                "import sqlite3, sys; sqlite3.connect(':memory:').executescript(sys.stdin.read())",
            ])
            .stdin(file.reopen().unwrap())
            .output(),
        _ => Command::new("psql")
            .args(["-qAt", "-v", "ON_ERROR_STOP=1", &fresh_postgres_url(), "-f"])
            .arg(file.path())
            .output(),
    };
    let output = output.unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.success(), text)
}

#[test]
fn no_statement_rewrites_or_removes_what_was_written_down() {
    let insert = format!("INSERT {INSERT}");
    let update = "UPDATE information_changes SET reason = 'another';";
    let delete = "DELETE FROM information_changes;";
    let replace = format!("INSERT OR REPLACE {INSERT}");
    let upsert = format!(
        "{} ON CONFLICT (payer_id, tax_year, sequence) DO UPDATE SET reason = 'another';",
        insert.trim_end_matches(';')
    );
    for (database, ways) in [
        ("sqlite", [update, delete, &replace, &upsert]),
        (
            "postgres",
            [update, delete, "TRUNCATE information_changes;", &upsert],
        ),
    ] {
        let (done, text) = said(database, &insert);
        assert!(done, "{database}: {text}");
        for way in ways {
            let (done, text) = said(database, &format!("{insert}\n{way}"));
            assert!(!done, "{database}: {way}");
            assert!(text.contains("changes of the 1099 information"), "{text}");
        }
    }
}

/// What stands of every edited row, by recipient and income type.
fn standing(up: &Up) -> HashMap<(String, String), Value> {
    let rows = up
        .run(&[
            "--json",
            "info",
            "list",
            "--payer",
            "TE1",
            "--tax-year",
            "2025",
            "--edited",
        ])
        .ok();
    let key = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    let rows = rows.json();
    rows.as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let of = (key(row, "recipient_id"), key(row, "income_type"));
            (of, row["taxable_amount"].clone())
        })
        .collect()
}

#[test]
fn a_power_cut_amid_edits_leaves_each_whole_with_its_history_or_not_at_all() {
    let up = Up::start();
    let small = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/small/extract");
    up.run(&["import", small]).ok();
    up.run(&["calculate", "--payer", "TE1", "--tax-year", "2025"])
        .ok();
    let folder = std::thread::scope(|scope| {
        for clerk in 0..3 {
            let dir = up.folder.path().to_str().unwrap().to_owned();
            scope.spawn(move || {
                for (n, recipient) in ["V000003", "V000004", "V000023"]
                    .iter()
                    .cycle()
                    .take(60)
                    .enumerate()
                {
                    let amount = format!("{}.{clerk}{}", 100 + n, n % 10);
                    let ran = formfeed_tests::command::formfeed(&[
                        "--data-dir",
                        &dir,
                        "info",
                        "edit",
                        "--payer",
                        "TE1",
                        "--tax-year",
                        "2025",
                        "--recipient",
                        recipient,
                        "--income-type",
                        "nonemployee_compensation",
                        "--amount",
                        &amount,
                        "--reason",
                        "again",
                    ]);
                    if ran.code == 4 {
                        return; // the power is off
                    }
                }
            });
        }
        std::thread::sleep(Duration::from_millis(1_500));
        up.kill()
    });
    let up = Up::start_on(folder, &[]);
    let standing = standing(&up);
    assert!(!standing.is_empty(), "no edit came before the power cut");
    let history = up
        .run(&[
            "--json",
            "info",
            "history",
            "--payer",
            "TE1",
            "--tax-year",
            "2025",
        ])
        .ok()
        .json();
    let mut newest = HashMap::new();
    for change in history.as_array().unwrap() {
        let key = |name: &str| change[name].as_str().unwrap().to_owned();
        let of = (key("recipient_id"), key("income_type"));
        newest
            .entry(of)
            .or_insert_with(|| change["after"]["taxable_amount"].clone());
    }
    assert_eq!(newest, standing);
}
