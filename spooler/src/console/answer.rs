//! The answers to a question about a sheet, each with its consequence in numbers, and how one is taken.

use axum::Extension;
use axum::extract::Path;
use axum::response::Response;
use formfeed_domain::spool::JobId;
use formfeed_proto::spooler as pb;
use formfeed_proto::spooler::job_service_server::JobService as _;
use formfeed_runtime::{Refusal, reason};
use maud::{Markup, html};
use pb::resolve_sheet_request::Outcome;
use pb::sheet::State;
use tonic::Status;

use super::form::Form;
use super::job::hidden;
use super::job_acts::{once, typed};
use super::page;
use super::person::Person;
use super::question::{first, is_asked};
use super::{states, words};

/// How a sheet stood when a page was loaded: its last try, and its state.
fn seen(sheet: &pb::Sheet) -> String {
    let last = sheet.attempts.last().map_or(0, |attempt| attempt.number);
    format!("{last}.{}", sheet.state().as_str_name())
}

/// One answer.
struct Answer {
    verb: &'static str,
    title: &'static str,
    /// What follows, in numbers.
    then: String,
    /// The word to be typed where stock is lost.
    typed: &'static str,
    wants_reason: bool,
    more: Markup,
}

/// The answers that fit how the sheet stands.
pub(super) fn forms(person: &Person, job: &pb::Job, sheet: &pb::Sheet, page: &str) -> Markup {
    if !is_asked(sheet.state()) {
        return html! { p.empty { "This sheet waits for no decision: it is " (states::of_sheet(sheet.state()).word) "." } };
    }
    if !person.is_operator() {
        return html! { p.empty { "An operator decides: role " (person.token().role.name()) " may only look." } };
    }
    let answers = match sheet.state() {
        State::Spoiled | State::Lost => once_marked(job, sheet),
        _ => undecided(job, sheet),
    };
    let action = person.path(format_args!("/jobs/{}/question", words::id(&job.name)));
    let seen = seen(sheet);
    html! {
        h2 { "Answers" }
        div.answers {
            @for answer in &answers {
                form.answer method="post" action=(action) {
                    (hidden(person, answer.verb, &seen, page))
                    input type="hidden" name="sheet" value=(sheet.number);
                    h3 { (answer.title) }
                    p.then { (answer.then) }
                    (answer.more)
                    @if answer.wants_reason {
                        label for={ "reason-" (answer.verb) } { "Why" }
                        input id={ "reason-" (answer.verb) } name="reason" required maxlength="200";
                    }
                    @if !answer.typed.is_empty() {
                        label for={ "typed-" (answer.verb) } { "Stock is lost: type " strong { (answer.typed) } }
                        input id={ "typed-" (answer.verb) } name="typed" required pattern=(answer.typed) autocomplete="off" spellcheck="false";
                    }
                    button id={ "do-" (answer.verb) } .primary[answer.typed.is_empty()] .danger[!answer.typed.is_empty()] type="submit" { (answer.title) }
                }
            }
            @if sheet.state() == State::AwaitingConfirmation { (range(person, job, sheet, page, &action)) }
        }
    }
}

fn undecided(job: &pb::Job, sheet: &pb::Sheet) -> Vec<Answer> {
    let report = job.report.clone().unwrap_or_default();
    let (forms, number) = (count(sheet), sheet.number);
    let quantity = report.forms_printed;
    let serial = sheet.attempts.last().and_then(|attempt| attempt.serial);
    let wasted = |word: &str| {
        format!(
            "1 sheet of {} counts as {word}. Quantity unchanged: {quantity}. Sheet {number} then waits until someone has it printed again.",
            job.stock
        )
    };
    vec![
        Answer {
            verb: "printed",
            title: "It is on paper and good",
            then: format!(
                "Counts sheet {number}: quantity {quantity} → {}, total {} → {}. Nothing is printed.",
                quantity + forms,
                words::amount(report.total_amount_cents),
                words::amount(report.total_amount_cents + sheet.amount_cents),
            ),
            typed: "",
            wants_reason: false,
            more: html! {
                @if serial.is_some() {
                    label for="serial" { "Serial number on the paper" }
                    input id="serial" name="serial" inputmode="numeric" pattern="[0-9]*";
                }
            },
        },
        Answer {
            verb: "not-printed",
            title: "Nothing was printed",
            then: format!(
                "Prints sheet {number} again: quantity unchanged, {quantity}. No stock is lost."
            ),
            typed: "",
            wants_reason: true,
            more: html! {
                div.tick {
                    input id="restarted" name="restarted" type="checkbox";
                    label for="restarted" { "The printer was switched off and on since: it cannot print it any more" }
                }
            },
        },
        Answer {
            verb: "spoiled",
            title: "It is spoiled",
            then: wasted("spoiled"),
            typed: "spoiled",
            wants_reason: true,
            more: html! {},
        },
        Answer {
            verb: "lost",
            title: "It is gone",
            then: wasted("lost"),
            typed: "lost",
            wants_reason: true,
            more: html! {},
        },
    ]
}

