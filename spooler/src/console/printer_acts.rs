//! What may be done with a printer: approve, pause, resume, load stock.

use axum::Extension;
use axum::extract::Path;
use axum::response::Response;
use formfeed_domain::stock;
use formfeed_proto::spooler as pb;
use formfeed_proto::spooler::printer_service_server::PrinterService as _;
use formfeed_runtime::{Refusal, reason};
use maud::{Markup, html};
use tonic::Status;

use super::form::Form;
use super::job::hidden;
use super::page;
use super::person::Person;
use super::{states, words};

/// What people change of a printer, as a page saw it.
fn seen(printer: &pb::Printer) -> String {
    let time = printer.update_time.unwrap_or_default();
    format!("{}.{}", time.seconds, time.nanos)
}

/// The forms.
pub(super) fn forms(person: &Person, printer: &pb::Printer) -> Markup {
    if !person.is_operator() {
        return html! {};
    }
    let id = words::id(&printer.name);
    let action = person.path(format_args!("/printers/{id}"));
    let seen = seen(printer);
    let begin = |verb: &str| hidden(person, verb, &seen, "");
    let wants_stock = !printer.uri.starts_with("file:");
    html! {
        h2 { "Actions" }
        div.actions {
            @if printer.waits_for_approval {
                form method="post" action=(action) {
                    (begin("approve")) h3 { "Approve" }
                    input type="hidden" name="change" value=(printer.set_up_change);
                    @if person.token().name == printer.set_up_by {
                        p.hint { "You set it up: another person looks at it and approves it." }
                    } @else {
                        p.hint { (printer.set_up_by) " set it up. Look at its device and how it is reached; then it prints." }
                        button #approve.primary type="submit" { "Approve" }
                    }
                }
            }
            form method="post" action=(action) {
                (begin("pause")) h3 { "Pause" }
                p.hint { "The sheet at work is finished; nothing more is sent." }
                label for="pause-reason" { "Why" }
                input id="pause-reason" name="reason" required maxlength="200";
                button type="submit" { "Pause" }
            }
            form method="post" action=(action) {
                (begin("resume")) h3 { "Resume" }
                p.hint { "It prints on, unless a sheet on it is in doubt." }
                button #resume type="submit" { "Resume" }
            }
            @if wants_stock {
                form method="post" action=(action) {
                    (begin("load")) h3 { "Load stock" }
                    label for="stock" { "What you put in" }
                    select id="stock" name="stock" required {
                        @for stock in stock::all() {
                            option value=(stock.name) selected[stock.name == printer.stock] { (stock.name) }
                        }
                    }
                    label for="sheets" { "Sheets in it now (blank: not counted)" }
                    input id="sheets" name="sheets" type="number" min="1" max="1000000";
                    label for="first-serial" { "First serial number, of numbered stock" }
                    input id="first-serial" name="first_serial" type="number" min="1";
                    button.primary type="submit" { "Load" }
                }
            }
        }
    }
}

/// Carries a change out.
pub(super) async fn act(
    Extension(person): Extension<Person>,
    Extension(form): Extension<Form>,
    Path(id): Path<String>,
) -> Response {
    let outcome = change(&person, &id, &form).await;
    page::next(&person, outcome, &format!("/printers/{id}"))
}

async fn change(person: &Person, id: &str, form: &Form) -> Result<String, Status> {
    person.asks("PrinterService/PausePrinter", ())?;
    let printer = person.printer(id).await?;
    if form.text("seen") != seen(&printer) {
        return Err(stale(&printer));
    }
    let (handlers, name) = (&person.console().handlers, printer.name);
    Ok(match form.text("verb") {
        "pause" => {
            let reason = form.text("reason").to_owned();
            let request = pb::PausePrinterRequest { name, reason };
            let request = person.asks("PrinterService/PausePrinter", request)?;
            handlers.pause_printer(request).await?;
            format!("{id} is paused")
        }
        "approve" => {
            let request = pb::ApprovePrinterRequest {
                name,
                change: form.must("change")?,
                reason: String::new(),
            };
            let request = person.asks("PrinterService/ApprovePrinter", request)?;
            handlers.approve_printer(request).await?;
            format!("{id} is approved")
        }
        "resume" => {
            let request = pb::ResumePrinterRequest { name };
            let request = person.asks("PrinterService/ResumePrinter", request)?;
            handlers.resume_printer(request).await?;
            format!("{id} goes on")
        }
        "load" => {
            let stock = form.text("stock").to_owned();
            let request = pb::LoadStockRequest {
                name,
                stock: stock.clone(),
                sheets: form.whole("sheets")?,
                first_serial: form.whole("first_serial")?,
            };
            let request = person.asks("PrinterService/LoadStock", request)?;
            handlers.load_stock(request).await?;
            format!("{stock} is loaded on {id}")
        }
        _ => return Err(Status::invalid_argument("there is no such action")),
    })
}

fn stale(printer: &pb::Printer) -> Status {
    let word = states::of_printer(printer.state()).word;
    let loaded = match printer.stock.as_str() {
        "" => "no stock",
        stock => stock,
    };
    let id = words::id(&printer.name);
    let message = format!(
        "somebody changed {id} since this page was loaded; it is now {word}, with {loaded} loaded"
    );
    Refusal::aborted(reason::ETAG_MISMATCH, message).into()
}
