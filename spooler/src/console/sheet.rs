//! One sheet: its picture, and the evidence of every try to print it.

use axum::Extension;
use axum::extract::Path;
use axum::response::Response;
use formfeed_proto::spooler as pb;
use maud::{Markup, html};

use super::page::{self, Place};
use super::person::Person;
use super::{states, words};

/// The page.
pub(super) async fn show(
    Extension(person): Extension<Person>,
    Path((id, number)): Path<(String, i32)>,
) -> Response {
    let (job, sheet) = match tokio::try_join!(person.job(&id), person.sheet(&id, number)) {
        Ok(both) => both,
        Err(status) => return page::trouble(&person, &status),
    };
    let title = format!("Sheet {number} of job {}", words::short(&id));
    let path = person.path(format_args!("/jobs/{id}"));
    let asks = matches!(
        sheet.state(),
        pb::sheet::State::InDoubt
            | pb::sheet::State::AwaitingConfirmation
            | pb::sheet::State::Spoiled
            | pb::sheet::State::Lost
    );
    let body = html! {
        nav.crumbs aria-label="Way back" { a href=(path) { "Job " (words::short(&id)) } }
        h1 { "Sheet " (number) " of " (job.sheets) }
        p.big { (states::of_sheet(sheet.state()).show()) }
        @if asks { p { a.button.primary href={ (path) "/question?sheet=" (number) } {
            @if person.is_operator() { "Decide" } @else { "Look at what is asked" }
        } } }
        div.beside {
            (picture(&person, &job, &sheet))
            div {
                (facts(&sheet))
                h2 { "Tries" }
                (tries(&sheet))
            }
        }
        nav.pager aria-label="Other sheets" {
            @if number > 1 { a href={ (path) "/sheets/" (number - 1) } rel="prev" { "Sheet " (number - 1) } }
            @if number < job.sheets { a href={ (path) "/sheets/" (number + 1) } rel="next" { "Sheet " (number + 1) } }
        }
    };
    page::show(&person, (Place::Jobs, &title), None, &body)
}

/// What is on a sheet.
pub(super) fn facts(sheet: &pb::Sheet) -> Markup {
    html! {
        dl.facts {
            div { dt { "Accounts on it" } dd { (sheet.account_numbers.join(", ")) } }
            div { dt { "Forms" } dd.number { (sheet.account_numbers.len()) } }
            div { dt { "Void slots" } dd.number { (sheet.void_slots) } }
            div { dt { "Amount" } dd.number { (words::amount(sheet.amount_cents)) } }
        }
    }
}

/// The picture of a sheet, to compare with the paper in hand.
pub(super) fn picture(person: &Person, job: &pb::Job, sheet: &pb::Sheet) -> Markup {
    if job.kind() == pb::job::Kind::Calibration {
        return html! { p.empty { "A sheet of marks has no form to show." } };
    }
    let path = format!(
        "/jobs/{}/sheets/{}/picture",
        words::id(&job.name),
        sheet.number
    );
    let path = person.path(path);
    let accounts = sheet.account_numbers.join(", ");
    html! {
        figure {
            a href={ (path) "?dots=200" } {
                img src=(path) width="816" height="1056"
                    alt={ "Sheet " (sheet.number) " with accounts " (accounts) ", amount " (words::amount(sheet.amount_cents)) };
            }
            figcaption { "Sheet " (sheet.number) " as it is or would be on paper; of each TIN the last four digits. Select it to enlarge." }
        }
    }
}

/// Every try to print a sheet, with its evidence.
pub(super) fn tries(sheet: &pb::Sheet) -> Markup {
    if sheet.attempts.is_empty() {
        return html! { p.empty { "Nobody tried to print it yet." } };
    }
    html! {
        ol.tries {
            @for attempt in &sheet.attempts {
                li {
                    p { (states::of_attempt(attempt.state()).show()) " on " (words::id(&attempt.printer)) ", "
                        (words::time(words::instant(attempt.create_time.as_ref()))) " to "
                        (words::time(words::instant(attempt.update_time.as_ref()))) }
                    @if !attempt.decided_by.is_empty() {
                        p { strong { (attempt.decided_by) } ": " (attempt.decision_reason) }
                    } @else if !attempt.decision_reason.is_empty() {
                        p.reason { (attempt.decision_reason) }
                    }
                    @if let Some(serial) = attempt.serial { p { "Serial number " (serial) } }
                    (evidence(&attempt.evidence_json))
                }
            }
        }
    }
}

/// What the device showed of a try.
pub(super) fn evidence(json: &str) -> Markup {
    let read: serde_json::Value = serde_json::from_str(json).unwrap_or_default();
    let Some(facts) = read.as_object() else {
        return html! {};
    };
    let said = |value: &serde_json::Value| match value {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        serde_json::Value::Array(items) if items.is_empty() => None,
        serde_json::Value::Array(items) => {
            let items = items.iter().map(|item| match item {
                serde_json::Value::String(text) => text.clone(),
                other => other.to_string(),
            });
            Some(items.collect::<Vec<_>>().join("; "))
        }
        other => Some(other.to_string()),
    };
    let facts: Vec<_> = facts
        .iter()
        .filter_map(|(name, value)| Some((words::spaced(name), said(value)?)))
        .collect();
    html! {
        @if !facts.is_empty() {
            dl.evidence {
                @for (name, value) in &facts { div { dt { (name) } dd { (value) } } }
            }
        }
    }
}
