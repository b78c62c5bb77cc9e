//! Group 3: the line to an impact printer stands still, breaks, lies or leads to another printer, through the whole spooler.

use std::path::Path;
use std::time::Duration;

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_tests::impact_decoder::{Family, decode};
use formfeed_tests::pty_printer::PtyPrinter;
use formfeed_tests::serial_printer::SerialPrinter;
use formfeed_tests::spool::{Client, Left, Spool, forms, header};
use formfeed_tests::spooler_program::SpoolerProgram;
use pb::job::State;
use pb::resolve_sheet_request::Outcome;

/// Sheets enough that the kernel does not swallow them all.
const SHEETS: i32 = 40;

async fn with_impact(left: Left, uri: String) -> Spool {
    let spool = left.start().await;
    add(&spool, "impact", uri).await;
    spool
}

async fn add(client: &Client, id: &str, uri: String) {
    let impact = pb::Printer {
        printer_id: id.to_owned(),
        uri,
        dialect: "escp".to_owned(),
        stock: "nec-3up".to_owned(),
        ..pb::Printer::default()
    };
    client.add_printer(impact).await.unwrap();
}

async fn submit(client: &Client, sheets: i32) -> String {
    let forms = forms(FormType::Nec, 3 * usize::try_from(sheets).unwrap());
    let header = header("r1", "impact", &forms);
    client.submit(header, &forms).await.unwrap().name
}

/// A sheet before, with which the spooler opens the line: only on an open line does XOFF mean anything.
async fn opened(client: &Client) {
    let forms = forms(FormType::Nec, 3);
    let header = header("r0", "impact", &forms);
    let first = client.submit(header, &forms).await.unwrap().name;
    client.until(&first, State::AwaitingConfirmation).await;
    resolve(client, &first, (1, 1), Outcome::Printed).await;
}

async fn printer(client: &Client, id: &str) -> pb::Printer {
    let request = pb::GetPrinterRequest {
        name: format!("printers/{id}"),
    };
    let answer = client.printers().get_printer(request).await;
    answer.unwrap().into_inner()
}

