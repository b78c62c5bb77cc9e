//! What became of a sheet: what happened, what the device says, the picture, and every answer with what it costs.

use axum::Extension;
use axum::extract::{Path, RawQuery};
use axum::response::{Html, IntoResponse, Response};
use formfeed_domain::spool::JobId;
use formfeed_proto::spooler as pb;
use maud::{Markup, html};
use pb::sheet::State;
use tonic::Status;
use uuid::Uuid;

use super::form::Form;
use super::live::{Region, seen};
use super::page::{self, Place, region};
use super::person::Person;
use super::{answer, sheet, states, words};
use crate::queue::may_still_print;
use crate::service::refused;

/// Events of a job among which those of a sheet are looked for.
const EVENTS: usize = 400;
/// Spoiled and lost sheets are looked for in pages of so many.
const PAGE: i32 = 1_000;

/// What is asked about.
#[derive(Debug, Clone)]
pub(super) struct View {
    pub(super) job: String,
    /// The sheet; 0 for the first that waits.
    pub(super) sheet: i32,
    pub(super) once: String,
}

impl View {
    pub(super) fn read(job: String, query: Option<&str>) -> Self {
        let form = Form::query(query);
        let once = Uuid::parse_str(form.text("once"));
        Self {
            job,
            sheet: form.number("sheet").unwrap_or_default(),
            once: once.unwrap_or_else(|_| Uuid::now_v7()).to_string(),
        }
    }
}

/// Whether a person has to say something about a sheet in a state.
pub(super) fn is_asked(state: State) -> bool {
    matches!(
        state,
        State::InDoubt | State::AwaitingConfirmation | State::Spoiled | State::Lost
    )
}

/// The page.
pub(super) async fn show(
    Extension(person): Extension<Person>,
    Path(job): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let mut view = View::read(job, query.as_deref());
    if view.sheet == 0 {
        view.sheet = match first(&person, &view.job).await {
            Ok(Some(sheet)) => sheet,
            Ok(None) => return nothing(&person, &view.job),
            Err(status) => return page::trouble(&person, &status),
        };
    }
    let read = both(&person, &view).await;
    let (job, sheet, regions) = match read {
        Ok(all) => all,
        Err(status) => return page::trouble(&person, &status),
    };
    let title = format!("Sheet {} of job {}", sheet.number, words::short(&job.name));
    let path = format!("/jobs/{}/question", view.job);
    let asked = Form::query(query.as_deref()).is_set("ask");
    let said = match asked {
        true => said(&person, &view).await,
        false => ask(&person, &path, view.sheet),
    };
    let [happened, answers] = &regions;
    let body = html! {
        nav.crumbs aria-label="Way back" {
            a href=(person.path(format_args!("/jobs/{}", view.job))) { "Job " (words::short(&view.job)) }
        }
        h1 { "What became of sheet " (sheet.number) "?" }
        (region(happened.0, &happened.1))
        div.beside {
            (sheet::picture(&person, &job, &sheet))
            div {
                div.card {
                    h2 { "Compare with the paper in hand" }
                    (sheet::facts(&sheet))
                    h2 { "What the device says" }
                    div #device hx-get=[(!asked).then(|| person.path(format_args!("{path}/device?sheet={}", view.sheet)))]
                        hx-trigger="load" { (said) }
                }
                (region(answers.0, &answers.1))
            }
        }
    };
    let live = format!(
        "{path}/live?sheet={}&once={}&seen={}",
        view.sheet,
        view.once,
        seen(&regions)
    );
    page::show(&person, (Place::Overview, &title), Some(live), &body)
}

/// The parts that change by themselves.
pub(super) async fn regions(person: &Person, view: &View) -> Result<Vec<Region>, Status> {
    Ok(both(person, view).await?.2.into())
}

type Both = (pb::Job, pb::Sheet, [Region; 2]);

async fn both(person: &Person, view: &View) -> Result<Both, Status> {
    let (job, sheet) =
        tokio::try_join!(person.job(&view.job), person.sheet(&view.job, view.sheet))?;
    let happened = happened(person, &job, &sheet).await?;
    let answers = answer::forms(person, &job, &sheet, &view.once);
    Ok((job, sheet, [("happened", happened), ("answers", answers)]))
}

