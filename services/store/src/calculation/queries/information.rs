//! The rows of 1099 information, by run.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text};
use diesel_async::RunQueryDsl;
use formfeed_domain::{IncomeType, Money};

use super::{Conn, column, run_batch, sql};
use crate::StoreError;
use crate::calculation::schema::information;
use crate::calculation::{InformationEntry, RecipientResult, Selection};

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

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    recipient_id: String,
    #[diesel(sql_type = Integer)]
    position: i32,
    #[diesel(sql_type = Text)]
    income_type: String,
    #[diesel(sql_type = BigInt)]
    total_1099_amount_cents: i64,
    #[diesel(sql_type = BigInt)]
    taxable_amount_cents: i64,
    #[diesel(sql_type = BigInt)]
    vendor_version: i64,
    #[diesel(sql_type = Text)]
    address_code: String,
    #[diesel(sql_type = Text)]
    recipient_name: String,
    #[diesel(sql_type = Text)]
    run_id: String,
}

impl TryFrom<Row> for InformationEntry {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            recipient_id: row.recipient_id,
            income_type: column::word(&row.income_type)?,
            position: row.position,
            total_1099_amount: Money::from_cents(row.total_1099_amount_cents),
            taxable_amount: Money::from_cents(row.taxable_amount_cents),
            vendor_version: row.vendor_version,
            address_code: row.address_code,
            recipient_name: row.recipient_name,
            run_id: row.run_id,
        })
    }
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

/// Published rows after a recipient and place, by both.
pub(crate) async fn page_after(
    conn: &mut Conn,
    selection: &Selection,
    (recipient_id, position): (&str, i32),
    limit: i64,
) -> Result<Vec<InformationEntry>, StoreError> {
    let text = "SELECT i.recipient_id, i.position, i.income_type, i.total_1099_amount_cents, i.taxable_amount_cents, \
        r.vendor_version, r.address_code, r.recipient_name, i.run_id FROM published_recipients p \
        JOIN information i ON i.run_id = p.run_id AND i.recipient_id = p.recipient_id \
        JOIN run_recipients r ON r.run_id = p.run_id AND r.recipient_id = p.recipient_id \
        WHERE p.payer_id = $1 AND p.tax_year = $2 AND p.recipient_id >= $3 \
        AND (p.recipient_id > $3 OR i.position > $4) AND ($5 = '' OR p.recipient_id = $5) \
        AND ($6 = '' OR i.income_type = $6) ORDER BY p.recipient_id, i.position LIMIT $7";
    let rows: Vec<Row> = sql(text)
        .bind::<Text, _>(selection.payer_id.as_str())
        .bind::<Integer, _>(selection.tax_year.year())
        .bind::<Text, _>(recipient_id)
        .bind::<Integer, _>(position)
        .bind::<Text, _>(column::text_of(selection.recipient_id.as_ref()))
        .bind::<Text, _>(selection.income_type.map_or("", IncomeType::as_str))
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await?;
    rows.into_iter().map(InformationEntry::try_from).collect()
}

/// Place of an income type in the order of the domain.
fn place(income_type: IncomeType) -> i32 {
    let place = IncomeType::ALL.iter().position(|t| *t == income_type);
    place
        .and_then(|place| i32::try_from(place).ok())
        .unwrap_or(i32::MAX)
}
