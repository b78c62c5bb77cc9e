//! One job on several printers, by whole sheets: each sheet once, one set of numbers, one report.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_runtime::status::reason_of;
use formfeed_tests::daemon::Daemon;
use formfeed_tests::ipp_printer::{IppPrinter, PRINTS, WAITS};
use formfeed_tests::postgres::fresh_postgres_url;
use formfeed_tests::spool::{Left, Spool, forms, header};
use pb::job::State;
use pb::resolve_sheet_request::Outcome;
use tonic::{Code, Status};

async fn with_lasers(spool: &Spool, lasers: &[(&str, &IppPrinter, i64)]) {
    for (id, laser, first_serial) in lasers {
        let printer = pb::Printer {
            printer_id: (*id).to_owned(),
            uri: laser.uri(),
            stock: "blank".to_owned(),
            ..pb::Printer::default()
        };
        spool.add_printer(printer).await.unwrap();
        let load = pb::LoadStockRequest {
            name: format!("printers/{id}"),
            stock: "nec-3up".to_owned(),
            sheets: Some(50),
            first_serial: Some(*first_serial),
        };
        spool.printers().load_stock(load).await.unwrap();
    }
}

async fn split(
    mut jobs: pb::job_service_client::JobServiceClient<formfeed_runtime::client::AuthChannel>,
    job: &str,
    printer: &str,
    (first_sheet, last_sheet): (i32, i32),
) -> Result<pb::Job, Status> {
    let request = pb::SplitJobRequest {
        name: job.to_owned(),
        printer: format!("printers/{printer}"),
        first_sheet,
        last_sheet,
        reason: "it takes too long".to_owned(),
    };
    Ok(jobs.split_job(request).await?.into_inner())
}

/// The printer and the serial number of the good attempt of each sheet.
fn printed_on(sheets: &[pb::Sheet]) -> Vec<(String, i64)> {
    let good = |sheet: &pb::Sheet| {
        let good: Vec<_> = sheet
            .attempts
            .iter()
            .filter(|attempt| attempt.state() == pb::attempt::State::Good)
            .collect();
        assert_eq!(good.len(), 1, "{sheet:?}");
        (good[0].printer.clone(), good[0].serial.unwrap_or_default())
    };
    sheets.iter().map(good).collect()
}

fn sheets_of(marked: &[String]) -> Vec<i32> {
    let sheet = |name: &String| {
        let (_, rest) = name.rsplit_once("-s")?;
        rest.split_once("-a")?.0.parse().ok()
    };
    let sheets: Vec<i32> = marked.iter().filter_map(sheet).collect();
    assert_eq!(sheets.iter().collect::<BTreeSet<_>>().len(), sheets.len());
    sheets
}

