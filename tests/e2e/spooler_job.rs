//! A job from its forms to its final report.

use formfeed_domain::form::{FormType, Mark};
use formfeed_proto::spooler as pb;
use formfeed_tests::paper::read_pdf;
use formfeed_tests::spool::{Left, Spool, forms, header};
use pb::job::State;
use pb::job_report::Finality;

/// Everything a watcher is told, to the end of the stream.
async fn events(spool: &Spool, name: &str, after_sequence: i64) -> Vec<pb::JobEvent> {
    let request = pb::WatchJobRequest {
        name: name.to_owned(),
        after_sequence,
    };
    let mut stream = spool.jobs().watch_job(request).await.unwrap().into_inner();
    let mut events = Vec::new();
    while let Some(event) = stream.message().await.unwrap() {
        events.push(event);
    }
    events
}

#[tokio::test(flavor = "multi_thread")]
async fn seven_forms_end_as_three_full_sheets_with_the_right_quantity_and_total() {
    for left in Left::on_both() {
        let spool = left.start().await.with_file_printer().await;
        let forms = forms(FormType::Nec, 7);
        let header = header("r1", "files", &forms);
        let job = spool.submit(header, &forms).await.unwrap();
        assert_eq!((job.forms, job.sheets, job.void_forms), (7, 3, 2));
        assert_eq!((job.stock.as_str(), job.user.as_str()), ("nec-3up", "ada"));
        assert!(job.notes.is_empty());

        let told = events(&spool, &job.name, 0).await;
        let kinds: Vec<_> = told.iter().map(|event| event.kind.as_str()).collect();
        assert_eq!(
            kinds,
            ["submitted", "sheet_started", "sheet_good", "completed"]
        );
        let last = told.last().unwrap().job.clone().unwrap();
        assert_eq!(last.state(), State::Completed);
        let report = last.report.unwrap();
        assert_eq!(report.finality(), Finality::Final);
        assert_eq!(
            (
                report.forms_printed,
                report.forms_void,
                report.sheets_printed
            ),
            (7, 2, 3)
        );
        assert_eq!(
            report.forms_printed + report.forms_void,
            3 * report.sheets_printed
        );
        assert_eq!(report.total_amount_cents, 7_000_28);
        assert_eq!(report.federal_tax_withheld_cents, 7 * 24_00);
        assert_eq!(report.total_amount_at_most_cents, 7_000_28);
        assert_eq!(report.version, 1);
        assert!(report.evidence.contains("device's own word"));

        let printed = spool.printed();
        assert_eq!(printed.len(), 1);
        let pages = read_pdf(&printed[0]);
        assert_eq!(pages.len(), 3);
        let words = || pages.iter().flat_map(|page| &page.words);
        let box_1: i64 = (1..=7)
            .map(|number| format!("1000.{number:02}"))
            .map(|amount| words().filter(|word| word.text == amount).count())
            .map(|count| i64::try_from(count).unwrap())
            .sum();
        assert_eq!(box_1, 7, "every amount stands on paper once");
        assert_eq!(words().filter(|word| word.text == "X").count(), 2);

        // Ever after, from the start or from the end, and after a restart: the same report.
        let again = events(&spool, &job.name, told.last().unwrap().sequence).await;
        assert_eq!(again.len(), 1);
        let spool = spool.stop().await.start().await;
        let later = spool.job(&job.name).await;
        assert_eq!(later.report.as_ref(), Some(&report));
        assert_eq!(spool.printed(), printed);
        let sheets = spool.sheets(&job.name).await;
        assert_eq!(sheets[2].account_numbers, ["R0007"]);
        assert_eq!(
            (sheets[2].void_slots, sheets[2].amount_cents),
            (2, 1_000_07)
        );
        assert!(sheets.iter().all(|sheet| {
            sheet.state() == pb::sheet::State::Good
                && sheet.attempts.len() == 1
                && sheet.attempts[0].state() == pb::attempt::State::Good
                && sheet.attempts[0].evidence_json.contains("\"device\"")
        }));
        spool.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_prints_nothing_twice_and_a_reused_request_id_is_refused() {
    for left in Left::on_both() {
        let spool = left.start().await.with_file_printer().await;
        let forms = forms(FormType::Nec, 4);
        let header = header("r1", "files", &forms);
        let (first, second) = tokio::join!(
            spool.submit(header.clone(), &forms),
            spool.submit(header.clone(), &forms)
        );
        let (first, second) = (first.unwrap(), second.unwrap());
        assert_eq!(first.name, second.name);
        spool.until(&first.name, State::Completed).await;
        let third = spool.submit(header.clone(), &forms).await.unwrap();
        assert_eq!(third.name, first.name);
        assert_eq!(third.report.unwrap().finality(), Finality::Final);
        assert_eq!(spool.printed().len(), 1);

        let mut other = forms.clone();
        other[2].recipient.name = "Bo Pipe".to_owned();
        let refused = spool.submit(header, &other).await.unwrap_err();
        assert_eq!(refused.code(), tonic::Code::AlreadyExists);
        assert_eq!(
            formfeed_runtime::status::reason_of(&refused).as_deref(),
            Some("REQUEST_ID_REUSED")
        );
        spool.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_misc_job_on_the_three_form_stock_says_that_the_irs_has_two() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    let forms = forms(FormType::Misc, 3);
    let job = spool
        .submit(header("r1", "files", &forms), &forms)
        .await
        .unwrap();
    assert_eq!((job.stock.as_str(), job.sheets), ("misc-3up", 1));
    assert_eq!(job.notes.len(), 1);
    assert!(job.notes[0].contains("has 2 forms"), "{:?}", job.notes);
    spool.until(&job.name, State::Completed).await;
    let mut header = header("r2", "files", &forms);
    header.stock = "misc-2up".to_owned();
    let job = spool.submit(header, &forms).await.unwrap();
    assert_eq!((job.sheets, job.void_forms, job.notes.len()), (2, 1, 0));
    spool.until(&job.name, State::Completed).await;
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_for_recipients_leaves_its_last_slots_blank_and_counts_no_void_form() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    let mut forms = forms(FormType::Nec, 4);
    forms[0].marks = [Mark::SecondTinNotice].into();
    let header = pb::JobHeader {
        copy: pb::Copy::B.into(),
        stock: "nec-3up".to_owned(),
        ..header("r1", "files", &forms)
    };
    let job = spool.submit(header, &forms).await.unwrap();
    assert_eq!((job.sheets, job.void_forms), (2, 0));
    let job = spool.until(&job.name, State::Completed).await;
    let report = job.report.unwrap();
    assert_eq!((report.forms_printed, report.forms_void), (4, 0));
    let pages = read_pdf(&spool.printed()[0]);
    let words: Vec<_> = pages.iter().flat_map(|page| &page.words).collect();
    assert!(
        words.iter().all(|word| word.text != "X"),
        "no mark of Copy A"
    );
    let truncated = words.iter().filter(|word| word.text.starts_with("XXX-XX-"));
    assert_eq!(truncated.count(), 4);
    let payers = words.iter().filter(|word| word.text == "00-1234567");
    assert_eq!(payers.count(), 4, "the payer's number is whole");
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_for_people_goes_on_plain_paper_one_to_a_sheet_when_no_stock_is_named() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    let forms = forms(FormType::Nec, 2);
    for (request, copy, is_truncated) in [
        ("r1", pb::Copy::B, true),
        ("r2", pb::Copy::RecipientState, true),
        ("r3", pb::Copy::C, false),
        ("r4", pb::Copy::State, false),
    ] {
        let header = pb::JobHeader {
            copy: copy.into(),
            ..header(request, "files", &forms)
        };
        let job = spool.submit(header, &forms).await.unwrap();
        let facts = (job.stock.as_str(), job.sheets, job.void_forms);
        assert_eq!(facts, ("blank", 2, 0), "{copy:?}");
        let job = spool.until(&job.name, State::Completed).await;
        assert_eq!(job.report.unwrap().forms_printed, 2);
        let id = job.name.trim_start_matches("jobs/");
        let printed = spool.printed();
        let path = printed
            .iter()
            .find(|path| path.to_string_lossy().contains(id));
        let pages = read_pdf(path.unwrap());
        assert_eq!(pages.len(), 2);
        for page in &pages {
            page.word("1545-0116");
            page.word("00-1234567"); // the payer's number is whole on every copy
            let hidden = page
                .words
                .iter()
                .filter(|word| word.text.starts_with("XXX-XX-"));
            assert_eq!(hidden.count(), usize::from(is_truncated), "{copy:?}");
        }
    }
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_are_listed_newest_first_a_page_at_a_time() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    let forms = forms(FormType::Nec, 1);
    let mut names = Vec::new();
    for request in ["r1", "r2", "r3"] {
        let header = header(request, "files", &forms);
        names.push(spool.submit(header, &forms).await.unwrap().name);
    }
    for name in &names {
        spool.until(name, State::Completed).await;
    }
    let mut request = pb::ListJobsRequest {
        page_size: 2,
        printer: "printers/files".to_owned(),
        ..pb::ListJobsRequest::default()
    };
    let page = spool.jobs().list_jobs(request.clone()).await.unwrap();
    let page = page.into_inner();
    assert_eq!(page.jobs[0].name, names[2]);
    request.page_token = page.next_page_token;
    let rest = spool.jobs().list_jobs(request.clone()).await.unwrap();
    assert_eq!(rest.into_inner().jobs[0].name, names[0]);
    request.open_only = true;
    let refused = spool.jobs().list_jobs(request.clone()).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::InvalidArgument);
    request.page_token = String::new();
    let open = spool.jobs().list_jobs(request).await.unwrap().into_inner();
    assert!(open.jobs.is_empty());
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_tin_is_readable_in_the_database() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    let forms = forms(FormType::Nec, 5);
    let header = header("r1", "files", &forms);
    let job = spool.submit(header, &forms).await.unwrap();
    spool.until(&job.name, State::Completed).await;
    for file in ["spooler.db", "spooler.db-wal"] {
        let bytes = std::fs::read(spool.folder().join(file)).unwrap_or_default();
        for clear in ["900100003", "900-10-0003", "001234567", "Ada Pump"] {
            assert!(
                !bytes.windows(clear.len()).any(|w| w == clear.as_bytes()),
                "{clear} in {file}"
            );
        }
    }
    spool.stop().await;
}
