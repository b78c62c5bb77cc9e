//! Which run's results stand for whom.

use diesel::sql_types::{Integer, Text};
use diesel_async::RunQueryDsl;

use super::{Conn, column, sql};
use crate::StoreError;
use crate::calculation::NewRun;

/// Tables that hold the results of runs.
const RESULTS: [&str; 4] = ["information", "exceptions", "traces", "run_recipients"];

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

/// Deletes results of a payer's and year's ended runs that stand for nobody.
pub(crate) async fn delete_superseded(conn: &mut Conn, run: &NewRun) -> Result<(), StoreError> {
    for table in RESULTS {
        let text = format!(
            "DELETE FROM {table} AS t WHERE t.run_id IN \
             (SELECT run_id FROM runs WHERE payer_id = $1 AND tax_year = $2 AND state <> 'RUNNING') \
             AND NOT EXISTS (SELECT 1 FROM published_recipients p WHERE p.payer_id = $1 AND p.tax_year = $2 \
                             AND p.recipient_id = t.recipient_id AND p.run_id = t.run_id)"
        );
        sql(&text)
            .bind::<Text, _>(run.payer_id.as_str())
            .bind::<Integer, _>(run.tax_year.year())
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Deletes the results of one run that never stood for anybody.
pub(crate) async fn delete_results(conn: &mut Conn, run_id: &str) -> Result<(), StoreError> {
    for table in RESULTS {
        sql(&format!("DELETE FROM {table} WHERE run_id = $1"))
            .bind::<Text, _>(run_id)
            .execute(conn)
            .await?;
    }
    Ok(())
}
