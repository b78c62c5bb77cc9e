//! The transmitter of electronic files.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::StoreError;
use crate::vendor::rows::TransmitterRow;
use crate::vendor::schema::transmitters;

/// The one there is.
pub(crate) async fn get(conn: &mut Conn) -> Result<Option<TransmitterRow>, StoreError> {
    let row = transmitters::table.select(TransmitterRow::as_select());
    Ok(row.first(conn).await.optional()?)
}

/// Adds it.
pub(crate) async fn insert(conn: &mut Conn, row: &TransmitterRow) -> Result<(), StoreError> {
    diesel::insert_into(transmitters::table)
        .values(row)
        .execute(conn)
        .await?;
    Ok(())
}

/// Replaces it where it still has this revision, and says whether it had.
pub(crate) async fn replace(
    conn: &mut Conn,
    row: &TransmitterRow,
    expected: i64,
) -> Result<bool, StoreError> {
    let place = transmitters::table
        .find(&row.transmitter_id)
        .filter(transmitters::revision.eq(expected));
    Ok(diesel::update(place).set(row).execute(conn).await? == 1)
}
