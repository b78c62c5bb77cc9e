//! Group 2: page printers. What the printer says is held against what it marked.

use std::time::{Duration, Instant};

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_tests::ipp_printer::{IppPrinter, PRINTS};
use formfeed_tests::lying_printer::{Lie, LyingPrinter};
use formfeed_tests::spool::{Left, Spool, forms, header};
use ipp::model::Operation;
use pb::job::State;
use pb::resolve_sheet_request::Outcome;

use super::{at_work, decide, with_laser};

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
async fn fault_31_a_result_after_the_decision_is_told_and_changes_nothing_by_itself() {
    let printer = LyingPrinter::start(Lie::Aborts).await;
    let (spool, job) = at_work(&printer, 1).await;
    falls_in_doubt(&spool, &job, &printer).await;
    let hold = pb::HoldJobRequest {
        name: job.name.clone(),
    };
    spool.jobs().hold_job(hold).await.unwrap();
    decide(&spool, &job, Outcome::NotPrinted).await.unwrap();
    printer.completes_what_it_aborted();
    printer.now(Lie::None);
    let release = pb::ReleaseJobRequest {
        name: job.name.clone(),
    };
    spool.jobs().release_job(release).await.unwrap();
    let told = "says now that sheet 1";
    spool
        .until_job(&job.name, "told", |job| {
            job.state_reasons.join(" ").contains(told)
        })
        .await;
    let sheet = &spool.sheets(&job.name).await[0];
    assert_eq!(sheet.attempts.len(), 1, "nothing was tried again");
    assert_eq!(sheet.attempts[0].state(), pb::attempt::State::NotPrinted);
    assert_eq!(printer.marked().len(), 1);
    let events = spool.events(&job.name).await;
    let late: Vec<_> = events
        .iter()
        .filter(|it| it.kind == "late_result")
        .collect();
    assert_eq!(late.len(), 1, "told once");
    assert_eq!(late[0].sheet, 1);
    assert!(late[0].message.contains("completed, 1 sides"), "{late:?}");

    let laser = laser_of(&spool).await;
    assert!(laser.state_reasons.join(" ").contains(told), "{laser:?}");
    resume(&spool).await; // the late sheet went into the bin
    let done = spool.until(&job.name, State::Completed).await;
    assert_eq!(done.report.unwrap().forms_printed, 3);
    assert_eq!(printer.marked().len(), 2);
    spool.stop().await;
}

async fn laser_of(spool: &Spool) -> pb::Printer {
    let request = pb::GetPrinterRequest {
        name: "printers/laser".to_owned(),
    };
    let answer = spool.printers().get_printer(request).await;
    answer.unwrap().into_inner()
}

async fn resume(spool: &Spool) {
    let request = pb::ResumePrinterRequest {
        name: "printers/laser".to_owned(),
    };
    spool.printers().resume_printer(request).await.unwrap();
}

/// One more sheet on the printer, as a job of its own.
async fn one_sheet(spool: &Spool, request_id: &str) -> pb::Job {
    let forms = forms(FormType::Nec, 3);
    let header = header(request_id, "laser", &forms);
    spool.submit(header, &forms).await.unwrap()
}

async fn load(spool: &Spool, first_serial: i64) {
    let request = pb::LoadStockRequest {
        name: "printers/laser".to_owned(),
        stock: "nec-3up".to_owned(),
        sheets: Some(10),
        first_serial: Some(first_serial),
    };
    spool.printers().load_stock(request).await.unwrap();
}

