//! How printers are reached beyond their URI.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::StoreError;
use crate::spooler::rows::AccessRow;
use crate::spooler::schema::printer_access;

/// A printer's; none where its URI is all there is.
pub(crate) async fn find(conn: &mut Conn, printer: &str) -> Result<Option<AccessRow>, StoreError> {
    Ok(printer_access::table
        .find(printer)
        .first(conn)
        .await
        .optional()?)
}

/// Puts a printer's in the place of the one before.
pub(crate) async fn replace(conn: &mut Conn, row: AccessRow) -> Result<(), StoreError> {
    remove(conn, &row.printer_id).await?;
    diesel::insert_into(printer_access::table)
        .values(row)
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets a printer's.
pub(crate) async fn remove(conn: &mut Conn, printer: &str) -> Result<(), StoreError> {
    diesel::delete(printer_access::table.find(printer))
        .execute(conn)
        .await?;
    Ok(())
}
