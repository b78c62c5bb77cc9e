//! Where and when a job is printed: moved to another printer, put in front of others.

use super::*;

async fn move_to(spool: &Spool, job: &str, printer: &str) -> Result<pb::Job, Status> {
    let request = pb::MoveJobRequest {
        name: job.to_owned(),
        printer: format!("printers/{printer}"),
        reason: "the other one is free".to_owned(),
    };
    Ok(spool.jobs().move_job(request).await?.into_inner())
}

/// The printer of every attempt of every sheet.
async fn printers(spool: &Spool, job: &str) -> Vec<Vec<String>> {
    let sheets = spool.sheets(job).await;
    let of = |sheet: &pb::Sheet| {
        let attempts = sheet.attempts.iter();
        let names = attempts.map(|it| it.printer.trim_start_matches("printers/").to_owned());
        names.collect()
    };
    sheets.iter().map(of).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moved_job_leaves_the_sheet_at_work_and_the_rest_goes_with_it() {
    for left in Left::on_both() {
        let laser = IppPrinter::start(WAITS);
        let spool = left.start().await.with_file_printer().await;
        let printer = pb::Printer {
            printer_id: "laser".to_owned(),
            uri: laser.uri(),
            stock: "nec-3up".to_owned(),
            ..pb::Printer::default()
        };
        spool.add_printer(printer).await.unwrap();
        let forms = forms(FormType::Nec, 9);
        let new = header("r1", "laser", &forms);
        let job = spool.submit(new, &forms).await.unwrap();
        let live = |job: &pb::Job| job.report.as_ref().is_some_and(|r| r.sheets_live == 1);
        spool.until_job(&job.name, "live", live).await;
        let nowhere = move_to(&spool, &job.name, "nowhere").await;
        assert_eq!(nowhere.unwrap_err().code(), Code::NotFound);
        let moved = move_to(&spool, &job.name, "files").await.unwrap();
        assert_eq!(moved.printer, "printers/files");
        let two = |job: &pb::Job| job.report.as_ref().is_some_and(|r| r.sheets_printed == 2);
        spool.until_job(&job.name, "two sheets there", two).await;
        let delete = pb::DeletePrinterRequest {
            name: "printers/laser".to_owned(),
        };
        let refused = spool.printers().delete_printer(delete).await.unwrap_err();
        assert_eq!(reason_of(&refused).as_deref(), Some("PRINTER_IN_USE"));
        laser.let_go();
        let done = spool.until(&job.name, State::Completed).await;
        assert_eq!(counts(&done), (9, 3, 9_000_45));
        assert_eq!(laser.marked().len(), 1);
        assert_eq!(spool.printed().len(), 1);
        assert_eq!(
            printers(&spool, &job.name).await,
            [["laser"], ["files"], ["files"]]
        );
        let late = move_to(&spool, &job.name, "laser").await.unwrap_err();
        assert_eq!(reason_of(&late).as_deref(), Some("JOB_STATE"));
        spool.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_with_a_sheet_in_doubt_moves_nowhere_and_no_job_moves_to_other_stock() {
    for left in Left::on_both() {
        let serial = SerialPrinter::start();
        let spool = left.start_and_freeze(CrashPoint::AfterSend, 2).await;
        let spool = spool.with_file_printer().await;
        for (name, stock) in [("impact", "nec-3up"), ("other", "misc-3up")] {
            let printer = pb::Printer {
                printer_id: name.to_owned(),
                uri: serial.uri(),
                dialect: "escp".to_owned(),
                evidence: pb::printer::EvidencePolicy::Sent.into(),
                stock: stock.to_owned(),
                ..pb::Printer::default()
            };
            spool.add_printer(printer).await.unwrap();
        }
        let forms = forms(FormType::Nec, 9);
        let new = header("r1", "impact", &forms);
        let job = spool.submit(new, &forms).await.unwrap();
        let other = move_to(&spool, &job.name, "other").await.unwrap_err();
        assert_eq!(reason_of(&other).as_deref(), Some("STOCK_NOT_LOADED"));
        assert!(other.message().contains("load nec-3up on other"));
        let good = |job: &pb::Job| counts(job).1 == 1;
        spool.until_job(&job.name, "one good", good).await;
        let left = |job: &pb::Job| job.report.as_ref().is_some_and(|r| r.sheets_live == 1);
        spool.until_job(&job.name, "the second at work", left).await;
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        let spool = spool.crash().await.start().await;
        spool.until(&job.name, State::NeedsDecision).await;
        let (code, told) = refusal(move_to(&spool, &job.name, "files").await);
        assert_eq!(code, Code::FailedPrecondition);
        assert!(told.contains("in doubt"), "{told}");
        let name = job.name.clone();
        let hold = pb::HoldJobRequest { name: name.clone() };
        spool.jobs().hold_job(hold).await.unwrap();
        let resolve = pb::ResolveSheetRequest {
            job: name.clone(),
            sheet: 2,
            outcome: Outcome::NotPrinted.into(),
            reason: "blank".to_owned(),
            ..pb::ResolveSheetRequest::default()
        };
        spool.jobs().resolve_sheet(resolve).await.unwrap();
        move_to(&spool, &job.name, "files").await.unwrap();
        spool
            .jobs()
            .release_job(pb::ReleaseJobRequest { name })
            .await
            .unwrap();
        let done = spool.until(&job.name, State::Completed).await;
        assert_eq!(counts(&done), (9, 3, 9_000_45));
        let expected = [vec!["impact"], vec!["impact", "files"], vec!["files"]];
        assert_eq!(printers(&spool, &job.name).await, expected);
        spool.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_put_in_front_goes_first_and_who_did_it_is_listed() {
    for left in Left::on_both() {
        let spool = left.start().await.with_file_printer().await;
        pause(&spool, true).await;
        let forms = forms(FormType::Nec, 3);
        let mut jobs = Vec::new();
        for request in ["r1", "r2"] {
            let new = header(request, "files", &forms);
            jobs.push(spool.submit(new, &forms).await.unwrap().name);
        }
        let priority = |priority| pb::SetJobPriorityRequest {
            name: jobs[1].clone(),
            priority,
            reason: "due today".to_owned(),
        };
        let none = spool.jobs().set_job_priority(priority(101)).await;
        assert_eq!(none.unwrap_err().code(), Code::InvalidArgument);
        let first = spool.jobs().set_job_priority(priority(80)).await.unwrap();
        assert_eq!(first.into_inner().priority, 80);
        pause(&spool, false).await;
        let mut ended = Vec::new();
        for name in &jobs {
            let done = spool.until(name, State::Completed).await;
            let at = done.update_time.unwrap();
            ended.push((at.seconds, at.nanos));
        }
        assert!(ended[1] < ended[0], "{ended:?}");
        let late = spool.jobs().set_job_priority(priority(50)).await;
        assert_eq!(reason_of(&late.unwrap_err()).as_deref(), Some("JOB_STATE"));

        reprint(&spool, "a", &jobs[1], (1, 0)).await.unwrap();
        let mut page = pb::ListDecisionsRequest {
            job: jobs[1].clone(),
            page_size: 1,
            ..pb::ListDecisionsRequest::default()
        };
        let mut told = Vec::new();
        loop {
            let answer = spool.jobs().list_decisions(page.clone()).await.unwrap();
            let answer = answer.into_inner();
            let decisions = answer.decisions.into_iter();
            told.extend(decisions.map(|it| (it.verb, it.sheet, it.decided_by, it.reason)));
            if answer.next_page_token.is_empty() {
                break;
            }
            page.page_token = answer.next_page_token;
        }
        let entry = |verb: &str, sheet, reason: &str| {
            let by = "admin".to_owned();
            (verb.to_owned(), sheet, by, reason.to_owned())
        };
        let expected = [
            entry("priority-80", 0, "due today"),
            entry("reprint", 1, "coffee"),
        ];
        assert_eq!(told, expected);
        spool.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_printer_is_gone_says_so_and_is_printed_elsewhere() {
    for left in Left::on_both() {
        let spool = left.start().await.with_file_printer().await;
        let job = printed(&spool).await;
        let delete = pb::DeletePrinterRequest {
            name: "printers/files".to_owned(),
        };
        spool.printers().delete_printer(delete).await.unwrap();
        let open = reprint(&spool, "a", &job.name, (1, 0)).await.unwrap();
        assert_eq!(open.state(), State::Stopped);
        assert!(open.state_reasons[0].contains("printer files is gone"));
        let folder = pb::Printer {
            printer_id: "folder".to_owned(),
            uri: format!("file:{}", spool.out().display()),
            ..pb::Printer::default()
        };
        spool.add_printer(folder).await.unwrap();
        move_to(&spool, &job.name, "folder").await.unwrap();
        let done = until_version(&spool, &job.name, 2).await;
        assert_eq!(counts(&done), (9, 3, 9_000_45));
        spool.stop().await;
    }
}
