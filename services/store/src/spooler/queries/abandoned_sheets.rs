//! Sheets that their job ends without.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Conn, run_batch};
use crate::StoreError;
use crate::spooler::rows::AbandonedRow;
use crate::spooler::schema::abandoned_sheets;

/// Gives sheets up, several rows in a statement. A database guard wants the decision beside each.
pub(crate) async fn insert(conn: &mut Conn, rows: Vec<AbandonedRow>) -> Result<(), StoreError> {
    run_batch!(
        conn,
        diesel::insert_into(abandoned_sheets::table).values(rows)
    )?;
    Ok(())
}

/// Which of some sheets of a job are given up.
pub(crate) async fn among(
    conn: &mut Conn,
    job: &str,
    sheets: &[i32],
) -> Result<Vec<i32>, StoreError> {
    Ok(abandoned_sheets::table
        .filter(abandoned_sheets::job_id.eq(job))
        .filter(abandoned_sheets::sheet.eq_any(sheets))
        .select(abandoned_sheets::sheet)
        .load(conn)
        .await?)
}
