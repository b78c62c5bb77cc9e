//! Imports.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::StoreError;
use crate::vendor::rows::ImportRow;
use crate::vendor::schema::imports::dsl::{import_id, imports};

/// The import of this id.
pub(crate) async fn get(conn: &mut Conn, id: &str) -> Result<Option<ImportRow>, StoreError> {
    let row = imports.find(id).select(ImportRow::as_select());
    Ok(row.first(conn).await.optional()?)
}

/// Makes other changes to the import wait until this transaction ends, and answers it.
pub(crate) async fn lock(conn: &mut Conn, id: &str) -> Result<Option<ImportRow>, StoreError> {
    let place = imports.find(id);
    diesel::update(place)
        .set(import_id.eq(import_id))
        .execute(conn)
        .await?;
    get(conn, id).await
}

/// Adds an import, or replaces the one of its id.
pub(crate) async fn put(conn: &mut Conn, row: &ImportRow) -> Result<(), StoreError> {
    diesel::insert_into(imports)
        .values(row)
        .on_conflict(import_id)
        .do_update()
        .set(row)
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets an import.
pub(crate) async fn delete(conn: &mut Conn, id: &str) -> Result<(), StoreError> {
    diesel::delete(imports.find(id)).execute(conn).await?;
    Ok(())
}
