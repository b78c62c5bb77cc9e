//! Group 9: more than usual.

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_tests::spool::{Left, forms, header};
use formfeed_tests::spooler_program::SpoolerProgram;
use pb::job::State;

/// A limit that no count here reaches.
const ANY: [&str; 2] = ["--max-forms-per-job", "1000000"];

/// Prints a job of so many forms as one file; answers the most memory that it took, in KiB.
async fn memory_of(count: usize) -> u64 {
    let left = Left::on_sqlite();
    let out = left.folder().join("out");
    let program = SpoolerProgram::start_with(&left, None, &ANY).expect("it lives");
    let printer = pb::Printer {
        printer_id: "files".to_owned(),
        uri: format!("file:{}", out.display()),
        ..pb::Printer::default()
    };
    program.client().add_printer(printer).await.unwrap();
    let pause = pb::PausePrinterRequest {
        name: "printers/files".to_owned(),
        reason: "until the daemon is a fresh one".to_owned(),
    };
    program
        .client()
        .printers()
        .pause_printer(pause)
        .await
        .unwrap();
    let forms = forms(FormType::Nec, count);
    let job = program
        .client()
        .submit(header("r1", "files", &forms), &forms)
        .await;
    let job = job.expect("a job").name;
    program.stop();

    let program = SpoolerProgram::start_with(&left, None, &ANY).expect("it lives");
    let resume = pb::ResumePrinterRequest {
        name: "printers/files".to_owned(),
    };
    program
        .client()
        .printers()
        .resume_printer(resume)
        .await
        .unwrap();
    let is_done = |job: &pb::Job| job.state() == State::Completed;
    let done = program.client().until_job(&job, "printed", is_done).await;
    let printed = usize::try_from(done.report.expect("a report").forms_printed);
    assert_eq!(printed, Ok(count));
    let most = program.most_memory();
    program.stop();
    most
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_105_four_times_the_forms_take_little_more_memory_to_print() {
    if let Some(count) = std::env::var_os("FORMFEED_FORMS") {
        let count = count.to_str().and_then(|count| count.parse().ok());
        let count = count.expect("FORMFEED_FORMS is a number");
        println!("{} KiB for {count} forms", memory_of(count).await);
        return;
    }
    let (few, many) = (memory_of(3_000).await, memory_of(12_000).await);
    println!("{few} KiB for 3,000 forms, {many} KiB for 12,000");
    // Of each sheet its number is held.
    assert!(many < few + few / 5, "{few} KiB, then {many} KiB");
}
