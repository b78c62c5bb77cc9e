//! Requests to decide.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::StoreError;
use crate::spooler::rows::DecisionRequestRow;
use crate::spooler::schema::decision_requests;

/// A request that was carried out.
pub(crate) async fn find(
    conn: &mut Conn,
    request_id: &str,
) -> Result<Option<DecisionRequestRow>, StoreError> {
    Ok(decision_requests::table
        .find(request_id)
        .first(conn)
        .await
        .optional()?)
}

/// Notes a request that is carried out in this transaction.
pub(crate) async fn insert(conn: &mut Conn, row: DecisionRequestRow) -> Result<(), StoreError> {
    diesel::insert_into(decision_requests::table)
        .values(row)
        .execute(conn)
        .await?;
    Ok(())
}
