//! Group 1: the spooler's own program dies at a named moment, and is started again on what it left.

use std::time::Duration;

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_tests::lying_printer::{Lie, LyingPrinter};
use formfeed_tests::spool::{Client, Left, forms, header};
use formfeed_tests::spooler_program::SpoolerProgram;
use pb::job::State;
use pb::resolve_sheet_request::Outcome;
use tonic::{Code, Status};

/// A spooler that dies of nothing.
fn whole(left: &Left) -> SpoolerProgram {
    SpoolerProgram::try_start(left, None).expect("it lives")
}

/// A spooler with the printer `laser`, as it leaves things behind.
async fn with_laser(left: Left, printer: &LyingPrinter) -> Left {
    let program = whole(&left);
    let laser = pb::Printer {
        printer_id: "laser".to_owned(),
        uri: printer.uri(),
        stock: "nec-3up".to_owned(),
        ..pb::Printer::default()
    };
    program
        .client()
        .add_printer(laser)
        .await
        .expect("a printer");
    program.stop();
    left
}

async fn submit(client: &Client, count: usize) -> Result<pb::Job, Status> {
    let forms = forms(FormType::Nec, count);
    client.submit(header("r1", "laser", &forms), &forms).await
}

async fn jobs(client: &Client) -> Vec<pb::Job> {
    let request = pb::ListJobsRequest::default();
    let answer = client.jobs().list_jobs(request).await;
    answer.expect("jobs").into_inner().jobs
}

async fn answer(client: &Client, job: &str, outcome: Outcome) -> Result<pb::Job, Status> {
    let request = pb::ResolveSheetRequest {
        job: job.to_owned(),
        sheet: 1,
        outcome: outcome.into(),
        reason: "looked in the tray".to_owned(),
        ..pb::ResolveSheetRequest::default()
    };
    Ok(client.jobs().resolve_sheet(request).await?.into_inner())
}

