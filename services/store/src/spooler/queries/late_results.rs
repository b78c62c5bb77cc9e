//! What devices said of attempts after a person had decided about them.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::StoreError;
use crate::kept::KeepPrepared as _;
use crate::spooler::rows::AttemptRow;
use crate::spooler::schema::{attempts, late_results};

/// Attempts on a printer that stand in one of these states since a moment, by a person's word, and of which nothing late is
/// noted; in order.
pub(crate) async fn possible(
    conn: &mut Conn,
    (printer, states, device): (&str, &[&str], &str),
    since: NaiveDateTime,
    limit: i64,
) -> Result<Vec<AttemptRow>, StoreError> {
    let noted = late_results::table.select(late_results::token);
    Ok(attempts::table
        .filter(attempts::printer_id.eq(printer))
        .filter(attempts::state.eq_any(states))
        .filter(attempts::decided_by.ne(device))
        .filter(attempts::updated_at.gt(since))
        .filter(attempts::token.ne_all(noted))
        .order(attempts::updated_at.desc())
        .limit(limit)
        .kept()
        .load(conn)
        .await?)
}

/// Keeps what a device said late.
pub(crate) async fn insert(
    conn: &mut Conn,
    (token, job, evidence): (&str, &str, &str),
    now: NaiveDateTime,
) -> Result<(), StoreError> {
    diesel::insert_into(late_results::table)
        .values((
            late_results::token.eq(token),
            late_results::job_id.eq(job),
            late_results::evidence.eq(evidence),
            late_results::noted_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
