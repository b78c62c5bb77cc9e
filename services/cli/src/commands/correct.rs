//! `formfeed correct`: what of a filed year has to be corrected; on paper, or in an electronic file.

use std::path::PathBuf;

use clap::Args;
use formfeed_proto::forms as pb;
use formfeed_proto::spooler::{Copy, FormType};
use formfeed_runtime::service::Service;
use pb::correction::Action;
use pb::correction_service_client::CorrectionServiceClient;
use serde_json::{Value, json};
use uuid::Uuid;

use super::export::{self, FormatArg};
use super::forms::FormArg;
use super::job_view;
use super::print::{self, CopyArg};
use crate::args::PayerYear;
use crate::connect::{Link, Services, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::table::Table;
use crate::words::{form_type, kebab, resource};

/// Lists what differs between what was filed and what would be filed today. With `--printer` or `--format` it is
/// corrected: each once, by the right forms.
#[derive(Debug, Args)]
pub(crate) struct CorrectArgs {
    #[command(flatten)]
    of: PayerYear,
    /// Only this recipient; may be given several times
    #[arg(long, value_name = "VENDOR")]
    recipient: Vec<String>,
    /// Only this form [default: every form that has corrections]
    #[arg(long, value_enum)]
    form: Option<FormArg>,
    /// Correct also what need not be: amounts off by so little that the law lets them stand. A recipient who is named is
    /// corrected anyway
    #[arg(long)]
    include_small: bool,
    /// Why it is corrected; kept
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    reason: String,
    #[command(flatten)]
    paper: PaperArgs,
    #[command(flatten)]
    file: FileArgs,
    /// Makes a retry safe: the same id answers the first job or makes the same file again
    #[arg(long, value_name = "ID", requires = "form")]
    request_id: Option<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "On paper")]
struct PaperArgs {
    /// Correct on paper: the printer to print on
    #[arg(long, value_name = "NAME", requires = "reason")]
    printer: Option<String>,
    /// Which copy: a files the corrections, another one prints for people what the last ones filed
    #[arg(long, value_enum, default_value_t = CopyArg::A)]
    copy: CopyArg,
    /// Form stock [default: as for print]
    #[arg(
        long,
        value_name = "STOCK",
        default_value = "",
        hide_default_value = true
    )]
    stock: String,
    /// Follow each job to its end
    #[arg(long)]
    wait: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "In an electronic file")]
struct FileArgs {
    /// Correct electronically: what the file is
    #[arg(long, value_enum, requires = "reason", conflicts_with = "printer")]
    format: Option<FormatArg>,
    /// The file to make; further ones get `-2` before the ending [default: PAYER-YEAR-FORM-corrected.xml or .txt]
    #[arg(long, value_name = "FILE", requires = "format")]
    out: Option<PathBuf>,
    /// IRIS: the receipt of a file whose records are corrected; EXPORT/2=RECEIPT names its second file
    #[arg(long, value_name = "EXPORT=RECEIPT", value_parser = receipt)]
    receipt: Vec<pb::Receipt>,
    /// Make a test file, of which the IRS counts nothing
    #[arg(long, requires = "format")]
    test: bool,
    /// Let the IRS pass state amounts on to the states that take part in combined filing
    #[arg(long, requires = "format")]
    combined_filing: bool,
    /// The year's own season is over
    #[arg(long, requires = "format")]
    prior_year: bool,
    /// The rejected file of corrections that this one takes the place of; the IRS's answer to it is kept by `exports answer`
    #[arg(long, value_name = "EXPORT", requires = "format", requires = "form")]
    replaces: Option<String>,
}

/// `EXPORT=RECEIPT` or `EXPORT/2=RECEIPT`.
fn receipt(text: &str) -> Result<pb::Receipt, String> {
    let wrong = || "write EXPORT=RECEIPT, or EXPORT/2=RECEIPT for its second file".to_owned();
    let (file, receipt_id) = text.split_once('=').ok_or_else(wrong)?;
    let file = file.strip_prefix("exports/").unwrap_or(file);
    let (export, number) = file.split_once('/').unwrap_or((file, "1"));
    Ok(pb::Receipt {
        export: resource("exports", export),
        file: number.parse().map_err(|_| wrong())?,
        receipt_id: receipt_id.to_owned(),
    })
}

