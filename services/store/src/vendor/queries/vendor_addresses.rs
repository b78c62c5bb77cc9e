//! Vendors' addresses.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Backend, Conn, insert_each};
use crate::StoreError;
use crate::vendor::rows::VendorAddressRow;
use crate::vendor::schema::vendor_addresses::dsl::{
    address_code, revision, vendor_addresses, vendor_id,
};

/// The vendor's address of this code.
pub(crate) async fn get(
    conn: &mut Conn,
    vendor: &str,
    code: &str,
) -> Result<Option<VendorAddressRow>, StoreError> {
    let row = vendor_addresses.find((vendor, code));
    Ok(row
        .select(VendorAddressRow::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// At most `limit` addresses after a vendor and code, of one vendor when it is named.
pub(crate) async fn page_after(
    conn: &mut Conn,
    after: Option<(&str, &str)>,
    only: Option<&str>,
    limit: i64,
) -> Result<Vec<VendorAddressRow>, StoreError> {
    let mut query = vendor_addresses
        .select(VendorAddressRow::as_select())
        .into_boxed::<Backend>();
    if let Some((vendor, code)) = after {
        let later = vendor_id
            .eq(vendor.to_owned())
            .and(address_code.gt(code.to_owned()));
        query = query.filter(vendor_id.gt(vendor.to_owned()).or(later));
    }
    if let Some(only) = only {
        query = query.filter(vendor_id.eq(only.to_owned()));
    }
    Ok(query
        .order((vendor_id, address_code))
        .limit(limit)
        .load(conn)
        .await?)
}

/// Every address of these vendors.
///
/// The range says nothing new, but leads PostgreSQL to the index where it has no statistics yet: in the midst of an import.
pub(crate) async fn of_vendors(
    conn: &mut Conn,
    vendors: &[String],
) -> Result<Vec<VendorAddressRow>, StoreError> {
    let (Some(first), Some(last)) = (vendors.iter().min(), vendors.iter().max()) else {
        return Ok(Vec::new());
    };
    let rows = vendor_addresses
        .filter(vendor_id.between(first, last))
        .filter(vendor_id.eq_any(vendors));
    Ok(rows
        .select(VendorAddressRow::as_select())
        .load(conn)
        .await?)
}

/// Adds addresses.
pub(crate) async fn insert(conn: &mut Conn, rows: Vec<VendorAddressRow>) -> Result<(), StoreError> {
    Ok(insert_each!(conn, vendor_addresses, rows)?)
}

/// Puts addresses in the place of those of the same keys.
pub(crate) async fn replace_all(
    conn: &mut Conn,
    rows: Vec<VendorAddressRow>,
) -> Result<(), StoreError> {
    let mut by_code: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in &rows {
        by_code
            .entry(&row.address_code)
            .or_default()
            .push(&row.vendor_id);
    }
    for (code, vendors) in by_code {
        let (first, last) = (vendors.iter().min().copied(), vendors.iter().max().copied());
        let gone = vendor_addresses
            .filter(address_code.eq(code))
            .filter(vendor_id.between(first.unwrap_or_default(), last.unwrap_or_default()))
            .filter(vendor_id.eq_any(vendors));
        diesel::delete(gone).execute(conn).await?;
    }
    insert(conn, rows).await
}

/// Replaces the address where it still has this revision, and says whether it had.
pub(crate) async fn replace(
    conn: &mut Conn,
    row: &VendorAddressRow,
    expected: i64,
) -> Result<bool, StoreError> {
    let place = vendor_addresses.find((&row.vendor_id, &row.address_code));
    let place = place.filter(revision.eq(expected));
    Ok(diesel::update(place).set(row).execute(conn).await? == 1)
}
