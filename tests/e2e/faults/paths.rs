//! Group 6: names that are paths, and links where a file is to be written.

use std::os::unix::fs::symlink;
use std::process::Command;

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_runtime::access::{admin_token_path, read_token};
use formfeed_tests::spool::{Left, Spool, forms, header};
use formfeed_tests::tools::run;
use pb::job::State;
use tonic::Code;

const PATHS: [&str; 8] = [
    "../x",
    "..",
    "/etc/x",
    "a/b",
    "a\0b",
    "%2e%2e",
    "%2e%2e%2fx",
    r"..\x",
];

async fn no_path_is_a_name(spool: &Spool) {
    for path in PATHS {
        let create = pb::CreatePrinterRequest {
            request_id: "add".to_owned(),
            printer: Some(pb::Printer {
                printer_id: path.to_owned(),
                uri: format!("file:{}", spool.folder().join("made").display()),
                ..pb::Printer::default()
            }),
        };
        let refused = spool.printers().create_printer(create).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{path:?}");
        assert!(refused.message().contains("printer_id"), "{refused:?}");
        let get = pb::GetPrinterRequest {
            name: format!("printers/{path}"),
        };
        let refused = spool.printers().get_printer(get).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{path:?}");
        let get = pb::GetJobRequest {
            name: format!("jobs/{path}"),
            ..pb::GetJobRequest::default()
        };
        let refused = spool.jobs().get_job(get).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{path:?}");
    }
    assert!(!spool.folder().join("made").exists());
}

/// No address of the console is a way to a file.
fn no_address_is_a_path(spool: &Spool) {
    let secret = read_token(&admin_token_path(spool.folder())).unwrap();
    for path in [
        "/assets/x/../../admin.token",
        "/assets/x/..%2f..%2fadmin.token",
        "/assets/x/%2e%2e%2f%2e%2e%2fadmin.token",
        "/assets/../admin.token",
        "/../admin.token",
        "/%2e%2e/admin.token",
    ] {
        let url = format!("{}{path}", spool.console());
        let more = ["-sS", "--path-as-is", "-w", "\n%{http_code}"];
        let output = run(Command::new("curl").args(more).arg(&url));
        let answer = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(answer.ends_with("404"), "{path}: {answer}");
        assert!(!answer.contains(secret.expose()), "{path}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_78_no_name_is_a_path_and_no_link_is_written_through() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    no_path_is_a_name(&spool).await;
    no_address_is_a_path(&spool);

    let pause = pb::PausePrinterRequest {
        name: "printers/files".to_owned(),
        reason: "to look".to_owned(),
    };
    spool.printers().pause_printer(pause).await.unwrap();
    let forms = forms(FormType::Nec, 3);
    let job = spool.submit(header("r1", "files", &forms), &forms).await;
    let job = job.unwrap().name;
    let elsewhere = spool.folder().join("elsewhere");
    std::fs::create_dir_all(spool.out()).unwrap();
    let name = format!("{}.pdf", job.trim_start_matches("jobs/"));
    let link = spool.out().join(name);
    symlink(&elsewhere, &link).unwrap();
    let resume = pb::ResumePrinterRequest {
        name: "printers/files".to_owned(),
    };
    spool.printers().resume_printer(resume).await.unwrap();
    let refused = |job: &pb::Job| {
        let mut reasons = job.state_reasons.iter();
        reasons.any(|it| it.contains("already in the folder"))
    };
    spool.until_job(&job, "refused", refused).await;
    assert!(!elsewhere.exists(), "nothing is written through the link");
    std::fs::remove_file(&link).unwrap();
    spool.until(&job, State::Completed).await;
    assert!(!elsewhere.exists());
    assert!(std::fs::symlink_metadata(&link).unwrap().is_file());
    spool.stop().await;
}
