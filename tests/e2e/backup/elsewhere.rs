//! Restored where nothing was: another data directory, another database.

use formfeed_tests::command::Up;
use formfeed_tests::ipp_printer::{IppPrinter, PRINTS, WAITS};

use super::{SMALL, Tables, WHOLE, backup, calculated, keys, last_line, print, restore, stock};
use crate::power_cut::until;

/// A sheet is in the printer when the backup is taken and the machine dies; the printer finishes it alone.
fn goes_on(tables: &Tables, other: &Tables) {
    let laser = IppPrinter::start(WAITS);
    let up = calculated(tables);
    let add = ["printer", "add", "laser", &laser.uri()];
    up.run(&[&add[..], &["--stock", "nec-3up", "--sheets", "20"]].concat())
        .ok();
    let job = print(&up, &["--printer", "laser"]);
    until(&up, &job, |job| job["sheets_live"] == 1);
    let bk = tempfile::tempdir().unwrap();
    let to = bk.path().join("bk");
    let told = backup(&up, tables, &to, &[]).ok();
    assert!(told.err.contains("keys"), "{told:?}");
    let left = up.kill();
    laser.let_go();

    let elsewhere = tempfile::tempdir().unwrap();
    let with_keys = keys(left.path()).display().to_string();
    let flags = ["--keys", &with_keys, "--printed-since", "none"];
    restore(elsewhere.path(), other, &to, &flags).ok();
    let up = Up::start_on(elsewhere, &other.flags());
    let watched = up.run(&["job", "watch", &job]).ok();
    assert_eq!(last_line(&watched), WHOLE, "{watched:?}");
    let shown = up.run(&["job", "show", &job, "--report", "1"]).ok();
    assert_eq!(last_line(&shown), WHOLE, "{shown:?}");
    let mut marked = laser.marked();
    marked.sort();
    let all = marked.len();
    marked.dedup();
    assert_eq!((all, marked.len()), (3, 3), "{marked:?}");
    let load = stock(&up, "laser");
    assert_eq!((&load["good"], &load["on_hand"]), (&3.into(), &17.into()));
    // The other services' data is there too, and opens with the keys.
    let listed = up.run(&[
        "--json",
        "info",
        "list",
        "--payer",
        "TE1",
        "--tax-year",
        "2025",
    ]);
    assert!(!listed.ok().json().as_array().unwrap().is_empty());
    up.run(&["import", SMALL]).ok();
    let again = print(&up, &["--printer", "laser", "--again", "more copies"]);
    let watched = up.run(&["job", "watch", &again]).ok();
    assert_eq!(last_line(&watched), WHOLE, "{watched:?}");
}

#[test]
fn on_sqlite_a_backup_taken_while_a_sheet_is_in_the_printer_goes_on_elsewhere() {
    goes_on(&Tables::sqlite(), &Tables::sqlite());
}

#[test]
fn on_postgres_a_backup_taken_while_a_sheet_is_in_the_printer_goes_on_elsewhere() {
    goes_on(&Tables::postgres(), &Tables::postgres());
}

#[test]
fn where_nobody_knows_what_was_printed_since_nothing_is_printed_before_somebody_has_looked() {
    let laser = IppPrinter::start(PRINTS);
    let tables = Tables::sqlite();
    let up = calculated(&tables);
    up.run(&[
        "printer",
        "add",
        "laser",
        &laser.uri(),
        "--stock",
        "nec-3up",
    ])
    .ok();
    up.run(&["printer", "pause", "laser", "--reason", "the tray is open"])
        .ok();
    let job = print(&up, &["--printer", "laser"]);
    let bk = tempfile::tempdir().unwrap();
    let to = bk.path().join("bk");
    let told = backup(&up, &tables, &to, &["--with-keys"]).ok();
    assert!(told.err.contains("KEYS ARE IN THE BACKUP"), "{told:?}");
    up.run(&["printer", "resume", "laser"]).ok();
    assert_eq!(last_line(&up.run(&["job", "watch", &job]).ok()), WHOLE);
    drop(up);

    // On a script's input nobody can be asked.
    let elsewhere = tempfile::tempdir().unwrap();
    let asked = restore(elsewhere.path(), &tables, &to, &[]);
    assert_eq!(asked.code, 2, "{asked:?}");
    assert!(asked.err.contains("--printed-since"), "{asked:?}");
    restore(
        elsewhere.path(),
        &tables,
        &to,
        &["--printed-since", "unknown"],
    )
    .ok();
    let up = Up::start_on(elsewhere, &[]);
    up.run(&["printer", "resume", "laser"]).ok();
    let shown = up.run(&["printer", "show", "laser"]).ok().out;
    assert!(shown.contains("formfeed reconcile"), "{shown}");
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert_eq!(laser.marked().len(), 3);
    let reconciled = up.run(&[
        "--json",
        "reconcile",
        "--reason",
        "the paper is in the tray",
    ]);
    let reconciled = reconciled.ok().json();
    assert_eq!(reconciled["incomplete"], true, "{reconciled}");
    assert_eq!(reconciled["held_jobs"].as_array().map(Vec::len), Some(1));
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert_eq!(laser.marked().len(), 3, "a held job prints nothing");
    let shown = up.run(&["--json", "job", "show", &job]).ok().json();
    assert_eq!(shown["state"], "held", "{shown}");
    // A person's word, and it prints: a second marking by decision.
    up.run(&["job", "release", &job]).ok();
    assert_eq!(last_line(&up.run(&["job", "watch", &job]).ok()), WHOLE);
}
