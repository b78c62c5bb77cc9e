//! Final reports, for ever: a list to search, one of them to print, and rows for a spreadsheet.

use axum::Extension;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use chrono::{DateTime, Utc};
use formfeed_domain::Money;
use formfeed_proto::spooler as pb;
use formfeed_proto::spooler::job_service_server::JobService as _;
use formfeed_report::{Cell, Csv};
use maud::{Markup, html};
use pb::job_report::Finality;
use tonic::Status;

use super::form::Form;
use super::job_list::Search;
use super::page::{self, Place};
use super::person::Person;
use super::{csv, states, words};

/// Reports of a page, and jobs of one read of the whole list.
const SIZE: i32 = 50;
const READ: i32 = 1_000;
/// Most rows of a file.
const MOST_ROWS: usize = 50_000;

/// Heads of the file.
const HEADS: [&str; 20] = [
    "job",
    "what",
    "payer",
    "tax_year",
    "state",
    "printers",
    "stock",
    "user",
    "version",
    "forms_printed",
    "forms_void",
    "sheets_printed",
    "sheets_spoiled",
    "sheets_lost",
    "sheets_abandoned",
    "total_amount",
    "federal_tax_withheld",
    "state_tax_withheld",
    "ended",
    "evidence",
];

/// The list.
pub(super) async fn list(
    Extension(person): Extension<Person>,
    RawQuery(query): RawQuery,
) -> Response {
    let search = Search::read(query.as_deref());
    let found = match reported(&person, search.request(SIZE, true)).await {
        Ok(found) => found,
        Err(status) => return page::trouble(&person, &status),
    };
    let path = person.path("/reports");
    let file = format!("{}?{}", person.path("/reports.csv"), search.query(""));
    let body = html! {
        h1 { "Final reports" }
        (search.form(&path, false))
        @if found.jobs.is_empty() { p.empty { "No final report is like that." } } @else {
            (table(&person, &found.jobs))
            p.no-print { a href=(file) download { "As CSV" } }
        }
        (search.pager(&path, &found.next_page_token))
    };
    page::show(&person, (Place::Reports, "Final reports"), None, &body)
}

fn table(person: &Person, jobs: &[pb::Job]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Final reports" {
            table {
                thead { tr {
                    th scope="col" { "Job" } th scope="col" { "What" } th scope="col" { "State" }
                    th.number scope="col" { "Forms" } th.number scope="col" { "Void" } th.number scope="col" { "Sheets" }
                    th.number scope="col" { "Spoiled" } th.number scope="col" { "Lost" }
                    th.number scope="col" { "Total" } th.number scope="col" { "Federal tax" } th.number scope="col" { "Version" }
                    th scope="col" { "Ended" }
                } }
                tbody {
                    @for job in jobs {
                        @let report = job.report.clone().unwrap_or_default();
                        @let id = words::id(&job.name);
                        @let path = format!("/reports/{id}?version={}", report.version);
                        tr {
                            th.key scope="row" { a href=(person.path(path)) { (words::short(id)) } }
                            td { (words::what(job)) " " (words::whose(job)) }
                            td { (states::of_job(job.state()).show()) @if is_open(job) { p.reason { "open again" } } }
                            td.number { (report.forms_printed) } td.number { (report.forms_void) }
                            td.number { (report.sheets_printed) } td.number { (report.sheets_spoiled) } td.number { (report.sheets_lost) }
                            td.number { (words::amount(report.total_amount_cents)) }
                            td.number { (words::amount(report.federal_tax_withheld_cents)) }
                            td.number { (report.version) }
                            td { (words::time(end(job))) }
                        }
                    }
                }
            }
        }
    }
}

/// Jobs of a list, each with its newest final report: a job that is open again has that still.
async fn reported(
    person: &Person,
    request: pb::ListJobsRequest,
) -> Result<pb::ListJobsResponse, Status> {
    let mut found = person.jobs(request).await?;
    let provisional = |job: &&mut pb::Job| {
        let report = job.report.as_ref();
        report.is_none_or(|report| report.finality() != Finality::Final)
    };
    for job in found.jobs.iter_mut().filter(provisional) {
        let coming = job.report.as_ref().map_or(1, |report| report.version);
        *job = pb::Job {
            report: of_version(person, words::id(&job.name), coming - 1)
                .await?
                .report,
            ..job.clone()
        };
    }
    Ok(found)
}

