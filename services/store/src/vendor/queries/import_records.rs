//! Staged records of imports.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Conn, ONE_WRITER, insert_each};
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
pub(crate) async fn insert(conn: &mut Conn, rows: Vec<ImportRecordRow>) -> Result<(), StoreError> {
    Ok(insert_each!(conn, import_records, rows)?)
}

/// Forgets every record of an import.
///
/// Where no other import has any, and none can get any meanwhile, the table is emptied as a whole, which is much quicker.
pub(crate) async fn clear(conn: &mut Conn, import: &str) -> Result<(), StoreError> {
    if ONE_WRITER && !others_than(conn, import).await? {
        diesel::delete(import_records).execute(conn).await?;
        return Ok(());
    }
    let own = import_records.filter(import_id.eq(import));
    diesel::delete(own).execute(conn).await?;
    Ok(())
}

async fn others_than(conn: &mut Conn, import: &str) -> Result<bool, StoreError> {
    let others = import_records.filter(import_id.lt(import).or(import_id.gt(import)));
    let any = diesel::select(diesel::dsl::exists(others));
    Ok(any.get_result(conn).await?)
}
