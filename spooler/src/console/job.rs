//! One job: where it stands, sheet by sheet, and what may be done with it.

use axum::Extension;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use formfeed_domain::spool::JobId;
use formfeed_proto::convert::job::event_to;
use formfeed_proto::spooler as pb;
use formfeed_store::spooler::Recorded;
use maud::{Markup, html};
use pb::job::State;
use tonic::Status;
use uuid::Uuid;

use super::form::Form;
use super::live::{Region, seen};
use super::page::{self, Place, boxed, csrf, region};
use super::person::Person;
use super::{job_acts, report, states, words};
use crate::service::refused;

/// Sheets of one grid.
const SHEETS: i32 = 200;
/// Events that are shown.
const EVENTS: usize = 200;
/// Decisions that are shown.
const DECISIONS: usize = 100;

/// What of a job is looked at.
#[derive(Debug, Clone)]
pub(super) struct View {
    pub(super) job: String,
    /// Token of the page of sheets.
    pub(super) page: String,
    /// Of the page load: makes a change that is sent twice one change.
    pub(super) once: String,
}

impl View {
    pub(super) fn read(job: String, query: Option<&str>) -> Self {
        let form = Form::query(query);
        let once = form.text("once");
        Self {
            job,
            page: form.text("page").to_owned(),
            once: match Uuid::parse_str(once) {
                Ok(once) => once.to_string(),
                Err(_) => Uuid::now_v7().to_string(),
            },
        }
    }
}

/// The page.
pub(super) async fn show(
    Extension(person): Extension<Person>,
    Path(job): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let view = View::read(job, query.as_deref());
    let (job, regions) = match both(&person, &view).await {
        Ok(both) => both,
        Err(status) => return page::trouble(&person, &status),
    };
    let title = format!("Job {}", words::short(&job.name));
    let body = html! {
        h1 { "Job " (words::short(&job.name)) }
        @for (id, content) in &regions { (region(id, content)) }
    };
    let live = format!(
        "/jobs/{}/live?once={}&page={}&seen={}",
        view.job,
        view.once,
        view.page,
        seen(&regions)
    );
    page::show(&person, (Place::Jobs, &title), Some(live), &body)
}

/// Its parts.
pub(super) async fn regions(person: &Person, view: &View) -> Result<Vec<Region>, Status> {
    Ok(both(person, view).await?.1)
}

type Both = (pb::Job, Vec<Region>);

async fn both(person: &Person, view: &View) -> Result<Both, Status> {
    let job = person.job(&view.job).await?;
    let request = pb::ListSheetsRequest {
        job: job.name.clone(),
        page_size: SHEETS,
        page_token: view.page.clone(),
        ..pb::ListSheetsRequest::default()
    };
    let sheets = person.sheets(request).await?;
    let decisions = person.newest_decisions(&view.job, DECISIONS + 1).await?;
    let printers = match person.is_operator() {
        true => person.printers().await?,
        false => Vec::new(),
    };
    let parts = vec![
        ("standing", standing(person, &job)),
        (
            "actions",
            job_acts::forms(person, &job, &printers, &view.once),
        ),
        ("sheets", grid(person, &job, &sheets)),
        ("report", html! { h2 { "Report" } (report::figures(&job)) }),
        ("decided", decided(person, &view.job, &decisions)),
        ("events", events(person, &job).await?),
    ];
    Ok((job, parts))
}

fn standing(person: &Person, job: &pb::Job) -> Markup {
    let report = job.report.clone().unwrap_or_default();
    let id = words::id(&job.name);
    let asks = matches!(
        job.state(),
        State::NeedsDecision | State::AwaitingConfirmation
    ) || (report.sheets_wasted > 0 && job.state() != State::Canceled);
    html! {
        div.standing {
            p.big { (states::of_job(job.state()).show()) }
            @for reason in &job.state_reasons { p.reason { (reason) } }
            @if asks {
                p { a.button.primary #ask href=(person.path(format_args!("/jobs/{id}/question"))) {
                    @if person.is_operator() { "Decide what became of its sheets" } @else { "Look at what waits for a decision" }
                } }
            }
            progress max=(job.sheets.max(1)) value=(report.sheets_printed) aria-label="Good sheets" {}
            dl.facts {
                div { dt { "Good sheets" } dd.number { (report.sheets_printed) " of " (job.sheets) } }
                div { dt { "Forms printed" } dd.number { (report.forms_printed) " of " (job.forms) } }
                div { dt { "What" } dd { (words::what(job)) } }
                div { dt { "Payer, year" } dd { (words::whose(job)) } }
                div { dt { "Stock" } dd { (job.stock) } }
                div { dt { "Printer" } dd {
                    @for printer in &job.printers {
                        a id={ "to-" (words::id(printer)) } href=(person.path(format_args!("/printers/{}", words::id(printer)))) { (words::id(printer)) } " "
                    }
                } }
                div { dt { "Priority" } dd.number { (job.priority) } }
                div { dt { "Submitted by" } dd { (job.user) ", " (words::time(words::instant(job.create_time.as_ref()))) } }
                div { dt { "Name" } dd.name { (job.name) } }
            }
            @for note in &job.notes { p.note { (note) } }
        }
    }
}

