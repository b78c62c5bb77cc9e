//! Which run's results stand for whom.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text};
use diesel_async::RunQueryDsl;

use super::{Conn, column, sql};
use crate::StoreError;
use crate::calculation::schema::published_recipients;
use crate::calculation::{NewRun, Selection};

/// Tables that hold the results of runs.
const RESULTS: [&str; 4] = [
    "information",
    "information_states",
    "exceptions",
    "run_recipients",
];

#[derive(QueryableByName)]
struct Key {
    #[diesel(sql_type = Text)]
    recipient_id: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    recipients: i64,
}

/// Lets the results of a run stand for the recipients of its range, in place of all that stood before.
pub(crate) async fn switch(conn: &mut Conn, run: &NewRun) -> Result<(), StoreError> {
    let (from, to) = (
        column::text_of(run.from_recipient_id.as_ref()),
        column::text_of(run.to_recipient_id.as_ref()),
    );
    let text = "DELETE FROM published_recipients WHERE payer_id = $1 AND tax_year = $2 AND recipient_id >= $3 \
        AND ($4 = '' OR recipient_id <= $4)";
    sql(text)
        .bind::<Text, _>(run.payer_id.as_str())
        .bind::<Integer, _>(run.tax_year.year())
        .bind::<Text, _>(from)
        .bind::<Text, _>(to)
        .execute(conn)
        .await?;
    let text = "INSERT INTO published_recipients (payer_id, tax_year, recipient_id, run_id) \
        SELECT $1, $2, r.recipient_id, r.run_id FROM run_recipients r WHERE r.run_id = $3 \
        ON CONFLICT (payer_id, tax_year, recipient_id) DO UPDATE SET run_id = excluded.run_id";
    sql(text)
        .bind::<Text, _>(run.payer_id.as_str())
        .bind::<Integer, _>(run.tax_year.year())
        .bind::<Text, _>(&run.run_id)
        .execute(conn)
        .await?;
    Ok(())
}

/// The run whose results stand for a recipient.
pub(crate) async fn run_of(
    conn: &mut Conn,
    selection: &Selection,
) -> Result<Option<String>, StoreError> {
    let recipient_id = column::text_of(selection.recipient_id.as_ref());
    let run_id = published_recipients::table
        .find((
            selection.payer_id.as_str(),
            selection.tax_year.year(),
            recipient_id,
        ))
        .select(published_recipients::run_id)
        .first(conn)
        .await
        .optional()?;
    Ok(run_id)
}

/// Deletes the results of one run that never stood for anybody, or were made to be compared.
pub(crate) async fn delete_results(conn: &mut Conn, run_id: &str) -> Result<(), StoreError> {
    for table in RESULTS {
        sql(&format!("DELETE FROM {table} WHERE run_id = $1"))
            .bind::<Text, _>(run_id)
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Recipients of a payer and year after a key, by key; payments that reached nobody stand under no key and are not among them.
pub(crate) async fn page_after(
    conn: &mut Conn,
    selection: &Selection,
    after: &str,
    limit: i64,
) -> Result<Vec<String>, StoreError> {
    let text = "SELECT recipient_id FROM published_recipients WHERE payer_id = $1 AND tax_year = $2 \
        AND recipient_id > $3 AND ($4 = '' OR recipient_id = $4) ORDER BY recipient_id LIMIT $5";
    let rows: Vec<Key> = sql(text)
        .bind::<Text, _>(selection.payer_id.as_str())
        .bind::<Integer, _>(selection.tax_year.year())
        .bind::<Text, _>(after)
        .bind::<Text, _>(column::text_of(selection.recipient_id.as_ref()))
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|row| row.recipient_id).collect())
}

/// How many recipients of a payer and year there are.
pub(crate) async fn count(conn: &mut Conn, selection: &Selection) -> Result<i64, StoreError> {
    let text = "SELECT COUNT(*) AS recipients FROM published_recipients \
        WHERE payer_id = $1 AND tax_year = $2 AND recipient_id <> ''";
    let count: Count = sql(text)
        .bind::<Text, _>(selection.payer_id.as_str())
        .bind::<Integer, _>(selection.tax_year.year())
        .get_result(conn)
        .await?;
    Ok(count.recipients)
}
