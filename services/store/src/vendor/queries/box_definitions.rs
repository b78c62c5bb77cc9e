//! Box definitions of a tax year.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Backend, Conn};
use crate::StoreError;
use crate::vendor::rows::BoxDefinitionRow;
use crate::vendor::schema::box_definitions::dsl::{box_definitions, code, revision, tax_year};

/// The definition of this code in this year.
pub(crate) async fn get(
    conn: &mut Conn,
    year: i32,
    word: &str,
) -> Result<Option<BoxDefinitionRow>, StoreError> {
    let row = box_definitions
        .find((year, word))
        .select(BoxDefinitionRow::as_select());
    Ok(row.first(conn).await.optional()?)
}

/// At most `limit` definitions after a year and code, of one year when it is named.
pub(crate) async fn page_after(
    conn: &mut Conn,
    after: Option<(i32, &str)>,
    only: Option<i32>,
    limit: i64,
) -> Result<Vec<BoxDefinitionRow>, StoreError> {
    let mut query = box_definitions
        .select(BoxDefinitionRow::as_select())
        .into_boxed::<Backend>();
    if let Some((year, word)) = after {
        let later = tax_year.eq(year).and(code.gt(word.to_owned()));
        query = query.filter(tax_year.gt(year).or(later));
    }
    if let Some(only) = only {
        query = query.filter(tax_year.eq(only));
    }
    Ok(query
        .order((tax_year, code))
        .limit(limit)
        .load(conn)
        .await?)
}

/// Every definition of a year.
pub(crate) async fn of_year(
    conn: &mut Conn,
    year: i32,
) -> Result<Vec<BoxDefinitionRow>, StoreError> {
    let rows = box_definitions.filter(tax_year.eq(year)).order(code);
    Ok(rows
        .select(BoxDefinitionRow::as_select())
        .load(conn)
        .await?)
}

/// Adds a definition.
pub(crate) async fn insert(conn: &mut Conn, row: &BoxDefinitionRow) -> Result<(), StoreError> {
    diesel::insert_into(box_definitions)
        .values(row)
        .execute(conn)
        .await?;
    Ok(())
}

/// Replaces the definition where it still has this revision, and says whether it had.
pub(crate) async fn replace(
    conn: &mut Conn,
    row: &BoxDefinitionRow,
    expected: i64,
) -> Result<bool, StoreError> {
    let place = box_definitions
        .find((row.tax_year, &row.code))
        .filter(revision.eq(expected));
    Ok(diesel::update(place).set(row).execute(conn).await? == 1)
}

/// Removes the definition where it still has this revision, and says whether it had.
pub(crate) async fn delete(
    conn: &mut Conn,
    year: i32,
    word: &str,
    expected: i64,
) -> Result<bool, StoreError> {
    let place = box_definitions
        .find((year, word))
        .filter(revision.eq(expected));
    Ok(diesel::delete(place).execute(conn).await? == 1)
}
