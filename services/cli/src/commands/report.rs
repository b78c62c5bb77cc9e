//! `formfeed report`: what is read before forms are printed.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use formfeed_proto::forms as pb;
use formfeed_runtime::service::Service;
use pb::get_edit_report_request::Format;
use pb::get_edit_report_response::Part;
use pb::report_service_client::ReportServiceClient;
use serde::Serialize;
use serde_json::json;
use tonic::Streaming;

use crate::args::PayerYear;
use crate::commands::forms::OptionArgs;
use crate::connect::{Link, Services, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::words;

#[derive(Debug, Subcommand)]
pub(crate) enum ReportCommand {
    /// The 1099 edit report: every row with its form and box, sums per box, form and payer, exceptions, and who was skipped
    Edit(EditArgs),
}

#[derive(Debug, Args)]
pub(crate) struct EditArgs {
    #[command(flatten)]
    of: PayerYear,
    /// How the report comes; pdf wants --out
    #[arg(long, value_enum, default_value_t = FormatArg::Text)]
    format: FormatArg,
    /// Write the report to this file, which only this user may read, instead of showing it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Show full TINs instead of truncated ones; for administrators
    #[arg(long)]
    show_tins: bool,
    #[command(flatten)]
    options: OptionArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormatArg {
    /// Plain text
    Text,
    /// One table for a spreadsheet
    Csv,
    /// Letter-size pages
    Pdf,
}

impl From<FormatArg> for Format {
    fn from(format: FormatArg) -> Self {
        match format {
            FormatArg::Text => Self::Text,
            FormatArg::Csv => Self::Csv,
            FormatArg::Pdf => Self::Pdf,
        }
    }
}

/// The report as a document.
#[derive(Default, Serialize)]
struct Report {
    rows: Vec<Row>,
    totals: Vec<Total>,
    exceptions: Vec<Exception>,
    skipped: Vec<Skipped>,
}

#[derive(Serialize)]
struct Row {
    recipient_id: String,
    recipient_name: String,
    tin: String,
    income_type: String,
    form: &'static str,
    r#box: String,
    total_1099_amount: String,
    taxable_amount: String,
    on_form: bool,
    on_form_amount: String,
    edited: bool,
}

#[derive(Serialize)]
struct Total {
    level: String,
    form: &'static str,
    r#box: String,
    title: String,
    what: String,
    rows: i64,
    total_1099_amount: String,
    taxable_amount: String,
    on_form_amount: String,
}

#[derive(Serialize)]
struct Exception {
    recipient_id: String,
    reason: String,
    explanation: String,
    payment_id: String,
    voucher_id: String,
}

#[derive(Serialize)]
struct Skipped {
    recipient_id: String,
    recipient_name: String,
    reason: String,
    explanation: String,
}

/// Runs a command of the family.
pub(crate) async fn run(
    command: ReportCommand,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let ReportCommand::Edit(args) = command;
    if args.format == FormatArg::Pdf && args.out.is_none() && !output.json {
        let usage = "a PDF is no text for a terminal: give --out FILE";
        return Err(CliError::Usage(usage.to_owned()));
    }
    let link = services.link(Service::Forms)?;
    match &args.out {
        Some(path) => to_file(&args, path, &link, output).await?,
        None if output.json => to_document(&args, &link, output).await?,
        None => to_stdout(&args, &link, output).await?,
    }
    Ok(Exit::Done)
}

async fn to_file(
    args: &EditArgs,
    path: &Path,
    link: &Link,
    output: &mut Output<'_>,
) -> Result<(), CliError> {
    let mut parts = ask(args, args.format.into(), link).await?;
    let failed = |error| CliError::failed(format!("writing {}", path.display()), error);
    let mut file = OpenOptions::new();
    let file = file.write(true).create(true).truncate(true).mode(0o600);
    let mut file = file.open(path).map_err(failed)?;
    let mut bytes = 0;
    while let Some(data) = next_piece(&mut parts, link).await? {
        bytes += data.len();
        file.write_all(&data).map_err(failed)?;
    }
    file.sync_all().map_err(failed)?;
    output.line(format!("{bytes} bytes in {}", path.display()))?;
    output.document(&json!({"file": path, "bytes": bytes}))?;
    Ok(())
}

async fn to_stdout(args: &EditArgs, link: &Link, output: &mut Output<'_>) -> Result<(), CliError> {
    let mut parts = ask(args, args.format.into(), link).await?;
    while let Some(data) = next_piece(&mut parts, link).await? {
        output.bytes(&data)?;
    }
    output.flush()?;
    Ok(())
}

async fn to_document(
    args: &EditArgs,
    link: &Link,
    output: &mut Output<'_>,
) -> Result<(), CliError> {
    let mut parts = ask(args, Format::Unspecified, link).await?;
    let mut report = Report::default();
    while let Some(part) = next(&mut parts, link).await? {
        match part {
            Part::Row(row) => report.rows.push(row.into()),
            Part::Total(total) => report.totals.push(total.into()),
            Part::Exception(exception) => report.exceptions.push(exception.into()),
            Part::Skipped(skipped) => report.skipped.push(skipped.into()),
            Part::Content(_) => {}
        }
    }
    output.document(&report)?;
    Ok(())
}

type Parts = Streaming<pb::GetEditReportResponse>;

async fn ask(args: &EditArgs, format: Format, link: &Link) -> Result<Parts, CliError> {
    let request = pb::GetEditReportRequest {
        payer_id: args.of.payer.clone(),
        tax_year: args.of.tax_year,
        options: Some(args.options.clone().into()),
        format: format.into(),
        show_tins: args.show_tins,
    };
    let mut reports = client!(ReportServiceClient, link);
    let answered = reports.get_edit_report(request).await;
    Ok(answered.map_err(|status| link.error(status))?.into_inner())
}

async fn next(parts: &mut Parts, link: &Link) -> Result<Option<Part>, CliError> {
    let message = parts.message().await.map_err(|status| link.error(status))?;
    Ok(message.and_then(|message| message.part))
}

async fn next_piece(parts: &mut Parts, link: &Link) -> Result<Option<Vec<u8>>, CliError> {
    Ok(match next(parts, link).await? {
        Some(Part::Content(content)) => Some(content.data),
        _ => None,
    })
}

impl From<pb::EditReportRow> for Row {
    fn from(row: pb::EditReportRow) -> Self {
        Self {
            form: words::form_type(row.form_type()),
            recipient_id: row.recipient_id,
            recipient_name: row.recipient_name,
            tin: row.tin,
            income_type: row.income_type,
            r#box: row.r#box,
            total_1099_amount: words::amount(row.total_1099_amount_cents),
            taxable_amount: words::amount(row.taxable_amount_cents),
            on_form: row.on_form,
            on_form_amount: words::amount(row.on_form_amount_cents),
            edited: row.edited,
        }
    }
}

impl From<pb::EditReportTotal> for Total {
    fn from(total: pb::EditReportTotal) -> Self {
        Self {
            level: words::kebab(total.level().as_str_name()),
            form: words::form_type(total.form_type()),
            what: words::kebab(total.nature().as_str_name()),
            r#box: total.r#box,
            title: total.title,
            rows: total.rows,
            total_1099_amount: words::amount(total.total_1099_amount_cents),
            taxable_amount: words::amount(total.taxable_amount_cents),
            on_form_amount: words::amount(total.on_form_amount_cents),
        }
    }
}

impl From<pb::EditReportException> for Exception {
    fn from(exception: pb::EditReportException) -> Self {
        Self {
            recipient_id: exception.recipient_id,
            reason: exception.reason,
            explanation: exception.explanation,
            payment_id: exception.payment_id,
            voucher_id: exception.voucher_id,
        }
    }
}

impl From<pb::EditReportSkipped> for Skipped {
    fn from(skipped: pb::EditReportSkipped) -> Self {
        Self {
            recipient_id: skipped.recipient_id,
            recipient_name: skipped.recipient_name,
            reason: skipped.reason,
            explanation: skipped.explanation,
        }
    }
}
