//! The catalogue of what must be survived, by its numbers, through the whole spooler. Which number is held by which test
//! stands in `tests/FAULTS.md`.

mod clock;
mod cut_off;
mod decisions;
mod disk_full;
mod fuzz;
mod impact;
mod laser;
mod leases;
mod lost_log;
mod overload;
mod paths;
mod rounding;
mod same_ledger;
#[cfg(debug_assertions)]
mod spooler;
mod storage;
mod tokens;

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_tests::lying_printer::LyingPrinter;
use formfeed_tests::spool::{Client, Left, Spool, forms, header};
use pb::resolve_sheet_request::Outcome;
use tonic::Status;

/// A spooler with the printer `laser` at a URI, the IRS's stock loaded.
async fn with_laser(uri: String) -> Spool {
    let spool = Left::on_sqlite().start().await;
    let laser = pb::Printer {
        printer_id: "laser".to_owned(),
        uri,
        stock: "nec-3up".to_owned(),
        ..pb::Printer::default()
    };
    spool.add_printer(laser).await.expect("a printer");
    spool
}

/// A spooler whose `laser` is a printer that lies, and a job of so many full sheets on it.
async fn at_work(printer: &LyingPrinter, sheets: usize) -> (Spool, pb::Job) {
    let spool = with_laser(printer.uri()).await;
    let forms = forms(FormType::Nec, 3 * sheets);
    let job = spool.submit(header("r1", "laser", &forms), &forms).await;
    (spool, job.expect("a job"))
}

/// Decides sheet 1.
async fn decide(client: &Client, job: &pb::Job, outcome: Outcome) -> Result<pb::Job, Status> {
    let request = pb::ResolveSheetRequest {
        job: job.name.clone(),
        sheet: 1,
        outcome: outcome.into(),
        reason: "looked in the tray".to_owned(),
        ..pb::ResolveSheetRequest::default()
    };
    Ok(client.jobs().resolve_sheet(request).await?.into_inner())
}
