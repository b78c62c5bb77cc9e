//! The README's tour: the whole job by a gRPC client nobody here wrote, over reflection alone.

use std::process::Command;

use formfeed_tests::command::Up;
use formfeed_tests::paper::read_pdf;
use formfeed_tests::tools::{run, tool, workspace};

#[test]
fn grpcurl_drives_the_whole_job_from_vouchers_to_counted_sheets() {
    let up = Up::start();
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