/// Whether a job is open, for the first time or again.
fn is_open(job: &pb::Job) -> bool {
    use pb::job::State;
    !matches!(
        job.state(),
        State::Canceled | State::Aborted | State::Completed
    )
}

/// When a job ended.
fn end(job: &pb::Job) -> Option<DateTime<Utc>> {
    words::instant(job.update_time.as_ref()).filter(|_| !is_open(job))
}

/// One report, in the newest version or the one asked for.
pub(super) async fn show(
    Extension(person): Extension<Person>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let version = Form::query(query.as_deref()).number("version").unwrap_or(0);
    let read = tokio::try_join!(
        of_version(&person, &id, version),
        person.job(&id),
        person.decisions(&id)
    );
    let (job, newest, decisions) = match read {
        Ok(read) => read,
        Err(status) => return page::trouble(&person, &status),
    };
    let report = job.report.clone().unwrap_or_default();
    let newest = newest.report.unwrap_or_default();
    let kept = match newest.finality() {
        Finality::Final => newest.version,
        _ => newest.version - 1, // the coming one is not kept yet
    };
    let path = person.path(format_args!("/reports/{id}"));
    let body = html! {
        nav.crumbs.no-print aria-label="Way back" {
            a href=(person.path("/reports")) { "Final reports" }
            a href=(person.path(format_args!("/jobs/{id}"))) { "Job " (words::short(&id)) }
        }
        h1 { @if report.finality() == Finality::Final { "Final report" } @else { "Provisional report" } }
        p { (words::what(&job)) " " (words::whose(&job)) " · " (states::of_job(job.state()).show()) }
        (figures(&job))
        dl.facts {
            div { dt { "Job" } dd.name { (job.name) } }
            div { dt { "Printer" } dd { (words::printers(&job)) } }
            div { dt { "Stock" } dd { (job.stock) } }
            div { dt { "Submitted" } dd { (job.user) ", " (words::time(words::instant(job.create_time.as_ref()))) } }
            div { dt { "Last change" } dd { (words::time(words::instant(job.update_time.as_ref()))) } }
            div { dt { "Version" } dd.number { (report.version) } }
        }
        @if newest.version > 1 {
            p.no-print { "Versions: " @for number in 1..=kept {
                a href={ (path) "?version=" (number) } aria-current=[(number == report.version).then_some("true")] { (number) } " "
            }
            @if kept < newest.version {
                a href=(path) aria-current=[(newest.version == report.version).then_some("true")] { (newest.version) ", provisional" }
            } }
        }
        h2 #decided { "Decided by people" }
        @if decisions.is_empty() { p.empty { "Nothing." } } @else {
            ol.log { @for decision in &decisions { li {
                (words::time(words::instant(decision.time.as_ref()))) " " strong { (decision.decided_by) } ": " (words::spaced(&decision.verb))
                @if decision.sheet > 0 { ", sheet " (decision.sheet) }
                @if !decision.proposed_by.is_empty() { ", as " (decision.proposed_by) " proposed" }
                @if !decision.reason.is_empty() { " (" (decision.reason) ")" }
            } } }
        }
    };
    page::show(&person, (Place::Reports, "Report"), None, &body)
}

async fn of_version(person: &Person, id: &str, report_version: i32) -> Result<pb::Job, Status> {
    let request = pb::GetJobRequest {
        name: format!("jobs/{id}"),
        report_version,
    };
    let request = person.asks("JobService/GetJob", request)?;
    Ok(person
        .console()
        .handlers
        .get_job(request)
        .await?
        .into_inner())
}

