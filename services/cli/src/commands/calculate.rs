//! `formfeed calculate`: one calculation run, followed to its end.

use std::time::Instant;

use clap::{Args, ValueEnum};
use formfeed_proto::calculation as pb;
use formfeed_runtime::service::Service;
use pb::calculation_service_client::CalculationServiceClient;
use pb::run::State;
use uuid::Uuid;

use super::parameter_set;
use super::run_view::RunView;
use crate::connect::{Services, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::progress::{Progress, Stand};

#[derive(Debug, Args)]
pub(crate) struct CalculateArgs {
    /// Key of the payer, as in payers.csv
    #[arg(long, value_name = "PAYER", required_unless_present = "saved")]
    payer: Option<String>,
    /// Calendar year of the payments
    #[arg(long, value_name = "YEAR")]
    tax_year: i32,
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
    /// Take payer, method and range from this saved set
    #[arg(long, value_name = "NAME", conflicts_with_all = ["payer", "method", "basis", "source", "from", "to"])]
    saved: Option<String>,
    /// Keep payer, method and range under this name for another time, then calculate
    #[arg(long, value_name = "NAME", conflicts_with = "saved")]
    save: Option<String>,
    /// Makes a retry safe: the same id follows the first run
    #[arg(long, value_name = "ID")]
    request_id: Option<String>,
}

impl CalculateArgs {
    /// The usual run of a payer and year.
    pub(crate) fn of(payer: &str, tax_year: i32) -> Self {
        Self {
            payer: Some(payer.to_owned()),
            tax_year,
            method: MethodArg::IncomeFirst,
            basis: None,
            source: None,
            from: String::new(),
            to: String::new(),
            saved: None,
            save: None,
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
    let mut request = pb::CalculateRequest {
        payer_id: args.payer.unwrap_or_default(),
        tax_year: args.tax_year,
        method: method.into(),
        basis: basis.into(),
        source: source.into(),
        from_recipient_id: args.from,
        to_recipient_id: args.to,
        request_id: args
            .request_id
            .unwrap_or_else(|| Uuid::now_v7().to_string()),
    };
    if let Some(name) = &args.saved {
        let set = parameter_set::get(&link, name).await?;
        request = pb::CalculateRequest {
            payer_id: set.payer_id,
            method: set.method,
            basis: set.basis,
            source: set.source,
            from_recipient_id: set.from_recipient_id,
            to_recipient_id: set.to_recipient_id,
            ..request
        };
    }
    if let Some(name) = &args.save {
        let set = parameter_set::save(&link, name, &request).await?;
        output.note(format!("saved {}", set.name))?;
    }
    let mut calculation = client!(CalculationServiceClient, link);
    let events = calculation
        .calculate(request)
        .await
        .map_err(|status| link.error(status))?;
    let mut events = events.into_inner();
    let mut progress = Progress::new(output);
    let begun = Instant::now();
    let mut last = None;
    while let Some(event) = events
        .message()
        .await
        .map_err(|status| link.error(status))?
    {
        let total = u64::try_from(event.recipients_total).unwrap_or_default();
        if let Some(run) = event.run {
            let done = u64::try_from(run.recipients).unwrap_or_default();
            let rate = u128::from(done) * 1_000 / begun.elapsed().as_millis().max(1);
            let text = format!(
                "{done} of {total} recipients, {} rows, {rate} recipients a second",
                run.rows
            );
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

fn report(run: &pb::Run, output: &mut Output<'_>) -> Result<Exit, CliError> {
    let view = RunView::from(run);
    output.document(&view)?;
    view.lines(output)?;
    Ok(match run.state() {
        State::Completed => Exit::Done,
        _ => Exit::Failed,
    })
}
