//! Who did what, when and why.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Conn, run_batch};
use crate::StoreError;
use crate::spooler::rows::DecisionRow;
use crate::spooler::schema::decisions;

/// Records decisions, several rows in a statement.
pub(crate) async fn insert(conn: &mut Conn, rows: Vec<DecisionRow>) -> Result<(), StoreError> {
    run_batch!(conn, diesel::insert_into(decisions::table).values(rows))?;
    Ok(())
}

/// The last decision about a sheet, if there is any.
pub(crate) async fn last_of_sheet(
    conn: &mut Conn,
    job: &str,
    sheet: i32,
) -> Result<Option<DecisionRow>, StoreError> {
    Ok(decisions::table
        .filter(decisions::job_id.eq(job))
        .filter(decisions::sheet.eq(sheet))
        .order(decisions::decision_id.desc())
        .first(conn)
        .await
        .optional()?)
}

/// The decisions about a job after one, the oldest first.
pub(crate) async fn of_job_after(
    conn: &mut Conn,
    job: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<DecisionRow>, StoreError> {
    Ok(decisions::table
        .filter(decisions::job_id.eq(job))
        .filter(decisions::decision_id.gt(after))
        .order(decisions::decision_id)
        .limit(limit)
        .load(conn)
        .await?)
}
