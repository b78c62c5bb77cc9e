//! What publication changed, file by file.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Conn, run_batch};
use crate::StoreError;
use crate::vendor::rows::ImportFileRow;
use crate::vendor::schema::import_files::dsl::{import_files, import_id};

/// The counts of an import's files.
pub(crate) async fn of_import(conn: &mut Conn, id: &str) -> Result<Vec<ImportFileRow>, StoreError> {
    let rows = import_files.filter(import_id.eq(id));
    Ok(rows.select(ImportFileRow::as_select()).load(conn).await?)
}

/// Adds counts.
pub(crate) async fn insert(conn: &mut Conn, rows: &[ImportFileRow]) -> Result<(), StoreError> {
    run_batch!(
        conn,
        diesel::insert_into(import_files).values(rows.to_vec())
    )?;
    Ok(())
}
