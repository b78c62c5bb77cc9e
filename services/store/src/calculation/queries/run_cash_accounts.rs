//! The payers of the cash accounts as a run saw them.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use formfeed_domain::{CashAccountId, PayerId};

use super::{Conn, column};
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

/// The cash accounts of a run, each with its payer.
pub(crate) async fn get(
    conn: &mut Conn,
    run_id: &str,
) -> Result<Vec<(CashAccountId, PayerId)>, StoreError> {
    let rows: Vec<(String, String)> = run_cash_accounts::table
        .filter(run_cash_accounts::run_id.eq(run_id))
        .select((
            run_cash_accounts::cash_account_id,
            run_cash_accounts::payer_id,
        ))
        .load(conn)
        .await?;
    let account = |(account, payer): (String, String)| {
        Ok((
            column::id(account, CashAccountId::new)?,
            column::id(payer, PayerId::new)?,
        ))
    };
    rows.into_iter().map(account).collect()
}

/// Deletes the cash accounts of a run.
pub(crate) async fn delete(conn: &mut Conn, run_id: &str) -> Result<(), StoreError> {
    diesel::delete(run_cash_accounts::table)
        .filter(run_cash_accounts::run_id.eq(run_id))
        .execute(conn)
        .await?;
    Ok(())
}
