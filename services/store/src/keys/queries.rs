//! The wrapped keys, and the rows that are sealed with them.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::sql_types::{Binary, Integer, Text};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection as _};

use super::{Backend, Conn, LOCK};
use crate::StoreError;
use crate::keys::columns::{Column, SealedRow, VersionCount};
use crate::keys::data_key::DataKeyRow;
use crate::keys::schema::data_keys;
use crate::seal::Sealed;

/// Every key, by purpose and version.
pub(crate) async fn all(conn: &mut Conn) -> Result<Vec<DataKeyRow>, StoreError> {
    let rows = data_keys::table
        .order((data_keys::purpose, data_keys::version))
        .select(DataKeyRow::as_select());
    Ok(rows.load(conn).await?)
}

/// Every key; nobody else changes one until the transaction ends.
pub(crate) async fn locked(conn: &mut Conn) -> Result<Vec<DataKeyRow>, StoreError> {
    if let Some(lock) = LOCK {
        conn.batch_execute(lock).await?;
    }
    all(conn).await
}

/// Adds keys.
pub(crate) async fn insert(conn: &mut Conn, rows: Vec<DataKeyRow>) -> Result<(), StoreError> {
    for row in rows {
        diesel::insert_into(data_keys::table)
            .values(row)
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Replaces what a key is wrapped by.
pub(crate) async fn rewrap(conn: &mut Conn, row: &DataKeyRow) -> Result<(), StoreError> {
    diesel::update(data_keys::table.find((&row.purpose, row.version)))
        .set((
            data_keys::wrapped.eq(&row.wrapped),
            data_keys::master_check.eq(&row.master_check),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes that everything was sealed anew with a key.
pub(crate) async fn settle(
    conn: &mut Conn,
    (purpose, version): (&str, i32),
    at: NaiveDateTime,
) -> Result<(), StoreError> {
    diesel::update(data_keys::table.find((purpose, version)))
        .set(data_keys::settle_time.eq(at))
        .execute(conn)
        .await?;
    Ok(())
}

/// At most `limit` rows of a column that are sealed with an older key than `newest`, after a row, in the order of their keys.
pub(crate) async fn older(
    conn: &mut Conn,
    column: &Column,
    newest: i32,
    after: Option<&[String]>,
    limit: i64,
) -> Result<Vec<SealedRow>, StoreError> {
    let sql = column.older_than(after.is_some(), limit);
    let mut query = diesel::sql_query(sql)
        .into_boxed::<Backend>()
        .bind::<Integer, _>(newest);
    for part in after.unwrap_or_default() {
        query = query.bind::<Text, _>(part.clone());
    }
    Ok(query.load(conn).await?)
}

/// Replaces what a row holds sealed, unless it was replaced meanwhile.
pub(crate) async fn replace(
    conn: &mut Conn,
    column: &Column,
    row: &SealedRow,
    sealed: &Sealed,
) -> Result<(), StoreError> {
    let mut query = diesel::sql_query(column.replaced())
        .into_boxed::<Backend>()
        .bind::<Integer, _>(sealed.key_version)
        .bind::<Binary, _>(sealed.bytes.clone());
    for part in row.key() {
        query = query.bind::<Text, _>(part);
    }
    query
        .bind::<Binary, _>(row.sealed.clone())
        .execute(conn)
        .await?;
    Ok(())
}

/// How many rows of a column are sealed with each key.
pub(crate) async fn counts(
    conn: &mut Conn,
    column: &Column,
) -> Result<Vec<VersionCount>, StoreError> {
    Ok(diesel::sql_query(column.counted()).load(conn).await?)
}
