//! `formfeed lab`: what other methods would report, and what changed between two runs. What stands is not touched.

use std::collections::BTreeMap;

use clap::{Args, Subcommand, ValueEnum};
use formfeed_proto::calculation as pb;
use formfeed_runtime::service::Service;
use pb::lab_service_client::LabServiceClient;
use pb::run::State;
use serde::Serialize;
use uuid::Uuid;

use crate::args::PayerYear;
use crate::connect::{Link, Services, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::pages;
use crate::progress::{Progress, Stand};
use crate::table::Table;
use crate::words::{amount, kebab};

#[derive(Debug, Subcommand)]
pub(crate) enum LabCommand {
    /// Calculate by several methods and list the recipients that differ, with the amounts and the reasons
    Compare(CompareArgs),
    /// List what changed between two runs of a payer and year, and because of what
    Diff(DiffArgs),
}

#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    #[command(flatten)]
    of: PayerYear,
    /// A method to compare; the first is held against each of the others [default: every one]
    #[arg(long = "method", value_enum, value_name = "METHOD")]
    methods: Vec<MethodWord>,
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
    /// Amounts only, without the reasons
    #[arg(long)]
    brief: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// The earlier run, as runs/ID
    first: String,
    /// The later run, as runs/ID
    second: String,
    /// Only this recipient
    #[arg(
        long,
        value_name = "VENDOR",
        default_value = "",
        hide_default_value = true
    )]
    recipient: String,
}

/// A method with its option in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MethodWord {
    /// Partial payments are taken to pay 1099 income first
    IncomeFirst,
    /// In proportion to what was paid of the invoice
    Prorated,
    /// In proportion to the income type's own lines
    ProratedAsDocumented,
    /// Direct payments on mapped accounts
    DirectPayments,
    /// By Relate To codes of invoices
    RelateToOh,
    /// By Relate To codes of checks
    RelateToBk,
    /// By Relate To codes of both
    RelateToBo,
}

impl MethodWord {
    fn choice(self) -> pb::MethodChoice {
        let (method, basis, source) = match self {
            Self::IncomeFirst => (pb::Method::IncomeFirst, None, None),
            Self::Prorated => (pb::Method::Prorated, Some(pb::Basis::PercentPaid), None),
            Self::ProratedAsDocumented => {
                (pb::Method::Prorated, Some(pb::Basis::AsDocumented), None)
            }
            Self::DirectPayments => (pb::Method::DirectPayments, None, None),
            Self::RelateToOh => (pb::Method::RelateTo, None, Some(pb::Source::Oh)),
            Self::RelateToBk => (pb::Method::RelateTo, None, Some(pb::Source::Bk)),
            Self::RelateToBo => (pb::Method::RelateTo, None, Some(pb::Source::Bo)),
        };
        pb::MethodChoice {
            method: method.into(),
            basis: basis.unwrap_or_default().into(),
            source: source.unwrap_or_default().into(),
        }
    }

    fn word(self) -> String {
        let value = self.to_possible_value().expect("every method can be named");
        value.get_name().to_owned()
    }
}

/// Runs a command of the family.
pub(crate) async fn run(
    command: LabCommand,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    match command {
        LabCommand::Compare(args) => compare(args, services, output).await,
        LabCommand::Diff(args) => diff(args, services, output).await,
    }
}

#[derive(Serialize)]
struct ComparedRun {
    method: String,
    run: String,
    recipients: i64,
    rows: i64,
    taxable_amount: String,
}

/// A row on which the methods do not agree: the amount of each, in the order of the runs.
#[derive(Debug, Default, Serialize)]
struct Compared {
    recipient_id: String,
    recipient_name: String,
    income_type: String,
    taxable_amounts: Vec<String>,
    reasons: Vec<String>,
}

#[derive(Serialize)]
struct Comparison {
    runs: Vec<ComparedRun>,
    differences: Vec<Compared>,
}

async fn compare(
    args: CompareArgs,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let link = services.link(Service::Calculation)?;
    let methods = match args.methods.is_empty() {
        true => MethodWord::value_variants().to_vec(),
        false => args.methods.clone(),
    };
    let Some(runs) = calculate(&args, &methods, &link, output).await? else {
        return Ok(Exit::Failed);
    };
    let mut rows = BTreeMap::<(String, String), Compared>::new();
    for (at, run) in runs.iter().enumerate().skip(1) {
        for found in differences(&link, [&runs[0].name, &run.name], "", args.brief).await? {
            if found.first_taxable_amount_cents == found.second_taxable_amount_cents {
                continue; // only what the vouchers could report in all differs, which no form shows
            }
            let key = (found.recipient_id.clone(), found.income_type.clone());
            let row = rows.entry(key).or_insert_with(|| Compared {
                recipient_id: found.recipient_id.clone(),
                recipient_name: found.recipient_name.clone(),
                income_type: found.income_type.clone(),
                taxable_amounts: vec![amount(found.first_taxable_amount_cents); runs.len()],
                reasons: Vec::new(),
            });
            row.taxable_amounts[at] = amount(found.second_taxable_amount_cents);
            let reasons = found.causes.into_iter().map(|cause| cause.explanation);
            row.reasons.extend(reasons);
        }
    }
    let words = methods.iter().map(|method| method.word());
    let comparison = Comparison {
        runs: words
            .zip(&runs)
            .map(|(word, run)| compared(word, run))
            .collect(),
        differences: rows.into_values().collect(),
    };
    show(&comparison, output)?;
    output.document(&comparison)?;
    Ok(Exit::Done)
}

fn compared(method: String, run: &pb::Run) -> ComparedRun {
    ComparedRun {
        method,
        run: run.name.clone(),
        recipients: run.recipients,
        rows: run.rows,
        taxable_amount: amount(run.taxable_amount_cents),
    }
}

