//! Decisions about sheets of which it is known what became of them: printed again, given up, corrected. The count follows
//! each, and the reports before stay as they were.

mod place_in_line;

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_runtime::status::reason_of;
use formfeed_spooler::CrashPoint;
use formfeed_tests::ipp_printer::{IppPrinter, WAITS};
use formfeed_tests::serial_printer::SerialPrinter;
use formfeed_tests::spool::{Left, Spool, forms, header};
use pb::job::State;
use pb::job_report::Finality;
use pb::resolve_sheet_request::Outcome;
use tonic::{Code, Status};

/// A job of three sheets of nec-3up that is printed, and what its report says: 9 forms, 9,000.45.
async fn printed(spool: &Spool) -> pb::Job {
    let forms = forms(FormType::Nec, 9);
    let header = header("r1", "files", &forms);
    let job = spool.submit(header, &forms).await.unwrap();
    let done = spool.until(&job.name, State::Completed).await;
    assert_eq!(counts(&done), (9, 3, 9_000_45));
    done
}

/// Forms, good sheets and total in cents.
fn counts(job: &pb::Job) -> (i32, i32, i64) {
    let report = job.report.as_ref().unwrap();
    (
        report.forms_printed,
        report.sheets_printed,
        report.total_amount_cents,
    )
}

fn version(job: &pb::Job) -> (Finality, i32) {
    let report = job.report.as_ref().unwrap();
    (report.finality(), report.version)
}

fn reprint_request(
    id: &str,
    job: &str,
    (sheet, last_sheet): (i32, i32),
) -> pb::ReprintSheetsRequest {
    pb::ReprintSheetsRequest {
        request_id: id.to_owned(),
        job: job.to_owned(),
        sheet,
        last_sheet,
        except_sheets: vec![],
        reason: "coffee".to_owned(),
    }
}

async fn reprint(
    spool: &Spool,
    id: &str,
    job: &str,
    sheets: (i32, i32),
) -> Result<pb::Job, Status> {
    let request = reprint_request(id, job, sheets);
    Ok(spool.jobs().reprint_sheets(request).await?.into_inner())
}

async fn abandon(
    spool: &Spool,
    id: &str,
    job: &str,
    sheets: (i32, i32),
) -> Result<pb::Job, Status> {
    let request = pb::AbandonSheetsRequest {
        request_id: id.to_owned(),
        job: job.to_owned(),
        sheet: sheets.0,
        last_sheet: sheets.1,
        except_sheets: vec![],
        reason: "nobody wants it".to_owned(),
    };
    Ok(spool.jobs().abandon_sheets(request).await?.into_inner())
}

async fn correct(
    spool: &Spool,
    id: &str,
    job: &str,
    sheet: i32,
    outcome: Outcome,
) -> Result<pb::Job, Status> {
    let request = pb::CorrectSheetsRequest {
        request_id: id.to_owned(),
        job: job.to_owned(),
        sheet,
        last_sheet: 0,
        except_sheets: vec![],
        outcome: outcome.into(),
        reason: "the tray was empty".to_owned(),
    };
    Ok(spool.jobs().correct_sheets(request).await?.into_inner())
}

async fn pause(spool: &Spool, paused: bool) {
    let name = "printers/files".to_owned();
    let mut printers = spool.printers();
    match paused {
        true => {
            let reason = "to look".to_owned();
            let pause = pb::PausePrinterRequest { name, reason };
            printers.pause_printer(pause).await.unwrap();
        }
        false => {
            let resume = pb::ResumePrinterRequest { name };
            printers.resume_printer(resume).await.unwrap();
        }
    }
}

/// The final report of a version, whatever came after.
async fn report(spool: &Spool, job: &str, version: i32) -> Result<pb::JobReport, Status> {
    let get = pb::GetJobRequest {
        name: job.to_owned(),
        report_version: version,
    };
    let job = spool.jobs().get_job(get).await?.into_inner();
    Ok(job.report.unwrap())
}

async fn states(spool: &Spool, job: &str) -> Vec<pb::sheet::State> {
    let sheets = spool.sheets(job).await;
    sheets.iter().map(pb::Sheet::state).collect()
}

fn refusal(refused: Result<pb::Job, Status>) -> (Code, String) {
    let status = refused.unwrap_err();
    assert_eq!(reason_of(&status).as_deref(), Some("SHEET_STATE"));
    (status.code(), status.message().to_owned())
}

