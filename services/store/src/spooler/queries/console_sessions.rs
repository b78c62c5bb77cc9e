//! Who is signed in to the consoles.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::StoreError;
use crate::spooler::rows::ConsoleSessionRow;
use crate::spooler::schema::console_sessions;

/// Adds a session.
pub(crate) async fn insert(conn: &mut Conn, row: ConsoleSessionRow) -> Result<(), StoreError> {
    diesel::insert_into(console_sessions::table)
        .values(row)
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes when a session was used last.
pub(crate) async fn used(
    conn: &mut Conn,
    session: &str,
    at: NaiveDateTime,
) -> Result<(), StoreError> {
    diesel::update(console_sessions::table.find(session))
        .set(console_sessions::used_at.eq(at))
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets a session.
pub(crate) async fn delete(conn: &mut Conn, session: &str) -> Result<(), StoreError> {
    diesel::delete(console_sessions::table.find(session))
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets sessions of a spooler that were not used since.
pub(crate) async fn delete_before(
    conn: &mut Conn,
    spooler: &str,
    since: NaiveDateTime,
) -> Result<(), StoreError> {
    diesel::delete(
        console_sessions::table
            .filter(console_sessions::spooler.eq(spooler))
            .filter(console_sessions::used_at.lt(since)),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The sessions of a spooler, the one that was used last first.
pub(crate) async fn of_spooler(
    conn: &mut Conn,
    spooler: &str,
    limit: i64,
) -> Result<Vec<ConsoleSessionRow>, StoreError> {
    Ok(console_sessions::table
        .filter(console_sessions::spooler.eq(spooler))
        .order((console_sessions::used_at.desc(), console_sessions::session))
        .limit(limit)
        .load(conn)
        .await?)
}
