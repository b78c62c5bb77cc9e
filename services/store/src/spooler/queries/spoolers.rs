//! The daemons of this database.

use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use diesel_async::RunQueryDsl;

use super::{Conn, NOW};
use crate::StoreError;
use crate::kept::KeepPrepared as _;
use crate::spooler::schema::spoolers;

/// Id of the data directory of a daemon; `None` when none of that name ever ran.
pub(crate) async fn home(conn: &mut Conn, name: &str) -> Result<Option<String>, StoreError> {
    Ok(spoolers::table
        .find(name)
        .select(spoolers::home)
        .first(conn)
        .await
        .optional()?)
}

/// Notes a daemon that starts, alive from now on.
pub(crate) async fn enroll(
    conn: &mut Conn,
    (name, home, instance): (&str, &str, &str),
    (address, key_check, life_ms): (&str, &str, i32),
) -> Result<(), StoreError> {
    diesel::sql_query(format!(
        "INSERT INTO spoolers (spooler, home, instance, address, key_check, life_ms, started_at, seen_at) \
         VALUES ($1, $2, $3, $4, $5, $6, {NOW}, {NOW}) \
         ON CONFLICT (spooler) DO UPDATE SET home = excluded.home, instance = excluded.instance, \
           address = excluded.address, key_check = excluded.key_check, life_ms = excluded.life_ms, \
           started_at = excluded.started_at, seen_at = excluded.seen_at"
    ))
    .bind::<Text, _>(name)
    .bind::<Text, _>(home)
    .bind::<Text, _>(instance)
    .bind::<Text, _>(address)
    .bind::<Text, _>(key_check)
    .bind::<Integer, _>(life_ms)
    .kept()
    .execute(conn)
    .await?;
    Ok(())
}

/// A sign of life; answers whether this is still the daemon's present run.
pub(crate) async fn beat(conn: &mut Conn, name: &str, instance: &str) -> Result<bool, StoreError> {
    let seen = diesel::sql_query(format!(
        "UPDATE spoolers SET seen_at = {NOW} WHERE spooler = $1 AND instance = $2"
    ))
    .bind::<Text, _>(name)
    .bind::<Text, _>(instance)
    .kept()
    .execute(conn)
    .await?;
    Ok(seen == 1)
}

/// Notes that a daemon stopped in good order: it does nothing more.
pub(crate) async fn retire(conn: &mut Conn, name: &str, instance: &str) -> Result<(), StoreError> {
    diesel::update(
        spoolers::table
            .find(name)
            .filter(spoolers::instance.eq(instance)),
    )
    .set(spoolers::seen_at.eq(None::<chrono::NaiveDateTime>))
    .kept()
    .execute(conn)
    .await?;
    Ok(())
}
