//! Group 2: page printers. What the printer says is held against what it marked.

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_tests::ipp_printer::{IppPrinter, PRINTS};
use formfeed_tests::lying_printer::{Lie, LyingPrinter};
use formfeed_tests::spool::{Left, Spool, forms, header};
use ipp::model::Operation;
use pb::job::State;
use pb::resolve_sheet_request::Outcome;

use super::{at_work, decide};

/// The first sheet falls in doubt and the printer is quarantined: no second byte goes to it, and no form counts.
async fn falls_in_doubt(spool: &Spool, job: &pb::Job, printer: &LyingPrinter) {
    let job = spool.until(&job.name, State::NeedsDecision).await;
    let sent = printer.asked(Operation::SendDocument);
    tokio::time::sleep(std::time::Duration::from_millis(600)).await;
    assert_eq!(printer.asked(Operation::SendDocument), sent, "sent again");
    let report = spool.job(&job.name).await.report.unwrap();
    assert_eq!((report.sheets_in_doubt, report.forms_printed), (1, 0));
    assert_eq!(report.total_amount_cents, 0);
}

/// After a truthful answer both sheets are on paper once, and counted.
async fn ends_well(spool: &Spool, job: &pb::Job, printer: &LyingPrinter) {
    let done = spool.until(&job.name, State::Completed).await;
    let report = done.report.unwrap();
    assert_eq!((report.sheets_printed, report.forms_printed), (2, 6));
    assert_eq!(report.total_amount_cents, 6_000_21);
    assert_eq!(printer.marked().len(), 2, "{:?}", printer.marked());
}

