//! Vendors: which version is current, and whether the vendor is in use.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Backend, Conn, insert_each};
use crate::StoreError;
use crate::vendor::VendorFilter;
use crate::vendor::rows::{ACTIVE, VendorRow, VendorVersionRow};
use crate::vendor::schema::{vendor_versions, vendors};

/// The vendor of this key in its current version.
pub(crate) async fn get(
    conn: &mut Conn,
    id: &str,
) -> Result<Option<(VendorRow, VendorVersionRow)>, StoreError> {
    Ok(among(conn, &[id.to_owned()]).await?.pop())
}

/// Those of the vendors that exist, in their current versions.
pub(crate) async fn among(
    conn: &mut Conn,
    ids: &[String],
) -> Result<Vec<(VendorRow, VendorVersionRow)>, StoreError> {
    let current = vendor_versions::version.eq(vendors::version);
    let rows = vendors::table
        .inner_join(
            vendor_versions::table.on(vendor_versions::vendor_id
                .eq(vendors::vendor_id)
                .and(current)),
        )
        .filter(vendors::vendor_id.eq_any(ids));
    let select = (VendorRow::as_select(), VendorVersionRow::as_select());
    Ok(rows.select(select).load(conn).await?)
}

/// Keys of those of the vendors that exist.
pub(crate) async fn ids_among(conn: &mut Conn, ids: &[String]) -> Result<Vec<String>, StoreError> {
    let rows = vendors::table.filter(vendors::vendor_id.eq_any(ids));
    Ok(rows.select(vendors::vendor_id).load(conn).await?)
}

/// At most `limit` vendors after a key, in their current versions.
pub(crate) async fn page_after(
    conn: &mut Conn,
    after: Option<&str>,
    filter: &VendorFilter,
    limit: i64,
) -> Result<Vec<(VendorRow, VendorVersionRow)>, StoreError> {
    let current = vendor_versions::version.eq(vendors::version);
    let mut query = vendors::table
        .inner_join(
            vendor_versions::table.on(vendor_versions::vendor_id
                .eq(vendors::vendor_id)
                .and(current)),
        )
        .select((VendorRow::as_select(), VendorVersionRow::as_select()))
        .into_boxed::<Backend>();
    if let Some(after) = after {
        query = query.filter(vendors::vendor_id.gt(after.to_owned()));
    }
    if let Some(pattern) = filter.name_like() {
        query = query.filter(vendor_versions::name_folded.like(pattern).escape('\\'));
    }
    if let Some(flag) = filter.flag_1099 {
        query = query.filter(vendor_versions::flag_1099.eq(flag.as_str()));
    }
    if let Some(classification) = filter.classification {
        query = query.filter(vendor_versions::classification.eq(classification.as_str()));
    }
    if filter.without_tin {
        query = query.filter(vendor_versions::tin_sealed.is_null());
    }
    if !filter.include_inactive {
        query = query.filter(vendors::state.eq(ACTIVE));
    }
    Ok(query
        .order(vendors::vendor_id)
        .limit(limit)
        .load(conn)
        .await?)
}

/// Adds vendors.
pub(crate) async fn insert(conn: &mut Conn, rows: Vec<VendorRow>) -> Result<(), StoreError> {
    Ok(insert_each!(conn, vendors::table, rows)?)
}

/// Replaces the vendor where it still has this revision, and says whether it had.
pub(crate) async fn replace(
    conn: &mut Conn,
    row: &VendorRow,
    expected: i64,
) -> Result<bool, StoreError> {
    let place = vendors::table
        .find(&row.vendor_id)
        .filter(vendors::revision.eq(expected));
    Ok(diesel::update(place).set(row).execute(conn).await? == 1)
}

/// Makes the next version of each of these vendors the current one.
pub(crate) async fn advance(
    conn: &mut Conn,
    ids: &[String],
    now: NaiveDateTime,
) -> Result<(), StoreError> {
    diesel::update(vendors::table.filter(vendors::vendor_id.eq_any(ids)))
        .set((
            vendors::version.eq(vendors::version + 1),
            vendors::revision.eq(vendors::revision + 1),
            vendors::update_time.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