/// Lists corrections, or files them.
pub(crate) async fn run(
    args: CorrectArgs,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let link = services.link(Service::Forms)?;
    match (&args.paper.printer, args.file.format) {
        (None, None) => {
            let found = list(&args, args.form.map(FormType::from), &link).await?;
            output.table(&table(&found))?;
            output.line(summary(&found))?;
            output.document(&found.iter().map(view).collect::<Vec<_>>())?;
            Ok(Exit::Done)
        }
        (Some(printer), _) => on_paper(&args, printer, services, output).await,
        (None, Some(format)) => in_files(&args, format, &link, output).await,
    }
}

/// One job for each form type.
async fn on_paper(
    args: &CorrectArgs,
    printer: &str,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let (forms, spooler) = (
        services.link(Service::Forms)?,
        services.link(Service::Spooler)?,
    );
    let types = form_types(args, &forms, Copy::from(args.paper.copy)).await?;
    let (mut exit, mut documents) = (Exit::Done, Vec::new());
    for form in &types {
        let request_id = request_id(args);
        let request = pb::PrintCorrectionsRequest {
            request_id: request_id.clone(),
            payer_id: args.of.payer.clone(),
            tax_year: args.of.tax_year,
            form_type: (*form).into(),
            recipients: args.recipient.clone(),
            copy: Copy::from(args.paper.copy).into(),
            printer: resource("printers", printer),
            stock: args.paper.stock.clone(),
            reason: args.reason.clone(),
            follow: args.paper.wait,
            include_small: args.include_small,
        };
        let mut client = client!(CorrectionServiceClient, forms);
        let events = client.print_corrections(request).await;
        let events = events.map_err(|status| forms.error(status))?.into_inner();
        let job = print::follow(events, &request_id, (&forms, &spooler), output).await?;
        let view = print::show(&job, args.paper.wait, services, output).await?;
        if args.paper.wait && job_view::exit(&job) != Exit::Done {
            exit = job_view::exit(&job);
        }
        documents.push(view);
    }
    output.document(&documents)?;
    Ok(exit)
}

/// One file, or two, for each form type; forms of the right type go with those of the wrong type.
async fn in_files(
    args: &CorrectArgs,
    format: FormatArg,
    link: &Link,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let types = form_types(args, link, Copy::A).await?;
    if types.len() > 1 && args.file.out.is_some() {
        let usage = "both forms have corrections: name one with --form, or leave --out off";
        return Err(CliError::Usage(usage.to_owned()));
    }
    let mut documents = Vec::new();
    for (index, form) in types.iter().enumerate() {
        if index > 0 && !args.file.test {
            let left = list(args, Some(*form), link).await?;
            if !left.iter().any(|correction| is_filed(args, correction)) {
                continue;
            }
        }
        let out = args.file.out.clone().unwrap_or_else(|| {
            let (payer, year) = (&args.of.payer, args.of.tax_year);
            let (form, extension) = (form_type(*form), format.extension());
            PathBuf::from(format!("{payer}-{year}-{form}-corrected.{extension}"))
        });
        let request = pb::ExportCorrectionsRequest {
            request_id: request_id(args),
            payer_id: args.of.payer.clone(),
            tax_year: args.of.tax_year,
            form_type: (*form).into(),
            recipients: args.recipient.clone(),
            format: format.message().into(),
            reason: args.reason.clone(),
            test: args.file.test,
            combined_filing: args.file.combined_filing,
            prior_year: args.file.prior_year,
            receipts: args.file.receipt.clone(),
            include_small: args.include_small,
            replaces: args
                .file
                .replaces
                .as_ref()
                .map_or_else(String::new, |export| resource("exports", export)),
        };
        let mut client = client!(CorrectionServiceClient, link);
        let events = client.export_corrections(request).await;
        let events = events.map_err(|status| link.error(status))?.into_inner();
        documents.push(export::finish(events, out, link, output).await?);
    }
    output.document(&documents)?;
    Ok(Exit::Done)
}

