//! Killed half-way: a backup is whole or none, a restore leaves the old or is finished.

use std::fs;
use std::path::Path;

use formfeed_tests::command::{Up, formfeed, formfeed_dying_at};
use formfeed_tests::postgres::fresh_postgres_url;

use super::{SMALL, Tables, backup, restore, restore_dying_at};

/// Services that know a printer of that name.
fn with_printer(up: &Up, name: &str) {
    let uri = format!("file:{}/{name}", up.folder.path().display());
    up.run(&["printer", "add", name, &uri]).ok();
}

fn printers(up: &Up) -> Vec<String> {
    let list = up.run(&["--json", "printer", "list"]).ok().json();
    let names = list.as_array().expect("a list").iter();
    let mut names: Vec<_> = names
        .map(|printer| printer["printer"].as_str().expect("a name").to_owned())
        .collect();
    names.sort();
    names
}

fn backups_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().flatten();
    entries
        .filter(|entry| entry.path().join("manifest.json").exists())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.'))
        .collect()
}

#[test]
fn a_backup_that_is_killed_is_none_and_the_next_one_is_whole() {
    for tables in [Tables::sqlite(), Tables::postgres()] {
        let up = Up::start_with(&tables.flags());
        up.run(&["import", SMALL]).ok();
        let bk = tempfile::tempdir().unwrap();
        let to = bk.path().join("bk");
        let (data, target) = (
            up.folder.path().display().to_string(),
            to.display().to_string(),
        );
        for place in ["backup-databases", "backup-copied"] {
            let head = ["--data-dir", &data, "backup", "--to", &target];
            let killed = formfeed_dying_at(place, &[&head[..], &tables.flags()].concat());
            assert_eq!(killed.code, -1, "{place}: {killed:?}");
            assert!(!to.exists(), "{place}");
            assert_eq!(backups_in(bk.path()), [""; 0], "{place}");
        }
        backup(&up, &tables, &to, &["--with-keys"]).ok();
        let elsewhere = tempfile::tempdir().unwrap();
        let other = match tables.flags().is_empty() {
            true => Tables::sqlite(),
            false => Tables(vec!["--database-url".to_owned(), fresh_postgres_url()]),
        };
        restore(elsewhere.path(), &other, &to, &["--printed-since", "none"]).ok();
    }
}

/// At each place: what was there, until the plan is written; then nobody starts, and the same command finishes it.
fn is_finished(tables: &Tables, places: &[(&str, bool)]) {
    for (place, planned) in places {
        let tables = match tables.flags().is_empty() {
            true => Tables::sqlite(),
            false => Tables::postgres(),
        };
        let up = Up::start_with(&tables.flags());
        with_printer(&up, "before");
        let bk = tempfile::tempdir().unwrap();
        let to = bk.path().join("bk");
        backup(&up, &tables, &to, &[]).ok();
        with_printer(&up, "since");
        let (_, left) = up.stop();
        let killed = restore_dying_at(place, left.path(), &tables, &to, &["--replace"]);
        assert_eq!(killed.code, -1, "{place}: {killed:?}");
        if *planned {
            let data = left.path().display().to_string();
            let head = ["--data-dir", &data, "up", "--port-base", "0"];
            let refused = formfeed(&[&head[..], &tables.flags()].concat());
            assert_eq!(refused.code, 3, "{place}: {refused:?}");
            assert!(refused.err.contains("cut off"), "{place}: {refused:?}");
            let finished = restore(left.path(), &tables, &to, &["--replace"]).ok();
            assert!(finished.out.contains("finished"), "{place}: {finished:?}");
        } else {
            let up = Up::start_on(left, &tables.flags());
            assert_eq!(
                printers(&up),
                ["printers/before", "printers/since"],
                "{place}"
            );
            let (_, left) = up.stop();
            restore(left.path(), &tables, &to, &["--replace"]).ok();
            let up = Up::start_on(left, &tables.flags());
            assert_eq!(printers(&up), ["printers/before"], "{place}");
            continue;
        }
        let up = Up::start_on(left, &tables.flags());
        assert_eq!(printers(&up), ["printers/before"], "{place}");
    }
}

#[test]
fn on_sqlite_a_restore_that_is_killed_leaves_the_old_or_is_finished_by_the_same_command() {
    let places = [
        ("restore-staged", false),
        ("restore-planned", true),
        ("restore-between", true),
        ("restore-moved", true),
    ];
    is_finished(&Tables::sqlite(), &places);
}

#[test]
fn on_postgres_a_restore_that_is_killed_leaves_the_old_or_is_finished_by_the_same_command() {
    let places = [
        ("restore-staged", false),
        ("restore-planned", true),
        ("restore-schemas", true),
        ("restore-moved", true),
    ];
    is_finished(&Tables::postgres(), &places);
}