#[tokio::test(flavor = "multi_thread")]
async fn a_split_job_is_printed_side_by_side_and_reported_once() {
    for left in Left::on_both() {
        let (one, two) = (IppPrinter::start(WAITS), IppPrinter::start(PRINTS));
        let spool = left.start().await;
        with_lasers(&spool, &[("one", &one, 1), ("two", &two, 501)]).await;
        let forms = forms(FormType::Nec, 20);
        let job = spool.submit(header("r1", "one", &forms), &forms).await;
        let job = job.unwrap().name;
        let working = |job: &pb::Job| job.report.as_ref().is_some_and(|it| it.sheets_live == 1);
        spool.until_job(&job, "at work", working).await;

        // The first sheet is at work, and no other printer's.
        let refused = split(spool.jobs(), &job, "two", (1, 3)).await.unwrap_err();
        assert_eq!(reason_of(&refused).as_deref(), Some("SHEET_STATE"));
        let refused = split(spool.jobs(), &job, "two", (5, 8)).await.unwrap_err();
        assert_eq!(
            refused.code(),
            Code::NotFound,
            "there are seven: {refused:?}"
        );
        let refused = split(spool.jobs(), &job, "three", (2, 3))
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::NotFound);

        let begun = split(spool.jobs(), &job, "two", (0, 0)).await.unwrap();
        assert_eq!(begun.printers, ["printers/one", "printers/two"]);
        let second_half =
            |job: &pb::Job| job.report.as_ref().is_some_and(|it| it.sheets_printed == 3);
        let half = spool.until_job(&job, "half", second_half).await;
        let report = half.report.unwrap();
        assert_eq!((report.sheets_live, report.sheets_pending), (1, 3));
        assert_eq!(sheets_of(&two.marked()), [5, 6, 7]);
        // Some more, while the first printer takes its time.
        split(spool.jobs(), &job, "two", (3, 4)).await.unwrap();
        let five = |job: &pb::Job| job.report.as_ref().is_some_and(|it| it.sheets_printed == 5);
        spool.until_job(&job, "five", five).await;
        one.let_go();
        let done = spool.until(&job, State::Completed).await;
        let report = done.report.unwrap();
        assert_eq!(
            (
                report.forms_printed,
                report.forms_void,
                report.sheets_printed
            ),
            (20, 1, 7)
        );
        assert_eq!(report.total_amount_cents, 20_000_00 + 210);
        assert_eq!(sheets_of(&one.marked()), [1, 2]);
        assert_eq!(sheets_of(&two.marked()), [5, 6, 7, 3, 4]);
        let on = printed_on(&spool.sheets(&job).await);
        let numbers: Vec<_> = on.iter().map(|(_, serial)| *serial).collect();
        assert_eq!(numbers, [1, 2, 504, 505, 501, 502, 503]);
        let refused = split(spool.jobs(), &job, "two", (0, 0)).await.unwrap_err();
        assert_eq!(reason_of(&refused).as_deref(), Some("JOB_STATE"));
        spool.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printer_without_the_stock_gets_no_sheet_and_a_split_job_moves_whole() {
    let (one, two) = (IppPrinter::start(PRINTS), IppPrinter::start(PRINTS));
    let spool = Left::on_sqlite().start().await;
    with_lasers(&spool, &[("one", &one, 1), ("two", &two, 501)]).await;
    let bare = pb::Printer {
        printer_id: "bare".to_owned(),
        uri: one.uri(),
        stock: "blank".to_owned(),
        ..pb::Printer::default()
    };
    spool.add_printer(bare).await.unwrap();
    let name = "printers/one".to_owned();
    let reason = "until the job is split".to_owned();
    let pause = pb::PausePrinterRequest { name, reason };
    spool.printers().pause_printer(pause).await.unwrap();
    let forms = forms(FormType::Nec, 12);
    let job = spool.submit(header("r1", "one", &forms), &forms).await;
    let job = job.unwrap().name;
    let refused = split(spool.jobs(), &job, "bare", (1, 2)).await.unwrap_err();
    assert_eq!(reason_of(&refused).as_deref(), Some("STOCK_NOT_LOADED"));

    split(spool.jobs(), &job, "two", (2, 3)).await.unwrap();
    let two_done = |job: &pb::Job| job.report.as_ref().is_some_and(|it| it.sheets_printed == 2);
    spool.until_job(&job, "two sheets", two_done).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(sheets_of(&two.marked()), [2, 3]);
    let delete = pb::DeletePrinterRequest {
        name: "printers/two".to_owned(),
    };
    let refused = spool.printers().delete_printer(delete).await.unwrap_err();
    assert_eq!(reason_of(&refused).as_deref(), Some("PRINTER_IN_USE"));
    let list = pb::ListJobsRequest {
        printer: "printers/two".to_owned(),
        ..pb::ListJobsRequest::default()
    };
    let listed = spool.jobs().list_jobs(list).await.unwrap().into_inner();
    assert_eq!(listed.jobs.len(), 1);

    let request = pb::MoveJobRequest {
        name: job.clone(),
        printer: "printers/two".to_owned(),
        reason: String::new(),
    };
    let moved = spool.jobs().move_job(request).await.unwrap().into_inner();
    assert_eq!(moved.printers, ["printers/two"]);
    spool.until(&job, State::Completed).await;
    assert_eq!(sheets_of(&two.marked()), [2, 3, 1, 4]);
    assert!(one.marked().is_empty());
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sheets_of_a_dead_daemons_printer_go_to_another_by_decision() {
    let (dead, alive) = (IppPrinter::start(PRINTS), IppPrinter::start(PRINTS));
    let doom = [("FORMFEED_CRASH_AT", "after-intent:2")];
    let mut one = Daemon::start_with("one", &fresh_postgres_url(), &doom, None).await;
    one.add_laser("dead", &dead.uri(), "").await;
    let two = Daemon::beside(&one, "two", &[]).await;
    two.add_laser("alive", &alive.uri(), "").await;
    let forms = forms(FormType::Nec, 15);
    let job = two.submit(header("r1", "dead", &forms), &forms).await;
    let job = job.unwrap().name;
    one.until_it_died().await;
    assert_eq!(sheets_of(&dead.marked()), [1]);

    // What waits goes to the living one; the sheet that was about to be printed stays where it is.
    let refused = split(two.jobs(), &job, "alive", (2, 5)).await.unwrap_err();
    assert_eq!(reason_of(&refused).as_deref(), Some("SHEET_STATE"));
    split(two.jobs(), &job, "alive", (3, 5)).await.unwrap();
    let four = |job: &pb::Job| job.report.as_ref().is_some_and(|it| it.sheets_printed == 4);
    let open = two.until_job(&job, "four sheets", four).await;
    assert_eq!(
        open.report.unwrap().finality(),
        pb::job_report::Finality::Provisional
    );
    assert_eq!(sheets_of(&alive.marked()), [3, 4, 5]);

    let begin = Instant::now();
    while two
        .printer("dead")
        .await
        .lease
        .is_some_and(|lease| lease.shows_life)
    {
        assert!(begin.elapsed() < Duration::from_secs(10));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    two.take_over("dead", false).await.unwrap();
    two.until(&job, State::NeedsDecision).await;
    let name = "printers/dead".to_owned();
    let reason = "it is broken".to_owned();
    let pause = pb::PausePrinterRequest { name, reason };
    two.printers().pause_printer(pause).await.unwrap();
    two.resolve(&job, 2, Outcome::NotPrinted).await.unwrap();
    split(two.jobs(), &job, "alive", (2, 0)).await.unwrap();
    let done = two.until(&job, State::Completed).await;
    let report = done.report.unwrap();
    assert_eq!((report.sheets_printed, report.forms_printed), (5, 15));
    assert_eq!(report.total_amount_cents, 15_000_00 + 120);
    assert_eq!(sheets_of(&dead.marked()), [1]);
    assert_eq!(sheets_of(&alive.marked()), [3, 4, 5, 2]);
}
