//! Imports.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::StoreError;
use crate::vendor::rows::{ImportRow, PUBLISHED};
use crate::vendor::schema::imports::dsl::{create_time, import_id, imports, state};

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

/// Locks imports that were begun before a time and never published, as [`lock`] does; answers their ids.
pub(crate) async fn take_stale(
    conn: &mut Conn,
    before: NaiveDateTime,
) -> Result<Vec<String>, StoreError> {
    let stale = imports
        .filter(state.ne(PUBLISHED).and(create_time.lt(before)))
        .order(import_id)
        .select(import_id);
    let stale: Vec<String> = stale.load(conn).await?;
    let mut taken = Vec::new();
    for id in stale {
        let row = lock(conn, &id).await?;
        if row.is_some_and(|row| row.state != PUBLISHED && row.create_time < before) {
            taken.push(id);
        }
    }
    Ok(taken)
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
