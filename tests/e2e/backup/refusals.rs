//! What is no backup, or not for this place, is refused before anything is changed.

use std::fs;
use std::path::Path;

use formfeed_tests::command::{Up, formfeed, run_on};
use formfeed_tests::small_disk::SmallDisk;

use super::{Tables, backup, calculated, keys, restore};

/// A stopped installation and a backup of it.
fn stopped(more: &[&str]) -> (tempfile::TempDir, tempfile::TempDir, std::path::PathBuf) {
    let tables = Tables::sqlite();
    let up = calculated(&tables);
    let bk = tempfile::tempdir().unwrap();
    let to = bk.path().join("bk");
    backup(&up, &tables, &to, more).ok();
    let (code, left) = up.stop();
    assert_eq!(code, 0);
    (left, bk, to)
}

/// Everything in a folder, by path.
fn content(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap().flatten() {
            match entry.path() {
                path if path.is_dir() => folders.push(path),
                path => found.push((path.display().to_string(), fs::read(&path).unwrap())),
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_backup_that_is_not_as_it_was_written_is_refused_and_nothing_is_changed() {
    let (_left, _bk, to) = stopped(&["--with-keys"]);
    let change = |name: &str| {
        let path = to.join(name);
        let before = fs::read(&path).unwrap();
        let mut bytes = before.clone();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&path, bytes).unwrap();
        (path, before)
    };
    for name in [
        "manifest.json",
        "spooler.db",
        "tokens.toml",
        "keys/vendor.key",
    ] {
        let (path, before) = change(name);
        let place = tempfile::tempdir().unwrap();
        let flags = ["--printed-since", "none"];
        let refused = restore(place.path(), &Tables::sqlite(), &to, &flags);
        assert_eq!(refused.code, 3, "{name}: {refused:?}");
        assert!(refused.err.contains("not as it was written"), "{refused:?}");
        assert!(!place.path().join("vendor.db").exists(), "{name}");
        fs::write(path, before).unwrap();
    }
    let place = tempfile::tempdir().unwrap();
    let none = restore(place.path(), &Tables::sqlite(), &to.join("keys"), &[]);
    assert!(none.err.contains("no backup"), "{none:?}");
    fs::remove_file(to.join("forms.db")).unwrap();
    let missing = restore(place.path(), &Tables::sqlite(), &to, &[]);
    assert!(missing.err.contains("forms.db"), "{missing:?}");
}

#[test]
fn fault_100_without_its_keys_or_with_others_a_backup_is_not_put_in_place() {
    let (left, _bk, to) = stopped(&[]);
    assert!(!to.join("keys").exists(), "keys go in only when asked for");
    let tables = Tables::sqlite();
    let place = tempfile::tempdir().unwrap();
    let flags = ["--printed-since", "none"];
    let missing = restore(place.path(), &tables, &to, &flags);
    assert_eq!(missing.code, 3, "{missing:?}");
    assert!(missing.err.contains("--keys"), "{missing:?}");
    let other = tempfile::tempdir().unwrap();
    for key in fs::read_dir(keys(left.path())).unwrap() {
        let key = key.unwrap();
        fs::copy(key.path(), other.path().join(key.file_name())).unwrap();
    }
    fs::copy(
        keys(left.path()).join("spooler.key"),
        other.path().join("vendor.key"),
    )
    .unwrap();
    let wrong = other.path().display().to_string();
    let refused = restore(
        place.path(),
        &tables,
        &to,
        &["--printed-since", "none", "--keys", &wrong],
    );
    assert_eq!(refused.code, 3, "{refused:?}");
    assert!(
        refused.err.contains("vendor.key is not the key"),
        "{refused:?}"
    );
    assert!(!place.path().join("vendor.db").exists());
}

#[test]
fn services_that_run_are_not_restored_under_and_a_backup_takes_no_others_place() {
    let tables = Tables::sqlite();
    let up = calculated(&tables);
    let bk = tempfile::tempdir().unwrap();
    let to = bk.path().join("bk");
    backup(&up, &tables, &to, &[]).ok();
    let twice = backup(&up, &tables, &to, &[]);
    assert_eq!(twice.code, 3, "{twice:?}");
    let refused = restore(up.folder.path(), &tables, &to, &["--replace"]);
    assert_eq!(refused.code, 3, "{refused:?}");
    assert!(refused.err.contains("stop them first"), "{refused:?}");
    let nothing = tempfile::tempdir().unwrap();
    let path = nothing.path().display().to_string();
    let other = bk.path().join("other").display().to_string();
    let none = formfeed(&["--data-dir", &path, "backup", "--to", &other]);
    assert_eq!(none.code, 3, "{none:?}");
    // Of one kind of database into the other nothing is put.
    let postgres = Tables::postgres();
    let elsewhere = tempfile::tempdir().unwrap();
    let kind = restore(elsewhere.path(), &postgres, &to, &[]);
    assert!(kind.err.contains("SQLite files"), "{kind:?}");
}

#[test]
fn fault_53_tables_that_a_newer_program_made_are_refused_and_left_as_they_are() {
    let (left, _bk, _to) = stopped(&[]);
    let file = left.path().join("vendor.db");
    let database = rusqlite::Connection::open(&file).unwrap();
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000000')";
    database.execute(newer, []).unwrap();
    let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
    database.query_row(checkpoint, [], |_| Ok(())).unwrap();
    drop(database);
    let before = fs::read(&file).unwrap();
    let path = left.path().display().to_string();
    let refused = formfeed(&["--data-dir", &path, "up", "--port-base", "0"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.err.contains("newer version"), "{refused:?}");
    assert!(refused.err.contains("99991231000000"), "{refused:?}");
    assert_eq!(fs::read(&file).unwrap(), before);

    let other = tempfile::tempdir().unwrap();
    let to = other.path().join("bk");
    let target = to.display().to_string();
    formfeed(&[
        "--data-dir",
        &path,
        "backup",
        "--to",
        &target,
        "--with-keys",
    ])
    .ok();
    let place = tempfile::tempdir().unwrap();
    let refused = restore(place.path(), &Tables::sqlite(), &to, &[]);
    assert_eq!(refused.code, 3, "{refused:?}");
    assert!(refused.err.contains("99991231000000"), "{refused:?}");
    assert!(!place.path().join("vendor.db").exists());
}

#[test]
fn a_full_disk_leaves_no_half_of_a_backup_and_the_old_installation_as_it_was() {
    let (left, _bk, to) = stopped(&[]);
    let folder = tempfile::tempdir().unwrap();
    let disk = SmallDisk::over(folder.path());
    disk.fill();
    let data = left.path().display().to_string();
    let target = folder.path().join("bk").display().to_string();
    let full = run_on(&disk, &["--data-dir", &data, "backup", "--to", &target]);
    assert_eq!(full.code, 1, "{full:?}");
    assert!(
        full.err.contains("full") || full.err.contains("No space"),
        "{full:?}"
    );
    let partial = |entry: fs::DirEntry| entry.file_name().to_string_lossy().contains("bk");
    let left_over = fs::read_dir(disk.path()).unwrap().flatten().any(partial);
    assert!(!left_over, "half a backup is none");
    disk.free();
    run_on(&disk, &["--data-dir", &data, "backup", "--to", &target]).ok();

    // Restored onto a disk that is full.
    let home = tempfile::tempdir().unwrap();
    let disk = SmallDisk::over(home.path());
    disk.fill();
    let place = home.path().display().to_string();
    let (from, with_keys) = (
        to.display().to_string(),
        keys(left.path()).display().to_string(),
    );
    let arguments = [
        "--data-dir",
        &place,
        "restore",
        "--from",
        &from,
        "--keys",
        &with_keys,
        "--printed-since",
        "none",
    ];
    let full = run_on(&disk, &arguments);
    assert_eq!(full.code, 1, "{full:?}");
    assert!(!disk.path().join("restore.json").exists());
    assert!(!disk.path().join("vendor.db").exists());
    disk.free();
    run_on(&disk, &arguments).ok();
    assert!(disk.path().join("vendor.db").exists());
}

#[test]
fn what_a_restore_replaces_is_moved_aside_byte_for_byte() {
    let (left, _bk, to) = stopped(&[]);
    let tables = Tables::sqlite();
    let up = Up::start_on(left, &[]);
    up.run(&["printer", "add", "later", "file:/tmp/later"]).ok();
    let (_, left) = up.stop();
    let database = rusqlite::Connection::open(left.path().join("spooler.db")).unwrap();
    let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
    database.query_row(checkpoint, [], |_| Ok(())).unwrap();
    drop(database);
    let before = fs::read(left.path().join("spooler.db")).unwrap();
    restore(left.path(), &tables, &to, &["--replace"]).ok();
    let aside = content(left.path());
    let found = aside
        .iter()
        .find(|(path, _)| path.contains("replaced-") && path.ends_with("spooler.db"));
    assert_eq!(found.map(|(_, bytes)| bytes), Some(&before));
    let up = Up::start_on(left, &[]);
    let listed = up.run(&["--json", "printer", "list"]).ok().out;
    assert!(!listed.contains("later"), "{listed}");
}
