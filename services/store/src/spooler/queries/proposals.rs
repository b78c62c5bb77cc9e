//! What one person wants decided about sheets, and another has not agreed to yet.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Conn, run_batch};
use crate::StoreError;
use crate::spooler::rows::ProposalRow;
use crate::spooler::schema::proposals;

/// Those about some sheets of a job, who proposed first before others.
pub(crate) async fn of_sheets(
    conn: &mut Conn,
    job: &str,
    sheets: &[i32],
) -> Result<Vec<ProposalRow>, StoreError> {
    Ok(proposals::table
        .filter(proposals::job_id.eq(job))
        .filter(proposals::sheet.eq_any(sheets))
        .order((proposals::sheet, proposals::proposal))
        .load(conn)
        .await?)
}

/// Keeps proposals of one person about sheets of a job, in the place of those that this person made about them before; several
/// rows in a statement.
pub(crate) async fn put(
    conn: &mut Conn,
    (job, by): (&str, &str),
    rows: Vec<ProposalRow>,
) -> Result<(), StoreError> {
    let sheets: Vec<i32> = rows.iter().map(|row| row.sheet).collect();
    let before = proposals::table
        .filter(proposals::job_id.eq(job))
        .filter(proposals::proposed_by.eq(by))
        .filter(proposals::sheet.eq_any(sheets));
    diesel::delete(before).execute(conn).await?;
    run_batch!(conn, diesel::insert_into(proposals::table).values(rows))?;
    Ok(())
}

/// Forgets those about some sheets of a job.
pub(crate) async fn remove(conn: &mut Conn, job: &str, sheets: &[i32]) -> Result<(), StoreError> {
    let settled = proposals::table
        .filter(proposals::job_id.eq(job))
        .filter(proposals::sheet.eq_any(sheets));
    diesel::delete(settled).execute(conn).await?;
    Ok(())
}

/// Forgets those about the sheets of a job from one to another.
pub(crate) async fn remove_between(
    conn: &mut Conn,
    job: &str,
    (first, last): (i32, i32),
) -> Result<(), StoreError> {
    let settled = proposals::table
        .filter(proposals::job_id.eq(job))
        .filter(proposals::sheet.between(first, last));
    diesel::delete(settled).execute(conn).await?;
    Ok(())
}

/// Forgets one.
pub(crate) async fn withdraw(conn: &mut Conn, key: &str) -> Result<(), StoreError> {
    diesel::delete(proposals::table.filter(proposals::proposal.eq(key)))
        .execute(conn)
        .await?;
    Ok(())
}

/// The sheets of one, in order.
pub(crate) async fn find(conn: &mut Conn, key: &str) -> Result<Vec<ProposalRow>, StoreError> {
    Ok(proposals::table
        .filter(proposals::proposal.eq(key))
        .order(proposals::sheet)
        .load(conn)
        .await?)
}

/// Keys after one, the oldest first.
pub(crate) async fn keys_after(
    conn: &mut Conn,
    after: &str,
    limit: i64,
) -> Result<Vec<String>, StoreError> {
    Ok(proposals::table
        .filter(proposals::proposal.gt(after))
        .select(proposals::proposal)
        .distinct()
        .order(proposals::proposal)
        .limit(limit)
        .load(conn)
        .await?)
}
