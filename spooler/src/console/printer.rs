//! One printer: its state and stock, what may be done with it, how its ink is put right, and its history.

use axum::Extension;
use axum::extract::Path;
use axum::response::Response;
use formfeed_domain::spool::PrinterId;
use formfeed_proto::spooler as pb;
use formfeed_store::spooler::{PrinterPast, Recorded};
use maud::{Markup, html};
use tonic::Status;
use uuid::Uuid;

use super::live::{Region, seen};
use super::overview::loaded;
use super::page::{self, Place, boxed, region};
use super::person::Person;
use super::{align, printer_acts, states, words};
use crate::service::refused;

/// Entries of the history that are shown, of each kind.
const ENTRIES: usize = 50;

/// The page.
pub(super) async fn show(Extension(person): Extension<Person>, Path(id): Path<String>) -> Response {
    let once = Uuid::now_v7().to_string();
    let regions = match regions(&person, &id, &once).await {
        Ok(regions) => regions,
        Err(status) => return page::trouble(&person, &status),
    };
    let body = html! {
        h1 { "Printer " (id) }
        @for (id, content) in &regions { (region(id, content)) }
    };
    let live = format!("/printers/{id}/live?once={once}&seen={}", seen(&regions));
    page::show(
        &person,
        (Place::Overview, &format!("Printer {id}")),
        Some(live),
        &body,
    )
}

/// Its parts.
pub(super) async fn regions(person: &Person, id: &str, once: &str) -> Result<Vec<Region>, Status> {
    let (printer, alignments) = tokio::try_join!(person.printer(id), person.alignments(id))?;
    let none = || Status::not_found(format!("printer {id} does not exist"));
    let key = PrinterId::new(id).map_err(|_| none())?;
    let store = person.console().handlers.store();
    let states = store.printer_states(&key, ENTRIES).await.map_err(refused)?;
    let decisions = store
        .printer_decisions(&key, ENTRIES)
        .await
        .map_err(refused)?;
    Ok(vec![
        ("standing", standing(person, &printer)),
        ("actions", printer_acts::forms(person, &printer)),
        (
            "alignment",
            align::show(person, &printer, &alignments, once),
        ),
        ("history", history(&states, &decisions)),
    ])
}

fn standing(person: &Person, printer: &pb::Printer) -> Markup {
    let job = words::id(&printer.current_job);
    let policy = match printer.evidence() {
        pb::printer::EvidencePolicy::Operator => "an operator says that a sheet is good",
        pb::printer::EvidencePolicy::Sent => "a sheet is good when every byte was taken",
        _ => "the device says that a sheet is good",
    };
    html! {
        div.standing {
            p.big { (states::of_printer(printer.state()).show()) }
            @for reason in &printer.state_reasons { p.reason { (reason) } }
            dl.facts {
                div { dt { "Stock" } dd { (loaded(printer)) } }
                div { dt { "Job at work" } dd {
                    @if job.is_empty() { "none" } @else {
                        a #current href=(person.path(format_args!("/jobs/{job}"))) { (words::short(job)) }
                    }
                } }
                div { dt { "Open jobs" } dd.number { (printer.queued_jobs) } }
                div { dt { "Sheets in doubt" } dd.number { (printer.sheets_in_doubt) } }
                div { dt { "Device" } dd.name { (printer.uri) } }
                @if !printer.dialect.is_empty() { div { dt { "Dialect" } dd { (printer.dialect) } } }
                div { dt { "Evidence" } dd { (policy) } }
                @if printer.set_up_change > 0 {
                    div { dt { "Set up by" } dd.name { (printer.set_up_by) } }
                    div { dt { "Approved by" } dd.name {
                        @if printer.approved_by.is_empty() { "nobody else" } @else { (printer.approved_by) }
                    } }
                }
                @if let Some(access) = &printer.access {
                    @if let Some(user) = &access.user {
                        div { dt { "Logs in as" } dd.name { (user)
                            @if access.password_in_clear { ", its password in clear where the printer wants it so" } } }
                    }
                    @if let Some(print) = &access.certificate_sha256 { div { dt { "Certificate" } dd.name { (print) } } }
                    @if !access.address.is_empty() { div { dt { "Address" } dd.name { (access.address) } } }
                }
                div { dt { "Driven by" } dd.name { (printer.spooler) } }
            }
            p { a #jobs-of href=(person.path(format_args!("/jobs?printer={}", words::id(&printer.name)))) { "Its jobs" } " · "
                a #stock-of href=(person.path("/stock")) { "Where its stock went" } }
        }
    }
}

fn history(past: &[PrinterPast], decisions: &[Recorded]) -> Markup {
    let states = past.iter().map(|entry| {
        let what = match entry.reasons.as_slice() {
            [] => entry.state.clone(),
            reasons => format!("{}: {}", entry.state, reasons.join("; ")),
        };
        (entry.at, what)
    });
    let decided = decisions.iter().map(|decision| {
        let mut what = format!("{} by {}", words::spaced(&decision.verb), decision.by);
        if !decision.reason.is_empty() {
            what = format!("{what}: {}", decision.reason);
        }
        (decision.at, what)
    });
    let mut all: Vec<_> = states.chain(decided).collect();
    all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    html! {
        h2 { "History" }
        @if all.is_empty() { p.empty { "Nothing yet." } }
        (boxed("History", &html! {
            ol.log reversed { @for (at, what) in all { li { (words::time(Some(at))) " " (what) } } }
        }))
    }
}