/// Quantity, total, and every sheet by what became of it: provisional while anything may change.
pub(super) fn figures(job: &pb::Job) -> Markup {
    let report = job.report.clone().unwrap_or_default();
    let is_final = report.finality() == Finality::Final;
    let sheets = [
        ("Good", report.sheets_printed),
        ("Pending", report.sheets_pending),
        (
            "Sending",
            report.sheets_live - report.sheets_awaiting_confirmation,
        ),
        ("To confirm", report.sheets_awaiting_confirmation),
        ("In doubt", report.sheets_in_doubt),
        ("Abandoned", report.sheets_abandoned),
    ];
    let stock = [
        ("Spoiled", report.sheets_spoiled),
        ("Lost", report.sheets_lost),
        ("Printed again by decision", report.sheets_reprinted),
    ];
    html! {
        div.figures {
            p.quantity { span.number { (report.forms_printed) } " forms printed" }
            p.quantity { span.number { (words::amount(report.total_amount_cents)) } " total"
                @if !is_final { span.hint { ", at most " (words::amount(report.total_amount_at_most_cents)) } } }
            p { strong { @if is_final { "Final, version " (report.version) } @else { "Provisional" } }
                @if !report.evidence.is_empty() { ": " (report.evidence) } }
        }
        table.sums {
            caption { "Sheets of the job, and what was withheld" }
            tbody {
                @for (name, number) in sheets { tr { th scope="row" { (name) } td.number { (number) } } }
                tr.total { th scope="row" { "All sheets" } td.number { (job.sheets) } }
                @for (name, number) in stock { tr { th scope="row" { (name) } td.number { (number) } } }
                tr { th scope="row" { "Void forms printed" } td.number { (report.forms_void) } }
                tr { th scope="row" { "Federal tax withheld" } td.number { (words::amount(report.federal_tax_withheld_cents)) } }
                tr { th scope="row" { "State tax withheld" } td.number { (words::amount(report.state_tax_withheld_cents)) } }
                tr { th scope="row" { "Control total of the job" } td.number { (words::amount(job.control_total_cents)) } }
            }
        }
    }
}

/// Every report that a search finds.
pub(super) async fn list_csv(
    Extension(person): Extension<Person>,
    RawQuery(query): RawQuery,
) -> Response {
    let search = Search::read(query.as_deref());
    let mut request = search.request(READ, true);
    request.page_token.clear();
    let (mut rows, mut count) = (Csv::new(&HEADS), 0);
    loop {
        let found = match reported(&person, request.clone()).await {
            Ok(found) => found,
            Err(status) => return page::trouble(&person, &status),
        };
        for job in &found.jobs {
            row(&mut rows, job);
        }
        count += found.jobs.len();
        let more = !found.next_page_token.is_empty();
        if let Err(status) = whole(count, more) {
            return page::trouble(&person, &status);
        }
        if !more {
            return csv::file("reports.csv", rows);
        }
        request.page_token = found.next_page_token;
    }
}

/// A file has every row, or there is none: nobody sees that a spreadsheet ends too early.
fn whole(rows: usize, more: bool) -> Result<(), Status> {
    match rows > MOST_ROWS || (rows == MOST_ROWS && more) {
        true => Err(Status::invalid_argument(format!(
            "there are more than {MOST_ROWS} reports, too many for one file: search by payer or year first"
        ))),
        false => Ok(()),
    }
}

fn row(rows: &mut Csv, job: &pb::Job) {
    let report = job.report.clone().unwrap_or_default();
    let number = |number: i32| number.to_string();
    let [what, printers, ended] = [
        words::what(job),
        words::printers(job),
        end(job).map_or_else(String::new, |time| time.to_rfc3339()),
    ];
    let [year, version, forms, void] = [
        number(job.tax_year),
        number(report.version),
        number(report.forms_printed),
        number(report.forms_void),
    ];
    let [good, spoiled, lost, abandoned] = [
        number(report.sheets_printed),
        number(report.sheets_spoiled),
        number(report.sheets_lost),
        number(report.sheets_abandoned),
    ];
    let amount = |cents| Cell::Amount(Money::from_cents(cents));
    rows.row(&[
        Cell::Text(&job.name),
        Cell::Text(&what),
        Cell::Text(&job.payer_id),
        Cell::Text(&year),
        Cell::Text(states::of_job(job.state()).word),
        Cell::Text(&printers),
        Cell::Text(&job.stock),
        Cell::Text(&job.user),
        Cell::Text(&version),
        Cell::Text(&forms),
        Cell::Text(&void),
        Cell::Text(&good),
        Cell::Text(&spoiled),
        Cell::Text(&lost),
        Cell::Text(&abandoned),
        amount(report.total_amount_cents),
        amount(report.federal_tax_withheld_cents),
        amount(report.state_tax_withheld_cents),
        Cell::Text(&ended),
        Cell::Text(&report.evidence),
    ]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_never_cut_in_silence() {
        assert!(whole(MOST_ROWS, false).is_ok());
        assert!(whole(MOST_ROWS - 1, true).is_ok());
        assert!(whole(MOST_ROWS, true).is_err());
        assert!(whole(MOST_ROWS + 1, false).is_err());
    }
}
