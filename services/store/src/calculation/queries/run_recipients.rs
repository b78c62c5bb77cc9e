//! The recipients a run went through, with what the vendor record was and why one was skipped.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text};
use diesel_async::RunQueryDsl;

use super::{Conn, column, sql};
use crate::StoreError;
use crate::calculation::{Selection, SkippedEntry};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    recipient_id: String,
    #[diesel(sql_type = Text)]
    skipped_reason: String,
    #[diesel(sql_type = Text)]
    skipped_explanation: String,
    #[diesel(sql_type = Text)]
    run_id: String,
    #[diesel(sql_type = BigInt)]
    vendor_version: i64,
}

impl From<Row> for SkippedEntry {
    fn from(row: Row) -> Self {
        Self {
            recipient_id: row.recipient_id,
            reason: row.skipped_reason,
            explanation: row.skipped_explanation,
            run_id: row.run_id,
            vendor_version: row.vendor_version,
        }
    }
}

/// The published recipients that have no row after a key, by key: skipped by the run, or every row deleted by hand.
pub(crate) async fn skipped_after(
    conn: &mut Conn,
    selection: &Selection,
    after: &str,
    limit: i64,
) -> Result<Vec<SkippedEntry>, StoreError> {
    let text = "SELECT r.recipient_id, \
            CASE r.skipped_reason WHEN '' THEN 'deleted_by_hand' ELSE r.skipped_reason END AS skipped_reason, \
            CASE r.skipped_reason WHEN '' THEN 'every row was deleted by hand' ELSE r.skipped_explanation END \
                AS skipped_explanation, r.run_id, r.vendor_version \
        FROM published_recipients p JOIN run_recipients r ON r.run_id = p.run_id AND r.recipient_id = p.recipient_id \
        WHERE p.payer_id = $1 AND p.tax_year = $2 AND p.recipient_id > $3 \
        AND (r.skipped_reason <> '' OR EXISTS \
            (SELECT 1 FROM information_edits d WHERE d.payer_id = p.payer_id AND d.tax_year = p.tax_year \
             AND d.recipient_id = p.recipient_id AND d.kind = 'deleted')) \
        AND NOT EXISTS (SELECT 1 FROM information_edits e WHERE e.payer_id = p.payer_id AND e.tax_year = p.tax_year \
            AND e.recipient_id = p.recipient_id AND e.kind <> 'deleted') \
        AND NOT EXISTS (SELECT 1 FROM information i WHERE i.run_id = p.run_id AND i.recipient_id = p.recipient_id \
            AND NOT EXISTS (SELECT 1 FROM information_edits e WHERE e.payer_id = p.payer_id \
                AND e.tax_year = p.tax_year AND e.recipient_id = p.recipient_id AND e.position = i.position)) \
        ORDER BY p.recipient_id LIMIT $4";
    let rows: Vec<Row> = sql(text)
        .bind::<Text, _>(selection.payer_id.as_str())
        .bind::<Integer, _>(selection.tax_year.year())
        .bind::<Text, _>(after)
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(SkippedEntry::from).collect())
}

/// Why the published run skipped the selection's recipient, if it did.
pub(crate) async fn skipped(
    conn: &mut Conn,
    selection: &Selection,
) -> Result<Option<SkippedEntry>, StoreError> {
    let text = "SELECT r.recipient_id, r.skipped_reason, r.skipped_explanation, r.run_id, r.vendor_version \
        FROM published_recipients p JOIN run_recipients r ON r.run_id = p.run_id AND r.recipient_id = p.recipient_id \
        WHERE p.payer_id = $1 AND p.tax_year = $2 AND p.recipient_id = $3 AND r.skipped_reason <> ''";
    let row: Option<Row> = sql(text)
        .bind::<Text, _>(selection.payer_id.as_str())
        .bind::<Integer, _>(selection.tax_year.year())
        .bind::<Text, _>(column::text_of(selection.recipient_id.as_ref()))
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(SkippedEntry::from))
}
