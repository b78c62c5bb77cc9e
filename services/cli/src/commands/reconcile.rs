//! `formfeed reconcile`: what was printed that a restored database does not know, and taking it in.

use clap::Args;
use formfeed_proto::spooler as pb;
use formfeed_runtime::service::Service;
use pb::printer_service_client::PrinterServiceClient;
use serde::Serialize;

use crate::connect::{Services, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::table::Table;

#[derive(Debug, Args)]
pub(crate) struct ReconcileArgs {
    /// Why; kept. Takes in what the database has forgotten, and lets the printers go on; without it, it is only shown
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

#[derive(Serialize)]
struct View {
    trouble: String,
    incomplete: bool,
    reconciled: bool,
    sheets: Vec<SheetsView>,
    loads: Vec<LoadView>,
    held_jobs: Vec<String>,
}

#[derive(Serialize)]
struct SheetsView {
    job: String,
    job_known: bool,
    printer: String,
    first_sheet: i32,
    last_sheet: i32,
    attempt: i32,
    first_serial: Option<i64>,
}

#[derive(Serialize)]
struct LoadView {
    printer: String,
    stock: String,
    sheets: Option<i32>,
    first_serial: Option<i64>,
}

/// Shows what the spooler's journal knows and its database does not; takes it in where a reason is given.
pub(crate) async fn run(
    args: ReconcileArgs,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let link = services.link(Service::Spooler)?;
    let mut printers = client!(PrinterServiceClient, link);
    let reconciled = args.reason.is_some();
    let answer = match args.reason {
        Some(reason) => printers.reconcile(pb::ReconcileRequest { reason }).await,
        None => {
            let request = pb::GetReconciliationRequest {};
            printers.get_reconciliation(request).await
        }
    };
    let answer = answer.map_err(|status| link.error(status))?.into_inner();
    let view = view(answer, reconciled);
    tell(&view, output)?;
    output.document(&view)?;
    Ok(Exit::Done)
}

fn view(answer: pb::Reconciliation, reconciled: bool) -> View {
    let plain = |name: String| name.rsplit('/').next().unwrap_or_default().to_owned();
    let sheets = answer.sheets.into_iter().map(|sheets| SheetsView {
        job: plain(sheets.job),
        job_known: sheets.job_known,
        printer: plain(sheets.printer),
        first_sheet: sheets.first_sheet,
        last_sheet: sheets.last_sheet,
        attempt: sheets.attempt,
        first_serial: sheets.first_serial,
    });
    let loads = answer.loads.into_iter().map(|load| LoadView {
        printer: plain(load.printer),
        stock: load.stock,
        sheets: load.sheets,
        first_serial: load.first_serial,
    });
    View {
        trouble: answer.trouble,
        incomplete: answer.incomplete,
        reconciled,
        sheets: sheets.collect(),
        loads: loads.collect(),
        held_jobs: answer.held_jobs.into_iter().map(plain).collect(),
    }
}

fn tell(view: &View, output: &mut Output<'_>) -> Result<(), CliError> {
    if view.trouble.is_empty()
        && view.sheets.is_empty()
        && view.loads.is_empty()
        && !view.incomplete
    {
        output.line("database and paper agree: there is nothing to reconcile")?;
        return Ok(());
    }
    if !view.trouble.is_empty() {
        output.line(&view.trouble)?;
    }
    let mut table = Table::new(&["job", "printer", "sheets", ">attempt", "serials", "becomes"]);
    for sheets in &view.sheets {
        let count = i64::from(sheets.last_sheet - sheets.first_sheet);
        let serials = sheets
            .first_serial
            .map(|first| format!("{first}-{}", first + count));
        let becomes = match sheets.job_known {
            true => "in doubt",
            false => "lost: the job is not known",
        };
        table.row([
            &sheets.job,
            &sheets.printer,
            &format!("{}-{}", sheets.first_sheet, sheets.last_sheet),
            &sheets.attempt.to_string(),
            &serials.unwrap_or_default(),
            becomes,
        ]);
    }
    output.table(&table)?;
    for load in &view.loads {
        let (printer, stock) = (&load.printer, &load.stock);
        let sheets = load.sheets.map(|sheets| format!("{sheets} sheets of "));
        let sheets = sheets.unwrap_or_default();
        output.line(format!("{sheets}{stock} were loaded into {printer}"))?;
    }
    for job in &view.held_jobs {
        output.line(format!(
            "{job} is held: look what of it was printed, then `formfeed job release {job}`, or cancel it"
        ))?;
    }
    match view.reconciled {
        true => output.line("taken in; say what became of the sheets in doubt: formfeed top")?,
        false => output.line("to take it in and print again: formfeed reconcile --reason TEXT")?,
    }
    Ok(())
}
