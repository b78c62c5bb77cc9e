//! `formfeed info edit`, `add`, `delete`, `revert`: what a person changes of the 1099 information.

use clap::Args;
use formfeed_domain::Money;
use formfeed_proto::calculation as pb;
use formfeed_runtime::client::AuthChannel;
use formfeed_runtime::service::Service;
use pb::calculation_service_client::CalculationServiceClient;
use pb::information_edit_service_client::InformationEditServiceClient;
use uuid::Uuid;

use super::parts::PartsArgs;
use super::view::{self, InfoView};
use crate::args::PayerYear;
use crate::connect::{Link, Services, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct EditArgs {
    #[command(flatten)]
    of: PayerYear,
    /// Whose row
    #[arg(long, value_name = "VENDOR")]
    recipient: String,
    /// Which row, such as rents; not needed to change the address code alone
    #[arg(long, value_name = "TYPE")]
    income_type: Option<String>,
    /// New taxable amount
    #[arg(
        long,
        value_name = "AMOUNT",
        requires = "income_type",
        allow_negative_numbers = true
    )]
    amount: Option<Money>,
    /// Which of the vendor's addresses the forms use
    #[arg(long, value_name = "CODE")]
    address_code: Option<String>,
    #[command(flatten)]
    parts: PartsArgs,
    #[command(flatten)]
    why: WhyArgs,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct WhyArgs {
    /// Why; kept in the history
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Refuse if the row has changed since it had this etag [default: its etag now]
    #[arg(long, value_name = "ETAG")]
    etag: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    #[command(flatten)]
    of: PayerYear,
    /// Whom the row reports
    #[arg(long, value_name = "VENDOR")]
    recipient: String,
    /// As what, such as rents
    #[arg(long, value_name = "TYPE")]
    income_type: String,
    /// Taxable amount
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    amount: Money,
    #[command(flatten)]
    parts: PartsArgs,
    /// Why; kept in the history
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Makes a retry safe: the same id answers the first result again
    #[arg(long, value_name = "ID")]
    request_id: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DeleteArgs {
    #[command(flatten)]
    of: PayerYear,
    /// Whose row
    #[arg(long, value_name = "VENDOR")]
    recipient: String,
    /// Which row, such as rents
    #[arg(long, value_name = "TYPE")]
    income_type: String,
    #[command(flatten)]
    why: WhyArgs,
}

#[derive(Debug, Args)]
pub(crate) struct RevertArgs {
    #[command(flatten)]
    of: PayerYear,
    /// Whose edit
    #[arg(long, value_name = "VENDOR")]
    recipient: String,
    /// Which row, such as rents
    #[arg(long, value_name = "TYPE", required_unless_present = "address_code")]
    income_type: Option<String>,
    /// Let the vendor's own address code stand again
    #[arg(long, conflicts_with = "income_type")]
    address_code: bool,
    #[command(flatten)]
    why: WhyArgs,
}

/// The way to the 1099 information of one recipient.
struct Recipient<'a> {
    link: Link,
    of: &'a PayerYear,
    recipient: &'a str,
}

impl<'a> Recipient<'a> {
    fn new(services: &Services, of: &'a PayerYear, recipient: &'a str) -> Result<Self, CliError> {
        Ok(Self {
            link: services.link(Service::Calculation)?,
            of,
            recipient,
        })
    }

    fn edits(&self) -> InformationEditServiceClient<AuthChannel> {
        let link = &self.link;
        client!(InformationEditServiceClient, link)
    }

    /// The recipient's rows as they stand, deleted ones too; one of them with an income type.
    async fn rows(&self, income_type: Option<&str>) -> Result<Vec<pb::Information>, CliError> {
        let link = &self.link;
        let mut calculation = client!(CalculationServiceClient, link);
        let request = pb::ListInformationRequest {
            payer_id: self.of.payer.clone(),
            tax_year: self.of.tax_year,
            recipient_id: self.recipient.to_owned(),
            income_type: income_type.unwrap_or_default().to_owned(),
            show_deleted: true,
            ..pb::ListInformationRequest::default()
        };
        let page = calculation.list_information(request).await;
        let page = page.map_err(|status| self.link.error(status))?;
        Ok(page.into_inner().information)
    }

    /// The etag to send: the one given, else that of the first row; a placeholder where there is none, so that the
    /// service says so.
    fn etag(why: &WhyArgs, rows: &[pb::Information]) -> String {
        let given = why.etag.clone();
        let read = || rows.first().map(|row| row.etag.clone());
        given.or_else(read).unwrap_or_else(|| "none".to_owned())
    }
}

