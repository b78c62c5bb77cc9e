//! `formfeed printer`: where sheets go, and the form stock loaded there.

use clap::{Args, Subcommand, ValueEnum};
use formfeed_proto::spooler as pb;
use formfeed_runtime::service::Service;
use pb::printer::EvidencePolicy;
use pb::printer_service_client::PrinterServiceClient;
use serde::Serialize;
use uuid::Uuid;

use super::printer_access::{AccessArgs, AccessView, AddAccessArgs};
use super::printer_align::{AlignArgs, align};
use super::printer_lease::{LeaseView, TakeOverArgs, leases};
use super::printer_stock::stock;
use crate::connect::{Services, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::pages;
use crate::table::Table;
use crate::words::{id, kebab, resource};

#[derive(Debug, Subcommand)]
pub(crate) enum PrinterCommand {
    /// Add a printer
    Add(AddArgs),
    /// List the printers
    List,
    /// Show one printer
    Show(NameArgs),
    /// Say which form stock was put into a printer
    LoadStock(LoadStockArgs),
    /// Show where every sheet of stock is that was put into a printer
    Stock(NameArgs),
    /// Say whom to be when a printer asks for a user, which certificate it must show, and have its host looked up anew
    Access(AccessArgs),
    /// Stand for how another person set a printer up: where duty is separated nothing is sent to it before
    Approve(ApproveArgs),
    /// Print a test sheet, or set how a printer's ink is put right on its stock
    Align(Box<AlignArgs>),
    /// Send nothing more to a printer; the sheet at work is finished
    Pause(PauseArgs),
    /// Let a paused printer go on
    Resume(NameArgs),
    /// Have the spooler that is asked drive a printer whose own one is gone
    TakeOver(TakeOverArgs),
    /// Show which spooler drove a printer since when, by whose decision
    Leases(NameArgs),
    /// Remove a printer without open jobs
    Remove(NameArgs),
}

#[derive(Debug, Args)]
pub(crate) struct NameArgs {
    /// Name of the printer
    name: String,
}

#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// Name of the printer: lower-case letters, digits, dashes
    name: String,
    /// file:DIR, ipp://HOST/PATH, ipps://HOST/PATH, parallel:/dev/lp0, socket://HOST:9100, or
    /// serial:/dev/ttyS0?baud=9600&data=8&parity=none&stop=1&flow=xonxoff|rtscts|dtrdsr|none
    uri: String,
    /// Escape-code dialect of an impact printer: escp, escp2, ibm-proprinter, oki-microline or line [default: none, a laser]
    #[arg(
        long,
        value_name = "DIALECT",
        default_value = "",
        hide_default_value = true
    )]
    dialect: String,
    /// Form stock loaded, such as nec-3up, misc-3up or blank [default: that of the kind of printer]
    #[arg(
        long,
        value_name = "STOCK",
        default_value = "",
        hide_default_value = true
    )]
    stock: String,
    /// When a sheet counts as good [default: that of the kind of printer]
    #[arg(long, value_enum)]
    evidence: Option<EvidenceArg>,
    /// Sheets of the stock put in [default: not counted]
    #[arg(long, value_name = "NUMBER")]
    sheets: Option<i32>,
    /// Spooler that drives it, of those on the same database [default: the one that is asked]
    #[arg(
        long,
        value_name = "NAME",
        default_value = "",
        hide_default_value = true
    )]
    spooler: String,
    #[command(flatten)]
    access: AddAccessArgs,
}

#[derive(Debug, Args)]
pub(crate) struct LoadStockArgs {
    /// Name of the printer
    name: String,
    /// Form stock, such as nec-3up, misc-3up, misc-2up or blank
    stock: String,
    /// Sheets of it put in [default: not counted]
    #[arg(long, value_name = "NUMBER")]
    sheets: Option<i32>,
    /// Serial number of the first sheet of numbered stock; the others follow
    #[arg(long, value_name = "NUMBER", requires = "sheets")]
    first_serial: Option<i64>,
}

#[derive(Debug, Args)]
pub(crate) struct ApproveArgs {
    /// Name of the printer
    name: String,
    /// Number of the change that you looked at, as `printer show` tells it
    #[arg(long, value_name = "NUMBER")]
    change: i32,
    /// Why; kept
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    reason: String,
}

