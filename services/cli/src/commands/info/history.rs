//! `formfeed info history`: who changed what of the 1099 information, when and why.

use clap::Args;
use formfeed_proto::calculation as pb;
use formfeed_runtime::service::Service;
use pb::information_edit_service_client::InformationEditServiceClient;
use serde::Serialize;

use super::view::PartsView;
use crate::args::PayerYear;
use crate::connect::{Services, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::pages;
use crate::table::Table;
use crate::words::{amount, kebab, time};

#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    #[command(flatten)]
    of: PayerYear,
    /// Only changes of this recipient
    #[arg(
        long,
        value_name = "VENDOR",
        default_value = "",
        hide_default_value = true
    )]
    recipient: String,
    /// Only changes of this income type, such as rents
    #[arg(
        long,
        value_name = "TYPE",
        default_value = "",
        hide_default_value = true
    )]
    income_type: String,
}

#[derive(Debug, Serialize)]
struct ChangeView {
    sequence: i64,
    time: String,
    user: String,
    change: String,
    recipient_id: String,
    income_type: String,
    before: Option<ValueView>,
    after: Option<ValueView>,
    reason: String,
}

#[derive(Debug, Serialize)]
struct ValueView {
    #[serde(skip_serializing_if = "Option::is_none")]
    taxable_amount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parts: Option<PartsView>,
    #[serde(skip_serializing_if = "String::is_empty")]
    address_code: String,
}

impl From<pb::InformationValue> for ValueView {
    fn from(value: pb::InformationValue) -> Self {
        Self {
            taxable_amount: value.taxable_amount_cents.map(amount),
            parts: value.parts.map(PartsView::from),
            address_code: value.address_code,
        }
    }
}

impl From<pb::InformationChange> for ChangeView {
    fn from(change: pb::InformationChange) -> Self {
        Self {
            sequence: change.sequence,
            time: time(change.time.as_ref()),
            change: kebab(change.kind().as_str_name()),
            user: change.user,
            recipient_id: change.recipient_id,
            income_type: change.income_type,
            before: change.before.map(ValueView::from),
            after: change.after.map(ValueView::from),
            reason: change.reason,
        }
    }
}

/// Lists the history, newest first.
pub(crate) async fn history(
    args: HistoryArgs,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let link = services.link(Service::Calculation)?;
    let edits = client!(InformationEditServiceClient, link);
    let changes = pages::all(|page_token| {
        let request = pb::ListInformationChangesRequest {
            payer_id: args.of.payer.clone(),
            tax_year: args.of.tax_year,
            recipient_id: args.recipient.clone(),
            income_type: args.income_type.clone(),
            page_size: pages::PAGE_SIZE,
            page_token,
        };
        let (mut edits, link) = (edits.clone(), &link);
        async move {
            let page = edits.list_information_changes(request).await;
            let page = page.map_err(|status| link.error(status))?.into_inner();
            Ok((page.changes, page.next_page_token))
        }
    });
    let changes: Vec<_> = changes.await?.into_iter().map(ChangeView::from).collect();
    let heading = [
        "time",
        "user",
        "change",
        "recipient",
        "income type",
        ">before",
        ">after",
        "reason",
    ];
    let mut table = Table::new(&heading);
    for change in &changes {
        table.row([
            &change.time,
            &change.user,
            &change.change,
            &change.recipient_id,
            &change.income_type,
            short(change.before.as_ref()),
            short(change.after.as_ref()),
            &change.reason,
        ]);
    }
    output.table(&table)?;
    output.document(&changes)?;
    Ok(Exit::Done)
}

/// Amount or address code.
fn short(value: Option<&ValueView>) -> &str {
    let text = value.map(|value| {
        value
            .taxable_amount
            .as_deref()
            .unwrap_or(&value.address_code)
    });
    text.unwrap_or_default()
}
