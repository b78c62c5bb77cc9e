//! Form stock put into printers.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::StoreError;
use crate::spooler::rows::LoadRow;
use crate::spooler::schema::stock_loads;

/// What is loaded: the newest load of a printer.
pub(crate) async fn current(conn: &mut Conn, printer: &str) -> Result<Option<LoadRow>, StoreError> {
    Ok(stock_loads::table
        .filter(stock_loads::printer_id.eq(printer))
        .order(stock_loads::load_id.desc())
        .first(conn)
        .await
        .optional()?)
}

/// A load.
pub(crate) async fn find(conn: &mut Conn, load: &str) -> Result<Option<LoadRow>, StoreError> {
    Ok(stock_loads::table.find(load).first(conn).await.optional()?)
}

/// Every load of a printer, the newest first.
pub(crate) async fn of_printer(conn: &mut Conn, printer: &str) -> Result<Vec<LoadRow>, StoreError> {
    Ok(stock_loads::table
        .filter(stock_loads::printer_id.eq(printer))
        .order(stock_loads::load_id.desc())
        .load(conn)
        .await?)
}

/// Every numbered load of a stock, on any printer, the oldest first.
pub(crate) async fn numbered(conn: &mut Conn, stock: &str) -> Result<Vec<LoadRow>, StoreError> {
    Ok(stock_loads::table
        .filter(stock_loads::stock.eq(stock))
        .filter(stock_loads::first_serial.is_not_null())
        .order(stock_loads::load_id)
        .load(conn)
        .await?)
}

/// Notes a load.
pub(crate) async fn insert(conn: &mut Conn, row: LoadRow) -> Result<(), StoreError> {
    diesel::insert_into(stock_loads::table)
        .values(row)
        .execute(conn)
        .await?;
    Ok(())
}
