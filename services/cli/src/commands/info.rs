//! `formfeed info`: the 1099 information, and where each amount comes from.

mod edit;
mod explain;
mod history;
pub(crate) mod parts;
mod view;

use clap::{Args, Subcommand};
use formfeed_proto::calculation as pb;
use formfeed_runtime::service::Service;
use pb::calculation_service_client::CalculationServiceClient;

use self::edit::{AddArgs, DeleteArgs, EditArgs, RevertArgs};
use self::history::HistoryArgs;
use self::view::InfoView;
use crate::args::PayerYear;
use crate::connect::{Services, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::pages;

#[derive(Debug, Subcommand)]
pub(crate) enum InfoCommand {
    /// List the rows: recipient, income type, amounts
    List(ListArgs),
    /// Explain a recipient's amounts: every voucher, line and payment behind them, and every one left out, with the rule
    Explain(explain::ExplainArgs),
    /// Change an amount, its parts, or which address the forms use; what was calculated stays beside it
    Edit(EditArgs),
    /// Add a row that no calculation made
    Add(AddArgs),
    /// Delete a row: no form reports it
    Delete(DeleteArgs),
    /// Drop an edit: what was calculated stands again
    Revert(RevertArgs),
    /// List who changed what, when and why
    History(HistoryArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    of: PayerYear,
    /// Only this recipient
    #[arg(
        long,
        value_name = "VENDOR",
        default_value = "",
        hide_default_value = true
    )]
    recipient: String,
    /// Only this income type, such as rents
    #[arg(
        long,
        value_name = "TYPE",
        default_value = "",
        hide_default_value = true
    )]
    income_type: String,
    /// Only rows that a person changed, added or deleted
    #[arg(long)]
    edited: bool,
    /// Rows deleted by hand too
    #[arg(long)]
    deleted: bool,
}

/// Runs a command of the family.
pub(crate) async fn run(
    command: InfoCommand,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    match command {
        InfoCommand::List(args) => list(args, services, output).await,
        InfoCommand::Explain(args) => explain::run(args, services, output).await,
        InfoCommand::Edit(args) => edit::edit(args, services, output).await,
        InfoCommand::Add(args) => edit::add(args, services, output).await,
        InfoCommand::Delete(args) => edit::delete(args, services, output).await,
        InfoCommand::Revert(args) => edit::revert(args, services, output).await,
        InfoCommand::History(args) => history::history(args, services, output).await,
    }
}

async fn list(
    args: ListArgs,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let link = services.link(Service::Calculation)?;
    let calculation = client!(CalculationServiceClient, link);
    let rows = pages::all(|page_token| {
        let request = pb::ListInformationRequest {
            payer_id: args.of.payer.clone(),
            tax_year: args.of.tax_year,
            recipient_id: args.recipient.clone(),
            income_type: args.income_type.clone(),
            page_size: pages::PAGE_SIZE,
            page_token,
            show_deleted: args.deleted,
            edited_only: args.edited,
        };
        let (mut calculation, link) = (calculation.clone(), &link);
        async move {
            let page = calculation.list_information(request).await;
            let page = page.map_err(|status| link.error(status))?.into_inner();
            Ok((page.information, page.next_page_token))
        }
    });
    let rows: Vec<_> = rows.await?.into_iter().map(InfoView::from).collect();
    view::table(&rows, output)?;
    if rows.is_empty() && !args.edited {
        let PayerYear { payer, tax_year } = &args.of;
        output.note(format!(
            "no 1099 information of payer {payer} for {tax_year}: calculate first, or look at the filters"
        ))?;
    }
    output.document(&rows)?;
    Ok(Exit::Done)
}
