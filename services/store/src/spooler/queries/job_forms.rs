//! Sealed forms.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Conn, insert_each};
use crate::StoreError;
use crate::spooler::rows::FormRow;
use crate::spooler::schema::job_forms;

/// Adds forms.
pub(crate) async fn insert(conn: &mut Conn, rows: Vec<FormRow>) -> Result<(), StoreError> {
    Ok(insert_each!(conn, job_forms::table, rows)?)
}

/// The forms from a place on, before another, in order.
pub(crate) async fn between(
    conn: &mut Conn,
    job: &str,
    from: i32,
    before: i32,
) -> Result<Vec<FormRow>, StoreError> {
    Ok(job_forms::table
        .filter(job_forms::job_id.eq(job))
        .filter(job_forms::place.ge(from))
        .filter(job_forms::place.lt(before))
        .order(job_forms::place)
        .load(conn)
        .await?)
}

/// The same without the sealed part: places and account numbers.
pub(crate) async fn accounts_between(
    conn: &mut Conn,
    job: &str,
    from: i32,
    before: i32,
) -> Result<Vec<(i32, String)>, StoreError> {
    Ok(job_forms::table
        .filter(job_forms::job_id.eq(job))
        .filter(job_forms::place.ge(from))
        .filter(job_forms::place.lt(before))
        .order(job_forms::place)
        .select((job_forms::place, job_forms::account_number))
        .load(conn)
        .await?)
}
