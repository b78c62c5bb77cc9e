//! What may be done with a job: hold, release, cancel, move, change its priority, print again from a sheet on.

use axum::Extension;
use axum::extract::Path;
use axum::response::Response;
use formfeed_proto::spooler as pb;
use formfeed_proto::spooler::job_service_server::JobService as _;
use formfeed_runtime::{Refusal, reason};
use maud::{Markup, html};
use pb::job::State;
use tonic::Status;

use super::form::Form;
use super::job::hidden;
use super::page;
use super::person::Person;
use super::{states, words};

/// What of a job people decide, as a page saw it.
pub(super) fn seen(job: &pb::Job) -> String {
    let phase = match job.state() {
        State::Held => "held",
        State::Canceled | State::Aborted | State::Completed => "ended",
        _ => "open",
    };
    let version = job.report.as_ref().map_or(0, |report| report.version);
    format!(
        "{phase}.{}.{version}.{}",
        job.priority,
        words::printers(job)
    )
}

/// The forms, as far as they fit how the job stands.
pub(super) fn forms(
    person: &Person,
    job: &pb::Job,
    printers: &[pb::Printer],
    once: &str,
) -> Markup {
    if !person.is_operator() {
        return html! {};
    }
    let seen = seen(job);
    let action = person.path(format_args!("/jobs/{}", words::id(&job.name)));
    let begin = |verb: &str| hidden(person, verb, &seen, once);
    let held = job.state() == State::Held;
    let ended = matches!(
        job.state(),
        State::Canceled | State::Aborted | State::Completed
    );
    let others: Vec<_> = printers
        .iter()
        .filter(|printer| !job.printers.contains(&printer.name))
        .collect();
    html! {
        h2 { "Actions" }
        div.actions {
            @if !ended {
                form method="post" action=(action) {
                    @if held {
                        (begin("release")) h3 { "Release" } p.hint { "It prints on, in its turn." }
                        button #release type="submit" { "Release" }
                    } @else {
                        (begin("hold")) h3 { "Hold" } p.hint { "The sheet at work is finished; no other is begun." }
                        button #hold type="submit" { "Hold" }
                    }
                }
                form method="post" action=(action) {
                    (begin("priority")) h3 { "Priority" }
                    label for="priority" { "1 to 100, larger goes first" }
                    input id="priority" name="priority" type="number" min="1" max="100" required value=(job.priority);
                    button type="submit" { "Set priority" }
                }
                @if !others.is_empty() {
                    form method="post" action=(action) {
                        (begin("move")) h3 { "Move" }
                        label for="to" { "To the printer" }
                        select id="to" name="printer" {
                            @for printer in others {
                                option value=(words::id(&printer.name)) {
                                    (words::id(&printer.name)) " (" (states::of_printer(printer.state()).word) ")"
                                }
                            }
                        }
                        label for="move-reason" { "Why" } input id="move-reason" name="reason" maxlength="200";
                        button type="submit" { "Move what is not sent" }
                    }
                }
                form method="post" action=(action) {
                    (begin("cancel")) h3 { "Cancel" }
                    p.hint { "Takes effect at a sheet's border. Good sheets stay good and counted." }
                    label for="cancel-reason" { "Why" }
                    input id="cancel-reason" name="reason" required maxlength="200";
                    button.danger type="submit" { "Cancel job" }
                }
            }
            @if !matches!(job.state(), State::Canceled | State::Aborted) {
                form method="post" action=(action) {
                    (begin("restart")) h3 { "Print again from a sheet on" }
                    p.hint { "Sheets from there on that were printed count as spoiled, and cost stock once more." }
                    label for="from" { "First sheet" }
                    input id="from" name="sheet" type="number" min="1" max=(job.sheets) required;
                    label for="restart-reason" { "Why" }
                    input id="restart-reason" name="reason" required maxlength="200";
                    label for="restart-typed" { "Stock is lost: type again" }
                    input id="restart-typed" name="typed" required pattern="again" autocomplete="off" placeholder="again";
                    button.danger type="submit" { "Print again" }
                }
            }
        }
    }
}

/// Carries a change out.
pub(super) async fn act(
    Extension(person): Extension<Person>,
    Extension(form): Extension<Form>,
    Path(job): Path<String>,
) -> Response {
    let outcome = change(&person, &job, &form).await;
    page::next(&person, outcome, &format!("/jobs/{job}"))
}

async fn change(person: &Person, id: &str, form: &Form) -> Result<String, Status> {
    person.asks("JobService/HoldJob", ())?;
    let job = person.job(id).await?;
    if form.text("seen") != seen(&job) {
        return Err(stale(&job));
    }
    let handlers = &person.console().handlers;
    let name = job.name.clone();
    let reason = form.text("reason").to_owned();
    Ok(match form.text("verb") {
        "hold" => {
            let request = person.asks("JobService/HoldJob", pb::HoldJobRequest { name })?;
            handlers.hold_job(request).await?;
            "the job is held".to_owned()
        }
        "release" => {
            let request = person.asks("JobService/ReleaseJob", pb::ReleaseJobRequest { name })?;
            handlers.release_job(request).await?;
            "the job is released".to_owned()
        }
        "cancel" => {
            let request = pb::CancelJobRequest { name, reason };
            let request = person.asks("JobService/CancelJob", request)?;
            handlers.cancel_job(request).await?;
            "the job is canceled; good sheets stay good".to_owned()
        }
        "priority" => {
            let priority: i32 = form.must("priority")?;
            let request = pb::SetJobPriorityRequest {
                name,
                priority,
                reason,
            };
            let request = person.asks("JobService/SetJobPriority", request)?;
            handlers.set_job_priority(request).await?;
            format!("the priority is {priority}")
        }
        "move" => {
            let printer = form.text("printer").to_owned();
            let request = pb::MoveJobRequest {
                name,
                printer: format!("printers/{printer}"),
                reason,
            };
            let request = person.asks("JobService/MoveJob", request)?;
            handlers.move_job(request).await?;
            format!("what is not sent goes to {printer}")
        }
        "restart" => {
            typed(form, "again")?;
            let sheet: i32 = form.must("sheet")?;
            let request = pb::RestartJobRequest {
                request_id: once(form, &format!("restart-{sheet}")),
                name,
                sheet,
                reason,
            };
            let request = person.asks("JobService/RestartJob", request)?;
            handlers.restart_job(request).await?;
            format!("the job is printed again from sheet {sheet} on")
        }
        _ => return Err(Status::invalid_argument("there is no such action")),
    })
}

/// One page load and one order make one request, however often it is sent.
pub(super) fn once(form: &Form, order: &str) -> String {
    format!("console-{}-{order}", form.text("once"))
}

/// The word that says that one knows what is lost.
///
/// # Errors
/// When it was not typed.
pub(super) fn typed(form: &Form, word: &str) -> Result<(), Status> {
    match form.text("typed").eq_ignore_ascii_case(word) {
        true => Ok(()),
        false => Err(Status::invalid_argument(format!(
            "stock would be lost: type “{word}” to confirm"
        ))),
    }
}

/// The page was read before somebody else changed the job.
fn stale(job: &pb::Job) -> Status {
    let word = states::of_job(job.state()).word;
    let message = format!(
        "the job changed since this page was loaded; it is now {word}, priority {}, on {}",
        job.priority,
        words::printers(job)
    );
    Refusal::aborted(reason::ETAG_MISMATCH, message).into()
}
