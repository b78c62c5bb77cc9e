//! Relate To codes.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Backend, Conn, insert_each};
use crate::StoreError;
use crate::vendor::rows::RelateToRow;
use crate::vendor::schema::relate_to_codes::dsl::{code, position, relate_to_codes, revision};

/// The code of this position.
pub(crate) async fn get(
    conn: &mut Conn,
    at: i32,
    word: &str,
) -> Result<Option<RelateToRow>, StoreError> {
    let row = relate_to_codes
        .find((at, word))
        .select(RelateToRow::as_select());
    Ok(row.first(conn).await.optional()?)
}

/// At most `limit` codes after a position and code, of one position when it is named.
pub(crate) async fn page_after(
    conn: &mut Conn,
    after: Option<(i32, &str)>,
    only: Option<i32>,
    limit: i64,
) -> Result<Vec<RelateToRow>, StoreError> {
    let mut query = relate_to_codes
        .select(RelateToRow::as_select())
        .into_boxed::<Backend>();
    if let Some((at, word)) = after {
        let later = position.eq(at).and(code.gt(word.to_owned()));
        query = query.filter(position.gt(at).or(later));
    }
    if let Some(only) = only {
        query = query.filter(position.eq(only));
    }
    Ok(query
        .order((position, code))
        .limit(limit)
        .load(conn)
        .await?)
}

/// Every code.
pub(crate) async fn all(conn: &mut Conn) -> Result<Vec<RelateToRow>, StoreError> {
    let rows = relate_to_codes.order((position, code));
    Ok(rows.select(RelateToRow::as_select()).load(conn).await?)
}

/// Adds codes.
pub(crate) async fn insert(conn: &mut Conn, rows: Vec<RelateToRow>) -> Result<(), StoreError> {
    Ok(insert_each!(conn, relate_to_codes, rows)?)
}

/// Adds those of the codes that do not exist.
pub(crate) async fn insert_missing(
    conn: &mut Conn,
    rows: &[RelateToRow],
) -> Result<(), StoreError> {
    for row in rows {
        diesel::insert_into(relate_to_codes)
            .values(row)
            .on_conflict_do_nothing()
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Replaces the code where it still has this revision, and says whether it had.
pub(crate) async fn replace(
    conn: &mut Conn,
    row: &RelateToRow,
    expected: i64,
) -> Result<bool, StoreError> {
    let place = relate_to_codes
        .find((row.position, &row.code))
        .filter(revision.eq(expected));
    Ok(diesel::update(place).set(row).execute(conn).await? == 1)
}
