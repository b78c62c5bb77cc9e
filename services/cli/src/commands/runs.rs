//! `formfeed run`: the calculation runs there were, with what they were asked.

use clap::{Args, Subcommand};
use formfeed_proto::calculation as pb;
use formfeed_runtime::service::Service;
use pb::calculation_service_client::CalculationServiceClient;

use super::run_view::RunView;
use crate::connect::{Services, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::pages;
use crate::table::Table;
use crate::words::{id, resource};

#[derive(Debug, Subcommand)]
pub(crate) enum RunCommand {
    /// List the runs, newest first, with their parameters
    List(ListArgs),
    /// Show a run: what it was asked and what it has come to
    Show(NameArgs),
    /// Stop a run at work; nothing of it becomes visible
    Cancel(NameArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Only runs of this payer
    #[arg(
        long,
        value_name = "PAYER",
        default_value = "",
        hide_default_value = true
    )]
    payer: String,
    /// Only runs of this tax year
    #[arg(
        long,
        value_name = "YEAR",
        default_value_t = 0,
        hide_default_value = true
    )]
    tax_year: i32,
}

#[derive(Debug, Args)]
pub(crate) struct NameArgs {
    /// The run: runs/ID or ID
    run: String,
}

/// Runs a command of the family.
pub(crate) async fn run(
    command: RunCommand,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let link = services.link(Service::Calculation)?;
    let mut calculation = client!(CalculationServiceClient, link);
    let run = match command {
        RunCommand::List(args) => return list(&args, services, output).await,
        RunCommand::Show(args) => {
            let name = resource("runs", &args.run);
            calculation.get_run(pb::GetRunRequest { name }).await
        }
        RunCommand::Cancel(args) => {
            let name = resource("runs", &args.run);
            calculation.cancel_run(pb::CancelRunRequest { name }).await
        }
    };
    let run = run.map_err(|status| link.error(status))?.into_inner();
    let view = RunView::from(&run);
    output.document(&view)?;
    output.line(format!(
        "{} by {} at {}",
        view.run, view.user, view.create_time
    ))?;
    view.lines(output)?;
    Ok(Exit::Done)
}

async fn list(
    args: &ListArgs,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let link = services.link(Service::Calculation)?;
    let calculation = client!(CalculationServiceClient, link);
    let runs = pages::all(|page_token| {
        let request = pb::ListRunsRequest {
            page_size: pages::PAGE_SIZE,
            page_token,
            payer_id: args.payer.clone(),
            tax_year: args.tax_year,
        };
        let (mut calculation, link) = (calculation.clone(), &link);
        async move {
            let page = calculation.list_runs(request).await;
            let page = page.map_err(|status| link.error(status))?.into_inner();
            Ok((page.runs, page.next_page_token))
        }
    });
    let runs: Vec<_> = runs.await?.iter().map(RunView::from).collect();
    let heading = [
        "run",
        "begun",
        "user",
        "payer",
        ">year",
        "method",
        "range",
        "state",
        ">recipients",
        ">rows",
        ">taxable",
    ];
    let mut table = Table::new(&heading);
    for run in &runs {
        table.row([
            id(&run.run),
            &run.create_time,
            &run.user,
            &run.payer,
            &run.tax_year.to_string(),
            &run.method_words,
            &run.range(),
            &run.state,
            &run.recipients.to_string(),
            &run.rows.to_string(),
            &run.taxable_amount,
        ]);
    }
    output.table(&table)?;
    output.document(&runs)?;
    Ok(Exit::Done)
}
