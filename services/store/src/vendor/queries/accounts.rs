//! General-ledger accounts.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Backend, Conn, insert_each};
use crate::StoreError;
use crate::vendor::rows::AccountRow;
use crate::vendor::schema::accounts::dsl::{account_id, accounts, income_type, revision};

/// The account of this key.
pub(crate) async fn get(conn: &mut Conn, id: &str) -> Result<Option<AccountRow>, StoreError> {
    let row = accounts.find(id).select(AccountRow::as_select());
    Ok(row.first(conn).await.optional()?)
}

/// At most `limit` accounts after a key.
pub(crate) async fn page_after(
    conn: &mut Conn,
    after: Option<&str>,
    unmapped_only: bool,
    limit: i64,
) -> Result<Vec<AccountRow>, StoreError> {
    let mut query = accounts
        .select(AccountRow::as_select())
        .into_boxed::<Backend>();
    if let Some(after) = after {
        query = query.filter(account_id.gt(after.to_owned()));
    }
    if unmapped_only {
        query = query.filter(income_type.is_null());
    }
    Ok(query.order(account_id).limit(limit).load(conn).await?)
}

/// Those of the accounts that exist.
pub(crate) async fn among(conn: &mut Conn, ids: &[String]) -> Result<Vec<AccountRow>, StoreError> {
    let rows = accounts
        .filter(account_id.eq_any(ids))
        .select(AccountRow::as_select());
    Ok(rows.load(conn).await?)
}

/// Adds accounts.
pub(crate) async fn insert(conn: &mut Conn, rows: Vec<AccountRow>) -> Result<(), StoreError> {
    Ok(insert_each!(conn, accounts, rows)?)
}

/// Replaces the account where it still has this revision, and says whether it had.
pub(crate) async fn replace(
    conn: &mut Conn,
    row: &AccountRow,
    expected: i64,
) -> Result<bool, StoreError> {
    let place = accounts.find(&row.account_id).filter(revision.eq(expected));
    Ok(diesel::update(place).set(row).execute(conn).await? == 1)
}
