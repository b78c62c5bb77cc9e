//! The units for systemd, as its own programs judge them.

use std::path::PathBuf;
use std::process::Command;

use formfeed_tests::command::built;
use formfeed_tests::tools::{run, workspace};

/// Of ten, as `systemd-analyze security` counts; more is a hole that was opened since.
const MOST_EXPOSED: f64 = 1.6;

fn units() -> Vec<PathBuf> {
    let folder = std::fs::read_dir(workspace().join("packaging/systemd")).unwrap();
    let units: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    assert_eq!(units.len(), 5);
    units
}

#[test]
fn systemd_understands_every_unit() {
    let folder = tempfile::tempdir().unwrap();
    for unit in units() {
        // Its programs lie elsewhere here, and so does its manual.
        let text = std::fs::read_to_string(&unit).unwrap();
        let bin = built("formfeed").parent().unwrap().display().to_string();
        let text = text.replace("/usr/bin", &bin);
        let here = folder.path().join(unit.file_name().unwrap());
        std::fs::write(here, text).unwrap();
    }
    for unit in units() {
        let here = folder.path().join(unit.file_name().unwrap());
        let judged = run(Command::new("systemd-analyze")
            .args(["verify", "--man=no"])
            .arg(here));
        let told = String::from_utf8_lossy(&judged.stderr).into_owned();
        assert_eq!(told, "", "{}", unit.display());
    }
}

#[test]
fn no_unit_is_more_exposed_than_it_has_to_be() {
    for unit in units() {
        let mut judge = Command::new("systemd-analyze");
        judge.args([
            "security",
            "--offline=true",
            "--no-pager",
            "--threshold=100",
        ]);
        let judged = run(judge.arg(&unit));
        let told = String::from_utf8_lossy(&judged.stdout).into_owned();
        let level = told
            .lines()
            .find(|line| line.contains("Overall exposure level"))
            .unwrap();
        let level = level
            .rsplit(": ")
            .next()
            .unwrap()
            .split(' ')
            .next()
            .unwrap();
        let level: f64 = level.parse().unwrap();
        assert!(level <= MOST_EXPOSED, "{}: {told}", unit.display());
    }
}

#[test]
fn what_runs_by_a_unit_is_watched_and_has_time_to_stop() {
    for unit in units() {
        let text = std::fs::read_to_string(&unit).unwrap();
        for line in [
            "Type=notify",
            "User=formfeed",
            "WatchdogSec=60",
            "Restart=on-failure",
            "RestartPreventExitStatus=2 3",
            "ProtectSystem=strict",
            "MemoryDenyWriteExecute=yes",
            "LimitCORE=0",
        ] {
            assert!(
                text.lines().any(|has| has == line),
                "{line} in {}",
                unit.display()
            );
        }
        let stop = text
            .lines()
            .find_map(|line| line.strip_prefix("TimeoutStopSec="));
        let stop: u64 = stop.unwrap().parse().unwrap();
        let sheets = formfeed_spooler::SpoolerConfig::default().stop_grace;
        let calls = formfeed_runtime::Limits::default().shutdown_grace;
        assert!(stop > (sheets + calls).as_secs(), "{}", unit.display());
    }
}
