//! Sheets of stock that were printed on jobs which the database, put back, does not know.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Conn, insert_each};
use crate::StoreError;
use crate::among::among;
use crate::spooler::rows::UnknownSheetRow;
use crate::spooler::schema::{stock_loads, unknown_sheets};

/// Notes such sheets; a database guard keeps them.
pub(crate) async fn insert(conn: &mut Conn, rows: Vec<UnknownSheetRow>) -> Result<(), StoreError> {
    Ok(insert_each!(conn, unknown_sheets::table, rows)?)
}

/// Those of these device jobs: token, sheet, number.
pub(crate) async fn of_tokens(
    conn: &mut Conn,
    tokens: Vec<String>,
) -> Result<Vec<(String, i32, i32)>, StoreError> {
    Ok(unknown_sheets::table
        .filter(among(unknown_sheets::token, tokens))
        .select((
            unknown_sheets::token,
            unknown_sheets::sheet,
            unknown_sheets::number,
        ))
        .load(conn)
        .await?)
}

/// Loads of a printer that lost such sheets, with the serial number of each.
pub(crate) async fn taken_of_printer(
    conn: &mut Conn,
    printer: &str,
) -> Result<Vec<(Option<String>, Option<i64>)>, StoreError> {
    let loads = stock_loads::table
        .filter(stock_loads::printer_id.eq(printer))
        .select(stock_loads::load_id.nullable());
    Ok(unknown_sheets::table
        .filter(unknown_sheets::load_id.eq_any(loads))
        .select((unknown_sheets::load_id, unknown_sheets::serial))
        .load(conn)
        .await?)
}
