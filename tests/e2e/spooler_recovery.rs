//! The spooler dies at any point and comes back: nothing is lost, nothing printed twice, the totals are right.

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_spooler::CrashPoint;
use formfeed_tests::ipp_printer::{IppPrinter, PRINTS};
use formfeed_tests::serial_printer::SerialPrinter;
use formfeed_tests::spool::{Left, Spool, forms, header};
use pb::job::State;
use std::time::Duration;

/// The state of every attempt of every sheet.
async fn attempts(spool: &Spool, job: &str) -> Vec<Vec<pb::attempt::State>> {
    let sheets = spool.sheets(job).await;
    let states = |sheet: &pb::Sheet| sheet.attempts.iter().map(|a| a.state()).collect();
    sheets.iter().map(states).collect()
}

/// Waits until the worker stands at its crash point: the attempts are in the state that is durable there.
async fn until_frozen(spool: &Spool, job: &str, state: pb::attempt::State) {
    let start = std::time::Instant::now();
    loop {
        let found = attempts(spool, job).await;
        if found.iter().flatten().any(|attempt| *attempt == state) {
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "{found:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // The bytes may still be on their way to the point.
    tokio::time::sleep(Duration::from_millis(200)).await;
}

/// What is durable when the process dies at a point.
fn durable(point: CrashPoint) -> pb::attempt::State {
    use pb::attempt::State as A;
    match point {
        CrashPoint::AfterReserve => A::Reserved,
        CrashPoint::AfterIntent | CrashPoint::BeforeSend | CrashPoint::AfterSend => A::Intent,
        CrashPoint::AfterInFlight | CrashPoint::AfterSettle => A::InFlight,
        CrashPoint::AfterOutcome => A::Good,
        beside => panic!("{beside:?} is no point in the life of an attempt"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_printed_once_wherever_the_spooler_dies() {
    for point in CrashPoint::OF_AN_ATTEMPT {
        for left in Left::on_both() {
            let spool = left.start_and_freeze(point, 1).await;
            let spool = spool.with_file_printer().await;
            let forms = forms(FormType::Nec, 7);
            let header = header("r1", "files", &forms);
            let job = spool.submit(header, &forms).await.unwrap();
            until_frozen(&spool, &job.name, durable(point)).await;

            let spool = spool.crash().await.start().await;
            let done = spool.until(&job.name, State::Completed).await;
            let report = done.report.unwrap();
            let counted = (
                report.forms_printed,
                report.forms_void,
                report.sheets_printed,
                report.total_amount_cents,
            );
            assert_eq!(counted, (7, 2, 3, 7_000_28), "{point:?}");
            assert_eq!(spool.printed().len(), 1, "{point:?}");
            for states in attempts(&spool, &job.name).await {
                let good = |state: &&pb::attempt::State| **state == pb::attempt::State::Good;
                assert_eq!(states.iter().filter(good).count(), 1, "{point:?}");
            }
            spool.stop().await;
        }
    }
}

/// A spooler with an impact printer that has the IRS's stock loaded.
async fn with_impact(spool: Spool, printer: &SerialPrinter, evidence: &str) -> Spool {
    use pb::printer::EvidencePolicy;
    let evidence = match evidence {
        "sent" => EvidencePolicy::Sent,
        _ => EvidencePolicy::Unspecified,
    };
    let impact = pb::Printer {
        printer_id: "impact".to_owned(),
        uri: printer.uri(),
        dialect: "escp".to_owned(),
        evidence: evidence.into(),
        stock: "nec-3up".to_owned(),
        ..pb::Printer::default()
    };
    spool.add_printer(impact).await.unwrap();
    spool
}

fn form_feeds(printer: &SerialPrinter) -> usize {
    printer
        .received()
        .iter()
        .filter(|byte| **byte == 0x0C)
        .count()
}

async fn resolve(
    spool: &Spool,
    job: &str,
    (sheet, last_sheet): (i32, i32),
    outcome: pb::resolve_sheet_request::Outcome,
    reason: &str,
) -> Result<pb::Job, tonic::Status> {
    let request = pb::ResolveSheetRequest {
        job: job.to_owned(),
        sheet,
        last_sheet,
        except_sheets: vec![],
        outcome: outcome.into(),
        reason: reason.to_owned(),
        ..pb::ResolveSheetRequest::default()
    };
    Ok(spool.jobs().resolve_sheet(request).await?.into_inner())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_in_doubt_stops_its_printer_until_somebody_decides() {
    use pb::resolve_sheet_request::Outcome;
    for left in Left::on_both() {
        let printer = SerialPrinter::start();
        let spool = left.start_and_freeze(CrashPoint::AfterSend, 2).await;
        let spool = with_impact(spool, &printer, "sent").await;
        let forms = forms(FormType::Nec, 9);
        let header = header("r1", "impact", &forms);
        let job = spool.submit(header, &forms).await.unwrap();
        until_frozen(&spool, &job.name, pb::attempt::State::Good).await;
        let before = form_feeds(&printer);
        assert_eq!(before, 2, "the second sheet left, and was not recorded");

        let spool = spool.crash().await.start().await;
        let doubt = spool.until(&job.name, State::NeedsDecision).await;
        // Dying again and again while in doubt changes nothing.
        let known = attempts(&spool, &job.name).await;
        let mut spool = spool;
        for _dies_again in 0..3 {
            spool = spool.crash().await.start().await;
            spool.until(&job.name, State::NeedsDecision).await;
            assert_eq!(attempts(&spool, &job.name).await, known);
        }
        let report = doubt.report.unwrap();
        assert_eq!(
            (
                report.sheets_printed,
                report.sheets_in_doubt,
                report.sheets_pending
            ),
            (1, 1, 1)
        );
        assert_eq!(report.finality(), pb::job_report::Finality::Provisional);
        assert!(report.total_amount_cents < report.total_amount_at_most_cents);
        let list = pb::ListSheetsRequest {
            job: job.name.clone(),
            undecided_only: true,
            ..pb::ListSheetsRequest::default()
        };
        let undecided = spool.jobs().list_sheets(list).await.unwrap().into_inner();
        assert_eq!(undecided.sheets.len(), 1);
        assert_eq!(undecided.sheets[0].number, 2);
        assert_eq!(
            undecided.sheets[0].account_numbers,
            ["R0004", "R0005", "R0006"]
        );
        let name = "printers/impact".to_owned();
        let get = pb::GetPrinterRequest { name: name.clone() };
        let status = spool
            .printers()
            .get_printer(get)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(status.state(), pb::printer::State::Quarantined);
        let resume = pb::ResumePrinterRequest { name };
        let refused = spool.printers().resume_printer(resume).await.unwrap_err();
        assert_eq!(refused.code(), tonic::Code::FailedPrecondition);
        tokio::time::sleep(Duration::from_millis(400)).await;
        assert_eq!(form_feeds(&printer), before, "time resolves no doubt");

        // A decision about what needs none, and one without a reason, change nothing.
        let none = resolve(&spool, &job.name, (1, 3), Outcome::Printed, "").await;
        assert!(none.is_err());
        let none = resolve(&spool, &job.name, (2, 0), Outcome::NotPrinted, "").await;
        assert_eq!(none.unwrap_err().code(), tonic::Code::InvalidArgument);
        resolve(&spool, &job.name, (2, 0), Outcome::NotPrinted, "blank")
            .await
            .unwrap();
        let done = spool.until(&job.name, State::Completed).await;
        let report = done.report.unwrap();
        assert_eq!((report.forms_printed, report.sheets_printed), (9, 3));
        assert!(report.evidence.contains("every byte was taken"));
        assert_eq!(form_feeds(&printer), before + 2);
        let again = resolve(&spool, &job.name, (2, 0), Outcome::Printed, "").await;
        assert_eq!(again.unwrap_err().code(), tonic::Code::FailedPrecondition);
        spool.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sheets_of_an_impact_printer_with_irs_stock_wait_for_an_operators_word() {
    use pb::resolve_sheet_request::Outcome;
    for left in Left::on_both() {
        let printer = SerialPrinter::start();
        let spool = with_impact(left.start().await, &printer, "").await;
        let forms = forms(FormType::Nec, 9);
        let header = header("r1", "impact", &forms);
        let job = spool.submit(header, &forms).await.unwrap();
        let sent = spool.until(&job.name, State::AwaitingConfirmation).await;
        assert_eq!(sent.report.unwrap().sheets_printed, 0);
        assert_eq!(form_feeds(&printer), 3);
        let request = pb::ResolveSheetRequest {
            job: job.name.clone(),
            sheet: 1,
            last_sheet: 3,
            except_sheets: vec![2],
            outcome: Outcome::Printed.into(),
            ..pb::ResolveSheetRequest::default()
        };
        spool.jobs().resolve_sheet(request).await.unwrap();
        let stopped = resolve(&spool, &job.name, (2, 0), Outcome::Spoiled, "jam")
            .await
            .unwrap();
        assert_eq!(stopped.state(), State::Stopped);
        let report = stopped.report.unwrap();
        assert_eq!((report.sheets_spoiled, report.sheets_pending), (1, 1));
        let twice = resolve(&spool, &job.name, (2, 0), Outcome::Spoiled, "jam").await;
        assert_eq!(twice.unwrap_err().code(), tonic::Code::AlreadyExists);
        let other = resolve(&spool, &job.name, (2, 0), Outcome::Lost, "gone").await;
        assert_eq!(other.unwrap_err().code(), tonic::Code::Aborted);
        let cancel = pb::CancelJobRequest {
            name: job.name.clone(),
            reason: "go on without it".to_owned(),
        };
        let ended = spool.jobs().cancel_job(cancel).await.unwrap().into_inner();
        assert_eq!(ended.state(), State::Canceled);
        let report = ended.report.unwrap();
        assert_eq!(report.finality(), pb::job_report::Finality::Final);
        assert_eq!(
            (
                report.forms_printed,
                report.sheets_printed,
                report.sheets_spoiled,
                report.sheets_abandoned
            ),
            (6, 2, 1, 1)
        );
        assert_eq!(report.total_amount_cents, 6_000_30);
        assert_eq!(form_feeds(&printer), 3, "no sheet was printed again");
        spool.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_laser_that_proves_its_sheet_settles_it_after_a_restart_without_printing_again() {
    for point in [CrashPoint::AfterSend, CrashPoint::AfterInFlight] {
        let printer = IppPrinter::start(PRINTS);
        let spool = Left::on_sqlite().start_and_freeze(point, 1).await;
        let laser = pb::Printer {
            printer_id: "laser".to_owned(),
            uri: printer.uri(),
            stock: "nec-3up".to_owned(),
            stock_on_hand: Some(10),
            ..pb::Printer::default()
        };
        spool.add_printer(laser).await.unwrap();
        let forms = forms(FormType::Nec, 7);
        let header = header("r1", "laser", &forms);
        let job = spool.submit(header, &forms).await.unwrap();
        until_frozen(&spool, &job.name, durable(point)).await;
        let start = std::time::Instant::now();
        while printer.marked().is_empty() {
            assert!(start.elapsed() < Duration::from_secs(20));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let spool = spool.crash().await.start().await;
        let done = spool.until(&job.name, State::Completed).await;
        assert_eq!(done.report.unwrap().sheets_printed, 3);
        assert_eq!(printer.marked().len(), 3, "each sheet once");
        let sheets = spool.sheets(&job.name).await;
        assert_eq!(sheets[0].attempts[0].decided_by, "device");
        let get = pb::GetPrinterRequest {
            name: "printers/laser".to_owned(),
        };
        let status = spool.printers().get_printer(get).await.unwrap();
        assert_eq!(status.into_inner().stock_on_hand, Some(7));
        spool.stop().await;
    }
}
