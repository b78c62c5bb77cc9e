//! What printers were up to, in words.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::StoreError;
use crate::spooler::rows::PrinterStateRow;
use crate::spooler::schema::printer_states;

/// What was noted last of a printer.
pub(crate) async fn last(
    conn: &mut Conn,
    printer: &str,
) -> Result<Option<PrinterStateRow>, StoreError> {
    Ok(printer_states::table
        .filter(printer_states::printer_id.eq(printer))
        .order(printer_states::sequence.desc())
        .first(conn)
        .await
        .optional()?)
}

/// Adds what a printer is up to.
pub(crate) async fn insert(conn: &mut Conn, row: PrinterStateRow) -> Result<(), StoreError> {
    diesel::insert_into(printer_states::table)
        .values(row)
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets what is older than the last so many.
pub(crate) async fn forget_before(
    conn: &mut Conn,
    printer: &str,
    sequence: i64,
) -> Result<(), StoreError> {
    diesel::delete(
        printer_states::table
            .filter(printer_states::printer_id.eq(printer))
            .filter(printer_states::sequence.lt(sequence)),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The newest entries of a printer, the newest first.
pub(crate) async fn newest(
    conn: &mut Conn,
    printer: &str,
    limit: i64,
) -> Result<Vec<PrinterStateRow>, StoreError> {
    Ok(printer_states::table
        .filter(printer_states::printer_id.eq(printer))
        .order(printer_states::sequence.desc())
        .limit(limit)
        .load(conn)
        .await?)
}