/// Changes an amount, its parts, an address code.
pub(crate) async fn edit(
    args: EditArgs,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let of_row = args.amount.is_some() || args.parts.given();
    if !of_row && args.address_code.is_none() {
        return Err(CliError::Usage(
            "nothing to change: give --amount, --address-code, --cash-tips, --occupation-code or --overtime"
                .to_owned(),
        ));
    }
    let whose = Recipient::new(services, &args.of, &args.recipient)?;
    let mut rows = whose.rows(args.income_type.as_deref()).await?;
    if let Some(code) = &args.address_code {
        let request = pb::EditAddressCodeRequest {
            payer_id: args.of.payer.clone(),
            tax_year: args.of.tax_year,
            recipient_id: args.recipient.clone(),
            address_code: code.clone(),
            reason: args.why.reason.clone(),
            etag: Recipient::etag(&args.why, &rows),
            request_id: Uuid::now_v7().to_string(),
        };
        let edited = whose.edits().edit_address_code(request).await;
        let edited = edited.map_err(|status| whose.link.error(status))?;
        rows = edited.into_inner().information;
        output.note(format!("{}: address code {code}", args.recipient))?;
    }
    if let (true, Some(income_type)) = (of_row, &args.income_type) {
        rows.retain(|row| row.income_type == *income_type);
        let why = WhyArgs {
            // The address code has changed the etag that was given.
            etag: args.why.etag.filter(|_| args.address_code.is_none()),
            ..args.why
        };
        let request = pb::EditInformationRequest {
            payer_id: args.of.payer.clone(),
            tax_year: args.of.tax_year,
            recipient_id: args.recipient.clone(),
            income_type: income_type.clone(),
            taxable_amount_cents: args.amount.map(Money::cents),
            parts: args
                .parts
                .over(rows.first().and_then(|row| row.parts.as_ref())),
            etag: Recipient::etag(&why, &rows),
            reason: why.reason,
            request_id: Uuid::now_v7().to_string(),
        };
        let edited = whose.edits().edit_information(request).await;
        let edited = edited.map_err(|status| whose.link.error(status))?;
        rows = vec![edited.into_inner()];
    }
    show(rows, output)
}

/// Adds a row that no run made.
pub(crate) async fn add(
    args: AddArgs,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let whose = Recipient::new(services, &args.of, &args.recipient)?;
    let request_id = args.request_id;
    let request = pb::AddInformationRequest {
        payer_id: args.of.payer.clone(),
        tax_year: args.of.tax_year,
        recipient_id: args.recipient.clone(),
        income_type: args.income_type,
        taxable_amount_cents: args.amount.cents(),
        parts: args.parts.over(None),
        reason: args.reason,
        request_id: request_id.unwrap_or_else(|| Uuid::now_v7().to_string()),
    };
    let added = whose.edits().add_information(request).await;
    let added = added.map_err(|status| whose.link.error(status))?;
    show(vec![added.into_inner()], output)
}

/// Deletes a row.
pub(crate) async fn delete(
    args: DeleteArgs,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let whose = Recipient::new(services, &args.of, &args.recipient)?;
    let rows = whose.rows(Some(&args.income_type)).await?;
    let request = pb::DeleteInformationRequest {
        payer_id: args.of.payer.clone(),
        tax_year: args.of.tax_year,
        recipient_id: args.recipient.clone(),
        income_type: args.income_type,
        etag: Recipient::etag(&args.why, &rows),
        reason: args.why.reason,
        request_id: Uuid::now_v7().to_string(),
    };
    let deleted = whose.edits().delete_information(request).await;
    let deleted = deleted.map_err(|status| whose.link.error(status))?;
    show(vec![deleted.into_inner()], output)
}

/// Drops an edit.
pub(crate) async fn revert(
    args: RevertArgs,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let whose = Recipient::new(services, &args.of, &args.recipient)?;
    let rows = whose.rows(args.income_type.as_deref()).await?;
    let request = pb::RevertInformationRequest {
        payer_id: args.of.payer.clone(),
        tax_year: args.of.tax_year,
        recipient_id: args.recipient.clone(),
        income_type: args.income_type.unwrap_or_default(),
        etag: Recipient::etag(&args.why, &rows),
        reason: args.why.reason,
        request_id: Uuid::now_v7().to_string(),
    };
    let reverted = whose.edits().revert_information(request).await;
    let reverted = reverted.map_err(|status| whose.link.error(status))?;
    show(reverted.into_inner().information, output)
}

fn show(rows: Vec<pb::Information>, output: &mut Output<'_>) -> Result<Exit, CliError> {
    let rows: Vec<_> = rows.into_iter().map(InfoView::from).collect();
    view::table(&rows, output)?;
    output.document(&rows)?;
    Ok(Exit::Done)
}