#[derive(Debug, Args)]
pub(crate) struct PauseArgs {
    /// Name of the printer
    name: String,
    /// Why; kept
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum EvidenceArg {
    /// The device says so
    Device,
    /// Every byte was taken
    Sent,
    /// An operator says so
    Operator,
}

impl From<EvidenceArg> for EvidencePolicy {
    fn from(evidence: EvidenceArg) -> Self {
        match evidence {
            EvidenceArg::Device => Self::Device,
            EvidenceArg::Sent => Self::Sent,
            EvidenceArg::Operator => Self::Operator,
        }
    }
}

#[derive(Serialize)]
struct PrinterView {
    printer: String,
    uri: String,
    dialect: String,
    evidence: String,
    stock: String,
    stock_on_hand: Option<i32>,
    state: String,
    state_reasons: Vec<String>,
    sheets_in_doubt: i32,
    current_job: String,
    queued_jobs: i32,
    spooler: String,
    lease: Option<LeaseView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access: Option<AccessView>,
    set_up_change: i32,
    set_up_by: String,
    approved_by: String,
    waits_for_approval: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

impl From<pb::Printer> for PrinterView {
    fn from(printer: pb::Printer) -> Self {
        let evidence = match printer.evidence() {
            EvidencePolicy::Unspecified => "default".to_owned(),
            policy => kebab(policy.as_str_name()),
        };
        Self {
            state: kebab(printer.state().as_str_name()),
            evidence,
            printer: printer.name,
            uri: printer.uri,
            dialect: printer.dialect,
            stock: printer.stock,
            stock_on_hand: printer.stock_on_hand,
            state_reasons: printer.state_reasons,
            sheets_in_doubt: printer.sheets_in_doubt,
            current_job: printer.current_job,
            queued_jobs: printer.queued_jobs,
            spooler: printer.spooler,
            lease: printer.lease.map(LeaseView::from),
            access: printer.access.map(AccessView::from),
            warnings: printer.warnings,
            set_up_change: printer.set_up_change,
            set_up_by: printer.set_up_by,
            approved_by: printer.approved_by,
            waits_for_approval: printer.waits_for_approval,
        }
    }
}

/// Runs a command of the family.
pub(crate) async fn run(
    command: PrinterCommand,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let link = services.link(Service::Spooler)?;
    let mut printers = client!(PrinterServiceClient, link);
    let name = |given: &str| resource("printers", given);
    let printer = match command {
        PrinterCommand::List => return list(services, output).await,
        PrinterCommand::Align(args) => {
            let name = name(&args.name);
            return align(*args, name, &link, output).await;
        }
        PrinterCommand::Leases(args) => return leases(name(&args.name), &link, output).await,
        PrinterCommand::TakeOver(args) => printers.take_over_printer(args.request()).await,
        PrinterCommand::Stock(args) => return stock(name(&args.name), &link, output).await,
        PrinterCommand::Remove(args) => {
            let name = name(&args.name);
            let request = pb::DeletePrinterRequest { name: name.clone() };
            printers
                .delete_printer(request)
                .await
                .map_err(|status| link.error(status))?;
            output.line(format!("removed {name}"))?;
            output.document(&serde_json::json!({"removed": name}))?;
            return Ok(Exit::Done);
        }
        PrinterCommand::Add(args) => printers.create_printer(creation(args)?).await,
        PrinterCommand::Show(args) => {
            printers
                .get_printer(pb::GetPrinterRequest {
                    name: name(&args.name),
                })
                .await
        }
        PrinterCommand::LoadStock(args) => {
            let LoadStockArgs {
                name: given,
                stock,
                sheets,
                first_serial,
            } = args;
            printers
                .load_stock(pb::LoadStockRequest {
                    name: name(&given),
                    stock,
                    sheets,
                    first_serial,
                })
                .await
        }
        PrinterCommand::Access(args) => {
            let name = name(args.printer());
            let request = args.request(name)?;
            printers.set_printer_access(request).await
        }
        PrinterCommand::Approve(args) => {
            printers
                .approve_printer(pb::ApprovePrinterRequest {
                    name: name(&args.name),
                    change: args.change,
                    reason: args.reason,
                })
                .await
        }
        PrinterCommand::Pause(args) => {
            let PauseArgs {
                name: given,
                reason,
            } = args;
            printers
                .pause_printer(pb::PausePrinterRequest {
                    name: name(&given),
                    reason,
                })
                .await
        }
        PrinterCommand::Resume(args) => {
            printers
                .resume_printer(pb::ResumePrinterRequest {
                    name: name(&args.name),
                })
                .await
        }
    };
    let printer = printer.map_err(|status| link.error(status))?.into_inner();
    show(&PrinterView::from(printer), output)?;
    Ok(Exit::Done)
}

/// A relative folder means one below the caller's, not the daemon's.
fn creation(args: AddArgs) -> Result<pb::CreatePrinterRequest, CliError> {
    let uri = match args.uri.strip_prefix("file:") {
        Some(folder) if !folder.is_empty() && !folder.starts_with('/') => {
            let folder = std::path::absolute(folder)
                .map_err(|error| CliError::failed("finding the folder", error))?;
            format!("file:{}", folder.display())
        }
        _ => args.uri,
    };
    let evidence = args
        .evidence
        .map_or(EvidencePolicy::Unspecified, EvidencePolicy::from);
    let printer = pb::Printer {
        printer_id: args.name,
        uri,
        dialect: args.dialect,
        evidence: evidence.into(),
        stock: args.stock,
        stock_on_hand: args.sheets,
        spooler: args.spooler,
        access: args.access.message()?,
        ..pb::Printer::default()
    };
    Ok(pb::CreatePrinterRequest {
        printer: Some(printer),
        request_id: Uuid::now_v7().to_string(),
    })
}

/// All that is known of a printer, for people.
pub(crate) fn tell(printer: pb::Printer, output: &mut Output<'_>) -> Result<(), CliError> {
    show(&PrinterView::from(printer), output)
}

fn show(printer: &PrinterView, output: &mut Output<'_>) -> Result<(), CliError> {
    output.line(format!("{} {}", printer.printer, printer.state))?;
    output.line(format!("  {}", printer.uri))?;
    if !printer.dialect.is_empty() {
        output.line(format!("  dialect {}", printer.dialect))?;
    }
    output.line(format!(
        "  evidence that a sheet is good: {}",
        printer.evidence
    ))?;
    let on_hand = printer
        .stock_on_hand
        .map(|sheets| format!(", {sheets} sheets on hand"));
    match printer.stock.as_str() {
        "" if printer.uri.starts_with("file:") => {
            output.line(
                "  takes any form stock; unless a job says otherwise Copy A three to a sheet, other copies on plain paper",
            )?;
        }
        "" => output.line("  no form stock loaded: formfeed printer load-stock NAME STOCK")?,
        stock => output.line(format!("  stock {stock}{}", on_hand.unwrap_or_default()))?,
    }
    match &printer.lease {
        Some(lease) => output.line(format!("  driven by {}", lease.in_words()))?,
        None => output.line("  driven by no spooler yet")?,
    }
    if let Some(access) = &printer.access {
        access.tell(output)?;
    }
    if printer.set_up_change > 0 {
        let approved = match printer.approved_by.as_str() {
            "" => "approved by nobody else".to_owned(),
            by => format!("approved by {by}"),
        };
        output.line(format!(
            "  set up by {} (change {}), {approved}",
            printer.set_up_by, printer.set_up_change
        ))?;
    }
    for warning in &printer.warnings {
        output.line(format!("  warning: {warning}"))?;
    }
    for reason in &printer.state_reasons {
        output.line(format!("  {reason}"))?;
    }
    if printer.sheets_in_doubt > 0 {
        output.line(format!("  {} sheets in doubt", printer.sheets_in_doubt))?;
    }
    Ok(output.document(printer)?)
}

async fn list(services: &Services, output: &mut Output<'_>) -> Result<Exit, CliError> {
    let link = services.link(Service::Spooler)?;
    let printers = client!(PrinterServiceClient, link);
    let found = pages::all(|page_token| {
        let request = pb::ListPrintersRequest {
            page_size: pages::PAGE_SIZE,
            page_token,
        };
        let (mut printers, link) = (printers.clone(), &link);
        async move {
            let page = printers.list_printers(request).await;
            let page = page.map_err(|status| link.error(status))?.into_inner();
            Ok((page.printers, page.next_page_token))
        }
    });
    let found: Vec<PrinterView> = found.await?.into_iter().map(PrinterView::from).collect();
    let columns = [
        "printer", "state", "stock", "evidence", ">queued", "spooler", "uri",
    ];
    let mut table = Table::new(&columns);
    for printer in &found {
        let (stock, evidence) = (&printer.stock, &printer.evidence);
        let queued = printer.queued_jobs.to_string();
        let spooler = printer.lease.as_ref().map(LeaseView::in_short);
        table.row([
            id(&printer.printer),
            &printer.state,
            stock,
            evidence,
            &queued,
            &spooler.unwrap_or_default(),
            &printer.uri,
        ]);
    }
    output.table(&table)?;
    output.document(&found)?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_relative_folder_is_the_callers_not_the_daemons() {
        let args = |uri: &str| AddArgs {
            name: "laser".to_owned(),
            uri: uri.to_owned(),
            dialect: String::new(),
            stock: String::new(),
            evidence: None,
            sheets: None,
            spooler: String::new(),
            access: AddAccessArgs::default(),
        };
        let uri = |given| creation(args(given)).unwrap().printer.unwrap().uri;
        let here = std::env::current_dir().unwrap();
        assert_eq!(uri("file:out"), format!("file:{}/out", here.display()));
        assert_eq!(uri("file:/out"), "file:/out");
        assert_eq!(uri("ipp://h/ipp/print"), "ipp://h/ipp/print");
    }
}
