//! What a spooler's journal is held against: which database this is, and how far each journal is known to agree with it.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::StoreError;
use crate::among::among;
use crate::spooler::schema::{attempts, database_identity, journal_marks, stock_loads};

/// The database's identity; `None` before its first spooler.
pub(crate) async fn identity(conn: &mut Conn) -> Result<Option<String>, StoreError> {
    Ok(database_identity::table
        .select(database_identity::id)
        .first(conn)
        .await
        .optional()?)
}

/// Gives the database its identity, unless it has one.
pub(crate) async fn identify(conn: &mut Conn, id: &str) -> Result<(), StoreError> {
    diesel::insert_into(database_identity::table)
        .values((
            database_identity::singleton.eq(1),
            database_identity::id.eq(id),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(())
}

/// The last line of a data directory's journal up to which all is known; `None` before its first.
pub(crate) async fn mark(conn: &mut Conn, home: &str) -> Result<Option<i64>, StoreError> {
    Ok(journal_marks::table
        .find(home)
        .select(journal_marks::line)
        .first(conn)
        .await
        .optional()?)
}

/// Notes that all is known up to a line.
pub(crate) async fn set_mark(conn: &mut Conn, home: &str, line: i64) -> Result<(), StoreError> {
    diesel::insert_into(journal_marks::table)
        .values((journal_marks::home.eq(home), journal_marks::line.eq(line)))
        .on_conflict(journal_marks::home)
        .do_update()
        .set(journal_marks::line.eq(line))
        .execute(conn)
        .await?;
    Ok(())
}

/// An attempt of a device job: token, sheet, number, state.
pub(crate) type Found = (String, i32, i32, String);

/// The attempts of these device jobs.
pub(crate) async fn attempts_of(
    conn: &mut Conn,
    tokens: Vec<String>,
) -> Result<Vec<Found>, StoreError> {
    Ok(attempts::table
        .filter(among(attempts::token, tokens))
        .select((
            attempts::token,
            attempts::sheet,
            attempts::number,
            attempts::state,
        ))
        .load(conn)
        .await?)
}

/// Which of these loads there are.
pub(crate) async fn loads_among(
    conn: &mut Conn,
    loads: Vec<String>,
) -> Result<Vec<String>, StoreError> {
    Ok(stock_loads::table
        .filter(among(stock_loads::load_id, loads))
        .select(stock_loads::load_id)
        .load(conn)
        .await?)
}
