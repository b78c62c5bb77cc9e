//! `formfeed calculate`: one calculation run, followed to its end.

use clap::{Args, ValueEnum};
use formfeed_proto::calculation as pb;
use formfeed_runtime::service::Service;
use pb::calculation_service_client::CalculationServiceClient;
use pb::run::State;
use serde::Serialize;
use uuid::Uuid;

use crate::args::PayerYear;
use crate::connect::{Services, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::progress::{Progress, Stand};
use crate::words::{amount, kebab};

#[derive(Debug, Args)]
pub(crate) struct CalculateArgs {
    #[command(flatten)]
    of: PayerYear,
    /// How income is calculated
    #[arg(long, value_enum, default_value_t = MethodArg::IncomeFirst)]
    method: MethodArg,
    /// What prorated multiplies by [default: percent-paid]
    #[arg(long, value_enum)]
    basis: Option<BasisArg>,
    /// Where relate-to looks for codes [default: bo]
    #[arg(long, value_enum)]
    source: Option<SourceArg>,
    /// First recipient of the range [default: the first there is]
    #[arg(
        long,
        value_name = "VENDOR",
        default_value = "",
        hide_default_value = true
    )]
    from: String,
    /// Last recipient of the range [default: the last there is]
    #[arg(
        long,
        value_name = "VENDOR",
        default_value = "",
        hide_default_value = true
    )]
    to: String,
    /// Makes a retry safe: the same id follows the first run
    #[arg(long, value_name = "ID")]
    request_id: Option<String>,
}

impl CalculateArgs {
    /// The usual run of a payer and year.
    pub(crate) fn of(payer: &str, tax_year: i32) -> Self {
        Self {
            of: PayerYear {
                payer: payer.to_owned(),
                tax_year,
            },
            method: MethodArg::IncomeFirst,
            basis: None,
            source: None,
            from: String::new(),
            to: String::new(),
            request_id: None,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum MethodArg {
    /// Partial payments are taken to pay 1099 income first
    IncomeFirst,
    /// In proportion to what was paid of the invoice
    Prorated,
    /// Direct payments on mapped accounts
    DirectPayments,
    /// By Relate To codes
    RelateTo,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum BasisArg {
    /// Cash applied in the year, of the invoice amount
    PercentPaid,
    /// The income type's own lines, of the invoice amount
    AsDocumented,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SourceArg {
    /// Invoices only
    Oh,
    /// Checks only
    Bk,
    /// Both: checks with a code of their own, else invoices
    Bo,
}

/// Runs a calculation and prints what it yielded.
pub(crate) async fn run(
    args: CalculateArgs,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let link = services.link(Service::Calculation)?;
    let method = match args.method {
        MethodArg::IncomeFirst => pb::Method::IncomeFirst,
        MethodArg::Prorated => pb::Method::Prorated,
        MethodArg::DirectPayments => pb::Method::DirectPayments,
        MethodArg::RelateTo => pb::Method::RelateTo,
    };
    let basis = match args.basis {
        None => pb::Basis::Unspecified,
        Some(BasisArg::PercentPaid) => pb::Basis::PercentPaid,
        Some(BasisArg::AsDocumented) => pb::Basis::AsDocumented,
    };
    let source = match args.source {
        None => pb::Source::Unspecified,
        Some(SourceArg::Oh) => pb::Source::Oh,
        Some(SourceArg::Bk) => pb::Source::Bk,
        Some(SourceArg::Bo) => pb::Source::Bo,
    };
    let request = pb::CalculateRequest {
        payer_id: args.of.payer,
        tax_year: args.of.tax_year,
        method: method.into(),
        basis: basis.into(),
        source: source.into(),
        from_recipient_id: args.from,
        to_recipient_id: args.to,
        request_id: args
            .request_id
            .unwrap_or_else(|| Uuid::now_v7().to_string()),
    };
    let mut calculation = client!(CalculationServiceClient, link);
    let events = calculation
        .calculate(request)
        .await
        .map_err(|status| link.error(status))?;
    let mut events = events.into_inner();
    let mut progress = Progress::new(output);
    let mut last = None;
    while let Some(event) = events
        .message()
        .await
        .map_err(|status| link.error(status))?
    {
        let total = u64::try_from(event.recipients_total).unwrap_or_default();
        if let Some(run) = event.run {
            let done = u64::try_from(run.recipients).unwrap_or_default();
            let text = format!("{done} of {total} recipients, {} rows", run.rows);
            progress.show(output, &Stand { done, total, text })?;
            last = Some(run);
        }
    }
    drop(progress);
    let run = last.ok_or_else(|| CliError::Failed {
        what: "the calculation".to_owned(),
        why: "the service ended the run's events before the first".to_owned(),
    })?;
    report(&run, output)
}

#[derive(Serialize)]
struct RunView {
    run: String,
    state: String,
    failure: String,
    payer: String,
    tax_year: i32,
    method: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    basis: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    recipients: i64,
    rows: i64,
    skipped: i64,
    exceptions: i64,
    taxable_amount: String,
    federal_tax_withheld: String,
    state_tax_withheld: String,
}

fn report(run: &pb::Run, output: &mut Output<'_>) -> Result<Exit, CliError> {
    let view = RunView {
        run: run.name.clone(),
        state: kebab(run.state().as_str_name()),
        failure: run.failure.clone(),
        payer: run.payer_id.clone(),
        tax_year: run.tax_year,
        method: kebab(run.method().as_str_name()),
        basis: (run.basis() != pb::Basis::Unspecified).then(|| kebab(run.basis().as_str_name())),
        source: (run.source() != pb::Source::Unspecified)
            .then(|| kebab(run.source().as_str_name())),
        recipients: run.recipients,
        rows: run.rows,
        skipped: run.skipped,
        exceptions: run.exceptions,
        taxable_amount: amount(run.taxable_amount_cents),
        federal_tax_withheld: amount(run.federal_tax_withheld_cents),
        state_tax_withheld: amount(run.state_tax_withheld_cents),
    };
    output.document(&view)?;
    if run.state() != State::Completed {
        output.line(format!("{} {}: {}", view.run, view.state, view.failure))?;
        return Ok(Exit::Failed);
    }
    output.line(format!(
        "{} of {} for {}: {} recipients, {} rows, {} skipped, {} exceptions",
        [
            Some(&view.method),
            view.basis.as_ref(),
            view.source.as_ref()
        ]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(" "),
        view.tax_year,
        view.payer,
        view.recipients,
        view.rows,
        view.skipped,
        view.exceptions
    ))?;
    output.line(format!(
        "taxable {}, federal tax withheld {}, state tax withheld {}",
        view.taxable_amount, view.federal_tax_withheld, view.state_tax_withheld
    ))?;
    Ok(Exit::Done)
}
