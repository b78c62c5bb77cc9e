//! Sheets before the eyes of an operator: printed, in doubt, waiting for stock, to be aligned.

use std::time::Duration;

use formfeed_proto::spooler as pb;
use formfeed_proto::spooler::job::State;
use formfeed_runtime::access::{DutySwitch, Role};
use formfeed_spooler::CrashPoint;
use formfeed_tests::browser::Browser;
use formfeed_tests::ipp_printer::{IppPrinter, PRINTS, WAITS};
use formfeed_tests::lying_printer::{Lie, LyingPrinter};
use formfeed_tests::spool::{Left, Spool};
use ipp::model::Operation;
use serde_json::json;

use super::{laser, pause, submit, token, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_printed_live_before_an_operators_eyes() {
    let printer = IppPrinter::start(WAITS);
    let spool = Left::on_sqlite().start().await;
    let olga = token(&spool, "olga", Role::Operator);
    spool
        .add_printer(laser(printer.uri(), Some(100)))
        .await
        .unwrap();
    let facts = json!({"url": spool.console(), "token": olga});
    let mut browser = Browser::start("printed_live", &facts);
    browser.until("watching").await;
    let job = submit(&spool, "r1", "laser", 7).await;
    browser.go_on();
    browser.until("printing").await;
    printer.let_go();
    browser.go_on();
    browser.done().await;
    spool.until(&format!("jobs/{job}"), State::Completed).await;
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_in_doubt_after_a_crash_is_answered_in_the_browser() {
    let printer = LyingPrinter::start(Lie::Drops).await;
    let spool = Left::on_sqlite()
        .start_and_freeze(CrashPoint::AfterSend, 1)
        .await;
    spool
        .add_printer(laser(printer.uri(), Some(100)))
        .await
        .unwrap();
    let job = submit(&spool, "r1", "laser", 7).await;
    let name = format!("jobs/{job}");
    until("sent", async || printer.asked(Operation::SendDocument) > 0).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let spool = spool.crash().await.start().await;
    spool.until(&name, State::NeedsDecision).await;
    printer.now(Lie::None);
    let olga = token(&spool, "olga", Role::Operator);
    let facts = json!({"url": spool.console(), "token": olga, "job": job});
    Browser::run("doubt_answered", &facts).await;
    spool.until(&name, State::Completed).await;
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printer_without_stock_is_loaded_in_the_browser_and_prints() {
    let printer = IppPrinter::start(PRINTS);
    let spool = Left::on_sqlite().start().await;
    let olga = token(&spool, "olga", Role::Operator);
    spool.add_printer(laser(printer.uri(), None)).await.unwrap();
    let job = submit(&spool, "r1", "laser", 7).await;
    let facts = json!({"url": spool.console(), "token": olga, "job": job});
    Browser::run("stock_loaded", &facts).await;
    let job = spool.until(&format!("jobs/{job}"), State::Completed).await;
    assert_eq!(job.report.unwrap().forms_printed, 7);
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn readings_of_a_test_sheet_are_accepted_in_the_browser() {
    let printer = IppPrinter::start(PRINTS);
    let spool = Left::on_sqlite().start().await;
    let olga = token(&spool, "olga", Role::Operator);
    spool
        .add_printer(laser(printer.uri(), Some(100)))
        .await
        .unwrap();
    // Everything lies a tenth of an inch too far to the right.
    let marks = [["1.1", "1"], ["7.6", "1"], ["27.94mm", "10"]];
    let facts = json!({"url": spool.console(), "token": olga, "marks": marks});
    Browser::run("aligned", &facts).await;
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_operators_the_first_wins_and_the_second_is_told() {
    let printer = LyingPrinter::start(Lie::Drops).await;
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    spool
        .add_printer(laser(printer.uri(), Some(100)))
        .await
        .unwrap();
    let job = submit(&spool, "r1", "laser", 6).await;
    spool
        .until(&format!("jobs/{job}"), State::NeedsDecision)
        .await;
    pause(&spool, "files").await;
    let second = submit(&spool, "r2", "files", 3).await;
    let facts = json!({
        "url": spool.console(), "job": job, "second": second,
        "olga": token(&spool, "olga", Role::Operator),
        "bert": token(&spool, "bert", Role::Operator),
    });
    Browser::run("two_people", &facts).await;
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_person_approves_and_agrees_in_the_browser() {
    let printer = LyingPrinter::start(Lie::Drops).await;
    let spool = Left::on_sqlite().start().await;
    spool
        .add_printer(laser(printer.uri(), Some(100)))
        .await
        .unwrap();
    let job = submit(&spool, "r1", "laser", 6).await;
    spool
        .until(&format!("jobs/{job}"), State::NeedsDecision)
        .await;
    let duty = DutySwitch::open(spool.folder());
    duty.set(true, Some(0), "ada").unwrap();
    let facts = json!({
        "url": spool.console(), "job": job, "picture": std::env::var("FORMFEED_PICTURE").ok(),
        "olga": token(&spool, "olga", Role::Operator),
        "bert": token(&spool, "bert", Role::Operator),
    });
    Browser::run("second_person", &facts).await;
    spool.stop().await;
}

async fn hold(spool: &Spool, job: &str) {
    let name = format!("jobs/{job}");
    let request = pb::HoldJobRequest { name };
    spool.jobs().hold_job(request).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printer_that_wants_stock_is_seen_behind_any_line_and_held_job() {
    let printer = IppPrinter::start(PRINTS);
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    pause(&spool, "files").await;
    for number in 0..27 {
        submit(&spool, &format!("r{number}"), "files", 1).await;
    }
    spool.add_printer(laser(printer.uri(), None)).await.unwrap();
    let first = submit(&spool, "held", "laser", 1).await;
    hold(&spool, &first).await;
    submit(&spool, "stopped", "laser", 1).await;
    let facts = json!({
        "url": spool.console(), "token": token(&spool, "olga", Role::Operator),
        "wanted": ["files is stopped", "laser cannot print its next job"],
        "printer": "laser", "card": "load stock nec-3up on laser",
    });
    Browser::run("waits", &facts).await;
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_sheet_is_one_question_and_stops_no_printer() {
    let printer = LyingPrinter::start(Lie::Drops).await;
    let spool = Left::on_sqlite().start().await;
    spool
        .add_printer(laser(printer.uri(), Some(100)))
        .await
        .unwrap();
    let job = submit(&spool, "r1", "laser", 1).await;
    let name = format!("jobs/{job}");
    spool.until(&name, State::NeedsDecision).await;
    let lost = pb::ResolveSheetRequest {
        job: name.clone(),
        sheet: 1,
        outcome: pb::resolve_sheet_request::Outcome::Lost.into(),
        reason: "nowhere to be seen".to_owned(),
        ..pb::ResolveSheetRequest::default()
    };
    spool.jobs().resolve_sheet(lost).await.unwrap();
    spool.until(&name, State::Stopped).await;
    let facts = json!({
        "url": spool.console(), "token": token(&spool, "olga", Role::Operator),
        "wanted": ["Sheet 1 is lost"],
        "printer": "laser", "card": "none at work",
    });
    Browser::run("waits", &facts).await;
    spool.stop().await;
}