/// The first sheet of a job that wants a person's word.
pub(super) async fn first(person: &Person, job: &str) -> Result<Option<i32>, Status> {
    let mut request = pb::ListSheetsRequest {
        job: format!("jobs/{job}"),
        page_size: 1,
        undecided_only: true,
        ..pb::ListSheetsRequest::default()
    };
    let undecided = person.sheets(request.clone()).await?.sheets;
    if let Some(sheet) = undecided.first() {
        return Ok(Some(sheet.number));
    }
    let wasted = person
        .job(job)
        .await?
        .report
        .is_some_and(|report| report.sheets_wasted > 0);
    if !wasted {
        return Ok(None);
    }
    (request.page_size, request.undecided_only) = (PAGE, false);
    loop {
        let page = person.sheets(request.clone()).await?;
        let wasted = page.sheets.iter().find(|sheet| is_asked(sheet.state()));
        match wasted {
            Some(sheet) => return Ok(Some(sheet.number)),
            None if page.next_page_token.is_empty() => return Ok(None),
            None => request.page_token = page.next_page_token,
        }
    }
}

fn nothing(person: &Person, job: &str) -> Response {
    let body = html! {
        h1 { "Nothing waits for a decision" }
        p { "Every sheet of this job is decided, or waits to be printed." }
        p { a.button href=(person.path(format_args!("/jobs/{job}"))) { "To the job" } " "
            a.button href=(person.path("/")) { "To the overview" } }
    };
    page::show(person, (Place::Overview, "Nothing to decide"), None, &body)
}

/// What is known of the sheet's last try, and what the printer is up to.
async fn happened(person: &Person, job: &pb::Job, sheet: &pb::Sheet) -> Result<Markup, Status> {
    let none = || Status::not_found("there is no such job");
    let id = JobId::new(words::id(&job.name)).map_err(|_| none())?;
    let store = person.console().handlers.store();
    let last = store.last_event(&id).await.map_err(refused)?;
    let after = last
        .saturating_sub(i64::try_from(EVENTS).unwrap_or(i64::MAX))
        .max(0);
    let events = store
        .events_after(&id, after, EVENTS)
        .await
        .map_err(refused)?;
    let about: Vec<_> = events
        .iter()
        .filter(|event| event.sheet.and_then(|it| i32::try_from(it).ok()) == Some(sheet.number))
        .collect();
    let attempt = sheet.attempts.last();
    let printer = match attempt {
        Some(attempt) => person.printer(words::id(&attempt.printer)).await.ok(),
        None => None,
    };
    let look = states::of_sheet(sheet.state());
    Ok(html! {
        div class={ "card question " (look.class) } {
            div {
                p.big { (look.show()) " on "
                    @if let Some(attempt) = attempt { (words::id(&attempt.printer)) } " · " (words::what(job)) " " (words::whose(job)) }
                @if let Some(attempt) = attempt {
                    @if !is_asked(sheet.state()) && !attempt.decided_by.is_empty() {
                        p.reason role="status" { strong { (attempt.decided_by) } " decided it: " (look.word)
                            @if !attempt.decision_reason.is_empty() { " (" (attempt.decision_reason) ")" } }
                    } @else if !attempt.decision_reason.is_empty() {
                        p.reason { (attempt.decision_reason) }
                    }
                }
                @if !about.is_empty() {
                    h2 { "What happened" }
                    ol.log { @for event in about { li { (words::time(Some(event.at))) " " (event.message) } } }
                }
                @if let Some(printer) = &printer {
                    p { span.label { "Printer now" } " " (states::of_printer(printer.state()).show()) }
                    @for reason in &printer.state_reasons { p.reason { (reason) } }
                }
                @if let Some(attempt) = attempt {
                    details { summary #evidence { "Evidence of this try" } (sheet::evidence(&attempt.evidence_json)) }
                }
            }
        }
    })
}

fn ask(person: &Person, path: &str, sheet: i32) -> Markup {
    html! { p { a href=(person.path(format_args!("{path}?sheet={sheet}&ask=on"))) { "Ask the device now" } } }
}

/// What the device answers at this moment, as a part of the page.
pub(super) async fn device(
    Extension(person): Extension<Person>,
    Path(job): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let view = View::read(job, query.as_deref());
    Html(said(&person, &view).await.into_string()).into_response()
}

async fn said(person: &Person, view: &View) -> Markup {
    match still_at_work(person, view).await {
        Ok(Some(words)) => html! { p.reason { (words) } },
        Ok(None) => {
            html! { p { "It does not work on this sheet any more, and tells nothing else about it." } }
        }
        Err(status) => html! { p.reason { (status.message()) } },
    }
}

async fn still_at_work(person: &Person, view: &View) -> Result<Option<String>, Status> {
    person.asks("JobService/ListSheets", ())?;
    let none = || Status::not_found("there is no such sheet");
    let id = JobId::new(view.job.as_str()).map_err(|_| none())?;
    let sheet = u32::try_from(view.sheet).map_err(|_| none())?;
    let shared = person.console().handlers.shared();
    may_still_print(shared, &id, &[sheet])
        .await
        .map_err(refused)
}