fn once_marked(job: &pb::Job, sheet: &pb::Sheet) -> Vec<Answer> {
    let report = job.report.clone().unwrap_or_default();
    let (forms, number, quantity) = (count(sheet), sheet.number, report.forms_printed);
    vec![
        Answer {
            verb: "reprint",
            title: "Print it again",
            then: format!(
                "Takes 1 more sheet of {} for sheet {number}: quantity {quantity} → {} once it is good.",
                job.stock,
                quantity + forms
            ),
            typed: "",
            wants_reason: true,
            more: html! {},
        },
        Answer {
            verb: "abandon",
            title: "Give it up",
            then: format!(
                "The job ends without sheet {number}: {} and {} are never counted. Quantity stays {quantity}.",
                words::many(forms, "form"),
                words::amount(sheet.amount_cents)
            ),
            typed: "give up",
            wants_reason: true,
            more: html! {},
        },
    ]
}

fn count(sheet: &pb::Sheet) -> i32 {
    i32::try_from(sheet.account_numbers.len()).unwrap_or(i32::MAX)
}

/// Many sheets that were sent in full, at once: `1 to 20 except 7`.
fn range(person: &Person, job: &pb::Job, sheet: &pb::Sheet, page: &str, action: &str) -> Markup {
    html! {
        form.answer method="post" action=(action) {
            (hidden(person, "confirm", "", page))
            h3 { "Several are good" }
            p.then { "Counts every sheet that is named. All of them must wait for a word; if one does not, none is counted." }
            div.row {
                div { label for="first" { "From sheet" } input id="first" name="sheet" type="number" min="1" max=(job.sheets) required value=(sheet.number); }
                div { label for="last" { "to sheet" } input id="last" name="last" type="number" min="1" max=(job.sheets) required value=(sheet.number); }
                div { label for="except" { "except" } input id="except" name="except" pattern="[0-9, ]*" placeholder="7, 12"; }
            }
            button #do-confirm .primary type="submit" { "They are good" }
        }
    }
}

/// Takes an answer.
pub(super) async fn act(
    Extension(person): Extension<Person>,
    Extension(form): Extension<Form>,
    Path(job): Path<String>,
) -> Response {
    let outcome = match form.must("sheet") {
        Ok(sheet) => decide(&person, &job, sheet, &form).await,
        Err(status) => Err(status),
    };
    let here = match form.number("sheet") {
        Some(sheet) => format!("/jobs/{job}/question?sheet={sheet}"),
        None => format!("/jobs/{job}/question"),
    };
    let wasted = outcome.is_ok() && matches!(form.text("verb"), "spoiled" | "lost");
    let to = match outcome.is_ok() && !wasted {
        true => match first(&person, &job).await {
            Ok(Some(next)) => format!("/jobs/{job}/question?sheet={next}"),
            _ => format!("/jobs/{job}"),
        },
        false => here,
    };
    page::next(&person, outcome, &to)
}

