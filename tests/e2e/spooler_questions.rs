//! What waits for a person is told whatever its job is up to, and the line from its front.

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_tests::ipp_printer::{IppPrinter, PRINTS};
use formfeed_tests::spool::{Left, Spool, forms, header};
use pb::job::State;
use pb::sheet::State as Sheet;

async fn submit(spool: &Spool, request: &str, printer: &str, priority: i32) -> String {
    let forms = forms(FormType::Nec, 7);
    let header = pb::JobHeader {
        priority,
        ..header(request, printer, &forms)
    };
    spool.submit(header, &forms).await.unwrap().name
}

/// A printer whose sheets are good by an operator's word only, with so many in it.
async fn add(spool: &Spool, uri: String, sheets: i32) {
    let laser = pb::Printer {
        printer_id: "laser".to_owned(),
        uri,
        evidence: pb::printer::EvidencePolicy::Operator.into(),
        stock: "nec-3up".to_owned(),
        stock_on_hand: Some(sheets),
        ..pb::Printer::default()
    };
    spool.add_printer(laser).await.unwrap();
}

/// All questions, one a page: job, what is known of the sheets, first, last, how many.
async fn questions(spool: &Spool) -> Vec<(String, Sheet, i32, i32, i64)> {
    let (mut all, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = pb::ListQuestionsRequest {
            page_size: 1,
            page_token,
        };
        let page = spool.jobs().list_questions(request).await.unwrap();
        let page = page.into_inner();
        assert!(page.questions.len() <= 1);
        for it in page.questions {
            assert_eq!(it.printer, "printers/laser");
            assert!(it.wait_time.is_some());
            let state = it.state();
            all.push((it.job, state, it.first_sheet, it.last_sheet, it.sheets));
        }
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return all;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_a_person_is_told_page_by_page_while_its_job_goes_on() {
    for left in Left::on_both() {
        let printer = IppPrinter::start(PRINTS);
        let spool = left.start().await;
        add(&spool, printer.uri(), 5).await;
        let first = submit(&spool, "r1", "laser", 0).await;
        spool.until(&first, State::AwaitingConfirmation).await;
        let spoiled = pb::ResolveSheetRequest {
            job: first.clone(),
            sheet: 2,
            outcome: pb::resolve_sheet_request::Outcome::Spoiled.into(),
            reason: "smeared".to_owned(),
            ..pb::ResolveSheetRequest::default()
        };
        // Two sheets of stock are left for the three of the next job.
        let second = submit(&spool, "r2", "laser", 0).await;
        let sent = |job: &pb::Job| {
            let report = job.report.clone().unwrap_or_default();
            (report.sheets_awaiting_confirmation, report.sheets_pending) == (2, 1)
        };
        spool.until_job(&second, "two sent", sent).await;
        spool.jobs().resolve_sheet(spoiled).await.unwrap();
        let waits = Sheet::AwaitingConfirmation;
        let expected = [
            (first.clone(), waits, 1, 3, 2),
            (second.clone(), waits, 1, 2, 2),
            (first.clone(), Sheet::Spoiled, 2, 2, 1),
        ];
        assert_eq!(questions(&spool).await, expected);
        let list = pb::ListSheetsRequest {
            job: first,
            undecided_only: true,
            first_sheet: 2,
            ..pb::ListSheetsRequest::default()
        };
        let sheets = spool.jobs().list_sheets(list).await.unwrap().into_inner();
        let numbers: Vec<_> = sheets.sheets.iter().map(|sheet| sheet.number).collect();
        assert_eq!(numbers, [3]);
        spool.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_are_listed_in_line_page_by_page() {
    for left in Left::on_both() {
        let spool = left.start().await.with_file_printer().await;
        let pause = pb::PausePrinterRequest {
            name: "printers/files".to_owned(),
            reason: "the tray is open".to_owned(),
        };
        spool.printers().pause_printer(pause).await.unwrap();
        let mut jobs = Vec::new();
        for (at, priority) in [50, 80, 20, 50, 80].into_iter().enumerate() {
            jobs.push(submit(&spool, &format!("r{at}"), "files", priority).await);
        }
        let (mut line, mut page_token) = (Vec::new(), String::new());
        loop {
            let request = pb::ListJobsRequest {
                page_size: 2,
                page_token,
                open_only: true,
                in_line: true,
                ..pb::ListJobsRequest::default()
            };
            let page = spool.jobs().list_jobs(request).await.unwrap().into_inner();
            line.extend(page.jobs.into_iter().map(|job| job.name));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        let expected = [1, 4, 0, 3, 2].map(|at: usize| jobs[at].clone());
        assert_eq!(line, expected);
        spool.stop().await;
    }
}
