//! The traces, by run.

use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use diesel_async::RunQueryDsl;

use super::{Conn, column, run_batch, sql};
use crate::StoreError;
use crate::calculation::schema::traces;
use crate::calculation::{RecipientResult, Selection};

#[derive(Clone, Insertable)]
#[diesel(table_name = traces, treat_none_as_default_value = false)]
struct NewRow {
    run_id: String,
    recipient_id: String,
    trace: String,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    run_id: String,
    #[diesel(sql_type = Text)]
    trace: String,
}

/// Adds the traces of recipients.
pub(crate) async fn insert(
    conn: &mut Conn,
    run_id: &str,
    results: &[RecipientResult],
) -> Result<(), StoreError> {
    let rows: Vec<_> = results
        .iter()
        .filter(|result| !result.trace.is_empty())
        .map(|result| NewRow {
            run_id: run_id.to_owned(),
            recipient_id: column::text_of(result.recipient_id.as_ref()),
            trace: result.trace.clone(),
        })
        .collect();
    for rows in rows.chunks(500) {
        run_batch!(
            conn,
            diesel::insert_into(traces::table).values(rows.to_vec())
        )?;
    }
    Ok(())
}

/// The published trace of one recipient: its run and its JSON.
pub(crate) async fn published(
    conn: &mut Conn,
    selection: &Selection,
) -> Result<Option<(String, String)>, StoreError> {
    let text = "SELECT t.run_id, t.trace FROM published_recipients p \
        JOIN traces t ON t.run_id = p.run_id AND t.recipient_id = p.recipient_id \
        WHERE p.payer_id = $1 AND p.tax_year = $2 AND p.recipient_id = $3";
    let row: Option<Row> = sql(text)
        .bind::<Text, _>(selection.payer_id.as_str())
        .bind::<Integer, _>(selection.tax_year.year())
        .bind::<Text, _>(column::text_of(selection.recipient_id.as_ref()))
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(|row| (row.run_id, row.trace)))
}
