//! Configurations of backup withholding, and the further types of each.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Backend, Conn, run_batch};
use crate::StoreError;
use crate::vendor::rows::{ConfigurationRow, FurtherTypeRow};
use crate::vendor::schema::{withholding_configurations, withholding_further_types};

/// The configuration from this date on.
pub(crate) async fn get(
    conn: &mut Conn,
    date: NaiveDate,
) -> Result<Option<ConfigurationRow>, StoreError> {
    let row = withholding_configurations::table
        .find(date)
        .select(ConfigurationRow::as_select());
    Ok(row.first(conn).await.optional()?)
}

/// The last configuration from this date or an earlier one on.
pub(crate) async fn in_force(
    conn: &mut Conn,
    date: NaiveDate,
) -> Result<Option<ConfigurationRow>, StoreError> {
    let row = withholding_configurations::table
        .filter(withholding_configurations::effective_date.le(date))
        .order(withholding_configurations::effective_date.desc())
        .select(ConfigurationRow::as_select());
    Ok(row.first(conn).await.optional()?)
}

/// At most `limit` configurations after a date.
pub(crate) async fn page_after(
    conn: &mut Conn,
    after: Option<NaiveDate>,
    limit: i64,
) -> Result<Vec<ConfigurationRow>, StoreError> {
    let mut query = withholding_configurations::table
        .select(ConfigurationRow::as_select())
        .into_boxed::<Backend>();
    if let Some(after) = after {
        query = query.filter(withholding_configurations::effective_date.gt(after));
    }
    Ok(query
        .order(withholding_configurations::effective_date)
        .limit(limit)
        .load(conn)
        .await?)
}

/// The further types of these configurations, in order.
pub(crate) async fn types_of(
    conn: &mut Conn,
    dates: &[NaiveDate],
) -> Result<Vec<FurtherTypeRow>, StoreError> {
    let rows = withholding_further_types::table
        .filter(withholding_further_types::effective_date.eq_any(dates))
        .order((
            withholding_further_types::effective_date,
            withholding_further_types::place,
        ));
    Ok(rows.select(FurtherTypeRow::as_select()).load(conn).await?)
}

/// Adds a configuration.
pub(crate) async fn insert(conn: &mut Conn, row: &ConfigurationRow) -> Result<(), StoreError> {
    diesel::insert_into(withholding_configurations::table)
        .values(row)
        .execute(conn)
        .await?;
    Ok(())
}

/// Replaces the configuration where it still has this revision, and says whether it had.
pub(crate) async fn replace(
    conn: &mut Conn,
    row: &ConfigurationRow,
    expected: i64,
) -> Result<bool, StoreError> {
    let place = withholding_configurations::table
        .find(row.effective_date)
        .filter(withholding_configurations::revision.eq(expected));
    Ok(diesel::update(place).set(row).execute(conn).await? == 1)
}

/// Puts these further types in the place of all that the configuration has.
pub(crate) async fn replace_types(
    conn: &mut Conn,
    date: NaiveDate,
    rows: &[FurtherTypeRow],
) -> Result<(), StoreError> {
    let old =
        withholding_further_types::table.filter(withholding_further_types::effective_date.eq(date));
    diesel::delete(old).execute(conn).await?;
    if rows.is_empty() {
        return Ok(());
    }
    run_batch!(
        conn,
        diesel::insert_into(withholding_further_types::table).values(rows.to_vec())
    )?;
    Ok(())
}