fn grid(person: &Person, job: &pb::Job, page: &pb::ListSheetsResponse) -> Markup {
    let id = words::id(&job.name);
    let path = person.path(format_args!("/jobs/{id}"));
    html! {
        h2 { "Sheets" }
        ul.legend aria-label="Signs" {
            @for state in [pb::sheet::State::Pending, pb::sheet::State::Live, pb::sheet::State::Good, pb::sheet::State::InDoubt,
                pb::sheet::State::AwaitingConfirmation, pb::sheet::State::Spoiled, pb::sheet::State::Lost, pb::sheet::State::Abandoned] {
                li { (states::of_sheet(state).show()) }
            }
            li { span.voids { "v2" } " void slots" }
        }
        ol.grid {
            @for sheet in &page.sheets {
                @let look = states::of_sheet(sheet.state());
                li {
                    a class={ "cell " (look.class) } id={ "sheet-" (sheet.number) } href={ (path) "/sheets/" (sheet.number) }
                        title={ "Sheet " (sheet.number) ": " (look.word) } {
                        span.quiet { "Sheet " } span.number { (sheet.number) }
                        span.sign aria-hidden="true" { (look.sign) }
                        span.quiet { ", " (look.word) }
                        @if sheet.void_slots > 0 {
                            span.voids aria-hidden="true" { "v" (sheet.void_slots) }
                            span.quiet { ", " (words::many(sheet.void_slots, "void slot")) }
                        }
                    }
                }
            }
        }
        @if !page.next_page_token.is_empty() || page.sheets.first().is_some_and(|first| first.number > 1) {
            nav.pager aria-label="More sheets" {
                a #first-sheets href=(path) { "First sheets" }
                @if !page.next_page_token.is_empty() {
                    a #next-sheets href={ (path) "?page=" (page.next_page_token) } { "Next sheets" }
                }
            }
        }
    }
}

/// The last decisions, the newest first, and the way to all of them.
fn decided(person: &Person, job: &str, decisions: &[Recorded]) -> Markup {
    html! {
        h2 { "Decisions" }
        @if decisions.is_empty() { p.empty { "Nobody decided anything about this job." } } @else {
            (boxed("Decisions", &html! {
                ol.log reversed {
                    @for decision in decisions.iter().take(DECISIONS) {
                        li {
                            (words::time(Some(decision.at))) " "
                            strong { (decision.by) } ": " (words::spaced(&decision.verb))
                            @if let Some(sheet) = decision.sheet { ", sheet " (sheet) }
                            @if let Some(by) = &decision.proposed_by { ", as " (by) " proposed" }
                            @if !decision.reason.is_empty() { " (" (decision.reason) ")" }
                        }
                    }
                }
            }))
        }
        @if decisions.len() > DECISIONS {
            p { "These are the last " (DECISIONS) ". "
                a #all-decisions href=(person.path(format_args!("/reports/{job}#decided"))) { "All decisions" } }
        }
    }
}

/// The last events, the newest first.
async fn events(person: &Person, job: &pb::Job) -> Result<Markup, Status> {
    let none = || Status::not_found("there is no such job");
    let id = JobId::new(words::id(&job.name)).map_err(|_| none())?;
    let store = person.console().handlers.store();
    let last = store.last_event(&id).await.map_err(refused)?;
    let after = last.saturating_sub(i64::try_from(EVENTS).unwrap_or(i64::MAX));
    let events = store.events_after(&id, after.max(0), EVENTS).await;
    let events = events.map_err(refused)?;
    let events: Vec<_> = events
        .iter()
        .rev()
        .map(|event| event_to(event, job.clone()))
        .collect();
    Ok(html! {
        h2 { "Events" }
        (boxed("Events", &html! {
            ol.log reversed {
                @for event in &events {
                    li { (words::time(words::instant(event.time.as_ref()))) " " (event.message) }
                }
            }
        }))
    })
}

/// The hidden fields of a form about a job.
pub(super) fn hidden(person: &Person, verb: &str, seen: &str, once: &str) -> Markup {
    html! {
        (csrf(person))
        input type="hidden" name="verb" value=(verb);
        input type="hidden" name="seen" value=(seen);
        input type="hidden" name="once" value=(once);
    }
}
