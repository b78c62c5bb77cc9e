//! Vendors' fields, one row for each version.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Conn, insert_each};
use crate::StoreError;
use crate::vendor::rows::{VendorRow, VendorVersionRow};
use crate::vendor::schema::{vendor_versions, vendors};

/// Every version of these vendors among these version numbers.
pub(crate) async fn among(
    conn: &mut Conn,
    ids: &[String],
    versions: &[i64],
) -> Result<Vec<(VendorRow, VendorVersionRow)>, StoreError> {
    let rows = vendors::table
        .inner_join(vendor_versions::table.on(vendor_versions::vendor_id.eq(vendors::vendor_id)))
        .filter(vendor_versions::vendor_id.eq_any(ids))
        .filter(vendor_versions::version.eq_any(versions));
    let select = (VendorRow::as_select(), VendorVersionRow::as_select());
    Ok(rows.select(select).load(conn).await?)
}

/// Adds versions.
pub(crate) async fn insert(conn: &mut Conn, rows: Vec<VendorVersionRow>) -> Result<(), StoreError> {
    Ok(insert_each!(conn, vendor_versions::table, rows)?)
}
