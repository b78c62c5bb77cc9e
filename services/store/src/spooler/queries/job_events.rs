//! The history of jobs.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Nullable, Text, Timestamp};
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::StoreError;
use crate::kept::KeepPrepared as _;
use crate::spooler::rows::EventRow;
use crate::spooler::schema::job_events;

/// Adds an event with the next sequence number of its job.
pub(crate) async fn append(
    conn: &mut Conn,
    job: &str,
    (kind, message, sheet): (&str, &str, Option<i32>),
    at: NaiveDateTime,
) -> Result<(), StoreError> {
    diesel::sql_query(
        "INSERT INTO job_events (job_id, at, kind, message, sheet, sequence) \
         SELECT $1, $2, $3, $4, $5, COALESCE(MAX(sequence), 0) + 1 FROM job_events WHERE job_id = $1",
    )
    .bind::<Text, _>(job)
    .bind::<Timestamp, _>(at)
    .bind::<Text, _>(kind)
    .bind::<Text, _>(message)
    .bind::<Nullable<Integer>, _>(sheet)
    .kept()
    .execute(conn)
    .await?;
    Ok(())
}

/// The last sequence number of a job; 0 for none.
pub(crate) async fn last(conn: &mut Conn, job: &str) -> Result<i64, StoreError> {
    let last: Option<i64> = job_events::table
        .filter(job_events::job_id.eq(job))
        .select(diesel::dsl::max(job_events::sequence))
        .first(conn)
        .await?;
    Ok(last.unwrap_or(0))
}

/// The last sequence number of a job's events that told its end; 0 for none.
pub(crate) async fn last_end(conn: &mut Conn, job: &str) -> Result<i64, StoreError> {
    let end = job_events::kind
        .eq("completed")
        .or(job_events::kind.eq("canceled"))
        .or(job_events::kind.eq("aborted"));
    let last: Option<i64> = job_events::table
        .filter(job_events::job_id.eq(job))
        .filter(end)
        .select(diesel::dsl::max(job_events::sequence))
        .first(conn)
        .await?;
    Ok(last.unwrap_or(0))
}

/// Events after a sequence number, in order.
pub(crate) async fn after(
    conn: &mut Conn,
    job: &str,
    sequence: i64,
    limit: i64,
) -> Result<Vec<EventRow>, StoreError> {
    Ok(job_events::table
        .filter(job_events::job_id.eq(job))
        .filter(job_events::sequence.gt(sequence))
        .order(job_events::sequence)
        .limit(limit)
        .load(conn)
        .await?)
}
