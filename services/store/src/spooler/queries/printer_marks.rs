//! How far printers had come when their last sheets were done.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::StoreError;
use crate::spooler::schema::printer_marks;

/// A printer's; none before its first sheet.
pub(crate) async fn find(conn: &mut Conn, printer: &str) -> Result<Option<String>, StoreError> {
    Ok(printer_marks::table
        .find(printer)
        .select(printer_marks::mark)
        .first(conn)
        .await
        .optional()?)
}

/// Puts a printer's in the place of the one before.
pub(crate) async fn replace(
    conn: &mut Conn,
    (printer, mark): (&str, &str),
    now: NaiveDateTime,
) -> Result<(), StoreError> {
    remove(conn, printer).await?;
    diesel::insert_into(printer_marks::table)
        .values((
            printer_marks::printer_id.eq(printer),
            printer_marks::mark.eq(mark),
            printer_marks::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets a printer's.
pub(crate) async fn remove(conn: &mut Conn, printer: &str) -> Result<(), StoreError> {
    diesel::delete(printer_marks::table.find(printer))
        .execute(conn)
        .await?;
    Ok(())
}
