//! Requests that made something, with what they were answered.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::StoreError;
use crate::vendor::rows::RequestRow;
use crate::vendor::schema::requests::dsl::requests;

/// The request of this id.
pub(crate) async fn get(conn: &mut Conn, id: &str) -> Result<Option<RequestRow>, StoreError> {
    let row = requests.find(id).select(RequestRow::as_select());
    Ok(row.first(conn).await.optional()?)
}

/// Adds a request.
pub(crate) async fn insert(conn: &mut Conn, row: &RequestRow) -> Result<(), StoreError> {
    diesel::insert_into(requests)
        .values(row)
        .execute(conn)
        .await?;
    Ok(())
}
