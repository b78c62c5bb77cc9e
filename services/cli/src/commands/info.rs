//! `formfeed info`: the 1099 information, and where each amount comes from.

mod explain;

use clap::{Args, Subcommand};
use formfeed_proto::calculation as pb;
use formfeed_runtime::service::Service;
use pb::calculation_service_client::CalculationServiceClient;
use serde::Serialize;

use crate::args::PayerYear;
use crate::connect::{Services, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::pages;
use crate::table::Table;
use crate::words::amount;

#[derive(Debug, Subcommand)]
pub(crate) enum InfoCommand {
    /// List the rows: recipient, income type, amounts
    List(ListArgs),
    /// Explain a recipient's amounts: every voucher, line and payment behind them, and every one left out, with the rule
    Explain(explain::ExplainArgs),
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
    }
}

#[derive(Serialize)]
struct Row {
    recipient_id: String,
    recipient_name: String,
    income_type: String,
    total_1099_amount: String,
    taxable_amount: String,
    edited: bool,
    address_code: String,
    vendor_version: i64,
    run: String,
}

impl From<pb::Information> for Row {
    fn from(row: pb::Information) -> Self {
        Self {
            recipient_id: row.recipient_id,
            recipient_name: row.recipient_name,
            income_type: row.income_type,
            total_1099_amount: amount(row.total_1099_amount_cents),
            taxable_amount: amount(row.taxable_amount_cents),
            edited: row.edited,
            address_code: row.address_code,
            vendor_version: row.vendor_version,
            run: row.run,
        }
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
        };
        let (mut calculation, link) = (calculation.clone(), &link);
        async move {
            let page = calculation.list_information(request).await;
            let page = page.map_err(|status| link.error(status))?.into_inner();
            Ok((page.information, page.next_page_token))
        }
    });
    let rows: Vec<Row> = rows.await?.into_iter().map(Row::from).collect();
    let heading = [
        "recipient",
        "name",
        "income type",
        ">1099 amount",
        ">taxable",
        "edited",
    ];
    let mut table = Table::new(&heading);
    for row in &rows {
        let edited = if row.edited { "yes" } else { "" };
        let (total, taxable) = (&row.total_1099_amount, &row.taxable_amount);
        table.row([
            &row.recipient_id,
            &row.recipient_name,
            &row.income_type,
            total,
            taxable,
            edited,
        ]);
    }
    output.table(&table)?;
    if rows.is_empty() {
        let PayerYear { payer, tax_year } = &args.of;
        output.note(format!(
            "no 1099 information of payer {payer} for {tax_year}: calculate first, or look at the filters"
        ))?;
    }
    output.document(&rows)?;
    Ok(Exit::Done)
}