/// Runs each method to its end; `None` when one did not complete, which has been said.
async fn calculate(
    args: &CompareArgs,
    methods: &[MethodWord],
    link: &Link,
    output: &mut Output<'_>,
) -> Result<Option<Vec<pb::Run>>, CliError> {
    let mut lab = client!(LabServiceClient, link);
    let request = pb::CompareMethodsRequest {
        payer_id: args.of.payer.clone(),
        tax_year: args.of.tax_year,
        methods: methods.iter().map(|method| method.choice()).collect(),
        from_recipient_id: args.from.clone(),
        to_recipient_id: args.to.clone(),
        request_id: Uuid::now_v7().to_string(),
    };
    let events = lab.compare_methods(request).await;
    let mut events = events.map_err(|status| link.error(status))?.into_inner();
    let mut progress = Progress::new(output);
    let mut runs = BTreeMap::new();
    while let Some(event) = events
        .message()
        .await
        .map_err(|status| link.error(status))?
    {
        let total = u64::try_from(event.recipients_total).unwrap_or_default();
        if let Some(run) = event.run {
            let at = usize::try_from(event.position).unwrap_or_default();
            let word = methods
                .get(at)
                .map(|method| method.word())
                .unwrap_or_default();
            let done = u64::try_from(run.recipients).unwrap_or_default();
            let text = format!("{word}: {done} of {total} recipients");
            progress.show(output, &Stand { done, total, text })?;
            runs.insert(event.position, run);
        }
    }
    drop(progress);
    let runs: Vec<_> = runs.into_values().collect();
    if let Some(failed) = runs.iter().find(|run| run.state() != State::Completed) {
        let state = kebab(failed.state().as_str_name());
        output.line(format!("{} {state}: {}", failed.name, failed.failure))?;
        return Ok(None);
    }
    Ok((runs.len() == methods.len()).then_some(runs))
}

async fn differences(
    link: &Link,
    [first, second]: [&str; 2],
    recipient: &str,
    without_causes: bool,
) -> Result<Vec<pb::Difference>, CliError> {
    let lab = client!(LabServiceClient, link);
    pages::all(|page_token| {
        let request = pb::ListDifferencesRequest {
            first_run: first.to_owned(),
            second_run: second.to_owned(),
            recipient_id: recipient.to_owned(),
            without_causes,
            page_size: 200,
            page_token,
        };
        let (mut lab, link) = (lab.clone(), &link);
        async move {
            let page = lab.list_differences(request).await;
            let page = page.map_err(|status| link.error(status))?.into_inner();
            Ok((page.differences, page.next_page_token))
        }
    })
    .await
}

fn show(comparison: &Comparison, output: &mut Output<'_>) -> std::io::Result<()> {
    let mut totals = Table::new(&["method", ">recipients", ">rows", ">taxable"]);
    for run in &comparison.runs {
        let (recipients, rows) = (run.recipients.to_string(), run.rows.to_string());
        totals.row([&run.method, &recipients, &rows, &run.taxable_amount]);
    }
    output.table(&totals)?;
    if comparison.differences.is_empty() {
        return output.line("The methods agree on every row.");
    }
    for row in &comparison.differences {
        output.line(format!(
            "{} {} {}",
            row.recipient_id, row.recipient_name, row.income_type
        ))?;
        for (run, taxable) in comparison.runs.iter().zip(&row.taxable_amounts) {
            output.line(format!("  {taxable:>14} {}", run.method))?;
        }
        for reason in &row.reasons {
            output.line(format!("    {reason}"))?;
        }
    }
    output.line(format!("{} rows differ", comparison.differences.len()))
}

#[derive(Serialize)]
struct Changed {
    recipient_id: String,
    recipient_name: String,
    income_type: String,
    first_taxable_amount: String,
    second_taxable_amount: String,
    causes: Vec<ChangeCause>,
}

#[derive(Serialize)]
struct ChangeCause {
    kind: String,
    explanation: String,
    voucher_id: String,
    payment_id: String,
    imports: Vec<String>,
}

impl From<pb::Difference> for Changed {
    fn from(found: pb::Difference) -> Self {
        let cause = |cause: pb::DifferenceCause| ChangeCause {
            kind: cause.kind,
            explanation: cause.explanation,
            voucher_id: cause.voucher_id,
            payment_id: cause.payment_id,
            imports: cause.imports,
        };
        Self {
            recipient_id: found.recipient_id,
            recipient_name: found.recipient_name,
            income_type: found.income_type,
            first_taxable_amount: amount(found.first_taxable_amount_cents),
            second_taxable_amount: amount(found.second_taxable_amount_cents),
            causes: found.causes.into_iter().map(cause).collect(),
        }
    }
}

async fn diff(
    args: DiffArgs,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let link = services.link(Service::Calculation)?;
    let runs = [args.first.as_str(), args.second.as_str()];
    let found = differences(&link, runs, &args.recipient, false).await?;
    let changed: Vec<Changed> = found.into_iter().map(Changed::from).collect();
    for row in &changed {
        output.line(format!(
            "{} {} {}: {} then {}",
            row.recipient_id,
            row.recipient_name,
            row.income_type,
            row.first_taxable_amount,
            row.second_taxable_amount
        ))?;
        for cause in &row.causes {
            let by = match cause.imports.is_empty() {
                true => String::new(),
                false => format!(" ({})", cause.imports.join(", ")),
            };
            output.line(format!("  {}{by}", cause.explanation))?;
        }
    }
    output.line(format!("{} rows differ", changed.len()))?;
    output.document(&changed)?;
    Ok(Exit::Done)
}
