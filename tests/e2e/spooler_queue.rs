//! The queue: stock, trouble, hold, cancel, printers that do not wait for each other.

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_runtime::status::reason_of;
use formfeed_tests::ipp_printer::{IppPrinter, OUT_OF_PAPER, PRINTS, WAITS, free_port};
use formfeed_tests::spool::{Left, Spool, forms, header};
use pb::job::State;

async fn with_dead_laser(spool: Spool, stock: &str) -> Spool {
    let laser = pb::Printer {
        printer_id: "laser".to_owned(),
        uri: format!("ipp://127.0.0.1:{}/ipp/print", free_port()),
        stock: stock.to_owned(),
        ..pb::Printer::default()
    };
    spool.add_printer(laser).await.unwrap();
    spool
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_for_other_stock_waits_and_says_what_to_load() {
    for left in Left::on_both() {
        let spool = with_dead_laser(left.start().await, "").await;
        let forms = forms(FormType::Nec, 3);
        let mut header = header("r1", "laser", &forms);
        let refused = spool.submit(header.clone(), &forms).await.unwrap_err();
        assert_eq!(reason_of(&refused).as_deref(), Some("STOCK_NOT_LOADED"));
        assert!(refused.message().contains("load nec-3up"));

        header.stock = "nec-3up".to_owned();
        let job = spool.submit(header, &forms).await.unwrap();
        assert_eq!(job.state(), State::Stopped);
        assert_eq!(job.state_reasons, ["load stock nec-3up on laser"]);
        let load = pb::LoadStockRequest {
            name: "printers/laser".to_owned(),
            stock: "nec-3up".to_owned(),
            sheets: Some(20),
            ..pb::LoadStockRequest::default()
        };
        let loaded = spool.printers().load_stock(load).await.unwrap();
        assert_eq!(loaded.into_inner().stock_on_hand, Some(20));
        let offline = |job: &pb::Job| {
            job.state() == State::Stopped
                && job.state_reasons.iter().any(|it| it.contains("offline"))
        };
        spool.until_job(&job.name, "offline", offline).await;
        let sheets = spool.sheets(&job.name).await;
        assert!(sheets[0].attempts.is_empty(), "a dead printer is no doubt");
        spool.stop().await;
    }
}

/// A spooler with a laser that has nec-3up loaded.
async fn with_laser(printer: &IppPrinter, sheets: Option<i32>) -> Spool {
    let spool = Left::on_sqlite().start().await;
    let laser = pb::Printer {
        printer_id: "laser".to_owned(),
        uri: printer.uri(),
        stock: "nec-3up".to_owned(),
        stock_on_hand: sheets,
        ..pb::Printer::default()
    };
    spool.add_printer(laser).await.unwrap();
    spool
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printer_out_of_paper_is_shown_in_words_and_goes_on_by_itself() {
    let printer = IppPrinter::start(OUT_OF_PAPER);
    let spool = with_laser(&printer, None).await;
    let forms = forms(FormType::Nec, 3);
    let header = header("r1", "laser", &forms);
    let job = spool.submit(header, &forms).await.unwrap();
    let out = |job: &pb::Job| job.state_reasons.iter().any(|it| it == "out of paper");
    let waiting = spool.until_job(&job.name, "out of paper", out).await;
    assert_eq!(waiting.state(), State::Processing);
    assert_eq!(waiting.report.unwrap().sheets_in_doubt, 0);
    printer.let_go();
    let done = spool.until(&job.name, State::Completed).await;
    assert!(done.state_reasons.is_empty());
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_takes_effect_at_the_border_of_the_sheet() {
    let printer = IppPrinter::start(WAITS);
    let spool = with_laser(&printer, None).await;
    let forms = forms(FormType::Nec, 9);
    let header = header("r1", "laser", &forms);
    let job = spool.submit(header, &forms).await.unwrap();
    let live = |job: &pb::Job| job.report.as_ref().is_some_and(|r| r.sheets_live == 1);
    spool.until_job(&job.name, "live", live).await;
    let cancel = pb::CancelJobRequest {
        name: job.name.clone(),
        reason: "wrong year".to_owned(),
    };
    let asked = spool.jobs().cancel_job(cancel).await.unwrap().into_inner();
    assert_eq!(asked.state(), State::Processing, "{asked:?}");
    printer.let_go();
    let ended = spool.until(&job.name, State::Canceled).await;
    let report = ended.report.unwrap();
    assert_eq!(report.finality(), pb::job_report::Finality::Final);
    assert_eq!((report.sheets_printed, report.sheets_abandoned), (1, 2));
    assert_eq!(report.total_amount_cents, 3_000_06);
    assert_eq!(printer.marked().len(), 1);
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stock_that_is_counted_out_is_asked_for() {
    let printer = IppPrinter::start(PRINTS);
    let spool = with_laser(&printer, Some(1)).await;
    let forms = forms(FormType::Nec, 6);
    let header = header("r1", "laser", &forms);
    let job = spool.submit(header, &forms).await.unwrap();
    let stopped = spool.until(&job.name, State::Stopped).await;
    assert_eq!(stopped.report.unwrap().sheets_printed, 1);
    let reason = &stopped.state_reasons[0];
    assert!(reason.contains("has no nec-3up left"), "{reason}");
    let load = pb::LoadStockRequest {
        name: "printers/laser".to_owned(),
        stock: "nec-3up".to_owned(),
        sheets: Some(5),
        ..pb::LoadStockRequest::default()
    };
    spool.printers().load_stock(load).await.unwrap();
    spool.until(&job.name, State::Completed).await;
    let get = pb::GetPrinterRequest {
        name: "printers/laser".to_owned(),
    };
    let laser = spool.printers().get_printer(get).await.unwrap();
    assert_eq!(laser.into_inner().stock_on_hand, Some(4));
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_go_by_priority_and_then_as_they_came() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    let name = "printers/files".to_owned();
    let pause = pb::PausePrinterRequest {
        name: name.clone(),
        reason: "to see the order".to_owned(),
    };
    spool.printers().pause_printer(pause).await.unwrap();
    let forms = forms(FormType::Nec, 1);
    let mut jobs = Vec::new();
    for (request, priority) in [("r1", 0), ("r2", 10), ("r3", 90), ("r4", 50)] {
        let mut header = header(request, "files", &forms);
        header.priority = priority;
        jobs.push(spool.submit(header, &forms).await.unwrap().name);
    }
    let resume = pb::ResumePrinterRequest { name };
    spool.printers().resume_printer(resume).await.unwrap();
    let mut ended = Vec::new();
    for name in &jobs {
        let done = spool.until(name, State::Completed).await;
        let at = done.update_time.unwrap();
        ended.push(((at.seconds, at.nanos), name.clone()));
    }
    ended.sort();
    let order: Vec<_> = ended.into_iter().map(|(_, name)| name).collect();
    let expected = [2, 0, 3, 1].map(|index: usize| jobs[index].clone());
    assert_eq!(order, expected);
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_is_told_why_the_first_in_line_waits() {
    let spool = with_dead_laser(Left::on_sqlite().start().await, "").await;
    let forms = forms(FormType::Nec, 3);
    let mut header = header("r1", "laser", &forms);
    header.stock = "nec-3up".to_owned();
    let job = spool.submit(header, &forms).await.unwrap();
    let watch = pb::WatchJobRequest {
        name: job.name,
        after_sequence: 1,
    };
    let stream = spool.jobs().watch_job(watch).await.unwrap();
    let event = stream.into_inner().message().await.unwrap().unwrap();
    assert_eq!(event.kind, "stopped");
    assert_eq!(event.message, "load stock nec-3up on laser");
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_printer_delays_no_other() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    let spool = with_dead_laser(spool, "nec-3up").await;
    let forms = forms(FormType::Nec, 3);
    let dead = header("r1", "laser", &forms);
    let dead = spool.submit(dead, &forms).await.unwrap();
    let alive = header("r2", "files", &forms);
    let alive = spool.submit(alive, &forms).await.unwrap();
    spool.until(&alive.name, State::Completed).await;
    spool.until(&dead.name, State::Stopped).await;
    let delete = pb::DeletePrinterRequest {
        name: "printers/laser".to_owned(),
    };
    let refused = spool.printers().delete_printer(delete.clone()).await;
    assert_eq!(
        reason_of(&refused.unwrap_err()).as_deref(),
        Some("PRINTER_IN_USE")
    );
    let cancel = pb::CancelJobRequest {
        name: dead.name,
        reason: "the printer is dead".to_owned(),
    };
    let ended = spool.jobs().cancel_job(cancel).await.unwrap().into_inner();
    assert_eq!(ended.state(), State::Canceled);
    assert_eq!(ended.report.unwrap().sheets_abandoned, 1);
    spool.printers().delete_printer(delete).await.unwrap();
    let list = pb::ListPrintersRequest::default();
    let printers = spool.printers().list_printers(list).await.unwrap();
    let names: Vec<_> = printers.into_inner().printers;
    assert_eq!(names.len(), 1);
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_job_waits_until_it_is_released_and_a_paused_printer_until_it_is_resumed() {
    for left in Left::on_both() {
        let spool = left.start().await.with_file_printer().await;
        let name = "printers/files".to_owned();
        let pause = pb::PausePrinterRequest {
            name: name.clone(),
            reason: "toner".to_owned(),
        };
        spool.printers().pause_printer(pause).await.unwrap();
        let forms = forms(FormType::Nec, 3);
        let header = header("r1", "files", &forms);
        let job = spool.submit(header, &forms).await.unwrap();
        assert_eq!(job.state(), State::Stopped);
        assert_eq!(job.state_reasons, ["printer files is paused: toner"]);
        let hold = pb::HoldJobRequest {
            name: job.name.clone(),
        };
        let held = spool.jobs().hold_job(hold).await.unwrap().into_inner();
        assert_eq!(held.state(), State::Held);
        let resume = pb::ResumePrinterRequest { name };
        spool.printers().resume_printer(resume).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        assert_eq!(spool.job(&job.name).await.state(), State::Held);
        let release = pb::ReleaseJobRequest {
            name: job.name.clone(),
        };
        spool.jobs().release_job(release).await.unwrap();
        spool.until(&job.name, State::Completed).await;
        let hold = pb::HoldJobRequest { name: job.name };
        let refused = spool.jobs().hold_job(hold).await.unwrap_err();
        assert_eq!(reason_of(&refused).as_deref(), Some("JOB_STATE"));
        spool.stop().await;
    }
}
