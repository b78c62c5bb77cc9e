//! Numbered stock: every number is in exactly one class, in one place, and an attempt takes the lowest that is free.

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_runtime::status::reason_of;
use formfeed_tests::command::Up;
use formfeed_tests::ipp_printer::{ABORTS, IppPrinter, PRINTS, free_port};
use formfeed_tests::spool::{Left, Spool, forms, header};
use pb::job::State;
use pb::resolve_sheet_request::Outcome;
use pb::serial_run::Class;

async fn add(spool: &Spool, printer: &str, uri: String) {
    let printer = pb::Printer {
        printer_id: printer.to_owned(),
        uri,
        evidence: pb::printer::EvidencePolicy::Operator.into(),
        ..pb::Printer::default()
    };
    spool.add_printer(printer).await.unwrap();
}

/// Puts numbered stock in; the reason when it is refused.
async fn load(spool: &Spool, to: &str, stock: &str, first: i64, sheets: i32) -> Option<String> {
    let request = pb::LoadStockRequest {
        name: format!("printers/{to}"),
        stock: stock.to_owned(),
        sheets: Some(sheets),
        first_serial: Some(first),
    };
    let loaded = spool.printers().load_stock(request).await;
    loaded.err().and_then(|refused| reason_of(&refused))
}

const TAKEN: Option<&str> = Some("SERIAL_TAKEN");

async fn report(spool: &Spool, printer: &str) -> pb::StockReport {
    let request = pb::GetStockReportRequest {
        name: format!("printers/{printer}"),
    };
    let answer = spool.printers().get_stock_report(request).await;
    answer.unwrap().into_inner()
}

fn runs(load: &pb::StockLoad) -> Vec<(Class, i64, i64)> {
    let runs = load.serials.iter();
    runs.map(|run| (run.class(), run.first, run.last)).collect()
}

async fn decide(spool: &Spool, job: &str, (first, last): (i32, i32), outcome: Outcome) {
    let request = pb::ResolveSheetRequest {
        job: job.to_owned(),
        sheet: first,
        last_sheet: last,
        outcome: outcome.into(),
        reason: "seen".to_owned(),
        ..pb::ResolveSheetRequest::default()
    };
    spool.jobs().resolve_sheet(request).await.unwrap();
}

/// The numbers that the attempts of a sheet took.
fn numbers(sheet: &pb::Sheet) -> Vec<Option<i64>> {
    sheet.attempts.iter().map(|it| it.serial).collect()
}