/// A printer that marked so many sheets, and lies about it, falls in doubt; the truthful answer ends the job well.
async fn is_asked_about(lie: Lie, marked: usize) {
    let printer = LyingPrinter::start(lie).await;
    let (spool, job) = at_work(&printer, 2).await;
    falls_in_doubt(&spool, &job, &printer).await;
    assert_eq!(printer.marked().len(), marked, "{lie:?}");
    assert_eq!(printer.redirected(), 0, "a redirect is not followed");
    printer.now(Lie::None);
    let outcome = match marked {
        0 => Outcome::NotPrinted,
        _ => Outcome::Printed,
    };
    decide(&spool, &job, outcome).await.unwrap();
    ends_well(&spool, &job, &printer).await;
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_21_an_answer_to_the_document_that_cannot_be_read_is_doubt_and_never_failed_resend() {
    let lies = [
        Lie::Garbage(Operation::SendDocument),
        Lie::Empty(Operation::SendDocument),
        Lie::Cut(Operation::SendDocument),
        Lie::Redirects(Operation::SendDocument),
    ];
    for lie in lies {
        is_asked_about(lie, 1).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_21_an_answer_before_the_document_that_cannot_be_read_is_no_doubt() {
    for operation in [Operation::GetPrinterAttributes, Operation::CreateJob] {
        let printer = LyingPrinter::start(Lie::Garbage(operation)).await;
        let (spool, job) = at_work(&printer, 2).await;
        spool
            .until_job(&job.name, "told what is wrong", |job| {
                job.state_reasons
                    .iter()
                    .any(|reason| reason.contains("cannot be read"))
            })
            .await;
        assert_eq!(printer.asked(Operation::SendDocument), 0);
        printer.now(Lie::None);
        ends_well(&spool, &job, &printer).await;
        spool.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_22_a_printer_busy_before_the_document_is_waited_for() {
    let printer = LyingPrinter::start(Lie::BusyBefore(3)).await;
    let (spool, job) = at_work(&printer, 2).await;
    ends_well(&spool, &job, &printer).await;
    assert_eq!(printer.asked(Operation::SendDocument), 2);
    for sheet in spool.sheets(&job.name).await {
        let good = pb::attempt::State::Good;
        let doubt = pb::attempt::State::InDoubt;
        assert!(sheet.attempts.iter().any(|it| it.state() == good));
        assert!(sheet.attempts.iter().all(|it| it.state() != doubt));
    }
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_23_busy_after_the_document_is_doubt() {
    is_asked_about(Lie::BusyAfterDocument, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_24_aborted_after_marking_is_never_taken_as_not_printed() {
    is_asked_about(Lie::Aborts, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_27_a_number_that_belongs_to_another_job_now_proves_nothing() {
    is_asked_about(Lie::Reboots, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_27_a_printer_that_forgot_the_job_is_asked_a_person_about_and_prints_it_once() {
    is_asked_about(Lie::Drops, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_28_completed_without_a_sheet_is_doubt() {
    is_asked_about(Lie::MarksNone, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_29_two_sheets_for_one_are_doubt() {
    let printer = LyingPrinter::start(Lie::MarksTwice).await;
    let (spool, job) = at_work(&printer, 1).await;
    falls_in_doubt(&spool, &job, &printer).await;
    assert_eq!(printer.marked().len(), 2);
    decide(&spool, &job, Outcome::Printed).await.unwrap();
    let done = spool.until(&job.name, State::Completed).await;
    assert_eq!(done.report.unwrap().forms_printed, 3);
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_31_not_printed_is_refused_while_the_printer_works_on_it() {
    let printer = LyingPrinter::start(Lie::NeverEnds).await;
    let (spool, job) = at_work(&printer, 2).await;
    spool
        .until_job(&job.name, "at work", |_| {
            printer.asked(Operation::GetJobAttributes) > 1
        })
        .await;
    let spool = spool.crash().await.start().await;
    spool.until(&job.name, State::NeedsDecision).await;
    let refused = decide(&spool, &job, Outcome::NotPrinted).await.unwrap_err();
    assert_eq!(
        refused.code(),
        tonic::Code::FailedPrecondition,
        "{refused:?}"
    );
    assert!(refused.message().contains("still"), "{refused:?}");
    printer.now(Lie::None);
    printer.finish(); // late, and the printer proves it
    ends_well(&spool, &job, &printer).await;
    spool.stop().await;
}

/// SHA-256 of a certificate in PEM, by another program than ours.
fn fingerprint(pem: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("printer.crt");
    std::fs::write(&path, pem).unwrap();
    let openssl = std::process::Command::new("openssl")
        .args(["x509", "-noout", "-fingerprint", "-sha256", "-in"])
        .arg(&path)
        .output();
    let told = String::from_utf8(openssl.unwrap().stdout).unwrap();
    told.trim().rsplit('=').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_35_a_printer_with_another_certificate_gets_no_byte() {
    let (first, second) = (IppPrinter::start(PRINTS), IppPrinter::start(PRINTS));
    let secure = |printer: &IppPrinter| printer.uri().replace("ipp:", "ipps:");
    let spool = Left::on_sqlite().start().await;
    let laser = |name: &str, uri: String, certificate: Option<String>| pb::Printer {
        printer_id: name.to_owned(),
        uri,
        stock: "nec-3up".to_owned(),
        access: certificate.map(|certificate| pb::PrinterAccess {
            certificate_sha256: Some(certificate),
            ..pb::PrinterAccess::default()
        }),
        ..pb::Printer::default()
    };
    // The first connection makes each its certificate.
    for (name, printer) in [("one", &first), ("two", &second)] {
        let added = spool.add_printer(laser(name, secure(printer), None)).await;
        assert!(added.unwrap().warnings[0].contains("not trusted here"));
    }
    let [one, two] = [&first, &second].map(|it| fingerprint(&it.certificate().unwrap()));
    assert_ne!(one, two);
    let known = laser("laser", secure(&second), Some(one.clone()));
    let added = spool.add_printer(known).await.unwrap();
    assert!(added.warnings[0].contains("another certificate"));
    let forms = forms(FormType::Nec, 3);
    let job = spool.submit(header("r1", "laser", &forms), &forms).await;
    let job = job.unwrap();
    let plain = |it: &String| it.replace(':', "").to_lowercase();
    spool
        .until_job(&job.name, "told both fingerprints", |job| {
            let told = job.state_reasons.join(" ");
            told.contains(&plain(&one)) && told.contains(&plain(&two))
        })
        .await;
    assert!(spool.sheets(&job.name).await[0].attempts.is_empty());
    assert!(first.marked().is_empty() && second.marked().is_empty());
    let changed = pb::SetPrinterAccessRequest {
        name: "printers/laser".to_owned(),
        access: laser("laser", String::new(), Some(two)).access,
    };
    spool.printers().set_printer_access(changed).await.unwrap();
    spool.until(&job.name, State::Completed).await;
    assert_eq!(second.marked().len(), 1);
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_36_a_printer_that_refuses_one_copy_on_one_side_gets_no_job() {
    let printer = LyingPrinter::start(Lie::RefusesTemplate).await;
    let (spool, job) = at_work(&printer, 2).await;
    spool
        .until_job(&job.name, "told what is wrong", |job| {
            job.state_reasons
                .iter()
                .any(|reason| reason.contains("not-supported"))
        })
        .await;
    assert_eq!(printer.asked(Operation::CreateJob), 0);
    assert!(printer.marked().is_empty());
    printer.now(Lie::None);
    ends_well(&spool, &job, &printer).await;
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_comes_twice_counts_once() {
    let printer = LyingPrinter::start(Lie::AnswersTwice(Operation::SendDocument)).await;
    let (spool, job) = at_work(&printer, 2).await;
    ends_well(&spool, &job, &printer).await;
    assert_eq!(printer.asked(Operation::SendDocument), 2);
    spool.stop().await;
}
