//! The first page: what waits for a person, then the printers, then the line.

use axum::Extension;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use formfeed_domain::spool::{JobId, PrinterId};
use formfeed_proto::spooler as pb;
use formfeed_store::spooler::JobPage;
use maud::{Markup, html};
use pb::printer::State;
use tonic::Status;

use super::live::{Region, seen};
use super::page::{self, Place, region};
use super::person::Person;
use super::waiting::{Standing, Waiting};
use super::{states, words};
use crate::service::refused;

/// Jobs of the line that are shown.
const LINE: usize = 25;
/// Sheets from which the pace of a printer is read, and how long ago the first of them may be.
const PACE_SHEETS: usize = 40;
const PACE_SECONDS: i64 = 300;
/// A job of no more sheets is shown sheet by sheet.
const STRIP: i32 = 60;

/// The page.
pub(super) async fn show(Extension(person): Extension<Person>) -> Response {
    match regions(&person).await {
        Ok(regions) => {
            let body = html! {
                h1.quiet { "Overview" }
                @for (id, content) in &regions { (region(id, content)) }
            };
            let live = format!("/live?seen={}", seen(&regions));
            page::show(&person, (Place::Overview, "Overview"), Some(live), &body)
        }
        Err(status) => page::trouble(&person, &status),
    }
}

