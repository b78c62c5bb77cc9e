//! The operators' console, looked at through headless Chromium: what each script of `tests/browser` finds.

mod kept;
mod machines;
mod people;
mod sheets;
mod sight;

use std::time::{Duration, Instant};

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_runtime::TokenStore;
use formfeed_runtime::access::Role;
use formfeed_tests::spool::{Spool, forms, header};

/// The secret of a new token.
fn token(spool: &Spool, name: &str, role: Role) -> String {
    let tokens = TokenStore::open(spool.folder());
    let (_, secret) = tokens.create(name, role, None).unwrap();
    secret.expose().to_owned()
}

fn laser(uri: String, sheets: Option<i32>) -> pb::Printer {
    pb::Printer {
        printer_id: "laser".to_owned(),
        uri,
        stock: sheets.map(|_| "nec-3up".to_owned()).unwrap_or_default(),
        stock_on_hand: sheets,
        ..pb::Printer::default()
    }
}

/// Submits forms for a printer; answers the job's id.
async fn submit(spool: &Spool, request: &str, printer: &str, count: usize) -> String {
    let forms = forms(FormType::Nec, count);
    let header = pb::JobHeader {
        stock: "nec-3up".to_owned(),
        ..header(request, printer, &forms)
    };
    let job = spool.submit(header, &forms).await.unwrap();
    job.name.trim_start_matches("jobs/").to_owned()
}

/// Waits until something holds.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let begin = Instant::now();
    while !holds().await {
        assert!(begin.elapsed() < Duration::from_secs(40), "never {what}");
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

async fn pause(spool: &Spool, printer: &str) {
    let request = pb::PausePrinterRequest {
        name: format!("printers/{printer}"),
        reason: "the tray is open".to_owned(),
    };
    spool.printers().pause_printer(request).await.unwrap();
}

async fn resume(spool: &Spool, printer: &str) {
    let name = format!("printers/{printer}");
    let request = pb::ResumePrinterRequest { name };
    spool.printers().resume_printer(request).await.unwrap();
}
