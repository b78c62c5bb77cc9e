//! Printers.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::StoreError;
use crate::kept::KeepPrepared as _;
use crate::spooler::rows::PrinterRow;
use crate::spooler::schema::printers;

/// A printer, removed or not.
pub(crate) async fn find(conn: &mut Conn, id: &str) -> Result<Option<PrinterRow>, StoreError> {
    Ok(printers::table.find(id).first(conn).await.optional()?)
}

/// The printer that a request made.
pub(crate) async fn of_request(
    conn: &mut Conn,
    request_id: &str,
) -> Result<Option<PrinterRow>, StoreError> {
    Ok(printers::table
        .filter(printers::request_id.eq(request_id))
        .first(conn)
        .await
        .optional()?)
}

/// Printers in use whose id comes after, by id.
pub(crate) async fn page_after(
    conn: &mut Conn,
    after: &str,
    limit: i64,
) -> Result<Vec<PrinterRow>, StoreError> {
    Ok(printers::table
        .filter(printers::printer_id.gt(after))
        .filter(printers::removed_at.is_null())
        .order(printers::printer_id)
        .limit(limit)
        .load(conn)
        .await?)
}

/// Adds a printer.
pub(crate) async fn insert(conn: &mut Conn, row: PrinterRow) -> Result<(), StoreError> {
    diesel::insert_into(printers::table)
        .values(row)
        .execute(conn)
        .await?;
    Ok(())
}

/// Puts a printer in the place of a removed one of the same name.
pub(crate) async fn replace_removed(conn: &mut Conn, row: PrinterRow) -> Result<(), StoreError> {
    diesel::update(printers::table.find(row.printer_id))
        .set((
            printers::uri.eq(row.uri),
            printers::dialect.eq(row.dialect),
            printers::evidence.eq(row.evidence),
            printers::paused.eq(None::<String>),
            printers::request_id.eq(row.request_id),
            printers::fingerprint.eq(row.fingerprint),
            printers::removed_at.eq(None::<NaiveDateTime>),
            printers::created_at.eq(row.created_at),
            printers::updated_at.eq(row.updated_at),
            printers::version.eq(printers::version + 1),
            printers::changes.eq(printers::changes + 1),
            printers::changed_by.eq(row.changed_by),
            printers::approved_by.eq(None::<String>),
        ))
        .kept()
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes who changed how a printer is set up: nobody has approved that yet.
pub(crate) async fn set_up(
    conn: &mut Conn,
    id: &str,
    by: &str,
    now: NaiveDateTime,
) -> Result<(), StoreError> {
    diesel::update(printers::table.find(id))
        .set((
            printers::updated_at.eq(now),
            printers::version.eq(printers::version + 1),
            printers::changes.eq(printers::changes + 1),
            printers::changed_by.eq(by),
            printers::approved_by.eq(None::<String>),
        ))
        .kept()
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes who approved how a printer is set up.
pub(crate) async fn approve(
    conn: &mut Conn,
    id: &str,
    by: &str,
    now: NaiveDateTime,
) -> Result<(), StoreError> {
    diesel::update(printers::table.find(id))
        .set((
            printers::updated_at.eq(now),
            printers::version.eq(printers::version + 1),
            printers::approved_by.eq(by),
        ))
        .kept()
        .execute(conn)
        .await?;
    Ok(())
}

/// Pauses a printer, or lets it go on.
pub(crate) async fn set_paused(
    conn: &mut Conn,
    id: &str,
    reason: Option<&str>,
    now: NaiveDateTime,
) -> Result<(), StoreError> {
    diesel::update(printers::table.find(id))
        .set((
            printers::paused.eq(reason),
            printers::updated_at.eq(now),
            printers::version.eq(printers::version + 1),
        ))
        .kept()
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes that something belonging to a printer changed.
pub(crate) async fn touch(conn: &mut Conn, id: &str, now: NaiveDateTime) -> Result<(), StoreError> {
    diesel::update(printers::table.find(id))
        .set((
            printers::updated_at.eq(now),
            printers::version.eq(printers::version + 1),
        ))
        .kept()
        .execute(conn)
        .await?;
    Ok(())
}

/// Makes those who change a printer's load or take from it wait for each other, until the end of the transaction.
pub(crate) async fn lock(conn: &mut Conn, id: &str) -> Result<(), StoreError> {
    diesel::update(printers::table.find(id))
        .set(printers::version.eq(printers::version))
        .kept()
        .execute(conn)
        .await?;
    Ok(())
}

/// The same for all who put in numbered stock: they wait at the first printer by name.
pub(crate) async fn lock_numbers(conn: &mut Conn) -> Result<(), StoreError> {
    let first: Option<String> = printers::table
        .select(diesel::dsl::min(printers::printer_id))
        .first(conn)
        .await?;
    match first {
        Some(first) => lock(conn, &first).await,
        None => Ok(()),
    }
}

/// Removes a printer from use.
pub(crate) async fn remove(
    conn: &mut Conn,
    id: &str,
    now: NaiveDateTime,
) -> Result<(), StoreError> {
    diesel::update(printers::table.find(id))
        .set((
            printers::removed_at.eq(now),
            printers::updated_at.eq(now),
            printers::version.eq(printers::version + 1),
        ))
        .kept()
        .execute(conn)
        .await?;
    Ok(())
}