async fn foreign_jobs(spool: &Spool, job: &pb::Job) -> Vec<String> {
    let events = spool.events(&job.name).await.into_iter();
    let foreign = events.filter(|event| event.kind == "foreign_job");
    foreign.map(|event| event.message).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_33_somebody_elses_job_on_counted_stock_is_told_and_the_next_sheet_goes() {
    let printer = IppPrinter::start(PRINTS);
    let spool = with_laser(printer.uri()).await;
    let first = one_sheet(&spool, "r1").await;
    spool.until(&first.name, State::Completed).await;
    let folder = tempfile::tempdir().unwrap();
    let letter = folder.path().join("letter.pdf");
    std::fs::write(&letter, b"%PDF-1.4\n").unwrap();
    let printed = std::process::Command::new("ipptool")
        .args(["-q", "-f"])
        .arg(&letter)
        .args([printer.uri().as_str(), "print-job.test"])
        .status();
    assert!(printed.is_ok_and(|status| status.success()), "ipptool");
    let second = one_sheet(&spool, "r2").await;
    spool.until(&second.name, State::Completed).await;
    let told = foreign_jobs(&spool, &second).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("somebody else printed"), "{told:?}");
    let third = one_sheet(&spool, "r3").await;
    spool.until(&third.name, State::Completed).await;
    assert!(foreign_jobs(&spool, &third).await.is_empty(), "told once");
    assert!(foreign_jobs(&spool, &first).await.is_empty());
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_33_somebody_elses_job_on_numbered_stock_stops_the_printer_until_somebody_looked() {
    let printer = LyingPrinter::start(Lie::None).await;
    let spool = with_laser(printer.uri()).await;
    load(&spool, 1001).await;
    let serial = async |spool: &Spool, job: &pb::Job| {
        spool.until(&job.name, State::Completed).await;
        spool.sheets(&job.name).await[0].attempts[0].serial
    };
    let first = one_sheet(&spool, "r1").await;
    assert_eq!(serial(&spool, &first).await, Some(1001));
    let second = one_sheet(&spool, "r2").await;
    assert_eq!(
        serial(&spool, &second).await,
        Some(1002),
        "our own disturbs nobody"
    );

    for (request, in_list) in [("r3", true), ("r4", false)] {
        printer.somebody_prints("letter.odt");
        if !in_list {
            printer.forgets_what_ended(); // only its counter tells
        }
        let made = printer.asked(Operation::CreateJob);
        let job = one_sheet(&spool, request).await;
        spool
            .until_job(&job.name, "asked", |job| {
                let told = job.state_reasons.join(" ");
                told.contains("somebody else printed") && told.contains("letter.odt") == in_list
            })
            .await;
        assert!(spool.sheets(&job.name).await[0].attempts.is_empty());
        assert_eq!(printer.asked(Operation::CreateJob), made);
        if in_list {
            let blank = pb::LoadStockRequest {
                name: "printers/laser".to_owned(),
                stock: "blank".to_owned(),
                ..pb::LoadStockRequest::default()
            };
            spool.printers().load_stock(blank).await.unwrap();
            load(&spool, 1004).await; // the stranger took 1003
            resume(&spool).await;
            assert_eq!(serial(&spool, &job).await, Some(1004));
        } else {
            resume(&spool).await; // a sheet from another tray
            assert_eq!(serial(&spool, &job).await, Some(1005));
        }
        assert_eq!(foreign_jobs(&spool, &job).await.len(), 1);
    }
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
        resolve_again: false,
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
async fn fault_36_only_what_the_printer_offers_is_asked_of_it() {
    let all = [
        "copies=1",
        "media=na_letter_8.5x11in",
        "print-scaling=none",
        "printer-resolution=600",
        "sides=one-sided",
    ];
    for (lie, asked) in [(Lie::None, &all[..]), (Lie::OffersLittle, &all[1..2])] {
        let printer = LyingPrinter::start(lie).await;
        let (spool, job) = at_work(&printer, 2).await;
        ends_well(&spool, &job, &printer).await;
        assert_eq!(printer.template(), asked, "{lie:?}");
        spool.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_comes_twice_counts_once() {
    let printer = LyingPrinter::start(Lie::AnswersTwice(Operation::SendDocument)).await;
    let (spool, job) = at_work(&printer, 2).await;
    ends_well(&spool, &job, &printer).await;
    assert_eq!(printer.asked(Operation::SendDocument), 2);
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_110_a_printer_that_comes_and_goes_waits_for_a_person_after_a_while() {
    let laser = LyingPrinter::start(Lie::None).await;
    let spool = Left::on_sqlite().start().await;
    let printer = pb::Printer {
        printer_id: "laser".to_owned(),
        uri: laser.uri(),
        stock: "nec-3up".to_owned(),
        ..pb::Printer::default()
    };
    spool.add_printer(printer).await.unwrap();
    let many = forms(FormType::Nec, 900);
    let job = spool.submit(header("r1", "laser", &many), &many).await;
    let job = job.unwrap().name;
    let paused = async |spool: &Spool| {
        let request = pb::GetPrinterRequest {
            name: "printers/laser".to_owned(),
        };
        let printer = spool.printers().get_printer(request).await.unwrap();
        printer.into_inner()
    };
    let begin = Instant::now();
    let printer = loop {
        // As a loose plug would have it.
        laser.now(Lie::Garbage(Operation::GetPrinterAttributes));
        tokio::time::sleep(Duration::from_millis(500)).await;
        laser.now(Lie::None);
        tokio::time::sleep(Duration::from_millis(500)).await;
        let printer = paused(&spool).await;
        let by_itself = |words: &String| words.contains("came back 10 times");
        if printer.state_reasons.iter().any(by_itself) {
            break printer;
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "{printer:?}");
    };
    assert_eq!(printer.state(), pb::printer::State::Stopped);
    let marked = laser.marked().len();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(laser.marked().len(), marked, "it waits");
    let resume = pb::ResumePrinterRequest {
        name: "printers/laser".to_owned(),
    };
    spool.printers().resume_printer(resume).await.unwrap();
    spool.until(&job, State::Completed).await;
    assert_eq!(laser.marked().len(), 300);
    spool.stop().await;
}
