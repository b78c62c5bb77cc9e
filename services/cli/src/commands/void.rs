//! `formfeed forms void`, `restore`, `not-sent`: what is not filed.

use clap::Args;
use formfeed_proto::forms as pb;
use formfeed_proto::spooler::FormType;
use formfeed_runtime::service::Service;
use pb::correction_service_client::CorrectionServiceClient;
use serde_json::json;

use super::forms::FormArg;
use crate::args::PayerYear;
use crate::connect::{Services, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::words::{form_type, resource};

/// A form of a recipient.
#[derive(Debug, Args)]
pub(crate) struct FormRefArgs {
    #[command(flatten)]
    of: PayerYear,
    /// Which form
    #[arg(long, value_enum)]
    form: FormArg,
    /// Whose
    #[arg(long, value_name = "VENDOR")]
    recipient: String,
}

/// On a sheet that is printed and not sent yet, put an X into the form's VOID box by hand; or say `not-sent` of the
/// printing, leave the form out, and print again.
#[derive(Debug, Args)]
pub(crate) struct VoidArgs {
    #[command(flatten)]
    form: FormRefArgs,
    /// Why; kept
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

#[derive(Debug, Args)]
pub(crate) struct NotSentArgs {
    /// The printing of Copy A: printings/ID, or the ID alone
    #[arg(long, value_name = "ID", required_unless_present = "export")]
    printing: Option<String>,
    /// The electronic file: exports/ID, or the ID alone
    #[arg(long, value_name = "ID", conflicts_with = "printing")]
    export: Option<String>,
    /// Why; kept
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Leaves a form out.
pub(crate) async fn void(
    args: VoidArgs,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let link = services.link(Service::Forms)?;
    let request = pb::VoidFormRequest {
        payer_id: args.form.of.payer,
        tax_year: args.form.of.tax_year,
        form_type: FormType::from(args.form.form).into(),
        recipient_id: args.form.recipient,
        reason: args.reason,
    };
    let voided = client!(CorrectionServiceClient, link)
        .void_form(request)
        .await;
    let voided = voided.map_err(|status| link.error(status))?.into_inner();
    show(&voided, "left out", output)
}

/// Takes a form in again.
pub(crate) async fn restore(
    args: FormRefArgs,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let link = services.link(Service::Forms)?;
    let request = pb::RestoreFormRequest {
        payer_id: args.of.payer,
        tax_year: args.of.tax_year,
        form_type: FormType::from(args.form).into(),
        recipient_id: args.recipient,
    };
    let restored = client!(CorrectionServiceClient, link)
        .restore_form(request)
        .await;
    let restored = restored.map_err(|status| link.error(status))?.into_inner();
    show(&restored, "taken in again", output)
}

/// Says of a batch that it was never sent.
pub(crate) async fn not_sent(
    args: NotSentArgs,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let link = services.link(Service::Forms)?;
    let printing = args.printing.map(|id| resource("printings", &id));
    let export = args.export.map(|id| resource("exports", &id));
    let request = pb::MarkNotSentRequest {
        name: printing.or(export).unwrap_or_default(),
        reason: args.reason,
    };
    let filing = client!(CorrectionServiceClient, link)
        .mark_not_sent(request)
        .await;
    let filing = filing.map_err(|status| link.error(status))?.into_inner();
    output.line(format!(
        "{} was not sent: nothing is filed by it",
        filing.name
    ))?;
    output.document(&json!({
        "filing": filing.name,
        "form": form_type(filing.form_type()),
        "corrections": filing.corrections,
        "not_sent_reason": filing.not_sent_reason,
        "not_sent_by": filing.not_sent_by,
    }))?;
    Ok(Exit::Done)
}

fn show(voided: &pb::VoidedForm, what: &str, output: &mut Output<'_>) -> Result<Exit, CliError> {
    let (recipient, form) = (&voided.recipient_id, form_type(voided.form_type()));
    output.line(format!("{recipient}: {form} {what}"))?;
    output.document(&json!({
        "recipient_id": recipient,
        "form": form,
        "reason": voided.reason,
        "user": voided.user,
    }))?;
    Ok(Exit::Done)
}