/// Waits until the printer says so.
async fn says(client: &Client, id: &str, words: &str) {
    let mut told = Vec::new();
    for _ in 0..400 {
        told = printer(client, id).await.state_reasons;
        if told.iter().any(|reason| reason.contains(words)) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{id} never says {words:?}: {told:?}");
}

async fn resolve(client: &Client, job: &str, sheets: (i32, i32), outcome: Outcome) -> pb::Job {
    let request = pb::ResolveSheetRequest {
        job: job.to_owned(),
        sheet: sheets.0,
        last_sheet: sheets.1,
        outcome: outcome.into(),
        reason: "looked at the paper".to_owned(),
        ..pb::ResolveSheetRequest::default()
    };
    let answer = client.jobs().resolve_sheet(request).await;
    answer.unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_37_and_41_a_stalled_line_is_shown_in_words_and_goes_on_by_itself() {
    let mut line = SerialPrinter::start();
    let spool = with_impact(Left::on_sqlite(), line.uri()).await;
    opened(&spool).await;
    line.xoff();
    let job = submit(&spool, 3).await;
    says(&spool, "impact", "waiting for the line").await;
    // The daemon answers meanwhile, and nothing is in doubt.
    assert_eq!(spool.job(&job).await.report.unwrap().sheets_in_doubt, 0);
    line.xon();
    let sent = spool.until(&job, State::AwaitingConfirmation).await;
    assert_eq!(sent.report.unwrap().sheets_printed, 0);
    sheets(|| line.received(), 4).await;
    let done = resolve(&spool, &job, (1, 3), Outcome::Printed).await;
    assert_eq!(done.state(), State::Completed);
    assert!(printer(&spool, "impact").await.state_reasons.is_empty());
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_37_and_39_a_spooler_killed_while_the_line_stands_still_leaves_doubt() {
    let mut line = SerialPrinter::start();
    let left = Left::on_sqlite();
    let program = SpoolerProgram::try_start(&left, None).unwrap();
    let client = program.client().clone();
    add(&client, "impact", line.uri()).await;
    opened(&client).await;
    line.xoff();
    let job = submit(&client, 3).await;
    says(&client, "impact", "waiting for the line").await;
    program.kill();
    let program = SpoolerProgram::try_start(&left, None).unwrap();
    let client = program.client().clone();
    let doubt = client.until(&job, State::NeedsDecision).await;
    assert_eq!(doubt.report.unwrap().sheets_in_doubt, 1);
    line.xon();
    tokio::time::sleep(Duration::from_millis(300)).await;
    // Nothing is sent before the decision.
    sheets(|| line.received(), 1).await;
    resolve(&client, &job, (1, 1), Outcome::NotPrinted).await;
    client.until(&job, State::AwaitingConfirmation).await;
    sheets(|| line.received(), 4).await;
    program.stop();
}

/// Waits until so many whole sheets are through, and no more.
async fn sheets(received: impl Fn() -> Vec<u8>, count: usize) {
    let mut found = Err(String::new());
    for _ in 0..200 {
        found = decode(Family::NinePins, &received()).map(|pages| pages.len());
        if found == Ok(count) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("never {count} sheets: {found:?}");
}

/// Lets a name that stays lead to a node that does not.
fn lead(name: &Path, to: &Path) {
    std::fs::remove_file(name).ok();
    std::os::unix::fs::symlink(to, name).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_38_43_and_46_a_printer_that_goes_in_the_middle_of_a_sheet_waits_for_a_decision() {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let mut first = PtyPrinter::start();
    let left = Left::on_sqlite();
    let by_id = left.folder().join("usb-printer");
    lead(&by_id, first.node());
    let uri = format!("serial:{}?flow=xonxoff", by_id.display());
    let spool = with_impact(left, uri).await;
    let job = submit(&spool, SHEETS).await;
    says(&spool, "impact", "waiting for the line").await;
    let some = random.usize(1..3_000);
    let read = tokio::task::spawn_blocking(move || {
        let bytes = first.read(some);
        (first, bytes)
    });
    let (first, _) = read.await.unwrap();
    says(&spool, "impact", "waiting for the line").await;
    first.pull();
    let doubt = spool.until(&job, State::NeedsDecision).await;
    assert_eq!(doubt.report.unwrap().sheets_in_doubt, 1);
    let state = printer(&spool, "impact").await.state();
    assert_eq!(state, pb::printer::State::Quarantined);
    let all = spool.sheets(&job).await;
    let torn = all
        .iter()
        .find(|sheet| sheet.state() == pb::sheet::State::InDoubt);
    let torn = torn.unwrap().number;

    // The adapter comes back as another node, under its own name; nothing is sent by itself.
    let second = PtyPrinter::start();
    lead(&by_id, second.node());
    let paper = second.reads_on();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(paper.received(), b"");

    resolve(&spool, &job, (torn, torn), Outcome::NotPrinted).await;
    spool.until(&job, State::AwaitingConfirmation).await;
    // The torn sheet anew from the top of its form, and those behind it.
    let left = usize::try_from(SHEETS - torn + 1).unwrap();
    sheets(|| paper.received(), left).await;
    let done = resolve(&spool, &job, (1, SHEETS), Outcome::Printed).await;
    assert_eq!(done.report.unwrap().sheets_printed, SHEETS);
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_40_what_a_printer_swallowed_is_for_the_operator_to_say() {
    let line = SerialPrinter::start();
    let spool = with_impact(Left::on_sqlite(), line.uri()).await;
    let job = submit(&spool, 3).await;
    let sent = spool.until(&job, State::AwaitingConfirmation).await;
    let report = sent.report.unwrap();
    assert_eq!(report.finality(), pb::job_report::Finality::Provisional);
    assert_eq!(report.total_amount_cents, 0);
    resolve(&spool, &job, (1, 1), Outcome::Printed).await;
    let stopped = resolve(&spool, &job, (2, 3), Outcome::Lost).await;
    let report = stopped.report.unwrap();
    assert_eq!((report.sheets_printed, report.sheets_pending), (1, 2));
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_42_a_printer_without_its_node_is_off_line_and_delays_no_other() {
    let line = SerialPrinter::start();
    let spool = with_impact(Left::on_sqlite(), line.uri()).await;
    add(&spool, "gone", "parallel:/dev/no-such-port".to_owned()).await;
    let forms = forms(FormType::Nec, 3);
    let waiting = header("r2", "gone", &forms);
    let waiting = spool.submit(waiting, &forms).await.unwrap().name;
    says(&spool, "gone", "/dev/no-such-port").await;
    let job = submit(&spool, 2).await;
    spool.until(&job, State::AwaitingConfirmation).await;
    assert_eq!(spool.job(&waiting).await.report.unwrap().sheets_live, 0);
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_46_after_a_jam_forms_go_on_from_a_sheet_at_the_top_of_a_form() {
    let line = SerialPrinter::start();
    let spool = with_impact(Left::on_sqlite(), line.uri()).await;
    let job = submit(&spool, 3).await;
    spool.until(&job, State::AwaitingConfirmation).await;
    sheets(|| line.received(), 3).await;
    let jammed = line.received().len();
    resolve(&spool, &job, (1, 1), Outcome::Printed).await;
    resolve(&spool, &job, (2, 3), Outcome::Spoiled).await;
    let restart = pb::RestartJobRequest {
        request_id: "jam".to_owned(),
        name: job.clone(),
        sheet: 2,
        reason: "torn in the tractor".to_owned(),
    };
    spool.jobs().restart_job(restart).await.unwrap();
    spool.until(&job, State::AwaitingConfirmation).await;
    sheets(|| line.received(), 5).await;
    // Reset first, which makes the line under the head the top of form.
    assert!(line.received()[jammed..].starts_with(b"\x1b@"));
    let done = resolve(&spool, &job, (2, 3), Outcome::Printed).await;
    assert_eq!(done.state(), State::Completed);
    let report = done.report.unwrap();
    assert_eq!((report.forms_printed, report.sheets_printed), (9, 3));
    assert_eq!((report.sheets_spoiled, report.sheets_reprinted), (2, 2));
    spool.stop().await;
}
