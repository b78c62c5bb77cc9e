//! Which sheets of a job go to which printer, where it goes to several. A job without rows goes to its own printer whole.

use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use diesel_async::RunQueryDsl;

use super::{Conn, run_batch};
use crate::StoreError;
use crate::kept::KeepPrepared as _;
use crate::spooler::rows::ShareRow;
use crate::spooler::schema::{job_shares, jobs};

/// A sheet `s` waits to be printed: no attempt holds it, or marked it without a later permission, and it is not given up.
const WAITS: &str = "NOT EXISTS (SELECT 1 FROM attempts b WHERE b.job_id = s.job_id AND b.sheet = s.number \
        AND b.state NOT IN ('released', 'not_printed') AND b.reprint IS NULL) \
    AND NOT EXISTS (SELECT 1 FROM abandoned_sheets g WHERE g.job_id = s.job_id AND g.sheet = s.number)";

/// The shares of a job; none where it is not split.
pub(crate) async fn of_job(conn: &mut Conn, job: &str) -> Result<Vec<ShareRow>, StoreError> {
    Ok(job_shares::table
        .filter(job_shares::job_id.eq(job))
        .order(job_shares::first_sheet)
        .load(conn)
        .await?)
}

/// Puts other shares in the place of a job's.
pub(crate) async fn replace(
    conn: &mut Conn,
    job: &str,
    rows: Vec<ShareRow>,
) -> Result<(), StoreError> {
    diesel::delete(job_shares::table.filter(job_shares::job_id.eq(job)))
        .execute(conn)
        .await?;
    run_batch!(conn, diesel::insert_into(job_shares::table).values(rows))?;
    Ok(())
}

/// Open jobs of which only some sheets go to a printer that is not their own.
pub(crate) async fn count_open(conn: &mut Conn, printer: &str) -> Result<i64, StoreError> {
    let shared = job_shares::table
        .filter(job_shares::printer_id.eq(printer))
        .select(job_shares::job_id);
    Ok(jobs::table
        .filter(jobs::printer_id.ne(printer))
        .filter(jobs::ended_at.is_null())
        .filter(jobs::job_id.eq_any(shared))
        .count()
        .get_result(conn)
        .await?)
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = Integer)]
    number: i32,
}

/// Sheets of a job between two numbers that wait to be printed, in order.
pub(crate) async fn waiting(
    conn: &mut Conn,
    job: &str,
    (first, last): (i32, i32),
) -> Result<Vec<i32>, StoreError> {
    let found = diesel::sql_query(format!(
        "SELECT s.number FROM sheets s WHERE s.job_id = $1 AND s.number BETWEEN $2 AND $3 AND {WAITS} ORDER BY s.number"
    ))
    .bind::<Text, _>(job)
    .bind::<Integer, _>(first)
    .bind::<Integer, _>(last)
    .kept()
    .load::<Number>(conn)
    .await?;
    Ok(found.into_iter().map(|sheet| sheet.number).collect())
}

/// The next sheets of a split job on a printer, in order.
pub(crate) async fn next_sheets(
    conn: &mut Conn,
    job: &str,
    printer: &str,
    limit: i32,
) -> Result<Vec<i32>, StoreError> {
    let found = diesel::sql_query(format!(
        "SELECT s.number FROM sheets s JOIN job_shares h ON h.job_id = s.job_id \
           AND s.number BETWEEN h.first_sheet AND h.last_sheet \
         WHERE s.job_id = $1 AND h.printer_id = $2 AND {WAITS} ORDER BY s.number LIMIT $3"
    ))
    .bind::<Text, _>(job)
    .bind::<Text, _>(printer)
    .bind::<Integer, _>(limit)
    .kept()
    .load::<Number>(conn)
    .await?;
    Ok(found.into_iter().map(|sheet| sheet.number).collect())
}

/// The split job whose turn it is on a printer; `stock` as of `jobs::next`.
pub(crate) async fn next(
    conn: &mut Conn,
    printer: &str,
    stock: Option<&str>,
) -> Result<Option<super::jobs::InLine>, StoreError> {
    Ok(diesel::sql_query(format!(
        "SELECT j.job_id, j.started, j.priority FROM job_shares h JOIN jobs j ON j.job_id = h.job_id \
         WHERE h.printer_id = $1 AND j.ended_at IS NULL AND NOT j.held AND j.canceled_by IS NULL \
           AND j.aborted IS NULL AND ($2 = 1 OR j.stock = $3) \
           AND EXISTS (SELECT 1 FROM sheets s WHERE s.job_id = j.job_id \
                AND s.number BETWEEN h.first_sheet AND h.last_sheet AND {WAITS}) \
         ORDER BY j.started DESC, j.priority DESC, j.job_id LIMIT 1"
    ))
    .bind::<Text, _>(printer)
    .bind::<Integer, _>(i32::from(stock.is_none()))
    .bind::<Text, _>(stock.unwrap_or_default())
    .kept()
    .get_result(conn)
    .await
    .optional()?)
}
