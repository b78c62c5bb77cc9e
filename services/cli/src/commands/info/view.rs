//! A row of 1099 information as it is shown.

use formfeed_proto::calculation as pb;
use serde::Serialize;

use crate::output::Output;
use crate::table::Table;
use crate::words::{amount, time};

/// One row, for programs.
#[derive(Debug, Serialize)]
pub(crate) struct InfoView {
    recipient_id: String,
    recipient_name: String,
    income_type: String,
    total_1099_amount: String,
    taxable_amount: String,
    calculated_taxable_amount: Option<String>,
    edited: bool,
    added_by_hand: bool,
    deleted: bool,
    parts: Option<PartsView>,
    states: Vec<StateView>,
    edit: Option<EditView>,
    address_code: String,
    address_code_edit: Option<AddressView>,
    vendor_version: i64,
    run: String,
    etag: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct PartsView {
    cash_tips: String,
    occupation_codes: Vec<String>,
    overtime: String,
}

/// What of the calculated amount is one state's.
#[derive(Debug, Serialize)]
struct StateView {
    state: String,
    amount: String,
}

#[derive(Debug, Serialize)]
struct EditView {
    user: String,
    time: String,
    reason: String,
    calculated_taxable_amount: Option<String>,
    kept_by_run: String,
}

#[derive(Debug, Serialize)]
struct AddressView {
    user: String,
    time: String,
    reason: String,
    calculated_address_code: String,
    kept_by_run: String,
}

impl From<pb::Information> for InfoView {
    fn from(row: pb::Information) -> Self {
        Self {
            recipient_id: row.recipient_id,
            recipient_name: row.recipient_name,
            income_type: row.income_type,
            total_1099_amount: amount(row.total_1099_amount_cents),
            taxable_amount: amount(row.taxable_amount_cents),
            calculated_taxable_amount: row.calculated_taxable_amount_cents.map(amount),
            edited: row.edited,
            added_by_hand: row.added_by_hand,
            deleted: row.deleted,
            parts: row.parts.map(PartsView::from),
            states: row.states.into_iter().map(StateView::from).collect(),
            edit: row.edit.map(|edit| EditView {
                user: edit.user,
                time: time(edit.time.as_ref()),
                reason: edit.reason,
                calculated_taxable_amount: edit.calculated_taxable_amount_cents.map(amount),
                kept_by_run: edit.kept_by_run,
            }),
            address_code: row.address_code,
            address_code_edit: row.address_code_edit.map(|edit| AddressView {
                user: edit.user,
                time: time(edit.time.as_ref()),
                reason: edit.reason,
                calculated_address_code: edit.calculated_address_code,
                kept_by_run: edit.kept_by_run,
            }),
            vendor_version: row.vendor_version,
            run: row.run,
            etag: row.etag,
        }
    }
}

impl From<pb::InformationParts> for PartsView {
    fn from(parts: pb::InformationParts) -> Self {
        Self {
            cash_tips: amount(parts.cash_tips_cents),
            occupation_codes: parts.occupation_codes,
            overtime: amount(parts.overtime_cents),
        }
    }
}

impl From<pb::StateAmount> for StateView {
    fn from(part: pb::StateAmount) -> Self {
        Self {
            state: part.state,
            amount: amount(part.amount_cents),
        }
    }
}

impl InfoView {
    /// What a person did to the row, in a few words: `was 500.00`, `added`, `deleted`, `address`.
    fn edited_how(&self) -> String {
        let was = || self.calculated_taxable_amount.clone().unwrap_or_default();
        let row = match &self.edit {
            Some(_) if self.deleted => format!("deleted, was {}", was()),
            Some(_) if self.added_by_hand => "added".to_owned(),
            Some(_) if self.calculated_taxable_amount.is_none() => {
                "no longer calculated".to_owned()
            }
            Some(_) => format!("was {}", was()),
            None => String::new(),
        };
        match (&self.address_code_edit, row.as_str()) {
            (Some(_), "") => format!("address {}", self.address_code),
            (Some(_), _) => format!("{row}, address {}", self.address_code),
            (None, _) => row,
        }
    }
}

/// The rows as a table, for people.
///
/// # Errors
/// When nobody reads on.
pub(crate) fn table(rows: &[InfoView], output: &mut Output<'_>) -> std::io::Result<()> {
    let heading = [
        "recipient",
        "name",
        "income type",
        ">1099 amount",
        ">taxable",
        "edited",
    ];
    let mut table = Table::new(&heading);
    for row in rows {
        let (total, taxable) = (&row.total_1099_amount, &row.taxable_amount);
        table.row([
            &row.recipient_id,
            &row.recipient_name,
            &row.income_type,
            total,
            taxable,
            &row.edited_how(),
        ]);
    }
    output.table(&table)
}
