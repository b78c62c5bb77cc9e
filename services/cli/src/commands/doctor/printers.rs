//! Whether the printers are reached, and what the spooler says of them.

use std::time::Duration;

use formfeed_proto::spooler::check_printer_response::Outcome;
use formfeed_proto::spooler::printer::State;
use formfeed_proto::spooler::printer_service_client::PrinterServiceClient;
use formfeed_proto::spooler::{CheckPrinterRequest, ListPrintersRequest, Printer};
use formfeed_runtime::service::Service;
use formfeed_store::checkup::Finding;
use tonic::Request;

use crate::connect::{Link, Services, client};
use crate::errors::CliError;

const CHECK: &str = "printers";
/// Printers asked at once: one connection takes 64 calls.
const AT_ONCE: usize = 32;
/// How long the spooler has to answer; it gives a printer four seconds.
const WITHIN: Duration = Duration::from_secs(6);

/// Asks the spooler for its printers, and, if `all_are_asked`, those that have nothing to do whether they are there.
///
/// # Errors
/// They cannot be listed.
pub(super) async fn examine(
    services: &Services,
    all_are_asked: bool,
) -> Result<Vec<Finding>, CliError> {
    let link = services.link(Service::Spooler)?;
    let printers = list(&link).await?;
    if printers.is_empty() {
        return Ok(vec![Finding::fine(CHECK, "all", "there are none")]);
    }
    let mut found = Vec::with_capacity(printers.len());
    for some in printers.chunks(AT_ONCE) {
        let looked_at = some
            .iter()
            .map(|printer| of_printer(&link, printer, all_are_asked));
        found.extend(futures::future::join_all(looked_at).await);
    }
    Ok(found)
}

async fn list(link: &Link) -> Result<Vec<Printer>, CliError> {
    let mut client = client!(PrinterServiceClient, link);
    let (mut all, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListPrintersRequest {
            page_size: 1_000,
            page_token,
        };
        let page = client.list_printers(request).await;
        let page = page.map_err(|status| link.error(status))?.into_inner();
        all.extend(page.printers);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(all);
        }
    }
}

/// A printer that stands still or is off is the print room's business: it is told, and is no fault of the installation.
async fn of_printer(link: &Link, printer: &Printer, is_asked: bool) -> Finding {
    let reasons = printer.state_reasons.join(", ");
    let id = printer.printer_id.as_str();
    match (printer.state(), reasons.is_empty()) {
        // Nobody has spoken to it since its last sheet.
        (State::Idle, true) if is_asked => when_asked(link, printer).await,
        (State::Idle, true) => Finding::fine(CHECK, id, "idle"),
        (State::Processing, true) => Finding::fine(CHECK, id, "printing"),
        (State::Quarantined, _) => {
            let text = format!("nothing is sent to it before a person has looked: {reasons}");
            Finding::warning(CHECK, id, text, show(id))
        }
        (_, false) => Finding::warning(CHECK, id, reasons, show(id)),
        (_, true) => Finding::warning(CHECK, id, "it does not print", show(id)),
    }
}

/// What a printer without work says.
async fn when_asked(link: &Link, printer: &Printer) -> Finding {
    let id = printer.printer_id.as_str();
    let mut request = Request::new(CheckPrinterRequest {
        name: printer.name.clone(),
    });
    request.set_timeout(WITHIN);
    let mut client = client!(PrinterServiceClient, link);
    let answer = match client.check_printer(request).await {
        Ok(answer) => answer.into_inner(),
        Err(status) => {
            let text = format!("the spooler does not ask it: {}", link.error(status));
            return Finding::warning(CHECK, id, text, show(id));
        }
    };
    let reasons = answer.reasons.join("; ");
    match answer.outcome() {
        Outcome::Ready if reasons.is_empty() => Finding::fine(CHECK, id, "idle, and reached"),
        Outcome::Ready => Finding::fine(CHECK, id, format!("idle, and reached: {reasons}")),
        Outcome::Offline => {
            let text = format!("it is not reached: {reasons}");
            let way_out = format!(
                "see that it is on and plugged in, and that it is still where `formfeed printer show {id}` says"
            );
            Finding::warning(CHECK, id, text, way_out)
        }
        Outcome::NotReady => {
            let text = format!("it would not print now: {reasons}");
            Finding::warning(CHECK, id, text, show(id))
        }
        Outcome::NotAsked | Outcome::Unspecified => {
            Finding::fine(CHECK, id, format!("not asked: {reasons}"))
        }
    }
}

fn show(id: &str) -> String {
    format!("formfeed printer show {id}")
}