/// How many things wait, for a page that nobody sees.
pub(super) async fn waiting(Extension(person): Extension<Person>) -> Response {
    match Waiting::read(&person).await {
        Ok(waiting) => waiting.count().to_string().into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// Its parts.
pub(super) async fn regions(person: &Person) -> Result<Vec<Region>, Status> {
    let store = person.console().handlers.store();
    let waiting = Waiting::read(person).await?;
    let page = JobPage {
        open_only: true,
        in_line: true,
        limit: LINE + 1,
        ..JobPage::default()
    };
    let views = store.jobs(&page).await.map_err(refused)?;
    let more = views.len() > LINE;
    let mut line = Vec::new();
    for view in views.iter().take(LINE) {
        let job = person.console().handlers.job_message(view).await;
        line.push(job.map_err(refused)?);
    }
    let mut cards = Vec::with_capacity(waiting.printers.len());
    for standing in &waiting.printers {
        cards.push(card(person, standing).await?);
    }
    Ok(vec![
        ("questions", waiting.show(person)),
        (
            "printers",
            html! {
                h2 { "Printers" }
                @if cards.is_empty() {
                    p.empty { "No printer yet: " code { "formfeed printer add NAME URI" } " adds one." }
                }
                div.cards { @for card in &cards { (card) } }
            },
        ),
        ("queue", queue(person, &line, more)),
    ])
}

async fn card(person: &Person, standing: &Standing) -> Result<Markup, Status> {
    let printer = &standing.printer;
    let id = words::id(&printer.name);
    let look = states::of_printer(printer.state());
    let turn = standing.turn.as_ref().map(JobId::as_str);
    let current = match words::id(&printer.current_job) {
        "" => turn,
        job => Some(job),
    };
    let current = match current {
        Some(job) => person.job(job).await.ok(),
        None => None,
    };
    let hindered = match printer.state() {
        State::Idle | State::Processing => standing.hindrance.as_deref().unwrap_or_default(),
        _ => printer.state_reasons.as_slice(),
    };
    let at_work = match &current {
        Some(job) => {
            let pace = match printer.state() {
                State::Processing => pace(person, job, id).await?,
                _ => None,
            };
            Some((job, pace, strip(person, job).await?))
        }
        None => None,
    };
    Ok(html! {
        article class={ "card printer " (look.class) } {
            header {
                h3 { a id={ "printer-" (id) } href=(person.path(format_args!("/printers/{id}"))) { (id) } }
                (look.show())
            }
            @for reason in hindered { p.reason { (reason) } }
            @if matches!(printer.state(), State::Idle | State::Processing) {
                @for reason in &printer.state_reasons { p.reason { (reason) } }
            }
            p { span.label { "Stock" } " " (loaded(printer)) }
            @if let Some((job, pace, strip)) = at_work {
                (progress(person, job, pace, &strip))
            } @else {
                p { span.label { "Job" } " none at work" }
            }
            @if printer.queued_jobs > 0 {
                p { span.label { "In line" } " " (words::many(printer.queued_jobs, "open job")) }
            }
        }
    })
}

/// What is in a printer.
pub(super) fn loaded(printer: &pb::Printer) -> Markup {
    let any = printer.uri.starts_with("file:");
    html! {
        @match (printer.stock.as_str(), printer.stock_on_hand) {
            ("", _) if any => "any, nothing to load",
            ("", _) => strong { "none loaded" },
            (stock, None) => { (stock) ", not counted" },
            (stock, Some(left)) => { (stock) ", " strong.number { (words::many(left, "sheet")) " left" } },
        }
    }
}

fn progress(person: &Person, job: &pb::Job, pace: Option<Pace>, strip: &Markup) -> Markup {
    let report = job.report.clone().unwrap_or_default();
    let id = words::id(&job.name);
    html! {
        p { span.label { "Job" } " "
            a id={ "current-" (id) "-" (words::printers(job)) } href=(person.path(format_args!("/jobs/{id}"))) { (words::short(id)) }
            " " (words::what(job)) " " (words::whose(job)) }
        progress max=(job.sheets.max(1)) value=(report.sheets_printed)
            aria-label={ "Good sheets of job " (words::short(id)) } {}
        p.number { strong { (report.sheets_printed) } " of " (words::many(job.sheets, "sheet")) " good" (rest(&report)) }
        (strip)
        @if let Some(pace) = pace {
            p.number { (pace.words()) @if let Some(left) = pace.left(&report) { " · about " (left) " left" } }
        }
    }
}

/// What is neither good nor waiting.
fn rest(report: &pb::JobReport) -> String {
    let parts = [
        (
            report.sheets_live - report.sheets_awaiting_confirmation,
            "sending",
        ),
        (report.sheets_awaiting_confirmation, "to confirm"),
        (report.sheets_in_doubt, "in doubt"),
        (report.sheets_wasted, "spoiled or lost"),
        (report.sheets_abandoned, "abandoned"),
    ];
    let parts = parts.iter().filter(|(number, _)| *number > 0);
    parts
        .map(|(number, word)| format!(" · {number} {word}"))
        .collect()
}

/// The sheets of a small job, one by one.
async fn strip(person: &Person, job: &pb::Job) -> Result<Markup, Status> {
    if job.sheets > STRIP {
        return Ok(html! {});
    }
    let request = pb::ListSheetsRequest {
        job: job.name.clone(),
        page_size: STRIP,
        ..pb::ListSheetsRequest::default()
    };
    let sheets = person.sheets(request).await?.sheets;
    Ok(html! {
        ol.strip aria-hidden="true" {
            @for sheet in &sheets {
                @let look = states::of_sheet(sheet.state());
                li class=(look.class) { (look.sign) }
            }
        }
    })
}

/// How fast a printer prints a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pace {
    sheets: i64,
    millis: i64,
}

impl Pace {
    fn of(times: &[DateTime<Utc>], now: DateTime<Utc>) -> Option<Self> {
        let recent = |time: &&DateTime<Utc>| (now - **time).num_seconds() < PACE_SECONDS;
        let times: Vec<_> = times.iter().filter(recent).collect();
        let millis = (**times.iter().max()? - **times.iter().min()?).num_milliseconds();
        let sheets = i64::try_from(times.len()).ok()? - 1;
        (sheets > 0 && millis > 0).then_some(Self { sheets, millis })
    }

    fn words(self) -> String {
        let tenths = self.sheets * 600_000 / self.millis;
        format!("{}.{} pages a minute", tenths / 10, tenths % 10)
    }

    fn left(self, report: &pb::JobReport) -> Option<String> {
        let waiting = report.sheets_wasted + report.sheets_awaiting_confirmation;
        let sheets = i64::from(report.sheets_pending + report.sheets_live - waiting);
        (sheets > 0).then(|| words::span(sheets * self.millis / self.sheets / 1000))
    }
}

async fn pace(person: &Person, job: &pb::Job, printer: &str) -> Result<Option<Pace>, Status> {
    let ids = JobId::new(words::id(&job.name))
        .ok()
        .zip(PrinterId::new(printer).ok());
    let Some((job, printer)) = ids else {
        return Ok(None);
    };
    let store = person.console().handlers.store();
    let times = store.printed_lately(&job, &printer, PACE_SHEETS).await;
    Ok(Pace::of(&times.map_err(refused)?, Utc::now()))
}

fn queue(person: &Person, jobs: &[pb::Job], more: bool) -> Markup {
    html! {
        h2 { "Queue" }
        @if jobs.is_empty() {
            p.empty { "No job is open." }
        } @else {
            (table(person, jobs))
        }
        @if more { p { a #all-open href=(person.path("/jobs?open=on")) { "All open jobs" } } }
    }
}

/// Jobs in rows.
pub(super) fn table(person: &Person, jobs: &[pb::Job]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Jobs" {
            table {
                thead { tr {
                    th scope="col" { "Job" } th scope="col" { "What" } th scope="col" { "State" }
                    th scope="col" { "Printer" } th.number scope="col" { "Sheets good" } th.number scope="col" { "Forms" }
                    th.number scope="col" { "Total" } th.number scope="col" { "Priority" } th scope="col" { "By" }
                } }
                tbody {
                    @for job in jobs {
                        @let report = job.report.clone().unwrap_or_default();
                        @let id = words::id(&job.name);
                        tr {
                            th.key scope="row" { a id={ "job-" (id) } href=(person.path(format_args!("/jobs/{id}"))) { (words::short(id)) } }
                            td { (words::what(job)) " " (words::whose(job)) }
                            td { (states::of_job(job.state()).show()) @for reason in &job.state_reasons { p.reason { (reason) } } }
                            td { (words::printers(job)) }
                            td.number { (report.sheets_printed) " / " (job.sheets) }
                            td.number { (report.forms_printed) " / " (job.forms) }
                            td.number { (words::amount(report.total_amount_cents)) }
                            td.number { (job.priority) }
                            td { (job.user) }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_that_of_the_last_minutes() {
        let now = Utc::now();
        let ago = |seconds| now - chrono::Duration::seconds(seconds);
        let pace = Pace::of(&[ago(0), ago(10), ago(20), ago(3_000)], now).unwrap();
        assert_eq!(pace.words(), "6.0 pages a minute");
        let report = pb::JobReport {
            sheets_pending: 9,
            ..pb::JobReport::default()
        };
        assert_eq!(pace.left(&report).as_deref(), Some("1 min"));
        let sent = pb::JobReport {
            sheets_live: 40,
            sheets_awaiting_confirmation: 40,
            ..pb::JobReport::default()
        };
        assert_eq!(pace.left(&sent), None);
        assert_eq!(rest(&sent), " · 40 to confirm");
        assert_eq!(Pace::of(&[ago(0)], now), None);
        assert_eq!(Pace::of(&[], now), None);
    }
}
