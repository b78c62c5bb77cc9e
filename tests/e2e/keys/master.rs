//! The master key: from a file, the environment or a command; another one around the same data keys; lost, or not the one.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use formfeed_runtime::Service;
use formfeed_tests::command::{Up, formfeed};

use super::{SMALL, calculated, edit, folder_printer, print, shown};

const DIGITS: &str = "8f1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9";

/// What `up` says when it does not start.
fn refused(folder: &Path, environment: &[(&str, &str)]) -> String {
    let mut up = std::process::Command::new(formfeed_tests::command::program());
    up.arg("--data-dir").arg(folder);
    up.args(["up", "--port-base", "0", "--log", "warn"]);
    let ran = up.envs(environment.iter().copied()).output().unwrap();
    assert!(!ran.status.success());
    String::from_utf8_lossy(&ran.stderr).into_owned()
}

#[test]
fn a_master_key_of_the_environment_or_a_command_leaves_no_key_of_secrets_on_the_disk() {
    let kms = tempfile::tempdir().unwrap();
    let program = kms.path().join("kms");
    fs::write(&program, format!("#!/bin/sh\necho {DIGITS}\n")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
    let command = format!("command:{} decrypt --key 'of ours'", program.display());
    let variables = [("FORMFEED_MASTER_KEY", "env:OURS"), ("OURS", DIGITS)];
    let up = Up::start_in(&variables);
    up.run(&["import", SMALL]).ok();
    let keys = up.folder.path().join("keys");
    for name in ["vendor.key", "vendor-index.key", "spooler.key"] {
        assert!(!keys.join(name).exists(), "{name}");
    }
    assert_eq!(shown(&up, Service::Vendor)["master_source"], "env:OURS");
    let (code, folder) = up.stop();
    assert_eq!(code, 0);
    holds_no_key(folder.path(), &hex(DIGITS));

    // The same key by a command: its arguments are not shown.
    let told = refused(folder.path(), &[]);
    assert!(
        told.contains("vendor.key") && told.contains("missing"),
        "{told}"
    );
    let up = Up::start_on_in(folder, &[("FORMFEED_MASTER_KEY", &command)]);
    let source = shown(&up, Service::Spooler)["master_source"].to_string();
    assert!(
        source.contains("command:") && !source.contains("ours"),
        "{source}"
    );
    up.run(&["calculate", "--payer", "TE1", "--tax-year", "2025"])
        .ok();
    folder_printer(&up);
    print(&up, &["--printer", "office"]).ok();
    let (_, folder) = up.stop();
    let failing = [("FORMFEED_MASTER_KEY", "command:false")];
    let told = refused(folder.path(), &failing);
    assert!(told.contains("command:false"), "{told}");
}

/// No file holds the bytes of the key.
fn holds_no_key(folder: &Path, key: &[u8]) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            holds_no_key(&path, key);
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        let found = bytes.windows(key.len()).any(|window| window == key);
        let written = bytes.windows(64).any(|window| window == DIGITS.as_bytes());
        assert!(!found && !written, "{}", path.display());
    }
}

fn hex(digits: &str) -> Vec<u8> {
    let pair = |at: usize| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap();
    (0..digits.len() / 2).map(pair).collect()
}