/// The form asked for, or every one that has something to file; last the one whose forms go with another's.
async fn form_types(
    args: &CorrectArgs,
    link: &Link,
    copy: Copy,
) -> Result<Vec<FormType>, CliError> {
    if let Some(form) = args.form {
        return Ok(vec![form.into()]);
    }
    if copy != Copy::A {
        let usage = "say with --form of which form another copy is wanted";
        return Err(CliError::Usage(usage.to_owned()));
    }
    let found = list(args, None, link).await?;
    let files = found.iter().filter(|c| is_filed(args, c));
    let mut types: Vec<_> = files
        .map(|c| (c.action() == Action::WrongTypeSecond, c.form_type()))
        .collect();
    types.sort();
    let mut ordered = Vec::new();
    for (_, form) in types {
        if !ordered.contains(&form) {
            ordered.push(form);
        }
    }
    match ordered.is_empty() {
        true => Err(CliError::Refused(summary(&found))),
        false => Ok(ordered),
    }
}

/// Whether a candidate is filed by this command.
fn is_filed(args: &CorrectArgs, correction: &pb::Correction) -> bool {
    let is_asked_for = args.include_small || !args.recipient.is_empty();
    correction.action() != Action::StateOnly && (is_asked_for || !correction.need_not_be_corrected)
}

async fn list(
    args: &CorrectArgs,
    form: Option<FormType>,
    link: &Link,
) -> Result<Vec<pb::Correction>, CliError> {
    let request = pb::ListCorrectionsRequest {
        payer_id: args.of.payer.clone(),
        tax_year: args.of.tax_year,
        form_type: form.unwrap_or(FormType::Unspecified).into(),
        recipients: args.recipient.clone(),
    };
    let mut client = client!(CorrectionServiceClient, link);
    let found = client.list_corrections(request).await;
    let mut found = found.map_err(|status| link.error(status))?.into_inner();
    let mut all = Vec::new();
    while let Some(correction) = found.message().await.map_err(|status| link.error(status))? {
        all.push(correction);
    }
    Ok(all)
}

fn request_id(args: &CorrectArgs) -> String {
    let given = args.request_id.clone();
    given.unwrap_or_else(|| Uuid::now_v7().to_string())
}

fn action(correction: &pb::Correction) -> String {
    kebab(correction.action().as_str_name())
}

fn table(found: &[pb::Correction]) -> Table {
    let mut table = Table::new(&["recipient", "form", "action", "field", "filed", "now"]);
    for correction in found {
        let mut action = action(correction);
        if correction.need_not_be_corrected {
            action.push_str(", need not be corrected");
        }
        if !correction.waits_for.is_empty() {
            action = format!("{action}, waits for {}", correction.waits_for);
        }
        let form = form_type(correction.form_type());
        let mut whose = [correction.recipient_id.as_str(), form, &action];
        for change in &correction.changes {
            let [recipient, form, action] = whose;
            table.row([
                recipient,
                form,
                action,
                &change.field,
                &change.old,
                &change.new,
            ]);
            whose = [""; 3];
        }
        if correction.changes.is_empty() {
            let [recipient, form, action] = whose;
            table.row([recipient, form, action, "", "", ""]);
        }
    }
    table
}

fn summary(found: &[pb::Correction]) -> String {
    let small = found.iter().filter(|c| c.need_not_be_corrected).count();
    let all = match found.len() {
        0 => return "nothing to correct: what was filed is what would be filed today".to_owned(),
        1 => "1 form to correct".to_owned(),
        forms => format!("{forms} forms to correct"),
    };
    match small {
        0 => all,
        _ => format!(
            "{all}, {small} of them off by so little that it need not be, unless the recipient asks (--recipient, --include-small)"
        ),
    }
}

fn view(correction: &pb::Correction) -> Value {
    let change = |change: &pb::FieldChange| json!({ "field": change.field, "old": change.old, "new": change.new });
    json!({
        "recipient_id": correction.recipient_id,
        "recipient_name": correction.recipient_name,
        "form": form_type(correction.form_type()),
        "account_number": correction.account_number,
        "action": action(correction),
        "changes": correction.changes.iter().map(change).collect::<Vec<_>>(),
        "filed_as": correction.filed_as,
        "waits_for": correction.waits_for,
        "covers": correction.covers,
        "need_not_be_corrected": correction.need_not_be_corrected,
    })
}
