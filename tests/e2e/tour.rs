//! The README's tour, and the example in another language: the whole job by gRPC clients nobody here wrote, over reflection alone.

use std::process::Command;

use formfeed_tests::command::Up;
use formfeed_tests::paper::read_pdf;
use formfeed_tests::tools::{run, tool, workspace};

use crate::secure_connections::up_over_tls;

#[test]
fn grpcurl_drives_the_whole_job_from_vouchers_to_counted_sheets() {
    tour_of(&Up::start());
}

#[test]
fn grpcurl_drives_the_whole_job_over_tls() {
    tour_of(&up_over_tls());
}

fn tour_of(up: &Up) {
    let tour = || {
        let output = run(Command::new(workspace().join("tests/tour.sh"))
            .arg(up.folder.path())
            .arg(tool("bin/grpcurl")));
        String::from_utf8(output.stdout).unwrap()
    };
    let told = tour();
    assert!(told.contains("formfeed.forms.v1.FormsService"), "{told}");
    let report = &told[told.rfind("\"finished\"").unwrap()..];
    let expected = [
        "\"finality\": \"FINAL\"",
        "\"formsPrinted\": 4",
        "\"formsVoid\": 2",
        "\"sheetsPrinted\": 2",
        "\"totalAmountCents\": \"503457\"",
    ];
    for part in expected {
        assert!(report.contains(part), "{part} in {report}");
    }
    tour(); // Once more: nothing it makes is in its own way.
    let pdfs: Vec<_> = std::fs::read_dir(up.folder.path().join("tour"))
        .unwrap()
        .flatten()
        .collect();
    assert_eq!(pdfs.len(), 2);
    assert_eq!(read_pdf(&pdfs[0].path()).len(), 2);
}

#[test]
fn a_program_in_python_drives_the_whole_job_and_waits_for_the_report() {
    python_on(&Up::start());
}

#[test]
fn a_program_in_python_drives_the_whole_job_over_tls() {
    python_on(&up_over_tls());
}

fn python_on(up: &Up) {
    // It stands alone, whatever lies about it.
    let elsewhere = tempfile::tempdir().unwrap();
    let program = elsewhere.path().join("client.py");
    std::fs::copy(workspace().join("tests/client.py"), &program).unwrap();
    for _ in 0..2 {
        let output = run(Command::new(tool("venv/bin/python"))
            .current_dir(elsewhere.path())
            .arg(&program)
            .arg(up.folder.path()));
        let job: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let report = &job["report"];
        assert_eq!(job["state"], "COMPLETED");
        assert_eq!(report["finality"], "FINAL");
        let counted = (
            &report["forms_printed"],
            &report["forms_void"],
            &report["sheets_printed"],
            &report["total_amount_cents"],
        );
        let expected = (&2.into(), &1.into(), &1.into(), &"183456".into());
        assert_eq!(counted, expected, "{job}");
    }
    let refused = Command::new(tool("venv/bin/python"))
        .arg(&program)
        .arg(up.folder.path())
        .args(["--printer", "nobodys"])
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(1));
    let told = String::from_utf8_lossy(&refused.stderr);
    assert!(
        told.contains("NOT_FOUND") && told.contains("nobodys"),
        "{told}"
    );
}
