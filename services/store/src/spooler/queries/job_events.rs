//! The history of jobs.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::StoreError;
use crate::spooler::rows::EventRow;
use crate::spooler::schema::job_events;

/// Adds an event with the next sequence number of its job.
pub(crate) async fn append(
    conn: &mut Conn,
    job: &str,
    (kind, message, sheet): (&str, &str, Option<i32>),
    at: NaiveDateTime,
) -> Result<(), StoreError> {
    let sequence = last(conn, job).await? + 1;
    diesel::insert_into(job_events::table)
        .values(EventRow {
            job_id: job.to_owned(),
            sequence,
            at,
            kind: kind.to_owned(),
            message: message.to_owned(),
            sheet,
        })
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
