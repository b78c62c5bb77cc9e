//! Staged records of imports.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Conn, run_batch};
use crate::StoreError;
use crate::vendor::rows::ImportRecordRow;
use crate::vendor::schema::import_records::dsl::{file, import_id, import_records, key};

/// At most `limit` records of a file after a key.
pub(crate) async fn page_after(
    conn: &mut Conn,
    import: &str,
    name: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<ImportRecordRow>, StoreError> {
    let rows = import_records
        .filter(import_id.eq(import).and(file.eq(name)).and(key.gt(after)))
        .order(key)
        .limit(limit);
    Ok(rows.select(ImportRecordRow::as_select()).load(conn).await?)
}

/// Keys of those of a file's records that are staged.
pub(crate) async fn keys_among(
    conn: &mut Conn,
    import: &str,
    name: &str,
    keys: &[String],
) -> Result<Vec<String>, StoreError> {
    let rows = import_records.filter(
        import_id
            .eq(import)
            .and(file.eq(name))
            .and(key.eq_any(keys)),
    );
    Ok(rows.select(key).load(conn).await?)
}

/// Keys of every record of a file.
pub(crate) async fn keys(
    conn: &mut Conn,
    import: &str,
    name: &str,
) -> Result<Vec<String>, StoreError> {
    let rows = import_records.filter(import_id.eq(import).and(file.eq(name)));
    Ok(rows.order(key).select(key).load(conn).await?)
}

/// Adds records.
pub(crate) async fn insert(conn: &mut Conn, rows: &[ImportRecordRow]) -> Result<(), StoreError> {
    run_batch!(
        conn,
        diesel::insert_into(import_records).values(rows.to_vec())
    )?;
    Ok(())
}

/// Forgets every record of an import.
pub(crate) async fn clear(conn: &mut Conn, import: &str) -> Result<(), StoreError> {
    diesel::delete(import_records.filter(import_id.eq(import)))
        .execute(conn)
        .await?;
    Ok(())
}
