//! Planned sheets.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Conn, insert_each};
use crate::StoreError;
use crate::among::among;
use crate::spooler::rows::SheetRow;
use crate::spooler::schema::{abandoned_sheets, attempts, sheets};

/// Adds sheets.
pub(crate) async fn insert(conn: &mut Conn, rows: Vec<SheetRow>) -> Result<(), StoreError> {
    Ok(insert_each!(conn, sheets::table, rows)?)
}

/// Sheets after a number, in order.
pub(crate) async fn after(
    conn: &mut Conn,
    job: &str,
    number: i32,
    limit: i64,
) -> Result<Vec<SheetRow>, StoreError> {
    Ok(sheets::table
        .filter(sheets::job_id.eq(job))
        .filter(sheets::number.gt(number))
        .order(sheets::number)
        .limit(limit)
        .load(conn)
        .await?)
}

/// Numbers of the sheets after a number that the job does not end without, in order.
pub(crate) async fn wanted_after(
    conn: &mut Conn,
    job: &str,
    number: i32,
    limit: i64,
) -> Result<Vec<i32>, StoreError> {
    let abandoned = abandoned_sheets::table
        .filter(abandoned_sheets::job_id.eq(job))
        .select(abandoned_sheets::sheet);
    Ok(sheets::table
        .filter(sheets::job_id.eq(job))
        .filter(sheets::number.gt(number))
        .filter(sheets::number.ne_all(abandoned))
        .select(sheets::number)
        .order(sheets::number)
        .limit(limit)
        .load(conn)
        .await?)
}

/// Sheets after a number with an attempt that a person must decide, in order.
pub(crate) async fn undecided_after(
    conn: &mut Conn,
    job: &str,
    number: i32,
    limit: i64,
) -> Result<Vec<SheetRow>, StoreError> {
    let undecided = attempts::table
        .filter(attempts::job_id.eq(job))
        .filter(attempts::state.eq_any(["in_doubt", "awaiting_confirmation"]))
        .select(attempts::sheet);
    Ok(sheets::table
        .filter(sheets::job_id.eq(job))
        .filter(sheets::number.gt(number))
        .filter(sheets::number.eq_any(undecided))
        .order(sheets::number)
        .limit(limit)
        .load(conn)
        .await?)
}

/// Sheets of these numbers, which are fewer than a statement takes values, in order.
pub(crate) async fn numbered(
    conn: &mut Conn,
    job: &str,
    numbers: &[i32],
) -> Result<Vec<SheetRow>, StoreError> {
    Ok(sheets::table
        .filter(sheets::job_id.eq(job))
        .filter(among(sheets::number, numbers.to_vec()))
        .order(sheets::number)
        .load(conn)
        .await?)
}
