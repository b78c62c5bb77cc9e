//! General-ledger accounts.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::StoreError;
use crate::vendor::schema::accounts;

/// How many accounts there are.
pub(crate) async fn count(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(accounts::table.count().get_result(conn).await?)
}

/// Adds an account.
pub(crate) async fn insert(conn: &mut Conn, id: &str, description: &str) -> Result<(), StoreError> {
    diesel::insert_into(accounts::table)
        .values((
            accounts::account_id.eq(id),
            accounts::description.eq(description),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
