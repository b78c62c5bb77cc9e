//! What the operators' screens ask about everything at once: one statement each, so one moment.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamp};
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::StoreError;
use crate::kept::KeepPrepared as _;
use crate::spooler::rows::{CountRow, QuestionRow};
use crate::spooler::schema::attempts;

/// Sheets in doubt, sheets that wait for a word, and spoiled or lost ones of open jobs that nobody lets be printed again:
/// by job, printer and state, who waits longest first; those after a place in that order.
pub(crate) async fn questions(
    conn: &mut Conn,
    (since, job, state, printer): (NaiveDateTime, &str, &str, &str),
    limit: i64,
) -> Result<Vec<QuestionRow>, StoreError> {
    Ok(diesel::sql_query(
        "SELECT * FROM (SELECT job_id, printer_id, state, MIN(sheet) AS first, MAX(sheet) AS last, \
           CAST(COUNT(*) AS BIGINT) AS sheets, MIN(updated_at) AS since \
         FROM (SELECT a.job_id, a.printer_id, a.state, a.sheet, a.updated_at FROM attempts a \
             WHERE a.state IN ('in_doubt', 'awaiting_confirmation') \
           UNION ALL \
           SELECT a.job_id, a.printer_id, a.state, a.sheet, a.updated_at FROM attempts a \
             JOIN jobs j ON j.job_id = a.job_id AND j.ended_at IS NULL AND j.canceled_by IS NULL \
             WHERE a.state IN ('spoiled', 'lost') AND a.reprint IS NULL \
               AND NOT EXISTS (SELECT 1 FROM attempts b WHERE b.job_id = a.job_id AND b.sheet = a.sheet \
                 AND b.number > a.number AND b.state NOT IN ('released', 'not_printed')) \
               AND NOT EXISTS (SELECT 1 FROM abandoned_sheets g WHERE g.job_id = a.job_id AND g.sheet = a.sheet)) AS w \
         GROUP BY job_id, printer_id, state) AS q \
         WHERE (since, job_id, state, printer_id) > ($1, $2, $3, $4) \
         ORDER BY since, job_id, state, printer_id LIMIT $5",
    )
    .bind::<Timestamp, _>(since)
    .bind::<Text, _>(job)
    .bind::<Text, _>(state)
    .bind::<Text, _>(printer)
    .bind::<BigInt, _>(limit)
    .kept()
    .load(conn)
    .await?)
}

/// When the last sheets of a job that a printer printed were done, by sheet, the last first.
pub(crate) async fn lately(
    conn: &mut Conn,
    job: &str,
    printer: &str,
    limit: i64,
) -> Result<Vec<NaiveDateTime>, StoreError> {
    Ok(attempts::table
        .filter(attempts::job_id.eq(job))
        .filter(attempts::printer_id.eq(printer))
        .filter(attempts::state.eq_any(["good", "awaiting_confirmation"]))
        .order((attempts::sheet.desc(), attempts::number.desc()))
        .limit(limit)
        .select(attempts::updated_at)
        .load(conn)
        .await?)
}

/// Jobs by where they stand, as far as tables tell: what a device hinders waits like the rest.
pub(crate) async fn jobs(conn: &mut Conn) -> Result<Vec<CountRow>, StoreError> {
    Ok(diesel::sql_query(
        "SELECT word, CAST(COUNT(*) AS BIGINT) AS number FROM (SELECT CASE \
           WHEN j.ended_at IS NOT NULL AND j.aborted IS NOT NULL THEN 'aborted' \
           WHEN j.ended_at IS NOT NULL AND j.canceled_by IS NOT NULL THEN 'canceled' \
           WHEN j.ended_at IS NOT NULL THEN 'completed' \
           WHEN EXISTS (SELECT 1 FROM attempts a WHERE a.job_id = j.job_id AND a.state = 'in_doubt') THEN 'needs_decision' \
           WHEN EXISTS (SELECT 1 FROM attempts a WHERE a.job_id = j.job_id AND a.state IN ('reserved', 'intent', 'in_flight')) \
             THEN 'processing' \
           WHEN EXISTS (SELECT 1 FROM attempts a WHERE a.job_id = j.job_id AND a.state = 'awaiting_confirmation') \
             THEN 'awaiting_confirmation' \
           WHEN j.held THEN 'held' ELSE 'pending' END AS word FROM jobs j) AS standing GROUP BY word",
    )
    .kept()
    .load(conn)
    .await?)
}

/// Attempts by state; sheets of open jobs without one that holds them are `pending`.
pub(crate) async fn sheets(conn: &mut Conn) -> Result<Vec<CountRow>, StoreError> {
    Ok(diesel::sql_query(
        "SELECT state AS word, CAST(COUNT(*) AS BIGINT) AS number FROM attempts GROUP BY state \
         UNION ALL \
         SELECT 'pending', CAST(COUNT(*) AS BIGINT) FROM sheets s JOIN jobs j ON j.job_id = s.job_id \
           WHERE j.ended_at IS NULL \
           AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.job_id = s.job_id AND a.sheet = s.number \
             AND a.state NOT IN ('released', 'not_printed') AND a.reprint IS NULL) \
           AND NOT EXISTS (SELECT 1 FROM abandoned_sheets g WHERE g.job_id = s.job_id AND g.sheet = s.number)",
    )
    .kept()
    .load(conn)
    .await?)
}
