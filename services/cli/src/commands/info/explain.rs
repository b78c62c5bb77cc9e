//! `formfeed info explain`: why an amount is what it is, as text, JSON or PDF, on the screen or in a file.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use formfeed_proto::calculation as pb;
use formfeed_runtime::service::Service;
use pb::calculation_service_client::CalculationServiceClient;
use serde_json::{Value, json};

use super::view::InfoView;
use crate::args::PayerYear;
use crate::connect::{Services, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    of: PayerYear,
    /// Whose amounts
    #[arg(long, value_name = "VENDOR")]
    recipient: String,
    /// Only this income type, such as rents
    #[arg(
        long,
        value_name = "TYPE",
        default_value = "",
        hide_default_value = true
    )]
    income_type: String,
    /// As what it is written
    #[arg(long, value_enum, default_value_t = FormatArg::Text)]
    format: FormatArg,
    /// Write it to this file instead of the screen
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormatArg {
    /// One fact a line, for people
    Text,
    /// One document, for programs
    Json,
    /// Pages to print or to keep; wants --out
    Pdf,
}

/// Asks for the trace and writes it.
pub(crate) async fn run(
    args: ExplainArgs,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    if matches!((args.format, &args.out), (FormatArg::Pdf, None)) {
        return Err(CliError::Usage(
            "a PDF is written to a file: name it with --out FILE".to_owned(),
        ));
    }
    let link = services.link(Service::Calculation)?;
    let mut calculation = client!(CalculationServiceClient, link);
    let request = pb::ExplainInformationRequest {
        payer_id: args.of.payer,
        tax_year: args.of.tax_year,
        recipient_id: args.recipient,
        income_type: args.income_type,
        with_pdf: matches!(args.format, FormatArg::Pdf),
    };
    let answer = calculation.explain_information(request).await;
    let mut answer = answer.map_err(|status| link.error(status))?.into_inner();
    let text = text_of(&answer);
    let pdf = std::mem::take(&mut answer.pdf);
    let document = document_of(answer)?;
    let content = match args.format {
        FormatArg::Text => (text + "\n").into_bytes(),
        FormatArg::Json => format!("{document:#}\n").into_bytes(),
        FormatArg::Pdf => pdf,
    };
    match &args.out {
        Some(file) => {
            let path = file.display();
            std::fs::write(file, content)
                .map_err(|error| CliError::failed(format!("writing {path}"), error))?;
            output.note(format!("wrote {path}"))?;
        }
        None => output.line(String::from_utf8_lossy(&content).trim_end())?,
    }
    output.document(&document)?;
    Ok(Exit::Done)
}

fn text_of(answer: &pb::ExplainInformationResponse) -> String {
    let text = answer.trace_text.trim_end();
    match answer.newer_history {
        true => format!(
            "{text}\nSince this run an import has changed the history: calculate again to take it in."
        ),
        false => text.to_owned(),
    }
}

fn document_of(answer: pb::ExplainInformationResponse) -> Result<Value, CliError> {
    let trace: Value = serde_json::from_str(&answer.trace_json)
        .map_err(|error| CliError::failed("reading the trace", error))?;
    let skipped = answer
        .skipped
        .as_ref()
        .map(|skipped| json!({"reason": skipped.reason, "explanation": skipped.explanation}));
    let rows = answer.information.into_iter();
    let information: Vec<_> = rows.map(InfoView::from).collect();
    Ok(json!({
        "run": answer.run,
        "information": information,
        "skipped": skipped,
        "trace": trace,
        "newer_history": answer.newer_history,
    }))
}