async fn decide(person: &Person, job: &str, number: i32, form: &Form) -> Result<String, Status> {
    person.asks("JobService/ResolveSheet", ())?;
    let verb = form.text("verb");
    if verb != "confirm" {
        let sheet = person.sheet(job, number).await?;
        let was = form.text("seen");
        if was != seen(&sheet) {
            return Err(stale(person, job, &sheet, was).await);
        }
    }
    let (name, reason) = (format!("jobs/{job}"), form.text("reason").to_owned());
    let resolve = |outcome: Outcome| pb::ResolveSheetRequest {
        job: name.clone(),
        sheet: number,
        outcome: outcome.into(),
        reason: reason.clone(),
        ..pb::ResolveSheetRequest::default()
    };
    let handlers = &person.console().handlers;
    match verb {
        "printed" => {
            let serial = form.whole("serial")?;
            let order = resolve(Outcome::Printed);
            let order = pb::ResolveSheetRequest { serial, ..order };
            settle(person, order).await?;
            Ok(format!("sheet {number} is good, and counted"))
        }
        "not-printed" => {
            let device_restarted = form.is_set("restarted");
            let order = resolve(Outcome::NotPrinted);
            let order = pb::ResolveSheetRequest {
                device_restarted,
                ..order
            };
            settle(person, order).await?;
            Ok(format!(
                "sheet {number} was not printed; it is printed again"
            ))
        }
        "spoiled" => {
            typed(form, "spoiled")?;
            settle(person, resolve(Outcome::Spoiled)).await?;
            Ok(format!(
                "sheet {number} is spoiled; say whether it is printed again"
            ))
        }
        "lost" => {
            typed(form, "lost")?;
            settle(person, resolve(Outcome::Lost)).await?;
            Ok(format!(
                "sheet {number} is lost; say whether it is printed again"
            ))
        }
        "confirm" => {
            let last_sheet = form.must("last")?;
            let order = pb::ResolveSheetRequest {
                last_sheet,
                except_sheets: numbers(form.text("except"))?,
                ..resolve(Outcome::Printed)
            };
            settle(person, order).await?;
            Ok(format!(
                "sheets {number} to {last_sheet} are good but those left out"
            ))
        }
        "reprint" => {
            let request = pb::ReprintSheetsRequest {
                request_id: once(form, &format!("reprint-{number}")),
                job: name,
                sheet: number,
                reason,
                ..pb::ReprintSheetsRequest::default()
            };
            let request = person.asks("JobService/ReprintSheets", request)?;
            handlers.reprint_sheets(request).await?;
            Ok(format!("sheet {number} is printed again"))
        }
        "abandon" => {
            typed(form, "give up")?;
            let request = pb::AbandonSheetsRequest {
                request_id: once(form, &format!("abandon-{number}")),
                job: name,
                sheet: number,
                reason,
                ..pb::AbandonSheetsRequest::default()
            };
            let request = person.asks("JobService/AbandonSheets", request)?;
            handlers.abandon_sheets(request).await?;
            Ok(format!("sheet {number} is given up"))
        }
        _ => Err(Status::invalid_argument("there is no such answer")),
    }
}

async fn settle(person: &Person, order: pb::ResolveSheetRequest) -> Result<(), Status> {
    let request = person.asks("JobService/ResolveSheet", order)?;
    let answer = person.console().handlers.resolve_sheet(request).await;
    answer.map(drop)
}

fn numbers(text: &str) -> Result<Vec<i32>, Status> {
    let parts = text.split([',', ' ']).filter(|part| !part.is_empty());
    let read: Result<_, _> = parts.map(str::parse).collect();
    read.map_err(|_| Status::invalid_argument("the sheets left out are numbers such as 7, 12"))
}

/// Somebody was first, or the sheet went on by itself since a page saw it as `seen`.
///
/// What was decided is told of the try that the page was about: the sheet may be tried again already.
async fn stale(person: &Person, job: &str, sheet: &pb::Sheet, seen: &str) -> Status {
    let word = states::of_sheet(sheet.state()).word;
    let number = sheet.number;
    let (attempt, state) = seen.split_once('.').unwrap_or_default();
    let ids = JobId::new(job).ok().zip(u32::try_from(number).ok());
    let decided = match ids.zip(attempt.parse().ok()) {
        Some(((job, sheet), attempt)) => {
            let store = person.console().handlers.store();
            store.last_decision(&job, sheet, attempt).await
        }
        None => Ok(None),
    };
    // The page knew the decision that made a sheet spoiled or lost.
    let known = |verb: &str| {
        let state = state.to_ascii_lowercase();
        verb == state || verb.strip_prefix("correct-") == Some(&state)
    };
    let decided = decided.ok().flatten().filter(|it| !known(&it.verb));
    let (by, message) = match &decided {
        None => (
            "",
            format!("sheet {number} changed since this page was loaded; it is now {word}"),
        ),
        Some(decided) => {
            let (by, said) = (&decided.by, words::spaced(&decided.verb));
            let why = match decided.reason.as_str() {
                "" => String::new(),
                reason => format!(" ({reason})"),
            };
            let last = sheet.attempts.last();
            let again = match last.is_some_and(|last| last.number.to_string() != attempt) {
                true => "it was tried again since, and is now",
                false => "it is now",
            };
            (
                by.as_str(),
                format!("{by} decided sheet {number} before you: {said}{why}; {again} {word}"),
            )
        }
    };
    Refusal::aborted(reason::SHEET_STATE, message)
        .with("decided_by", by)
        .into()
}
