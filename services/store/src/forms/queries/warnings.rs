//! What to know of each printing.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::StoreError;
use crate::forms::schema::printing_warnings::{self, position, printing_id, warning};

/// Keeps the warnings of a printing in their order.
pub(crate) async fn insert(
    conn: &mut Conn,
    id: &str,
    warnings: &[String],
) -> Result<(), StoreError> {
    for (at, text) in (0_i32..).zip(warnings) {
        diesel::insert_into(printing_warnings::table)
            .values((printing_id.eq(id), position.eq(at), warning.eq(text)))
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// The warnings of some printings, by printing.
pub(crate) async fn of(
    conn: &mut Conn,
    ids: &[String],
) -> Result<BTreeMap<String, Vec<String>>, StoreError> {
    let rows: Vec<(String, String)> = printing_warnings::table
        .filter(printing_id.eq_any(ids))
        .order((printing_id, position))
        .select((printing_id, warning))
        .load(conn)
        .await?;
    let mut found = BTreeMap::<String, Vec<String>>::new();
    for (id, text) in rows {
        found.entry(id).or_default().push(text);
    }
    Ok(found)
}

/// Forgets the warnings of a printing.
pub(crate) async fn delete(conn: &mut Conn, id: &str) -> Result<(), StoreError> {
    diesel::delete(printing_warnings::table.filter(printing_id.eq(id)))
        .execute(conn)
        .await?;
    Ok(())
}
