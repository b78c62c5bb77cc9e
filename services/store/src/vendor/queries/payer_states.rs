//! Payers' numbers with the states.

use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::StoreError;
use crate::vendor::rows::PayerStateRow;
use crate::vendor::schema::payer_states::dsl::{payer_id, payer_states, state, state_id};

/// The states of these payers, by payer and state.
pub(crate) async fn of_payers(
    conn: &mut Conn,
    payers: &[String],
) -> Result<Vec<PayerStateRow>, StoreError> {
    let rows = payer_states
        .filter(payer_id.eq_any(payers))
        .order((payer_id, state));
    Ok(rows.select(PayerStateRow::as_select()).load(conn).await?)
}

/// Adds states, or replaces their numbers.
pub(crate) async fn upsert(conn: &mut Conn, rows: &[PayerStateRow]) -> Result<(), StoreError> {
    for row in rows {
        diesel::insert_into(payer_states)
            .values(row)
            .on_conflict((payer_id, state))
            .do_update()
            .set(state_id.eq(excluded(state_id)))
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Forgets every state of a payer.
pub(crate) async fn clear(conn: &mut Conn, payer: &str) -> Result<(), StoreError> {
    diesel::delete(payer_states.filter(payer_id.eq(payer)))
        .execute(conn)
        .await?;
    Ok(())
}