async fn until_version(spool: &Spool, job: &str, wanted: i32) -> pb::Job {
    let what = format!("final in version {wanted}");
    let is_there = |job: &pb::Job| version(job) == (Finality::Final, wanted);
    spool.until_job(job, &what, is_there).await;
    let state = spool.job(job).await.state();
    spool.until(job, state).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_sheet_printed_again_leaves_quantity_and_total_and_both_reports() {
    for left in Left::on_both() {
        let spool = left.start().await.with_file_printer().await;
        let job = printed(&spool).await;
        let first = job.report.clone().unwrap();
        pause(&spool, true).await;
        let open = reprint(&spool, "again", &job.name, (2, 0)).await.unwrap();
        assert_eq!(open.state(), State::Stopped, "{open:?}");
        assert_eq!(version(&open), (Finality::Provisional, 2));
        assert_eq!(counts(&open), (6, 2, 9_000_45 - 3_000_15));
        let now = open.report.unwrap();
        assert_eq!(
            (now.sheets_pending, now.sheets_spoiled, now.sheets_reprinted),
            (1, 1, 1)
        );
        assert_eq!(now.total_amount_at_most_cents, 9_000_45);
        // A retry decides nothing twice, and other content is refused.
        reprint(&spool, "again", &job.name, (2, 0)).await.unwrap();
        let reused = reprint(&spool, "again", &job.name, (3, 0)).await;
        assert_eq!(reused.unwrap_err().code(), Code::AlreadyExists);
        pause(&spool, false).await;

        let done = until_version(&spool, &job.name, 2).await;
        assert_eq!(done.state(), State::Completed);
        assert_eq!(counts(&done), (9, 3, 9_000_45));
        let second = done.report.unwrap();
        assert_eq!((second.sheets_spoiled, second.sheets_reprinted), (1, 1));
        assert_eq!(spool.printed().len(), 2, "one decision, one more document");
        reprint(&spool, "again", &job.name, (2, 0)).await.unwrap();
        assert_eq!(spool.printed().len(), 2, "a late retry prints nothing");
        assert_eq!(report(&spool, &job.name, 1).await.unwrap(), first);
        assert_eq!(report(&spool, &job.name, 2).await.unwrap(), second);
        let none = report(&spool, &job.name, 3).await.unwrap_err();
        assert_eq!(reason_of(&none).as_deref(), Some("REPORT_NOT_FOUND"));
        let sheets = spool.sheets(&job.name).await;
        assert!(sheets[1].attempts[0].reprinted && !sheets[1].attempts[1].reprinted);
        assert_eq!(sheets[1].attempts[0].decision_reason, "coffee");

        let watch = pb::WatchJobRequest {
            name: job.name.clone(),
            after_sequence: 0,
        };
        let mut events = spool.jobs().watch_job(watch).await.unwrap().into_inner();
        let mut kinds = Vec::new();
        while let Some(event) = events.message().await.unwrap() {
            kinds.push(event.kind);
        }
        let ends = kinds.iter().filter(|kind| *kind == "completed").count();
        assert_eq!(ends, 2, "{kinds:?}");
        assert_eq!(kinds.last().map(String::as_str), Some("completed"));
        assert!(kinds.contains(&"reopened".to_owned()), "{kinds:?}");

        // Nothing of it is forgotten by a restart.
        let spool = spool.stop().await.start().await;
        assert_eq!(version(&spool.job(&job.name).await), (Finality::Final, 2));
        spool.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_decide_the_first_wins_and_a_wrong_state_changes_nothing() {
    for left in Left::on_both() {
        let spool = left.start().await.with_file_printer().await;
        pause(&spool, true).await;
        let forms = forms(FormType::Nec, 9);
        let new = header("r1", "files", &forms);
        let job = spool.submit(new, &forms).await.unwrap();
        let (code, told) = refusal(reprint(&spool, "early", &job.name, (1, 0)).await);
        assert_eq!(code, Code::FailedPrecondition);
        assert!(
            told.contains("sheet 1") && told.contains("pending"),
            "{told}"
        );
        pause(&spool, false).await;
        spool.until(&job.name, State::Completed).await;
        let (code, told) = refusal(abandon(&spool, "good", &job.name, (1, 0)).await);
        assert_eq!(code, Code::FailedPrecondition);
        assert!(told.contains("good"), "{told}");

        pause(&spool, true).await;
        let (first, second) = tokio::join!(
            correct(&spool, "ada", &job.name, 2, Outcome::Spoiled),
            correct(&spool, "bo", &job.name, 2, Outcome::Lost),
        );
        let (won, lost) = match (first, second) {
            (Ok(_), Err(lost)) => ("correct-spoiled", lost),
            (Err(lost), Ok(_)) => ("correct-lost", lost),
            both => panic!("{both:?}"),
        };
        assert_eq!(lost.code(), Code::Aborted, "{lost:?}");
        assert!(lost.message().contains(won), "{lost:?}");
        assert!(lost.message().contains("admin"), "{lost:?}");
        reprint(&spool, "two", &job.name, (2, 0)).await.unwrap();
        let (code, told) = refusal(correct(&spool, "late", &job.name, 2, Outcome::Lost).await);
        assert_eq!(code, Code::Aborted);
        assert!(told.contains("admin") && told.contains("reprint"), "{told}");
        // All of a range or none.
        let (code, _) = refusal(reprint(&spool, "range", &job.name, (1, 3)).await);
        assert_eq!(code, Code::AlreadyExists);
        use pb::sheet::State::{Good, Pending};
        assert_eq!(states(&spool, &job.name).await, [Good, Pending, Good]);
        let beyond = reprint(&spool, "beyond", &job.name, (3, 4)).await;
        assert_eq!(beyond.unwrap_err().code(), Code::NotFound);
        let mut silent = reprint_request("silent", &job.name, (3, 0));
        silent.reason.clear();
        let silent = spool.jobs().reprint_sheets(silent).await;
        assert_eq!(silent.unwrap_err().code(), Code::InvalidArgument);
        spool.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_given_up_lets_the_job_end_without_it() {
    for left in Left::on_both() {
        let spool = left.start().await.with_file_printer().await;
        pause(&spool, true).await;
        let forms = forms(FormType::Nec, 9);
        let new = header("r1", "files", &forms);
        let job = spool.submit(new, &forms).await.unwrap();
        let open = abandon(&spool, "last", &job.name, (3, 0)).await.unwrap();
        let now = open.report.unwrap();
        assert_eq!((now.sheets_pending, now.sheets_abandoned), (2, 1));
        assert_eq!(now.total_amount_at_most_cents, 9_000_45 - 3_000_24);
        let (code, told) = refusal(abandon(&spool, "twice", &job.name, (3, 0)).await);
        assert_eq!(code, Code::AlreadyExists, "{told}");
        pause(&spool, false).await;
        let done = spool.until(&job.name, State::Completed).await;
        assert_eq!(counts(&done), (6, 2, 6_000_21));
        assert_eq!(done.report.unwrap().sheets_abandoned, 1);
        let refused = reprint(&spool, "back", &job.name, (3, 0)).await;
        assert_eq!(refused.unwrap_err().code(), Code::Aborted);

        // A sheet that turns out spoiled after the end, given up: the next report is final at once.
        correct(&spool, "wet", &job.name, 1, Outcome::Spoiled)
            .await
            .unwrap();
        let ended = abandon(&spool, "wet too", &job.name, (1, 0)).await;
        assert_eq!(ended.unwrap_err().code(), Code::InvalidArgument);
        let ended = abandon(&spool, "wet-too", &job.name, (1, 0)).await.unwrap();
        assert_eq!(version(&ended), (Finality::Final, 2));
        assert_eq!(counts(&ended), (3, 1, 3_000_15));
        assert_eq!(spool.printed().len(), 1);
        spool.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_answer_is_corrected_and_totals_and_history_follow() {
    for left in Left::on_both() {
        let spool = left.start().await.with_file_printer().await;
        let job = printed(&spool).await;
        let open = correct(&spool, "c1", &job.name, 2, Outcome::Lost)
            .await
            .unwrap();
        assert_eq!(open.state(), State::Stopped);
        assert_eq!(counts(&open), (6, 2, 9_000_45 - 3_000_15));
        assert!(open.state_reasons[0].contains("1 lost"), "{open:?}");
        let now = open.report.unwrap();
        assert_eq!((now.sheets_lost, now.sheets_wasted), (1, 1));
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        assert_eq!(spool.printed().len(), 1, "lost is not printed by itself");
        let (code, _) = refusal(correct(&spool, "c2", &job.name, 2, Outcome::Spoiled).await);
        assert_eq!(code, Code::Aborted);
        reprint(&spool, "c3", &job.name, (2, 0)).await.unwrap();
        let done = until_version(&spool, &job.name, 2).await;
        assert_eq!(counts(&done), (9, 3, 9_000_45));

        // Not marked at all: it waits again by that word alone.
        correct(&spool, "c4", &job.name, 3, Outcome::NotPrinted)
            .await
            .unwrap();
        let done = until_version(&spool, &job.name, 3).await;
        assert_eq!(counts(&done), (9, 3, 9_000_45));
        let report = done.report.unwrap();
        assert_eq!((report.sheets_lost, report.sheets_reprinted), (1, 1));
        assert_eq!(spool.printed().len(), 3);
        let sheets = spool.sheets(&job.name).await;
        let of = |sheet: usize| -> Vec<_> {
            let attempts = sheets[sheet].attempts.iter();
            attempts.map(pb::Attempt::state).collect()
        };
        use pb::attempt::State as A;
        assert_eq!(of(1), [A::Lost, A::Good]);
        assert_eq!(of(2), [A::NotPrinted, A::Good]);
        spool.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canceled_job_is_corrected_but_prints_no_more() {
    for left in Left::on_both() {
        let spool = left.start().await.with_file_printer().await;
        let job = printed(&spool).await;
        pause(&spool, true).await;
        reprint(&spool, "a", &job.name, (1, 0)).await.unwrap();
        let cancel = pb::CancelJobRequest {
            name: job.name.clone(),
            reason: "enough".to_owned(),
        };
        let ended = spool.jobs().cancel_job(cancel).await.unwrap().into_inner();
        assert_eq!(
            (ended.state(), version(&ended)),
            (State::Canceled, (Finality::Final, 2))
        );
        assert_eq!(counts(&ended), (6, 2, 9_000_45 - 3_000_06));
        pause(&spool, false).await;
        let refused = reprint(&spool, "b", &job.name, (2, 0)).await.unwrap_err();
        assert_eq!(reason_of(&refused).as_deref(), Some("JOB_STATE"));
        let ended = correct(&spool, "c", &job.name, 2, Outcome::NotPrinted)
            .await
            .unwrap();
        assert_eq!(
            (ended.state(), version(&ended)),
            (State::Canceled, (Finality::Final, 3))
        );
        assert_eq!(counts(&ended), (3, 1, 3_000_24));
        assert_eq!(spool.printed().len(), 1);
        spool.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_jam_everything_from_a_sheet_on_is_printed_again() {
    for left in Left::on_both() {
        let spool = left.start().await.with_file_printer().await;
        let job = printed(&spool).await;
        let restart = |id: &str, sheet| pb::RestartJobRequest {
            request_id: id.to_owned(),
            name: job.name.clone(),
            sheet,
            reason: "jam".to_owned(),
        };
        let beyond = spool.jobs().restart_job(restart("far", 4)).await;
        assert_eq!(beyond.unwrap_err().code(), Code::NotFound);
        correct(&spool, "c", &job.name, 3, Outcome::Spoiled)
            .await
            .unwrap();
        spool.jobs().restart_job(restart("jam", 2)).await.unwrap();
        let done = until_version(&spool, &job.name, 2).await;
        assert_eq!(counts(&done), (9, 3, 9_000_45));
        let report = done.report.unwrap();
        assert_eq!((report.sheets_spoiled, report.sheets_reprinted), (2, 2));
        let tries = spool.sheets(&job.name).await;
        let tries: Vec<_> = tries.iter().map(|sheet| sheet.attempts.len()).collect();
        assert_eq!(tries, [1, 2, 2]);
        assert_eq!(spool.printed().len(), 2);
        spool.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_printed_again_is_marked_once_more_wherever_the_spooler_dies() {
    for point in CrashPoint::OF_AN_ATTEMPT {
        for left in Left::on_both() {
            let spool = left.start().await.with_file_printer().await;
            let job = printed(&spool).await;
            let spool = spool.stop().await.start_and_freeze(point, 1).await;
            reprint(&spool, "a", &job.name, (2, 0)).await.unwrap();
            let tried = std::time::Instant::now();
            while spool.sheets(&job.name).await[1].attempts.len() < 2 {
                assert!(tried.elapsed() < std::time::Duration::from_secs(20));
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            let spool = spool.crash().await.start().await;
            let done = until_version(&spool, &job.name, 2).await;
            assert_eq!(counts(&done), (9, 3, 9_000_45), "{point:?}");
            assert_eq!(done.report.unwrap().sheets_reprinted, 1, "{point:?}");
            assert_eq!(spool.printed().len(), 2, "{point:?}");
            spool.stop().await;
        }
    }
}
