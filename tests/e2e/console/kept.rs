//! What people type and decide: kept, told and proved, or refused when it cannot be read.

use formfeed_proto::spooler as pb;
use formfeed_proto::spooler::job::State;
use formfeed_runtime::access::Role;
use formfeed_tests::browser::Browser;
use formfeed_tests::ipp_printer::{IppPrinter, PRINTS};
use formfeed_tests::serial_printer::SerialPrinter;
use formfeed_tests::spool::{Left, Spool};
use pb::resolve_sheet_request::Outcome;
use serde_json::json;

use super::{laser, pause, submit, token};

/// A printer whose sheets wait for an operator's word, loaded with numbered stock.
async fn with_numbered_stock(spool: &Spool, uri: String) {
    let printer = pb::Printer {
        evidence: pb::printer::EvidencePolicy::Operator.into(),
        ..laser(uri, None)
    };
    spool.add_printer(printer).await.unwrap();
    let load = pb::LoadStockRequest {
        name: "printers/laser".to_owned(),
        stock: "nec-3up".to_owned(),
        sheets: Some(50),
        first_serial: Some(1_001),
    };
    spool.printers().load_stock(load).await.unwrap();
}

async fn resolve(spool: &Spool, job: &str, sheet: i32, outcome: Outcome) {
    let request = pb::ResolveSheetRequest {
        job: format!("jobs/{job}"),
        sheet,
        outcome: outcome.into(),
        reason: "seen".to_owned(),
        ..pb::ResolveSheetRequest::default()
    };
    spool.jobs().resolve_sheet(request).await.unwrap();
}

async fn reprint(spool: &Spool, job: &str) {
    let request = pb::ReprintSheetsRequest {
        request_id: format!("again-{job}"),
        job: format!("jobs/{job}"),
        sheet: 1,
        reason: "smeared".to_owned(),
        ..pb::ReprintSheetsRequest::default()
    };
    spool.jobs().reprint_sheets(request).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_cannot_be_read_decides_nothing() {
    let (printer, serial) = (IppPrinter::start(PRINTS), SerialPrinter::start());
    let spool = Left::on_sqlite().start().await;
    with_numbered_stock(&spool, printer.uri()).await;
    let impact = pb::Printer {
        printer_id: "impact".to_owned(),
        dialect: "escp".to_owned(),
        ..laser(serial.uri(), Some(50))
    };
    spool.add_printer(impact).await.unwrap();
    let job = submit(&spool, "r1", "laser", 6).await;
    let name = format!("jobs/{job}");
    spool.until(&name, State::AwaitingConfirmation).await;
    let facts = json!({
        "url": spool.console(), "job": job,
        "token": token(&spool, "olga", Role::Operator),
        "viewer": token(&spool, "ava", Role::Auditor),
    });
    Browser::run("unreadable", &facts).await;
    let job = spool.job(&name).await;
    assert_eq!(job.report.unwrap().sheets_printed, 0);
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_outlives_every_change_around_it() {
    let printer = IppPrinter::start(PRINTS);
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    with_numbered_stock(&spool, printer.uri()).await;
    let job = submit(&spool, "r1", "laser", 6).await;
    let name = format!("jobs/{job}");
    spool.until(&name, State::AwaitingConfirmation).await;
    resolve(&spool, &job, 1, Outcome::Lost).await;
    pause(&spool, "files").await;
    let held = submit(&spool, "r2", "files", 3).await;
    let facts = json!({
        "url": spool.console(), "job": job, "held": held,
        "token": token(&spool, "olga", Role::Operator),
    });
    let mut browser = Browser::start("typed_kept", &facts);
    browser.until("a reason is typed").await;
    pause(&spool, "laser").await;
    browser.go_on();
    browser.until("half an answer is typed").await;
    resolve(&spool, &job, 2, Outcome::Printed).await;
    browser.go_on();
    browser.until("another decides").await;
    reprint(&spool, &job).await;
    browser.go_on();
    browser.done().await;
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_decision_and_final_report_is_found_for_ever() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    let again = submit(&spool, "r1", "files", 7).await;
    spool
        .until(&format!("jobs/{again}"), State::Completed)
        .await;
    pause(&spool, "files").await;
    reprint(&spool, &again).await;
    let many = submit(&spool, "r2", "files", 3).await;
    let name = format!("jobs/{many}");
    for number in 0..205 {
        let request = pb::SetJobPriorityRequest {
            name: name.clone(),
            priority: 1 + number % 100,
            reason: String::new(),
        };
        spool.jobs().set_job_priority(request).await.unwrap();
    }
    let request = pb::CancelJobRequest {
        name,
        reason: "THE-LAST-WORD".to_owned(),
    };
    spool.jobs().cancel_job(request).await.unwrap();
    let facts = json!({
        "url": spool.console(), "many": many, "decisions": 206, "again": again,
        "token": token(&spool, "olga", Role::Operator),
    });
    Browser::run("proved", &facts).await;
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_open_pages_do_not_block_each_other() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    let facts = json!({
        "url": spool.console(),
        "token": token(&spool, "olga", Role::Operator),
    });
    let mut browser = Browser::start("many_tabs", &facts);
    browser.until("many are open").await;
    pause(&spool, "files").await;
    browser.go_on();
    browser.done().await;
    spool.stop().await;
}
