//! Kept edits: what a run that completes finds edited and leaves as it is.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use diesel_async::RunQueryDsl;
use formfeed_domain::edit::kept::KEPT_EDIT;
use formfeed_domain::edit::{Edit, Kept, KeptAddressCode, Value};
use formfeed_domain::{IncomeType, Money};

use super::{Conn, column, sql};
use crate::StoreError;
use crate::calculation::{ExceptionEntry, KeptRow, NewRun, Selection};

/// Tables of current edits.
const EDITS: [&str; 2] = ["information_edits", "address_code_edits"];
/// Kept edits stand behind a recipient's other exceptions: those of rows from here on,
const ROWS_FROM: i32 = 1_000_000_000;
/// that of the address code here.
const ADDRESS_CODE_AT: i32 = 2_000_000_000;

/// Notes at every edit in the range of a run that the run has kept it, and counts these among the run's exceptions.
pub(crate) async fn mark(conn: &mut Conn, run: &NewRun) -> Result<(), StoreError> {
    let mut kept = 0;
    for table in EDITS {
        let text = format!(
            "UPDATE {table} SET kept_by_run = $1 WHERE payer_id = $2 AND tax_year = $3 \
             AND recipient_id >= $4 AND ($5 = '' OR recipient_id <= $5)"
        );
        kept += sql(&text)
            .bind::<Text, _>(&run.run_id)
            .bind::<Text, _>(run.payer_id.as_str())
            .bind::<Integer, _>(run.tax_year.year())
            .bind::<Text, _>(column::text_of(run.from_recipient_id.as_ref()))
            .bind::<Text, _>(column::text_of(run.to_recipient_id.as_ref()))
            .execute(conn)
            .await?;
    }
    sql("UPDATE runs SET exceptions = exceptions + $2 WHERE run_id = $1")
        .bind::<Text, _>(&run.run_id)
        .bind::<BigInt, _>(i64::try_from(kept).unwrap_or(i64::MAX))
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    recipient_id: String,
    #[diesel(sql_type = Integer)]
    position: i32,
    #[diesel(sql_type = Text)]
    income_type: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = BigInt)]
    edited_cents: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    calculated_cents: Option<i64>,
    #[diesel(sql_type = Text)]
    edited_code: String,
    #[diesel(sql_type = Nullable<Text>)]
    calculated_code: Option<String>,
    #[diesel(sql_type = Text)]
    user_name: String,
}

impl Row {
    fn entry(self) -> Result<ExceptionEntry, StoreError> {
        let (explanation, kept) = match self.income_type.as_str() {
            "" => (self.of_address_code(), None),
            word => self.of_row(column::word(word)?)?,
        };
        Ok(ExceptionEntry {
            recipient_id: self.recipient_id,
            position: self.position,
            reason: KEPT_EDIT.to_owned(),
            explanation,
            payment_id: String::new(),
            voucher_id: String::new(),
            kept,
        })
    }

    fn of_row(&self, income_type: IncomeType) -> Result<(String, Option<KeptRow>), StoreError> {
        let edit = Edit::of_word(&self.kind, Value::of(Money::from_cents(self.edited_cents)));
        let edit = edit.ok_or_else(|| column::corrupt("unknown kind of edit"))?;
        let kept = Kept {
            income_type,
            calculated: self.calculated_cents.map(Money::from_cents),
            edit: &edit,
            user: &self.user_name,
        };
        let amounts = KeptRow {
            income_type,
            calculated: kept.calculated,
            edited: edit.value().map(|value| value.amount),
        };
        Ok((kept.to_string(), Some(amounts)))
    }

    fn of_address_code(&self) -> String {
        let kept = KeptAddressCode {
            calculated: self.calculated_code.as_deref(),
            edited: &self.edited_code,
            user: &self.user_name,
        };
        kept.to_string()
    }
}

/// Kept edits after a recipient and place, by both, as exceptions.
pub(crate) async fn page_after(
    conn: &mut Conn,
    selection: &Selection,
    (recipient_id, position): (&str, i32),
    limit: i64,
) -> Result<Vec<ExceptionEntry>, StoreError> {
    let text = format!(
        "SELECT * FROM (SELECT e.recipient_id, {ROWS_FROM} + e.position AS position, e.income_type, e.kind, \
            e.taxable_amount_cents AS edited_cents, i.taxable_amount_cents AS calculated_cents, '' AS edited_code, \
            NULL AS calculated_code, e.user_name \
          FROM information_edits e LEFT JOIN published_recipients p ON p.payer_id = e.payer_id \
            AND p.tax_year = e.tax_year AND p.recipient_id = e.recipient_id \
          LEFT JOIN information i ON i.run_id = p.run_id AND i.recipient_id = p.recipient_id \
            AND i.position = e.position \
          WHERE e.payer_id = $1 AND e.tax_year = $2 AND e.kept_by_run IS NOT NULL \
         UNION ALL SELECT a.recipient_id, {ADDRESS_CODE_AT} AS position, '' AS income_type, '' AS kind, \
            0 AS edited_cents, NULL AS calculated_cents, a.address_code AS edited_code, \
            r.address_code AS calculated_code, a.user_name \
          FROM address_code_edits a LEFT JOIN published_recipients p ON p.payer_id = a.payer_id \
            AND p.tax_year = a.tax_year AND p.recipient_id = a.recipient_id \
          LEFT JOIN run_recipients r ON r.run_id = p.run_id AND r.recipient_id = p.recipient_id \
          WHERE a.payer_id = $1 AND a.tax_year = $2 AND a.kept_by_run IS NOT NULL) AS kept \
         WHERE recipient_id > $3 OR (recipient_id = $3 AND position > $4) \
         ORDER BY recipient_id, position LIMIT $5"
    );
    let rows: Vec<Row> = sql(&text)
        .bind::<Text, _>(selection.payer_id.as_str())
        .bind::<Integer, _>(selection.tax_year.year())
        .bind::<Text, _>(recipient_id)
        .bind::<Integer, _>(position)
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await?;
    rows.into_iter().map(Row::entry).collect()
}
