//! Payers.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Backend, Conn, insert_each};
use crate::StoreError;
use crate::vendor::rows::PayerRow;
use crate::vendor::schema::payers::dsl::{name_folded, payer_id, payers, revision, update_time};

/// The payer of this key.
pub(crate) async fn get(conn: &mut Conn, id: &str) -> Result<Option<PayerRow>, StoreError> {
    let row = payers.find(id).select(PayerRow::as_select());
    Ok(row.first(conn).await.optional()?)
}

/// At most `limit` payers after a key, with a name like a pattern when there is one.
pub(crate) async fn page_after(
    conn: &mut Conn,
    after: Option<&str>,
    name_like: Option<&str>,
    limit: i64,
) -> Result<Vec<PayerRow>, StoreError> {
    let mut query = payers.select(PayerRow::as_select()).into_boxed::<Backend>();
    if let Some(after) = after {
        query = query.filter(payer_id.gt(after.to_owned()));
    }
    if let Some(pattern) = name_like {
        query = query.filter(name_folded.like(pattern.to_owned()).escape('\\'));
    }
    Ok(query.order(payer_id).limit(limit).load(conn).await?)
}

/// Those of the payers that exist.
pub(crate) async fn among(conn: &mut Conn, ids: &[String]) -> Result<Vec<PayerRow>, StoreError> {
    let rows = payers.filter(payer_id.eq_any(ids));
    Ok(rows.select(PayerRow::as_select()).load(conn).await?)
}

/// Adds payers.
pub(crate) async fn insert(conn: &mut Conn, rows: Vec<PayerRow>) -> Result<(), StoreError> {
    Ok(insert_each!(conn, payers, rows)?)
}

/// Replaces the payer where it still has this revision, and says whether it had.
pub(crate) async fn replace(
    conn: &mut Conn,
    row: &PayerRow,
    expected: i64,
) -> Result<bool, StoreError> {
    let place = payers.find(&row.payer_id).filter(revision.eq(expected));
    Ok(diesel::update(place).set(row).execute(conn).await? == 1)
}

/// Counts a change of these payers' states as a change of theirs.
pub(crate) async fn touch(
    conn: &mut Conn,
    ids: &[String],
    now: NaiveDateTime,
) -> Result<(), StoreError> {
    diesel::update(payers.filter(payer_id.eq_any(ids)))
        .set((revision.eq(revision + 1), update_time.eq(now)))
        .execute(conn)
        .await?;
    Ok(())
}
