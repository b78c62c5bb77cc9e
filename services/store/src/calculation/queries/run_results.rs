//! The results of one run, whether they stand or not, and what came in between two runs.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;
use formfeed_domain::Money;

use super::{Conn, column, sql};
use crate::StoreError;
use crate::calculation::schema::{information, run_recipients, runs};
use crate::calculation::{Purpose, ResultRow, RunState};

type Row = (String, i32, String, i64, i64, String);

/// The rows of a run after a recipient and the place of an income type, by both.
pub(crate) async fn rows_after(
    conn: &mut Conn,
    run_id: &str,
    recipient_id: &str,
    (after, position): (&str, i32),
    limit: i64,
) -> Result<Vec<ResultRow>, StoreError> {
    let mut query = information::table
        .inner_join(
            run_recipients::table.on(run_recipients::run_id
                .eq(information::run_id)
                .and(run_recipients::recipient_id.eq(information::recipient_id))),
        )
        .filter(information::run_id.eq(run_id))
        .filter(information::recipient_id.ge(after))
        .filter(
            information::recipient_id
                .gt(after)
                .or(information::position.gt(position)),
        )
        .select((
            information::recipient_id,
            information::position,
            information::income_type,
            information::total_1099_amount_cents,
            information::taxable_amount_cents,
            run_recipients::recipient_name,
        ))
        .order((information::recipient_id, information::position))
        .limit(limit)
        .into_boxed();
    if !recipient_id.is_empty() {
        query = query.filter(information::recipient_id.eq(recipient_id));
    }
    let rows: Vec<Row> = query.load(conn).await?;
    let row = |(recipient_id, position, income_type, total, taxable, recipient_name): Row| {
        Ok(ResultRow {
            recipient_id,
            position,
            income_type: column::word(&income_type)?,
            total_1099_amount: Money::from_cents(total),
            taxable_amount: Money::from_cents(taxable),
            recipient_name,
        })
    };
    rows.into_iter().map(row).collect()
}

/// Whether anything of a run's results is kept.
pub(crate) async fn are_kept(conn: &mut Conn, run_id: &str) -> Result<bool, StoreError> {
    let first: Option<String> = run_recipients::table
        .filter(run_recipients::run_id.eq(run_id))
        .select(run_recipients::recipient_id)
        .first(conn)
        .await
        .optional()?;
    Ok(first.is_some())
}

/// The ended runs that were only made to be compared, begun before a time, and still with results.
pub(crate) async fn stale_lab_runs(
    conn: &mut Conn,
    before: DateTime<Utc>,
) -> Result<Vec<String>, StoreError> {
    let kept = run_recipients::table
        .filter(run_recipients::run_id.eq(runs::run_id))
        .select(run_recipients::run_id);
    Ok(runs::table
        .filter(runs::purpose.eq(Purpose::Lab.as_str()))
        .filter(runs::state.ne(RunState::Running.as_str()))
        .filter(runs::create_time.lt(column::instant(before)))
        .filter(diesel::dsl::exists(kept))
        .select(runs::run_id)
        .load(conn)
        .await?)
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    import_id: String,
}

/// The imports after one sequence and up to another that changed a voucher or a payment (blank: none), in their order.
pub(crate) async fn imports_between(
    conn: &mut Conn,
    (after, until): (i64, i64),
    voucher_id: &str,
    payment_id: &str,
) -> Result<Vec<String>, StoreError> {
    let changed = |table: &str, keys: &str| {
        ["from_sequence", "until_sequence"].map(|sequence| {
            format!("SELECT t.{sequence} FROM {table} t WHERE {keys} AND t.{sequence} > $1 AND t.{sequence} <= $2")
        })
    };
    let parts = [
        changed("vouchers", "t.voucher_id = $3"),
        changed("voucher_lines", "t.voucher_id = $3"),
        changed("payments", "t.payment_id = $4"),
        changed(
            "payment_applications",
            "($3 = '' OR t.voucher_id = $3) AND ($4 = '' OR t.payment_id = $4) AND t.payment_id || t.voucher_id <> ''",
        ),
    ];
    let text = format!(
        "SELECT i.import_id FROM imports i WHERE i.sequence IN ({}) ORDER BY i.sequence",
        parts.as_flattened().join(" UNION ")
    );
    let found: Vec<Found> = sql(&text)
        .bind::<BigInt, _>(after)
        .bind::<BigInt, _>(until)
        .bind::<Text, _>(voucher_id)
        .bind::<Text, _>(payment_id)
        .load(conn)
        .await?;
    Ok(found.into_iter().map(|found| found.import_id).collect())
}
