//! Staged records that could not be read.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use formfeed_domain::extract::{Fault, MAX_FAULTS};

use super::{Conn, column};
use crate::StoreError;
use crate::calculation::schema::staged_unreadable;

/// A row to add.
#[derive(Insertable)]
#[diesel(table_name = staged_unreadable)]
pub(crate) struct Row<'a> {
    pub(crate) import_id: &'a str,
    pub(crate) position: i64,
    pub(crate) line: i32,
    pub(crate) file: &'static str,
    pub(crate) record_key: &'a str,
}

/// Adds rows.
pub(crate) async fn insert(conn: &mut Conn, rows: &[Row<'_>]) -> Result<(), StoreError> {
    for row in rows {
        let insert = diesel::insert_into(staged_unreadable::table).values(row);
        insert.execute(conn).await?;
    }
    Ok(())
}

/// That the records could not be read, as far as a list of faults goes.
pub(crate) async fn faults(conn: &mut Conn, import_id: &str) -> Result<Vec<Fault>, StoreError> {
    let rows: Vec<(String, i32)> = staged_unreadable::table
        .filter(staged_unreadable::import_id.eq(import_id))
        .select((staged_unreadable::file, staged_unreadable::line))
        .order(staged_unreadable::position)
        .limit(i64::try_from(MAX_FAULTS).unwrap_or(i64::MAX))
        .load(conn)
        .await?;
    let fault = |(file, line): (String, i32)| {
        let file = column::word(&file)?;
        let message = "the record could not be read; correct it and import again";
        Ok(Fault::of_row(
            file,
            u64::try_from(line).unwrap_or_default(),
            message,
        ))
    };
    rows.into_iter().map(fault).collect()
}
