//! What a person should look at, by run.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text};
use diesel_async::RunQueryDsl;

use super::{Conn, sql};
use crate::StoreError;
use crate::calculation::{ExceptionEntry, Selection};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    recipient_id: String,
    #[diesel(sql_type = Integer)]
    position: i32,
    #[diesel(sql_type = Text)]
    reason: String,
    #[diesel(sql_type = Text)]
    explanation: String,
    #[diesel(sql_type = Text)]
    payment_id: String,
    #[diesel(sql_type = Text)]
    voucher_id: String,
}

/// Published exceptions after a recipient and place, by both.
pub(crate) async fn page_after(
    conn: &mut Conn,
    selection: &Selection,
    (recipient_id, position): (&str, i32),
    limit: i64,
) -> Result<Vec<ExceptionEntry>, StoreError> {
    let text = "SELECT e.recipient_id, e.position, e.reason, e.explanation, e.payment_id, e.voucher_id \
        FROM published_recipients p JOIN exceptions e ON e.run_id = p.run_id AND e.recipient_id = p.recipient_id \
        WHERE p.payer_id = $1 AND p.tax_year = $2 AND p.recipient_id >= $3 \
        AND (p.recipient_id > $3 OR e.position > $4) ORDER BY p.recipient_id, e.position LIMIT $5";
    let rows: Vec<Row> = sql(text)
        .bind::<Text, _>(selection.payer_id.as_str())
        .bind::<Integer, _>(selection.tax_year.year())
        .bind::<Text, _>(recipient_id)
        .bind::<Integer, _>(position)
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await?;
    let entry = |row: Row| ExceptionEntry {
        recipient_id: row.recipient_id,
        position: row.position,
        reason: row.reason,
        explanation: row.explanation,
        payment_id: row.payment_id,
        voucher_id: row.voucher_id,
        kept: None,
    };
    Ok(rows.into_iter().map(entry).collect())
}
