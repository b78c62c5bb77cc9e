//! A decision that one person proposed: what it is about, and what a second person says of it.

use axum::Extension;
use axum::extract::Path;
use axum::response::Response;
use formfeed_proto::spooler as pb;
use formfeed_proto::spooler::job_service_server::JobService as _;
use maud::{Markup, html};
use tonic::Status;

use super::form::Form;
use super::job::hidden;
use super::job_acts::typed;
use super::page::{self, Place};
use super::person::Person;
use super::words;
use crate::service::{is_key, proposal_to, refused};

/// What there is to say of one among all that waits.
pub(super) fn waits(person: &Person, proposal: &pb::Proposal) -> Markup {
    let id = words::id(&proposal.name);
    html! {
        li.question.warn {
            div {
                strong { span aria-hidden="true" { "‖ " } (in_words(proposal)) }
                p { "job " (words::short(&proposal.job)) }
                p.reason { (proposal.reason) }
            }
            a.button id={ "second-" (id) } href=(person.path(format_args!("/proposals/{id}"))) {
                @if person.is_operator() { "Decide" } @else { "Look" }
                span.quiet { " as the second person" }
            }
        }
    }
}

fn in_words(proposal: &pb::Proposal) -> String {
    let sheets = match proposal.sheets {
        1 => format!("sheet {}", proposal.first_sheet),
        _ => format!(
            "{} from {} to {}",
            words::many(proposal.sheets, "sheet"),
            proposal.first_sheet,
            proposal.last_sheet
        ),
    };
    let verb = words::spaced(&proposal.verb);
    format!("{} proposes {verb} for {sheets}", proposal.proposed_by)
}

async fn read(person: &Person, id: &str) -> Result<pb::Proposal, Status> {
    person.asks("JobService/ListProposals", ())?;
    if !is_key(id) {
        return Err(Status::not_found("there is no such proposal"));
    }
    let store = person.console().handlers.store();
    let proposal = store.proposal(id).await.map_err(refused)?;
    Ok(proposal_to(proposal))
}

/// The page.
pub(super) async fn show(Extension(person): Extension<Person>, Path(id): Path<String>) -> Response {
    let proposal = match read(&person, &id).await {
        Ok(proposal) => proposal,
        Err(status) => return page::trouble(&person, &status),
    };
    let job = words::id(&proposal.job);
    let body = html! {
        h1 { "A second person is wanted" }
        p.big { (in_words(&proposal)) }
        p.reason { (proposal.reason) }
        p { "Sheets " span.number { (proposal.sheet_ranges) } }
        p { "Proposed at " (words::time(words::instant(proposal.time.as_ref()))) " · "
            a #job-of href=(person.path(format_args!("/jobs/{job}"))) { "Job " (words::short(job)) } }
        (forms(&person, &proposal))
    };
    page::show(
        &person,
        (Place::Overview, "A second person is wanted"),
        None,
        &body,
    )
}

fn forms(person: &Person, proposal: &pb::Proposal) -> Markup {
    if !person.is_operator() {
        return html! {};
    }
    let action = person.path(format_args!("/proposals/{}", words::id(&proposal.name)));
    let own = person.token().name == proposal.proposed_by;
    html! {
        h2 { "Actions" }
        div.actions {
            @if own {
                p { "You proposed it: another person agrees, or it is withdrawn." }
            } @else {
                form method="post" action=(action) {
                    (hidden(person, "agree", "", "")) h3 { "Agree" }
                    p.hint { "It is carried out, in both names. Look at the paper first." }
                    label for="agree-typed" { "Stock is lost: type agree" }
                    input id="agree-typed" name="typed" required pattern="agree" autocomplete="off" placeholder="agree";
                    button #agree .danger type="submit" { "Agree" }
                }
            }
            form method="post" action=(action) {
                (hidden(person, "withdraw", "", "")) h3 { "Withdraw" }
                p.hint { "Nothing comes of it." }
                label for="withdraw-reason" { "Why" }
                input id="withdraw-reason" name="reason" required maxlength="200";
                button #withdraw type="submit" { "Withdraw" }
            }
        }
    }
}

/// Takes the word of the second person.
pub(super) async fn act(
    Extension(person): Extension<Person>,
    Extension(form): Extension<Form>,
    Path(id): Path<String>,
) -> Response {
    let outcome = say(&person, &id, &form).await;
    let to = match &outcome {
        Ok(_) => "/".to_owned(),
        Err(_) => format!("/proposals/{id}"),
    };
    page::next(&person, outcome, &to)
}

async fn say(person: &Person, id: &str, form: &Form) -> Result<String, Status> {
    let (name, reason) = (format!("proposals/{id}"), form.text("reason").to_owned());
    let handlers = &person.console().handlers;
    Ok(match form.text("verb") {
        "agree" => {
            typed(form, "agree")?;
            let request = pb::AgreeToProposalRequest { name, reason };
            let request = person.asks("JobService/AgreeToProposal", request)?;
            handlers.agree_to_proposal(request).await?;
            "it is carried out, in both names".to_owned()
        }
        "withdraw" => {
            let request = pb::WithdrawProposalRequest { name, reason };
            let request = person.asks("JobService/WithdrawProposal", request)?;
            handlers.withdraw_proposal(request).await?;
            "it is withdrawn".to_owned()
        }
        _ => return Err(Status::invalid_argument("there is no such action")),
    })
}
