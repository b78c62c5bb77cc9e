//! What is seen: hostile text is text, every page is accessible, many jobs are no burden.

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_proto::spooler::job::State;
use formfeed_runtime::Service;
use formfeed_runtime::access::Role;
use formfeed_tests::browser::Browser;
use formfeed_tests::by_hand;
use formfeed_tests::ipp_printer::{IppPrinter, PRINTS};
use formfeed_tests::lying_printer::{Lie, LyingPrinter, MARKUP};
use formfeed_tests::spool::{Left, forms, header};
use serde_json::json;

use super::{laser, pause, submit, token};

/// Tables whose rows are multiplied: their columns, and what each is read from.
const MULTIPLIED: [(&str, &str, &str); 3] = [
    (
        "jobs",
        "job_id, request_id, fingerprint_key_version, fingerprint, user_name, submitted_by, payer_id, tax_year, form_type, copy, stock, printer_id, priority, sheets, forms, void_forms, total_cents, federal_cents, state_cents, notes, started, held, canceled_by, cancel_reason, canceled_at, aborted, ended_at, created_at, updated_at, version, delivery, format_year, kind",
        "printf('%08x', n) || substr(job_id, 9), request_id || '-' || n, fingerprint_key_version, fingerprint, user_name, submitted_by, payer_id, tax_year, form_type, copy, stock, printer_id, priority, sheets, forms, void_forms, total_cents, federal_cents, state_cents, notes, started, held, canceled_by, cancel_reason, canceled_at, aborted, ended_at, created_at, updated_at, version, delivery, format_year, kind",
    ),
    (
        "job_forms",
        "job_id, place, account_number, corrects, key_version, sealed",
        "printf('%08x', n) || substr(job_id, 9), place, account_number, corrects, key_version, sealed",
    ),
    (
        "job_reports",
        "job_id, version, content, created_at",
        "printf('%08x', n) || substr(job_id, 9), version, content, created_at",
    ),
];

const FORMULA: &str = "=HYPERLINK(\"x\",\"<b>\")";

#[tokio::test(flavor = "multi_thread")]
async fn hostile_text_of_vendors_people_and_printers_shows_as_text() {
    let printer = LyingPrinter::start(Lie::SpeaksMarkup).await;
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    let liar = pb::Printer {
        printer_id: "liar".to_owned(),
        ..laser(printer.uri(), Some(9))
    };
    spool.add_printer(liar).await.unwrap();
    submit(&spool, "r0", "liar", 1).await;
    let account = "<img src=x onerror=hacked=1>";
    let mut forms = forms(FormType::Nec, 2);
    forms[0].account_number = account.to_owned();
    forms[1].recipient.name = "<script>window.hacked=1<script>".to_owned();
    let header = pb::JobHeader {
        payer_id: FORMULA.to_owned(),
        ..header("r1", "files", &forms)
    };
    let job = spool.submit(header, &forms).await.unwrap();
    spool.until(&job.name, State::Completed).await;
    let reason = "</p><script>window.hacked=1</script>";
    let request = pb::PausePrinterRequest {
        name: "printers/files".to_owned(),
        reason: reason.to_owned(),
    };
    spool.printers().pause_printer(request).await.unwrap();
    let facts = json!({
        "url": spool.console(), "job": job.name.trim_start_matches("jobs/"),
        "token": token(&spool, "olga", Role::Operator),
        "payer": FORMULA, "formula": FORMULA.replace('"', "\"\""),
        "account": account, "reason": reason, "message": MARKUP,
    });
    Browser::run("hostile", &facts).await;
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_accessible_in_both_themes_on_any_screen() {
    let good = IppPrinter::start(PRINTS);
    let liar = LyingPrinter::start(Lie::None).await;
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    spool
        .add_printer(laser(good.uri(), Some(250)))
        .await
        .unwrap();
    let second = pb::Printer {
        printer_id: "laser-2".to_owned(),
        ..laser(liar.uri(), Some(40))
    };
    spool.add_printer(second).await.unwrap();
    let third = pb::Printer {
        printer_id: "mail-room".to_owned(),
        ..laser("ipp://127.0.0.1:9/ipp/print".to_owned(), None)
    };
    spool.add_printer(third).await.unwrap();
    let printed = submit(&spool, "r1", "laser", 20).await;
    spool
        .until(&format!("jobs/{printed}"), State::Completed)
        .await;
    // One in doubt in the midst of its sheets, one that waits for stock, one that was canceled.
    let doubtful = submit(&spool, "r2", "laser-2", 61).await;
    let name = format!("jobs/{doubtful}");
    let some = |job: &pb::Job| {
        job.report
            .as_ref()
            .is_some_and(|report| report.sheets_printed > 4)
    };
    spool.until_job(&name, "some printed", some).await;
    liar.now(Lie::Drops);
    spool.until(&name, State::NeedsDecision).await;
    submit(&spool, "r3", "mail-room", 5).await;
    pause(&spool, "files").await;
    let canceled = submit(&spool, "r4", "files", 5).await;
    let request = pb::CancelJobRequest {
        name: format!("jobs/{canceled}"),
        reason: "the wrong year".to_owned(),
    };
    spool.jobs().cancel_job(request).await.unwrap();
    let asked = spool.sheets(&name).await;
    let asked = asked
        .iter()
        .find(|sheet| sheet.state() == pb::sheet::State::InDoubt);
    let sheet = asked.unwrap().number;
    let facts = json!({
        "url": spool.console(),
        "token": token(&spool, "olga", Role::Operator),
        "shots": std::env::var("FORMFEED_SHOTS").ok(),
        "pages": {
            "overview": "/",
            "jobs": "/jobs",
            "job": format!("/jobs/{doubtful}"),
            "job-ended": format!("/jobs/{printed}"),
            "sheet": format!("/jobs/{printed}/sheets/2"),
            "question": format!("/jobs/{doubtful}/question?sheet={sheet}"),
            "nothing-asked": format!("/jobs/{printed}/question"),
            "printer": "/printers/laser-2",
            "printer-stopped": "/printers/mail-room",
            "reports": "/reports",
            "report": format!("/reports/{printed}"),
            "stock": "/stock",
            "no-such-job": "/jobs/00000000-0000-0000-0000-000000000000",
        },
    });
    let mut browser = Browser::start("accessible", &facts);
    for theme in ["light", "dark"] {
        for screen in ["phone", "desk", "wall"] {
            browser.until(&format!("{theme} {screen}")).await;
            browser.go_on();
        }
    }
    browser.done().await;
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_jobs_are_listed_without_a_slow_page() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    for number in 0..50 {
        let job = submit(&spool, &format!("r{number}"), "files", 3).await;
        spool.until(&format!("jobs/{job}"), State::Completed).await;
    }
    let facts = json!({
        "url": spool.console(),
        "token": token(&spool, "olga", Role::Operator),
    });
    let mut browser = Browser::start("many", &facts);
    browser.until("few").await;
    let url = spool.config().database_url;
    for (table, columns, reads) in MULTIPLIED {
        let sql = format!(
            "INSERT INTO {table} ({columns}) \
             WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 199) \
             SELECT {reads} FROM {table}, n"
        );
        by_hand::edit(&url, Service::Spooler, &sql);
    }
    let jobs = by_hand::look(&url, Service::Spooler, "SELECT COUNT(*) FROM jobs");
    assert_eq!(jobs, ["10000"]);
    browser.go_on();
    browser.done().await;
    spool.stop().await;
}
