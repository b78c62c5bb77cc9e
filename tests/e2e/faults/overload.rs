//! Group 9: more than usual, and less than usual to do it with.

mod callers;
mod slow_readers;

use std::time::Duration;

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_tests::connections::until_closed;
use formfeed_tests::daemon::Daemon;
use formfeed_tests::lying_printer::{Lie, LyingPrinter};
use formfeed_tests::postgres::fresh_postgres_url;
use formfeed_tests::spool::{Client, Left, forms, header};
use formfeed_tests::spooler_program::SpoolerProgram;
use pb::job::State;
use tokio::net::TcpStream;
use tonic::Streaming;

/// A limit that no count here reaches.
const ANY: [&str; 2] = ["--max-forms-per-job", "1000000"];
/// Within which a job is printed.
const PATIENCE: Duration = Duration::from_secs(120);

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
    let done = program
        .client()
        .until_job(&job, "printed", is_printed)
        .await;
    let printed = usize::try_from(done.report.expect("a report").forms_printed);
    assert_eq!(printed, Ok(count));
    let most = program.most_memory();
    program.stop();
    most
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_105_a_form_more_takes_less_than_two_kilobytes_of_memory_to_print() {
    if let Some(count) = std::env::var_os("FORMFEED_FORMS") {
        let count = count.to_str().and_then(|count| count.parse().ok());
        let count = count.expect("FORMFEED_FORMS is a number");
        println!("{} KiB for {count} forms", memory_of(count).await);
        return;
    }
    // The caches of the database are full with the first.
    let (few, many) = (memory_of(9_000).await, memory_of(21_000).await);
    println!("{few} KiB for 9,000 forms, {many} KiB for 21,000");
    assert!(many < few + 24_000, "{few} KiB, then {many} KiB");
}

/// Adds a printer loaded with the IRS's stock.
async fn add(program: &SpoolerProgram, id: &str, laser: &LyingPrinter) {
    let printer = pb::Printer {
        printer_id: id.to_owned(),
        uri: laser.uri(),
        stock: "nec-3up".to_owned(),
        ..pb::Printer::default()
    };
    program.client().add_printer(printer).await.unwrap();
}

/// Submits a job of so many full sheets; its name.
async fn submit(program: &SpoolerProgram, request: &str, printer: &str, sheets: usize) -> String {
    let forms = forms(FormType::Nec, 3 * sheets);
    let header = header(request, printer, &forms);
    let job = program.client().submit(header, &forms).await;
    job.expect("a job").name
}

/// Follows a job from its beginning.
async fn follow(client: &Client, job: &str) -> Streaming<pb::JobEvent> {
    let request = pb::WatchJobRequest {
        name: job.to_owned(),
        after_sequence: 0,
    };
    let events = client.jobs().watch_job(request).await;
    events.unwrap().into_inner()
}

/// Reads what is followed to its end; the report it ends with.
async fn report_of(mut events: Streaming<pb::JobEvent>) -> pb::JobReport {
    let mut last = None;
    while let Some(event) = events.message().await.unwrap() {
        last = Some(event);
    }
    let report = last.and_then(|event| event.job?.report);
    report.expect("a report at the end")
}

fn is_printed(job: &pb::Job) -> bool {
    job.state() == State::Completed
}

/// How long a sheet takes: what the printer takes for it, and how long it stands still before it, on average.
fn pace(own: Duration, rests: &[Duration]) -> Duration {
    let sheets = u32::try_from(rests.len()).unwrap();
    own + rests.iter().sum::<Duration>() / sheets
}

/// Connections on which nobody says a word, where eight have a place.
const SILENT: usize = 200;
/// Within which each of them is let go.
const LET_GO_WITHIN: Duration = Duration::from_secs(15);

#[tokio::test(flavor = "multi_thread")]
async fn fault_108_with_few_files_and_little_memory_it_prints_on_and_who_says_nothing_is_let_go() {
    let left = Left::on_sqlite();
    let program = SpoolerProgram::start_limited(&left, 64).expect("it lives");
    let laser = LyingPrinter::start(Lie::None).await;
    laser.take_time(Duration::from_millis(100));
    add(&program, "laser", &laser).await;
    let job = submit(&program, "r1", "laser", 80).await;
    let events = follow(program.client(), &job).await;
    let mut silent = Vec::new();
    for _ in 0..SILENT {
        let line = TcpStream::connect(program.address()).await.unwrap();
        silent.push(tokio::spawn(until_closed(line, LET_GO_WITHIN)));
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (busy, second) = (program.processor_time(), Duration::from_secs(1));
    tokio::time::sleep(second).await;
    let spent = program.processor_time() - busy;
    assert!(spent < second, "it spins: {spent:?} of {second:?}");
    assert!(!is_printed(&program.client().job(&job).await), "too early");
    let mut kept = 0;
    for line in silent {
        kept += usize::from(line.await.unwrap().is_none());
    }
    assert_eq!(kept, 0, "are not let go");
    let report = tokio::time::timeout(PATIENCE, report_of(events)).await;
    let report = report.expect("the end of the job");
    assert_eq!((report.sheets_printed, report.forms_printed), (80, 240));
    // On connections of their own; and all adds up.
    program.client().until(&job, State::Completed).await;
    let mut marked = laser.marked();
    marked.sort();
    marked.dedup();
    assert_eq!((laser.marked().len(), marked.len()), (80, 80));
    program.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_109_log_lines_that_nobody_takes_hold_up_no_sheet() {
    // Every line of every crate: more than a pipe holds.
    let noise = [("FORMFEED_LOG", "trace")];
    let daemon = Daemon::unheard("one", &fresh_postgres_url(), &noise).await;
    let laser = LyingPrinter::start(Lie::None).await;
    daemon.add_laser("laser", &laser.uri(), "").await;
    let many = forms(FormType::Nec, 30);
    let job = daemon.submit(header("r1", "laser", &many), &many).await;
    let job = job.expect("a job").name;
    daemon.until(&job, State::Completed).await;
    assert_eq!(laser.marked().len(), 10);
}