/// Every sheet of the only job is on paper once.
async fn ends_well(client: &Client, printer: &LyingPrinter, sheets: i32) {
    let all = jobs(client).await;
    let [job] = &all[..] else { panic!("{all:?}") };
    let done = client.until(&job.name, State::Completed).await;
    assert_eq!(done.report.expect("a report").sheets_printed, sheets);
    let marked = printer.marked();
    assert_eq!(i32::try_from(marked.len()), Ok(sheets), "{marked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_1_and_2_killed_around_the_commit_of_a_submission_a_retry_makes_one_job() {
    for left in Left::on_both() {
        let printer = LyingPrinter::start(Lie::None).await;
        let left = with_laser(left, &printer).await;
        for at in ["before-submit:1", "after-submit:1"] {
            let program = SpoolerProgram::start(&left, Some(at)).expect("it answers first");
            let lost = submit(program.client(), 6).await.expect_err("it died");
            assert!(
                matches!(
                    lost.code(),
                    Code::Unavailable | Code::Unknown | Code::Cancelled
                ),
                "{lost}"
            );
            program.until_dead();
            let again = whole(&left);
            assert_eq!(
                jobs(again.client()).await.len(),
                usize::from(at.starts_with("after"))
            );
            again.stop();
        }
        let program = whole(&left);
        let job = submit(program.client(), 6).await.expect("the same job");
        assert_eq!(job.sheets, 2);
        let other = submit(program.client(), 7)
            .await
            .expect_err("other content");
        assert_eq!(other.code(), Code::AlreadyExists);
        ends_well(program.client(), &printer, 2).await;
        program.stop();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_3_killed_while_it_seals_nothing_or_all_of_a_job_is_there() {
    let printer = LyingPrinter::start(Lie::None).await;
    let left = with_laser(Left::on_sqlite(), &printer).await;
    for pause in [5, 40, 120, 300] {
        let program = whole(&left);
        let client = program.client().clone();
        let submitting = tokio::spawn(async move { submit(&client, 1_500).await });
        tokio::time::sleep(Duration::from_millis(pause)).await;
        program.kill();
        submitting.await.expect("a call").ok();
        let program = whole(&left);
        for job in jobs(program.client()).await {
            assert_eq!((job.forms, job.sheets), (1_500, 500), "half a job");
        }
        program.kill();
    }
    let program = whole(&left);
    let job = submit(program.client(), 1_500).await.expect("one job");
    let all = jobs(program.client()).await;
    assert_eq!(all.len(), 1);
    let sheets = program.client().sheets(&job.name).await;
    assert_eq!(sheets.len(), 500);
    program.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_10_killed_around_the_commit_of_a_decision_it_stands_once_or_not_at_all() {
    for left in Left::on_both() {
        let printer = LyingPrinter::start(Lie::Drops).await;
        let left = with_laser(left, &printer).await;
        let program = whole(&left);
        let job = submit(program.client(), 6).await.expect("a job").name;
        program.client().until(&job, State::NeedsDecision).await;
        printer.now(Lie::None);
        program.kill();

        let program = SpoolerProgram::start(&left, Some("before-decision:1")).expect("it answers");
        assert!(
            answer(program.client(), &job, Outcome::NotPrinted)
                .await
                .is_err()
        );
        program.until_dead();
        let program = SpoolerProgram::start(&left, Some("after-decision:1")).expect("it answers");
        program.client().until(&job, State::NeedsDecision).await;
        assert!(
            answer(program.client(), &job, Outcome::NotPrinted)
                .await
                .is_err()
        );
        program.until_dead();

        let program = whole(&left);
        let sheet = program.client().sheets(&job).await.swap_remove(0);
        assert_eq!(
            sheet.attempts[0].state(),
            pb::attempt::State::NotPrinted,
            "{sheet:?}"
        );
        let twice = answer(program.client(), &job, Outcome::Lost).await;
        assert!(twice.is_err(), "it is decided");
        let request = pb::ListDecisionsRequest {
            job: job.clone(),
            ..pb::ListDecisionsRequest::default()
        };
        let decisions = program.client().jobs().list_decisions(request).await;
        let decisions = decisions.expect("decisions").into_inner().decisions;
        assert_eq!(decisions.len(), 1, "{decisions:?}");
        ends_well(program.client(), &printer, 2).await;
        program.stop();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_11_killed_in_recovery_ten_times_it_finds_the_same_and_adds_nothing() {
    for left in Left::on_both() {
        let printer = LyingPrinter::start(Lie::None).await;
        let left = with_laser(left, &printer).await;
        let program = SpoolerProgram::start(&left, Some("after-intent:1")).expect("it answers");
        let job = submit(program.client(), 6).await.expect("a job").name;
        program.until_dead();
        for _ in 0..10 {
            if let Some(program) = SpoolerProgram::start(&left, Some("in-recovery:1")) {
                program.until_dead();
            }
        }
        let program = whole(&left);
        program.client().until(&job, State::NeedsDecision).await;
        let sheet = program.client().sheets(&job).await.swap_remove(0);
        assert_eq!(sheet.attempts.len(), 1, "{sheet:?}");
        let watch = pb::WatchJobRequest {
            name: job.clone(),
            ..pb::WatchJobRequest::default()
        };
        let events = program.client().jobs().watch_job(watch).await;
        let mut events = events.expect("events").into_inner();
        let mut doubts = 0;
        while let Ok(Ok(Some(event))) =
            tokio::time::timeout(Duration::from_millis(500), events.message()).await
        {
            doubts += u32::from(event.kind == "sheet_in_doubt");
        }
        assert_eq!(doubts, 1, "told once");
        assert!(printer.marked().is_empty());
        answer(program.client(), &job, Outcome::NotPrinted)
            .await
            .expect("a decision");
        ends_well(program.client(), &printer, 2).await;
        program.stop();
    }
}

/// At most so many cuts are tried.
const CUTS: usize = 60;

#[tokio::test(flavor = "multi_thread")]
async fn fault_18_a_log_cut_at_any_byte_after_a_mark_knows_of_the_sheet() {
    let printer = LyingPrinter::start(Lie::None).await;
    printer.take_time(Duration::from_millis(15));
    let left = with_laser(Left::on_sqlite(), &printer).await;
    let program = whole(&left);
    let log = left.folder().join("spooler.db-wal");
    let job = submit(program.client(), 24).await.expect("a job").name;
    // How long the log was, at most, when each sheet was marked.
    let mut marks: Vec<(String, u64)> = Vec::new();
    while marks.len() < 6 {
        let length = log.metadata().expect("a log").len();
        for token in printer.marked().into_iter().skip(marks.len()) {
            marks.push((token, length));
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    program.kill();
    let whole_log = std::fs::read(&log).expect("a log");
    let first = usize::try_from(marks[0].1)
        .expect("a length")
        .min(whole_log.len());
    let step = ((whole_log.len() - first) / CUTS).max(512);
    let mut cuts = 0;
    for cut in (first..=whole_log.len()).step_by(step) {
        let copy = left.copy();
        std::fs::write(copy.folder().join("spooler.db-wal"), &whole_log[..cut]).expect("room");
        std::fs::remove_file(copy.folder().join("spooler.db-shm")).ok();
        let program = whole(&copy);
        let sheets = program.client().sheets(&job).await;
        let known: Vec<_> = sheets.iter().flat_map(|sheet| &sheet.attempts).collect();
        for (token, length) in &marks {
            if u64::try_from(cut).expect("a length") >= *length {
                let attempt = known.iter().find(|it| it.token == *token);
                let attempt = attempt.unwrap_or_else(|| panic!("{token} is pending after {cut}"));
                assert_ne!(attempt.state(), pb::attempt::State::Released, "{attempt:?}");
            }
        }
        program.kill();
        cuts += 1;
    }
    assert!(cuts > 3, "{cuts} cuts of {} bytes", whole_log.len());
}
