//! Cash accounts.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Backend, Conn, insert_each};
use crate::StoreError;
use crate::vendor::rows::CashAccountRow;
use crate::vendor::schema::cash_accounts::dsl::{cash_account_id, cash_accounts, org_id, revision};

/// The cash account of this key.
pub(crate) async fn get(conn: &mut Conn, id: &str) -> Result<Option<CashAccountRow>, StoreError> {
    let row = cash_accounts.find(id).select(CashAccountRow::as_select());
    Ok(row.first(conn).await.optional()?)
}

/// At most `limit` cash accounts after a key, of one organization when it is named.
pub(crate) async fn page_after(
    conn: &mut Conn,
    after: Option<&str>,
    org: Option<&str>,
    limit: i64,
) -> Result<Vec<CashAccountRow>, StoreError> {
    let mut query = cash_accounts
        .select(CashAccountRow::as_select())
        .into_boxed::<Backend>();
    if let Some(after) = after {
        query = query.filter(cash_account_id.gt(after.to_owned()));
    }
    if let Some(org) = org {
        query = query.filter(org_id.eq(org.to_owned()));
    }
    Ok(query.order(cash_account_id).limit(limit).load(conn).await?)
}

/// Those of the cash accounts that exist.
pub(crate) async fn among(
    conn: &mut Conn,
    ids: &[String],
) -> Result<Vec<CashAccountRow>, StoreError> {
    let rows = cash_accounts.filter(cash_account_id.eq_any(ids));
    Ok(rows.select(CashAccountRow::as_select()).load(conn).await?)
}

/// Adds cash accounts.
pub(crate) async fn insert(conn: &mut Conn, rows: Vec<CashAccountRow>) -> Result<(), StoreError> {
    Ok(insert_each!(conn, cash_accounts, rows)?)
}

/// Replaces the cash account where it still has this revision, and says whether it had.
pub(crate) async fn replace(
    conn: &mut Conn,
    row: &CashAccountRow,
    expected: i64,
) -> Result<bool, StoreError> {
    let place = cash_accounts
        .find(&row.cash_account_id)
        .filter(revision.eq(expected));
    Ok(diesel::update(place).set(row).execute(conn).await? == 1)
}
