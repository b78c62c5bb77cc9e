//! The rows of 1099 information, by run.

use diesel::prelude::*;
use formfeed_domain::IncomeType;

use super::{Conn, column, run_batch};
use crate::StoreError;
use crate::calculation::RecipientResult;
use crate::calculation::schema::information;

#[derive(Clone, Insertable)]
#[diesel(table_name = information, treat_none_as_default_value = false)]
struct NewRow {
    run_id: String,
    recipient_id: String,
    position: i32,
    income_type: String,
    total_1099_amount_cents: i64,
    taxable_amount_cents: i64,
}

/// Adds the rows of recipients.
pub(crate) async fn insert(
    conn: &mut Conn,
    run_id: &str,
    results: &[RecipientResult],
) -> Result<(), StoreError> {
    let of_recipient = |result: &RecipientResult| {
        let recipient_id = column::text_of(result.recipient_id.as_ref());
        let row = move |row: &formfeed_domain::calculation::InformationRow| NewRow {
            run_id: run_id.to_owned(),
            recipient_id: recipient_id.clone(),
            position: place(row.income_type),
            income_type: row.income_type.as_str().to_owned(),
            total_1099_amount_cents: row.total_1099_amount.cents(),
            taxable_amount_cents: row.taxable_amount.cents(),
        };
        result.rows.iter().map(row).collect::<Vec<_>>()
    };
    let rows: Vec<_> = results.iter().flat_map(of_recipient).collect();
    for rows in rows.chunks(2_000) {
        run_batch!(
            conn,
            diesel::insert_into(information::table).values(rows.to_vec())
        )?;
    }
    Ok(())
}

/// Place of an income type in the order of the domain.
pub(super) fn place(income_type: IncomeType) -> i32 {
    let place = IncomeType::ALL.iter().position(|t| *t == income_type);
    place
        .and_then(|place| i32::try_from(place).ok())
        .unwrap_or(i32::MAX)
}
