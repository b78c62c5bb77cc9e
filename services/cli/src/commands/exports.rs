//! `formfeed exports`: the electronic files that were made, and what the IRS answered to them.

use clap::{Args, Subcommand, ValueEnum};
use formfeed_proto::forms as pb;
use formfeed_runtime::service::Service;
use pb::export_answer::Status;
use pb::export_service_client::ExportServiceClient;
use serde_json::{Value, json};

use crate::args::PayerYear;
use crate::connect::{Services, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::pages;
use crate::table::Table;
use crate::words::{amount, form_type, id, kebab, resource, time};

#[derive(Debug, Subcommand)]
pub(crate) enum ExportsCommand {
    /// List the files of a payer and year, newest first, with the IRS's answers
    List(PayerYear),
    /// Keep what the IRS answered to a file; the forms of a rejected one count as not filed
    Answer(AnswerArgs),
}

#[derive(Debug, Args)]
pub(crate) struct AnswerArgs {
    /// The export: exports/ID or ID
    export: String,
    /// Which of its files
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    file: i32,
    /// Receipt id, such as 2026-12345678901-0123abcde
    #[arg(long, value_name = "ID")]
    receipt: String,
    /// How the IRS took it
    #[arg(long, value_enum)]
    status: StatusArg,
    /// An error of the IRS's list, without TINs; may be given several times
    #[arg(long, value_name = "TEXT")]
    error: Vec<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum StatusArg {
    /// It has a receipt and is looked at
    Processing,
    /// It is filed
    Accepted,
    /// It is filed, and what is wrong in it is to be corrected
    AcceptedWithErrors,
    /// Nothing of it is filed: send a replacement (export --replaces)
    Rejected,
}

impl From<StatusArg> for Status {
    fn from(status: StatusArg) -> Self {
        match status {
            StatusArg::Processing => Self::Processing,
            StatusArg::Accepted => Self::Accepted,
            StatusArg::AcceptedWithErrors => Self::AcceptedWithErrors,
            StatusArg::Rejected => Self::Rejected,
        }
    }
}

/// Runs a command of the family.
pub(crate) async fn run(
    command: ExportsCommand,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    match command {
        ExportsCommand::List(of) => list(&of, services, output).await,
        ExportsCommand::Answer(args) => answer(args, services, output).await,
    }
}

async fn list(
    of: &PayerYear,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let link = services.link(Service::Forms)?;
    let exports = client!(ExportServiceClient, link);
    let found = pages::all(|page_token| {
        let request = pb::ListExportsRequest {
            payer_id: of.payer.clone(),
            tax_year: of.tax_year,
            page_size: pages::PAGE_SIZE,
            page_token,
        };
        let (mut exports, link) = (exports.clone(), &link);
        async move {
            let page = exports.list_exports(request).await;
            let page = page.map_err(|status| link.error(status))?.into_inner();
            Ok((page.exports, page.next_page_token))
        }
    });
    let found = found.await?;
    let mut table = Table::new(&["export", "form", "format", ">forms", ">total", "answer"]);
    for export in &found {
        table.row([
            id(&export.name),
            form_type(export.form_type()),
            &kebab(export.format().as_str_name()),
            &export.forms.to_string(),
            &amount(export.total_amount_cents),
            &told(export),
        ]);
    }
    output.table(&table)?;
    output.document(&found.iter().map(view).collect::<Vec<_>>())?;
    Ok(Exit::Done)
}

async fn answer(
    args: AnswerArgs,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let link = services.link(Service::Forms)?;
    let request = pb::RecordAnswerRequest {
        name: resource("exports", &args.export),
        file: args.file,
        receipt_id: args.receipt,
        status: Status::from(args.status).into(),
        errors: args.error,
    };
    let mut exports = client!(ExportServiceClient, link);
    let kept = exports.record_answer(request).await;
    let export = kept.map_err(|status| link.error(status))?.into_inner();
    output.line(format!("{}: {}", export.name, told(&export)))?;
    output.document(&view(&export))?;
    Ok(Exit::Done)
}

/// `accepted (2026-…)`, by file where there are several.
fn told(export: &pb::Export) -> String {
    if export.test {
        return "a test".to_owned();
    }
    let told = export.answers.iter().map(|answer| {
        let status = kebab(answer.status().as_str_name());
        let errors = match answer.errors.len() {
            0 => String::new(),
            errors => format!(", {errors} errors"),
        };
        let file = match export.files {
            1 => String::new(),
            _ => format!("file {}: ", answer.file),
        };
        format!("{file}{status} ({}{errors})", answer.receipt_id)
    });
    let told: Vec<_> = told.collect();
    match told.is_empty() {
        true => "none kept".to_owned(),
        false => told.join("; "),
    }
}

fn view(export: &pb::Export) -> Value {
    let answer = |answer: &pb::ExportAnswer| {
        json!({
            "file": answer.file,
            "receipt": answer.receipt_id,
            "status": kebab(answer.status().as_str_name()),
            "errors": answer.errors,
            "user": answer.user,
            "update_time": time(answer.update_time.as_ref()),
        })
    };
    json!({
        "export": export.name,
        "form": form_type(export.form_type()),
        "format": kebab(export.format().as_str_name()),
        "test": export.test,
        "forms": export.forms,
        "files": export.files,
        "total_amount": amount(export.total_amount_cents),
        "federal_tax_withheld": amount(export.federal_tax_withheld_cents),
        "again_reason": export.again_reason,
        "create_time": time(export.create_time.as_ref()),
        "answers": export.answers.iter().map(answer).collect::<Vec<_>>(),
    })
}
