//! The scripts of `tests/bench` run, at a small size: what they print is measured elsewhere, that the amounts agree is
//! proved here.

use std::process::Command;

use formfeed_tests::command::program;
use formfeed_tests::postgres::fresh_postgres_url;
use formfeed_tests::tools::workspace;

/// Runs a script once for 200 vendors and answers what it prints.
fn measured(script: &str, more: &[&str]) -> String {
    let program = program();
    let programs = program.parent().unwrap();
    let mut command = Command::new("python3");
    command.arg(workspace().join("tests/bench").join(script));
    command
        .args(["200", "--runs", "1", "--programs"])
        .arg(programs)
        .args(more);
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script} {more:?}: {told}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn an_import_is_measured_against_bare_inserts() {
    let told = measured("import.py", &[]);
    assert!(told.contains("bare prepared inserts"), "{told}");
    assert!(told.contains("ratio"), "{told}");
}

#[test]
fn an_import_is_measured_against_bare_copy() {
    let told = measured("import.py", &["--postgres", &fresh_postgres_url()]);
    assert!(told.contains("bare COPY"), "{told}");
}

#[test]
fn a_calculation_comes_to_the_same_cents_as_the_rule_in_sqlite() {
    let told = measured("calculate.py", &["--explain", "2"]);
    assert!(told.contains("the amounts agree to the cent"), "{told}");
}

#[test]
fn a_calculation_comes_to_the_same_cents_as_the_rule_in_postgresql() {
    let url = fresh_postgres_url();
    let told = measured("calculate.py", &["--explain", "2", "--postgres", &url]);
    assert!(told.contains("the amounts agree to the cent"), "{told}");
}

#[test]
fn rendering_is_measured_and_gives_the_same_bytes_again() {
    let python = formfeed_tests::tools::tool("venv/bin/python");
    let told = measured("render.py", &["--python", python.to_str().unwrap()]);
    for row in ["overlay, times the limit", "reportlab, the same page"] {
        assert!(told.contains(row), "{told}");
    }
    assert!(!told.contains("NO"), "{told}");
}

#[test]
fn streams_for_impact_printers_are_measured_and_within_their_target() {
    let told = measured("impact.py", &[]);
    for row in ["escp2", "ibm-proprinter", "oki-microline", "line"] {
        let row = told.lines().find(|line| line.starts_with(row));
        assert!(row.is_some_and(|row| row.contains(" x, ")), "{told}");
    }
    // Bytes do not depend on the machine: the target is held here.
    for line in told.lines().filter(|line| line.contains("1.6 x")) {
        let ratio = line.split_whitespace().nth(1).unwrap();
        assert!(ratio.parse::<f64>().unwrap() <= 1.6, "{told}");
    }
}

#[test]
fn spooling_is_measured_against_a_raw_queue_of_cups() {
    let told = measured("spool.py", &["--jobs", "10"]);
    for row in [
        "the same, CUPS, raw queue",
        "printer stands still, median",
        "a sheet, 200 in line",
    ] {
        assert!(told.contains(row), "{told}");
    }
}
