//! 57: the same happenings leave the same ledger on SQLite and PostgreSQL.

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_tests::lying_printer::{Lie, LyingPrinter};
use formfeed_tests::spool::{Left, Spool, forms, header};
use pb::job::State;
use pb::resolve_sheet_request::Outcome;

/// A sheet, what the printer makes of it, and what a person says of that.
type Step = (Lie, Outcome);

fn steps(seed: u64) -> Vec<Step> {
    let mut random = fastrand::Rng::with_seed(seed);
    let lies = [Lie::None, Lie::Aborts, Lie::MarksNone, Lie::MarksTwice];
    let words = [
        Outcome::Printed,
        Outcome::Spoiled,
        Outcome::Lost,
        Outcome::NotPrinted,
    ];
    (0..8)
        .map(|_| (lies[random.usize(..4)], words[random.usize(..4)]))
        .collect()
}

/// Takes the steps, a job each, and answers everything that is kept of them, times and ids aside.
async fn ledger(left: Left, steps: &[Step]) -> Vec<String> {
    let laser = LyingPrinter::start(Lie::None).await;
    let spool = left.start().await;
    let printer = pb::Printer {
        printer_id: "laser".to_owned(),
        uri: laser.uri(),
        stock: "nec-3up".to_owned(),
        stock_on_hand: Some(100),
        ..pb::Printer::default()
    };
    spool.add_printer(printer).await.unwrap();
    let mut kept = Vec::new();
    for (number, (lie, word)) in steps.iter().enumerate() {
        laser.now(*lie);
        let some = forms(FormType::Nec, number % 3 + 1);
        let header = header(&format!("r{number}"), "laser", &some);
        let job = spool.submit(header, &some).await.unwrap().name;
        decided(&spool, &laser, &job, *word).await;
        kept.extend(of_job(&spool, &job).await);
    }
    let request = pb::GetStockReportRequest {
        name: "printers/laser".to_owned(),
    };
    let stock = spool.printers().get_stock_report(request).await.unwrap();
    kept.extend(
        stock
            .into_inner()
            .loads
            .into_iter()
            .map(|load| format!("{:?} {:?} on hand", load.counts, load.on_hand)),
    );
    spool.stop().await;
    kept
}

/// Brings the job to its end: what is in doubt is decided, what is bad is printed again or given up.
async fn decided(spool: &Spool, laser: &LyingPrinter, job: &str, word: Outcome) {
    let settled = |job: &pb::Job| matches!(job.state(), State::Completed | State::NeedsDecision);
    if spool.until_job(job, "settled", settled).await.state() == State::Completed {
        return;
    }
    laser.now(Lie::None);
    let request = pb::ResolveSheetRequest {
        job: job.to_owned(),
        sheet: 1,
        outcome: word.into(),
        reason: "seen".to_owned(),
        device_restarted: true,
        ..pb::ResolveSheetRequest::default()
    };
    spool.jobs().resolve_sheet(request).await.unwrap();
    match word {
        Outcome::Spoiled => {
            let again = pb::ReprintSheetsRequest {
                request_id: format!("again-{}", &job[5..]),
                job: job.to_owned(),
                sheet: 1,
                reason: "spoiled".to_owned(),
                ..pb::ReprintSheetsRequest::default()
            };
            spool.jobs().reprint_sheets(again).await.unwrap();
        }
        Outcome::Lost => {
            let give_up = pb::AbandonSheetsRequest {
                request_id: format!("give-up-{}", &job[5..]),
                job: job.to_owned(),
                sheet: 1,
                reason: "not needed".to_owned(),
                ..pb::AbandonSheetsRequest::default()
            };
            spool.jobs().abandon_sheets(give_up).await.unwrap();
        }
        _ => {}
    }
    let ended = |job: &pb::Job| job.state() == State::Completed;
    spool.until_job(job, "ended", ended).await;
}

async fn of_job(spool: &Spool, job: &str) -> Vec<String> {
    let mut kept = Vec::new();
    for event in spool.events(job).await {
        kept.push(format!(
            "{} {} of {}",
            event.sequence, event.kind, event.sheet
        ));
    }
    for sheet in spool.sheets(job).await {
        kept.push(format!(
            "sheet {} {:?} {} {}",
            sheet.number,
            sheet.state(),
            sheet.void_slots,
            sheet.amount_cents
        ));
        for attempt in sheet.attempts {
            kept.push(format!(
                "attempt {} {:?} by {:?}",
                attempt.number,
                attempt.state(),
                attempt.decided_by
            ));
        }
    }
    let report = spool.job(job).await.report.expect("a report");
    kept.push(format!(
        "{:?} {} good {} void {} cents, sheets {} good {} spoiled {} abandoned",
        report.finality(),
        report.forms_printed,
        report.forms_void,
        report.total_amount_cents,
        report.sheets_printed,
        report.sheets_spoiled,
        report.sheets_abandoned
    ));
    kept
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_57_what_happens_leaves_the_same_ledger_on_both_databases() {
    for seed in 0..3 {
        let steps = steps(seed);
        let on_sqlite = ledger(Left::on_sqlite(), &steps).await;
        let on_postgres = ledger(Left::on_postgres(), &steps).await;
        assert_eq!(on_sqlite, on_postgres, "seed {seed}: {steps:?}");
        assert!(on_sqlite.len() > 30, "{on_sqlite:#?}");
    }
}
