//! Final reports.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::StoreError;
use crate::spooler::rows::ReportRow;
use crate::spooler::schema::job_reports;

/// Keeps a report for ever.
pub(crate) async fn insert(conn: &mut Conn, row: ReportRow) -> Result<(), StoreError> {
    diesel::insert_into(job_reports::table)
        .values(row)
        .execute(conn)
        .await?;
    Ok(())
}

/// The newest version of a job's final report.
pub(crate) async fn newest(conn: &mut Conn, job: &str) -> Result<Option<String>, StoreError> {
    Ok(job_reports::table
        .filter(job_reports::job_id.eq(job))
        .order(job_reports::version.desc())
        .select(job_reports::content)
        .first(conn)
        .await
        .optional()?)
}

/// One version of a job's final report.
pub(crate) async fn of_version(
    conn: &mut Conn,
    job: &str,
    version: i32,
) -> Result<Option<String>, StoreError> {
    Ok(job_reports::table
        .find((job, version))
        .select(job_reports::content)
        .first(conn)
        .await
        .optional()?)
}

/// How many final reports a job has had.
pub(crate) async fn versions(conn: &mut Conn, job: &str) -> Result<i32, StoreError> {
    let last: Option<i32> = job_reports::table
        .filter(job_reports::job_id.eq(job))
        .select(diesel::dsl::max(job_reports::version))
        .first(conn)
        .await?;
    Ok(last.unwrap_or(0))
}