/// Lot 1001 to 1100; 20 sheets of 60 forms: 15 good, 3 spoiled, 1 lost, and 1 that was not printed and went out again.
#[tokio::test(flavor = "multi_thread")]
async fn every_number_of_a_lot_is_in_the_class_that_was_worked_out_by_hand() {
    for left in Left::on_both() {
        let printer = IppPrinter::start(PRINTS);
        let spool = left.start().await;
        add(&spool, "laser", printer.uri()).await;
        assert_eq!(load(&spool, "laser", "nec-3up", 1_001, 100).await, None);
        let forms = forms(FormType::Nec, 60);
        let job = spool.submit(header("r1", "laser", &forms), &forms).await;
        let job = job.unwrap().name;
        let sent = |live| {
            move |job: &pb::Job| job.report.as_ref().is_some_and(|it| it.sheets_live == live)
        };
        spool.until_job(&job, "all sent", sent(20)).await;
        spool.until(&job, State::AwaitingConfirmation).await;
        let all_sent = report(&spool, "laser").await;
        assert_eq!(
            runs(&all_sent.loads[0]),
            [(Class::Live, 1_001, 1_020), (Class::OnHand, 1_021, 1_100)]
        );

        decide(&spool, &job, (1, 15), Outcome::Printed).await;
        decide(&spool, &job, (16, 18), Outcome::Spoiled).await;
        decide(&spool, &job, (19, 19), Outcome::Lost).await;
        decide(&spool, &job, (20, 20), Outcome::NotPrinted).await;
        spool.until_job(&job, "sent again", sent(1)).await;
        spool.until(&job, State::AwaitingConfirmation).await;
        let sheets = spool.sheets(&job).await;
        assert_eq!(numbers(&sheets[15]), [Some(1_016)]);
        assert_eq!(numbers(&sheets[19]), [Some(1_020), Some(1_020)]);
        decide(&spool, &job, (20, 20), Outcome::Printed).await;

        let told = report(&spool, "laser").await;
        let lot = &told.loads[0];
        assert_eq!(
            runs(lot),
            [
                (Class::Good, 1_001, 1_015),
                (Class::Spoiled, 1_016, 1_018),
                (Class::Lost, 1_019, 1_019),
                (Class::Good, 1_020, 1_020),
                (Class::OnHand, 1_021, 1_100)
            ]
        );
        // 100 = 16 good + 3 spoiled + 1 lost + 80 on hand.
        let counts = pb::StockCounts {
            alignment: 0,
            good: 16,
            spoiled: 3,
            lost: 1,
            in_doubt: 0,
            live: 0,
        };
        assert_eq!((lot.counts, lot.on_hand), (Some(counts), Some(80)));
        assert_eq!(lot.next_serial, Some(1_021));

        let cancel = pb::CancelJobRequest {
            name: job.clone(),
            reason: "the rest is printed elsewhere".to_owned(),
        };
        spool.jobs().cancel_job(cancel).await.unwrap();
        let ended = spool.until(&job, State::Canceled).await;
        let paper = ended.report.unwrap();
        // Forms 1 to 45 and 58 to 60: 48 times 1,000.00, and 1 + ... + 45 + 58 + 59 + 60 = 1,212 cents.
        assert_eq!((paper.forms_printed, paper.sheets_abandoned), (48, 4));
        assert_eq!(paper.total_amount_cents, 48_012_12);

        assert_eq!(load(&spool, "laser", "blank", 1, 10).await, None);
        let used = load(&spool, "laser", "nec-3up", 1_018, 10).await;
        assert_eq!(used.as_deref(), TAKEN, "1018 and 1019 are spoiled and lost");
        assert_eq!(load(&spool, "laser", "nec-3up", 1_021, 80).await, None);
        let again = report(&spool, "laser").await;
        assert_eq!(runs(&again.loads[0]), [(Class::OnHand, 1_021, 1_100)]);
        assert_eq!(
            runs(&again.loads[2]).last(),
            Some(&(Class::MovedOn, 1_021, 1_100))
        );
        let nec = again
            .totals
            .iter()
            .find(|it| it.stock == "nec-3up")
            .unwrap();
        assert_eq!((nec.sheets, nec.on_hand), (Some(100), Some(80)));
        spool.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_in_doubt_stays_so_until_somebody_has_looked() {
    let printer = IppPrinter::start(ABORTS);
    let spool = Left::on_sqlite().start().await;
    add(&spool, "laser", printer.uri()).await;
    assert_eq!(load(&spool, "laser", "nec-3up", 7, 5).await, None);
    let forms = forms(FormType::Nec, 3);
    let job = spool.submit(header("r1", "laser", &forms), &forms).await;
    let job = job.unwrap().name;
    spool.until(&job, State::NeedsDecision).await;
    let told = report(&spool, "laser").await;
    let rest = (Class::OnHand, 8, 11);
    assert_eq!(runs(&told.loads[0]), [(Class::InDoubt, 7, 7), rest]);
    decide(&spool, &job, (1, 1), Outcome::Printed).await;
    let told = report(&spool, "laser").await;
    assert_eq!(runs(&told.loads[0]), [(Class::Good, 7, 7), rest]);
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_one_sheet_in_one_place() {
    for left in Left::on_both() {
        let spool = left.start().await;
        for printer in ["laser", "other"] {
            let uri = format!("ipp://127.0.0.1:{}/ipp/print", free_port());
            add(&spool, printer, uri).await;
        }
        let (here, there) = tokio::join!(
            load(&spool, "laser", "nec-3up", 1_001, 100),
            load(&spool, "other", "nec-3up", 1_100, 10),
        );
        let refused = [&here, &there].map(Option::as_deref);
        assert!(
            refused == [None, TAKEN] || refused == [TAKEN, None],
            "{refused:?}"
        );
        let (first, sheets, to, from) = match here {
            None => (1_001, 100, "other", "laser"),
            Some(_) => (1_100, 10, "laser", "other"),
        };
        let received_twice = load(&spool, from, "nec-3up", first, sheets).await;
        assert_eq!(received_twice.as_deref(), TAKEN);
        assert_eq!(load(&spool, to, "nec-3up", 2_001, 10).await, None);
        assert_eq!(
            load(&spool, to, "misc-2up", first, sheets).await,
            None,
            "other stock"
        );

        let in_the_other = load(&spool, to, "nec-3up", first, sheets).await;
        assert_eq!(in_the_other.as_deref(), TAKEN);
        assert_eq!(load(&spool, from, "blank", 1, 5).await, None);
        let taken_out = load(&spool, to, "nec-3up", first, sheets).await;
        assert_eq!(taken_out, None, "no printer has them, and none was used");
        let left_behind = report(&spool, from).await;
        let lot = &left_behind.loads[1];
        assert_eq!((lot.moved_on, lot.on_hand), (sheets, Some(0)));
        spool.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_want_sheets_and_begin_with_one() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    for (first, sheets, field) in [
        (0, Some(10), "first_serial"),
        (-5, Some(10), "first_serial"),
        (1, Some(0), "first_serial"),
        (i64::MAX, Some(10), "first_serial"),
        (1, None, "sheets"),
    ] {
        let request = pb::LoadStockRequest {
            name: "printers/files".to_owned(),
            stock: "nec-3up".to_owned(),
            sheets,
            first_serial: Some(first),
        };
        let refused = spool.printers().load_stock(request).await.unwrap_err();
        assert_eq!(refused.code(), tonic::Code::InvalidArgument);
        assert!(refused.message().contains(field), "{refused:?}");
    }
    spool.stop().await;
}

#[test]
fn the_commands_show_the_numbers() {
    let up = Up::start();
    let small = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/small/extract");
    up.run(&["import", small]).ok();
    up.run(&["calculate", "--payer", "TE1", "--tax-year", "2025"])
        .ok();
    let printer = IppPrinter::start(PRINTS);
    up.run(&["printer", "add", "laser", &printer.uri()]).ok();
    let load = ["printer", "load-stock", "laser", "nec-3up"];
    let numbers = ["--sheets", "10", "--first-serial", "1001"];
    assert_eq!(up.run(&[&load[..], &numbers[2..]].concat()).code, 2);
    up.run(&[&load[..], &numbers[..]].concat()).ok();
    let print = ["--json", "print", "--payer", "TE1", "--tax-year", "2025"];
    let to = ["--form", "nec", "--printer", "laser", "--wait"];
    let job = up.run(&[&print[..], &to[..]].concat()).ok().json();
    let job = job["job"].as_str().unwrap();
    let stock = up.run(&["printer", "stock", "laser"]).ok().out;
    assert!(
        stock.contains("  1001-1003 good\n  1004-1010 on-hand"),
        "{stock}"
    );
    let stock = up.run(&["--json", "printer", "stock", "laser"]).ok().json();
    assert_eq!(stock["loads"][0]["next_serial"], 1_004, "{stock}");
    let shown = up.run(&["job", "show", job, "--sheets"]).ok().out;
    assert!(shown.contains("1002 good"), "{shown}");
    let shown = up.run(&["--json", "job", "show", job, "--sheets"]).ok();
    let serials = &shown.json()["sheets"][2]["serials"];
    assert_eq!(
        *serials,
        serde_json::json!([{"serial": 1003, "state": "good"}])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_112_a_sheet_with_another_number_is_not_good_until_the_stock_is_loaded_anew() {
    for left in Left::on_both() {
        let printer = IppPrinter::start(PRINTS);
        let spool = left.start().await;
        add(&spool, "laser", printer.uri()).await;
        assert_eq!(load(&spool, "laser", "nec-3up", 1_001, 100).await, None);
        let forms = forms(FormType::Nec, 6);
        let job = spool.submit(header("r1", "laser", &forms), &forms).await;
        let job = job.unwrap().name;
        let sent = |job: &pb::Job| job.report.as_ref().is_some_and(|it| it.sheets_live == 2);
        spool.until_job(&job, "all sent", sent).await;
        spool.until(&job, State::AwaitingConfirmation).await;
        let say = |outcome: Outcome, serial| pb::ResolveSheetRequest {
            job: job.clone(),
            sheet: 1,
            last_sheet: 2,
            outcome: outcome.into(),
            serial,
            reason: "read off the sheet".to_owned(),
            ..pb::ResolveSheetRequest::default()
        };
        // Somebody took a sheet out of the tray: everything is one number on.
        let shifted = say(Outcome::Printed, Some(1_002));
        let refused = spool.jobs().resolve_sheet(shifted).await.unwrap_err();
        assert_eq!(reason_of(&refused).as_deref(), Some("SERIAL_MISMATCH"));
        let way_out = ["1001", "1002", "load-stock laser"];
        assert!(
            way_out.iter().all(|part| refused.message().contains(part)),
            "{refused:?}"
        );
        assert_eq!(spool.job(&job).await.state(), State::AwaitingConfirmation);

        let wrong = spool
            .jobs()
            .resolve_sheet(say(Outcome::Spoiled, None))
            .await;
        assert_eq!(wrong.unwrap().into_inner().state(), State::Stopped);
        let empty = pb::LoadStockRequest {
            name: "printers/laser".to_owned(),
            stock: "blank".to_owned(),
            ..pb::LoadStockRequest::default()
        };
        spool.printers().load_stock(empty).await.unwrap();
        assert_eq!(load(&spool, "laser", "nec-3up", 1_004, 97).await, None);
        let again = pb::ReprintSheetsRequest {
            request_id: "again".to_owned(),
            job: job.clone(),
            sheet: 1,
            last_sheet: 2,
            reason: "on the right numbers".to_owned(),
            ..pb::ReprintSheetsRequest::default()
        };
        spool.jobs().reprint_sheets(again).await.unwrap();
        spool.until_job(&job, "sent again", sent).await;
        spool.until(&job, State::AwaitingConfirmation).await;
        let right = say(Outcome::Printed, Some(1_004));
        spool.jobs().resolve_sheet(right).await.unwrap();
        let done = spool.until(&job, State::Completed).await;
        assert_eq!(done.report.expect("a report").forms_printed, 6);
        spool.stop().await;
    }
}
