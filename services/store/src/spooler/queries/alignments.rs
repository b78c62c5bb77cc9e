//! How the ink of a printer is put right on a stock, version by version.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::StoreError;
use crate::spooler::alignment_row::AlignmentRow;
use crate::spooler::schema::alignments;

/// The version in force.
pub(crate) async fn newest(
    conn: &mut Conn,
    printer: &str,
    stock: &str,
) -> Result<Option<AlignmentRow>, StoreError> {
    Ok(alignments::table
        .filter(alignments::printer_id.eq(printer))
        .filter(alignments::stock.eq(stock))
        .order(alignments::version.desc())
        .select(AlignmentRow::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// Every version on a printer, by stock, the newest of each first.
pub(crate) async fn of_printer(
    conn: &mut Conn,
    printer: &str,
) -> Result<Vec<AlignmentRow>, StoreError> {
    Ok(alignments::table
        .filter(alignments::printer_id.eq(printer))
        .order((alignments::stock, alignments::version.desc()))
        .select(AlignmentRow::as_select())
        .load(conn)
        .await?)
}

/// Adds a version.
pub(crate) async fn insert(conn: &mut Conn, row: AlignmentRow) -> Result<(), StoreError> {
    diesel::insert_into(alignments::table)
        .values(row)
        .execute(conn)
        .await?;
    Ok(())
}
