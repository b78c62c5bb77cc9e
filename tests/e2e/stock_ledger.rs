//! Every sheet of stock is in one class, and the classes add up: figures are worked by hand.

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_tests::command::Up;
use formfeed_tests::ipp_printer::{IppPrinter, PRINTS, WAITS};
use formfeed_tests::spool::{Left, Spool, forms, header};
use pb::job::State;
use pb::resolve_sheet_request::Outcome;

/// A spooler with a laser whose sheets an operator vouches for.
async fn with_laser(left: Left, printer: &IppPrinter, sheets: i32) -> Spool {
    let spool = left.start().await;
    let laser = pb::Printer {
        printer_id: "laser".to_owned(),
        uri: printer.uri(),
        stock: "nec-3up".to_owned(),
        stock_on_hand: Some(sheets),
        evidence: pb::printer::EvidencePolicy::Operator.into(),
        ..pb::Printer::default()
    };
    spool.add_printer(laser).await.unwrap();
    spool
}

async fn report(spool: &Spool) -> pb::StockReport {
    let request = pb::GetStockReportRequest {
        name: "printers/laser".to_owned(),
    };
    let answer = spool.printers().get_stock_report(request).await;
    answer.unwrap().into_inner()
}

async fn decide(spool: &Spool, job: &str, sheets: (i32, i32), outcome: Outcome) {
    let request = pb::ResolveSheetRequest {
        job: job.to_owned(),
        sheet: sheets.0,
        last_sheet: sheets.1,
        outcome: outcome.into(),
        reason: "seen".to_owned(),
        ..pb::ResolveSheetRequest::default()
    };
    spool.jobs().resolve_sheet(request).await.unwrap();
}

async fn load(spool: &Spool, stock: &str, sheets: i32) {
    let request = pb::LoadStockRequest {
        name: "printers/laser".to_owned(),
        stock: stock.to_owned(),
        sheets: Some(sheets),
        ..pb::LoadStockRequest::default()
    };
    spool.printers().load_stock(request).await.unwrap();
}

fn counts(good: i32, spoiled: i32, lost: i32, in_doubt: i32, live: i32) -> pb::StockCounts {
    pb::StockCounts {
        alignment: 0,
        good,
        spoiled,
        lost,
        in_doubt,
        live,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn loaded_is_consumed_at_stake_and_on_hand_at_every_moment() {
    for left in Left::on_both() {
        let printer = IppPrinter::start(WAITS);
        let spool = with_laser(left, &printer, 20).await;
        let forms = forms(FormType::Nec, 18);
        let job = spool.submit(header("r1", "laser", &forms), &forms).await;
        let job = job.unwrap().name;
        let live = |job: &pb::Job| job.report.as_ref().is_some_and(|it| it.sheets_live == 1);
        spool.until_job(&job, "live", live).await;
        let begun = report(&spool).await;
        assert_eq!(begun.loads[0].counts, Some(counts(0, 0, 0, 0, 1)));
        assert_eq!(begun.loads[0].on_hand, Some(19));

        printer.let_go();
        spool.until(&job, State::AwaitingConfirmation).await;
        let sent = report(&spool).await;
        assert_eq!(sent.loads[0].counts, Some(counts(0, 0, 0, 0, 6)));
        decide(&spool, &job, (1, 3), Outcome::Printed).await;
        decide(&spool, &job, (4, 4), Outcome::Spoiled).await;
        decide(&spool, &job, (5, 5), Outcome::Lost).await;
        decide(&spool, &job, (6, 6), Outcome::NotPrinted).await;
        let again = |job: &pb::Job| job.report.as_ref().is_some_and(|it| it.sheets_live == 1);
        spool.until_job(&job, "sent again", again).await;
        let told = report(&spool).await;
        // 20 = 3 good + 1 spoiled + 1 lost + 1 live + 14: the sheet that was not printed went out again.
        assert_eq!(told.loads[0].counts, Some(counts(3, 1, 1, 0, 1)));
        assert_eq!(
            (told.loads[0].sheets, told.loads[0].on_hand),
            (Some(20), Some(14))
        );

        load(&spool, "misc-2up", 50).await;
        load(&spool, "nec-3up", 30).await;
        let after = report(&spool).await;
        let loads: Vec<_> = after
            .loads
            .iter()
            .map(|load| {
                (
                    load.stock.as_str(),
                    load.sheets,
                    load.on_hand,
                    load.in_printer,
                )
            })
            .collect();
        assert_eq!(
            loads,
            [
                ("nec-3up", Some(30), Some(30), true),
                ("misc-2up", Some(50), Some(50), false),
                ("nec-3up", Some(20), Some(14), false)
            ]
        );
        let nec = after.totals.iter().find(|total| total.stock == "nec-3up");
        let nec = nec.unwrap();
        assert_eq!(
            (nec.loads, nec.sheets, nec.on_hand),
            (2, Some(50), Some(44))
        );
        spool.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stock_of_an_unknown_printer_is_not_found() {
    let spool = Left::on_sqlite().start().await;
    let request = pb::GetStockReportRequest {
        name: "printers/nowhere".to_owned(),
    };
    let refused = spool
        .printers()
        .get_stock_report(request)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), tonic::Code::NotFound);
    spool.stop().await;
}

#[test]
fn the_command_shows_the_equation() {
    let up = Up::start();
    let small = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/small/extract");
    up.run(&["import", small]).ok();
    up.run(&["calculate", "--payer", "TE1", "--tax-year", "2025"])
        .ok();
    let printer = IppPrinter::start(PRINTS);
    up.run(&["printer", "add", "laser", &printer.uri()]).ok();
    let none = up.run(&["printer", "stock", "laser"]).ok().out;
    assert!(none.contains("no form stock was ever loaded"), "{none}");
    up.run(&[
        "printer",
        "load-stock",
        "laser",
        "nec-3up",
        "--sheets",
        "10",
    ])
    .ok();
    let form = ["--payer", "TE1", "--tax-year", "2025", "--form", "nec"];
    up.run(&[&["print"], &form[..], &["--printer", "laser", "--wait"]].concat())
        .ok();
    let told = up.run(&["printer", "stock", "laser"]).ok().out;
    let equation = "10 loaded = 3 good + 0 spoiled + 0 lost + 0 in doubt + 0 live + 7 on hand";
    assert!(told.contains(equation), "{told}");
    let load = &up.run(&["--json", "printer", "stock", "laser"]).ok().json()["loads"][0];
    assert_eq!(
        (&load["consumed"], &load["on_hand"]),
        (&3.into(), &7.into())
    );
}
