//! The payers of the cash accounts as a run saw them.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::StoreError;
use crate::calculation::schema::run_cash_accounts;

/// Adds cash accounts with their payers.
pub(crate) async fn insert(
    conn: &mut Conn,
    run_id: &str,
    accounts: &[(String, String)],
) -> Result<(), StoreError> {
    let rows: Vec<_> = accounts
        .iter()
        .map(|(cash_account_id, payer_id)| {
            (
                run_cash_accounts::run_id.eq(run_id),
                run_cash_accounts::cash_account_id.eq(cash_account_id),
                run_cash_accounts::payer_id.eq(payer_id),
            )
        })
        .collect();
    for row in rows {
        let insert = diesel::insert_into(run_cash_accounts::table).values(row);
        insert.execute(conn).await?;
    }
    Ok(())
}

/// Deletes the cash accounts of a run.
pub(crate) async fn delete(conn: &mut Conn, run_id: &str) -> Result<(), StoreError> {
    diesel::delete(run_cash_accounts::table)
        .filter(run_cash_accounts::run_id.eq(run_id))
        .execute(conn)
        .await?;
    Ok(())
}
