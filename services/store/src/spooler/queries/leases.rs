//! Who drives which printer.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;

use super::{Conn, NOW};
use crate::StoreError;
use crate::kept::KeepPrepared as _;
use crate::spooler::rows::{LeaseChangeRow, LeaseRow, TenureRow};
use crate::spooler::schema::{lease_changes, leases, printers};

/// A printer's lease.
pub(crate) async fn find(conn: &mut Conn, printer: &str) -> Result<Option<LeaseRow>, StoreError> {
    Ok(leases::table
        .find(printer)
        .select(LeaseRow::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The leases in a daemon's name.
pub(crate) async fn of_spooler(
    conn: &mut Conn,
    spooler: &str,
) -> Result<Vec<LeaseRow>, StoreError> {
    Ok(leases::table
        .filter(leases::spooler.eq(spooler))
        .order(leases::printer_id)
        .select(LeaseRow::as_select())
        .load(conn)
        .await?)
}

/// A printer's lease with what is known of its holder, and the database's clock.
pub(crate) async fn tenure(
    conn: &mut Conn,
    printer: &str,
) -> Result<Option<TenureRow>, StoreError> {
    Ok(diesel::sql_query(format!(
        "SELECT l.spooler, l.instance, l.epoch, l.since, l.condition, s.instance AS running, s.address, s.life_ms, \
           s.seen_at, {NOW} AS now, c.changed_by, c.reason \
         FROM leases l JOIN spoolers s ON s.spooler = l.spooler \
           JOIN lease_changes c ON c.printer_id = l.printer_id AND c.epoch = l.epoch WHERE l.printer_id = $1"
    ))
    .bind::<Text, _>(printer)
    .kept()
    .get_result(conn)
    .await
    .optional()?)
}

/// Printers in use that nobody ever held.
pub(crate) async fn unheld(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    let held = leases::table.select(leases::printer_id);
    Ok(printers::table
        .filter(printers::removed_at.is_null())
        .filter(printers::printer_id.ne_all(held))
        .select(printers::printer_id)
        .order(printers::printer_id)
        .load(conn)
        .await?)
}

/// Whether a daemon's run still holds a printer in an epoch; until the end of the transaction nobody takes it over.
pub(crate) async fn hold(
    conn: &mut Conn,
    printer: &str,
    (spooler, instance, epoch): (&str, &str, i64),
) -> Result<bool, StoreError> {
    let held = diesel::update(
        leases::table
            .find(printer)
            .filter(leases::spooler.eq(spooler))
            .filter(leases::instance.eq(instance))
            .filter(leases::epoch.eq(epoch)),
    )
    .set(leases::condition.eq(leases::condition))
    .kept()
    .execute(conn)
    .await?;
    Ok(held == 1)
}

/// Makes the first lease of a printer; answers whether there was none.
pub(crate) async fn begin(
    conn: &mut Conn,
    printer: &str,
    (spooler, instance): (&str, &str),
    (by, reason): (&str, &str),
) -> Result<bool, StoreError> {
    let begun = diesel::sql_query(format!(
        "INSERT INTO leases (printer_id, spooler, instance, epoch, since, condition) \
         VALUES ($1, $2, $3, 1, {NOW}, '') ON CONFLICT (printer_id) DO NOTHING"
    ))
    .bind::<Text, _>(printer)
    .bind::<Text, _>(spooler)
    .bind::<Text, _>(instance)
    .kept()
    .execute(conn)
    .await?;
    if begun == 1 {
        note(conn, printer, (by, reason)).await?;
    }
    Ok(begun == 1)
}

/// Gives a printer to a daemon in a new epoch; answers whether the old one was still in force.
pub(crate) async fn pass_on(
    conn: &mut Conn,
    printer: &str,
    (spooler, instance, epoch): (&str, &str, i64),
    (by, reason): (&str, &str),
) -> Result<bool, StoreError> {
    // SQLite numbers values by where they first stand.
    let passed = diesel::sql_query(format!(
        "UPDATE leases SET spooler = $1, instance = $2, epoch = epoch + 1, since = {NOW}, condition = '' \
         WHERE printer_id = $3 AND epoch = $4"
    ))
    .bind::<Text, _>(spooler)
    .bind::<Text, _>(instance)
    .bind::<Text, _>(printer)
    .bind::<BigInt, _>(epoch)
    .kept()
    .execute(conn)
    .await?;
    if passed == 1 {
        note(conn, printer, (by, reason)).await?;
    }
    Ok(passed == 1)
}

/// Keeps the present epoch of a printer with who brought it about.
async fn note(
    conn: &mut Conn,
    printer: &str,
    (by, reason): (&str, &str),
) -> Result<(), StoreError> {
    diesel::sql_query(
        "INSERT INTO lease_changes (printer_id, epoch, spooler, changed_by, reason, since) \
         SELECT printer_id, epoch, spooler, $1, $2, since FROM leases WHERE printer_id = $3",
    )
    .bind::<Text, _>(by)
    .bind::<Text, _>(reason)
    .bind::<Text, _>(printer)
    .kept()
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps what the holder tells of the device.
pub(crate) async fn set_condition(
    conn: &mut Conn,
    printer: &str,
    epoch: i64,
    condition: &str,
) -> Result<(), StoreError> {
    diesel::update(leases::table.find(printer).filter(leases::epoch.eq(epoch)))
        .set(leases::condition.eq(condition))
        .kept()
        .execute(conn)
        .await?;
    Ok(())
}

/// Who held a printer before an epoch, the newest first.
pub(crate) async fn changes_before(
    conn: &mut Conn,
    printer: &str,
    before: i64,
    limit: i64,
) -> Result<Vec<LeaseChangeRow>, StoreError> {
    Ok(lease_changes::table
        .filter(lease_changes::printer_id.eq(printer))
        .filter(lease_changes::epoch.lt(before))
        .order(lease_changes::epoch.desc())
        .limit(limit)
        .select(LeaseChangeRow::as_select())
        .load(conn)
        .await?)
}