#[test]
fn another_master_key_is_put_around_while_the_services_work_and_cut_off_it_is_finished_later() {
    let up = calculated(&[]);
    let elsewhere = tempfile::tempdir().unwrap();
    let to = format!("file:{}", elsewhere.path().join("master.key").display());
    // A source that answers another key each time would lose everything.
    let random = ["--to", "command:head -c 32 /dev/urandom", "--reason", "x"];
    let refused_first = up.run(&[&["keys", "change-master"], &random[..]].concat());
    assert!(
        refused_first.err.contains("another key each time"),
        "{refused_first:?}"
    );
    let changed = up
        .run(&[
            "keys",
            "change-master",
            "--to",
            &to,
            "--reason",
            "we have a KMS",
        ])
        .ok();
    assert!(changed.out.contains("3 data keys"), "{changed:?}");
    // The services know their data keys, but make no newer one under a master key that is not in force any more.
    folder_printer(&up);
    print(&up, &["--printer", "office"]).ok();
    let late = up.run(&["keys", "rotate", "--reason", "x"]);
    assert!(late.err.contains("FORMFEED_MASTER_KEY"), "{late:?}");
    let (_, folder) = up.stop();
    let told = refused(folder.path(), &[]);
    assert!(told.contains("is not that of this database"), "{told}");

    // Cut off between the two databases: one is wrapped anew, the other not; a second run finishes it.
    let variables = [("FORMFEED_MASTER_KEY", to.as_str())];
    let back = folder.path().join("keys/vendor.key");
    let back = format!("file:{}", back.display());
    let spooler = folder.path().join("spooler.db");
    let before = fs::read(&spooler).unwrap();
    let data_dir = folder.path().display().to_string();
    let change = |to: &str, from: &str| {
        let mut command = std::process::Command::new(formfeed_tests::command::program());
        command.args([
            "--data-dir",
            &data_dir,
            "keys",
            "change-master",
            "--to",
            to,
            "--reason",
            "back",
        ]);
        command.env("FORMFEED_MASTER_KEY", from).output().unwrap()
    };
    assert!(change(&back, &to).status.success());
    fs::write(&spooler, before).unwrap();
    let finished = change(&back, &to);
    assert!(finished.status.success(), "{finished:?}");
    assert!(String::from_utf8_lossy(&finished.stdout).contains("1 data keys"));
    assert!(change(&to, &back).status.success());

    let up = Up::start_on_in(folder, &variables);
    up.run(&["keys", "rotate", "--reason", "again"]).ok();
    let doctor = up.run(&["--json", "doctor"]);
    assert!(doctor.out.contains("vendor.key"), "{doctor:?}");
    up.run(&["audit", "verify"]).ok();
}

/// Fault 100: no data keys, or others than sealed what is there.
#[test]
fn fault_100_keys_that_are_gone_or_others_stop_the_start_and_are_never_replaced() {
    let (_, folder) = calculated(&[]).stop();
    let wrapped = "UPDATE data_keys SET wrapped = (SELECT wrapped FROM data_keys WHERE purpose = 'index') \
        WHERE purpose = 'seal'";
    let database = folder.path().join("vendor.db");
    let right = fs::read(&database).unwrap();
    for (change, says) in [
        (wrapped, "data_keys.wrapped does not open"),
        (
            "DELETE FROM data_keys WHERE purpose = 'index'",
            "vendor-index.key",
        ),
        (
            "DELETE FROM data_keys WHERE purpose = 'seal'",
            "vendor.key is not the key that sealed",
        ),
        (
            "UPDATE data_keys SET master_check = 'f00d'",
            "f00d is wanted",
        ),
    ] {
        edit(folder.path(), Service::Vendor, change);
        let told = refused(folder.path(), &[]);
        assert!(told.contains(says), "{change}: {told}");
        fs::write(&database, &right).unwrap();
    }
    let key = folder.path().join("keys/vendor.key");
    fs::remove_file(&key).unwrap();
    let told = refused(folder.path(), &[]);
    assert!(
        told.contains("vendor.key") && told.contains("backup"),
        "{told}"
    );
    assert!(!key.exists());
    let bad = refused(folder.path(), &[("FORMFEED_MASTER_KEY", DIGITS)]);
    assert!(bad.contains("file:PATH") && !bad.contains(DIGITS), "{bad}");
    let short = refused(
        folder.path(),
        &[("FORMFEED_MASTER_KEY", "env:OURS"), ("OURS", "secret")],
    );
    assert!(
        short.contains("64 hexadecimal") && !short.contains("secret"),
        "{short}"
    );
    let data_dir = folder.path().display().to_string();
    let doctor = formfeed(&["--data-dir", &data_dir, "doctor"]);
    assert_eq!(doctor.code, 1, "{doctor:?}");
}
