//! Vendors' addresses.

use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;

use super::{Backend, Conn, run_batch};
use crate::StoreError;
use crate::vendor::rows::VendorAddressRow;
use crate::vendor::schema::vendor_addresses::dsl::{
    address_code, city, country, line_1, line_2, postal_code, revision, state, update_time,
    vendor_addresses, vendor_id,
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
pub(crate) async fn of_vendors(
    conn: &mut Conn,
    vendors: &[String],
) -> Result<Vec<VendorAddressRow>, StoreError> {
    let rows = vendor_addresses.filter(vendor_id.eq_any(vendors));
    Ok(rows
        .select(VendorAddressRow::as_select())
        .load(conn)
        .await?)
}

/// Adds addresses.
pub(crate) async fn insert(conn: &mut Conn, rows: &[VendorAddressRow]) -> Result<(), StoreError> {
    run_batch!(
        conn,
        diesel::insert_into(vendor_addresses).values(rows.to_vec())
    )?;
    Ok(())
}

/// Adds addresses, or replaces those of the same keys.
pub(crate) async fn upsert(conn: &mut Conn, rows: &[VendorAddressRow]) -> Result<(), StoreError> {
    let statement = diesel::insert_into(vendor_addresses)
        .values(rows.to_vec())
        .on_conflict((vendor_id, address_code))
        .do_update()
        .set((
            line_1.eq(excluded(line_1)),
            line_2.eq(excluded(line_2)),
            city.eq(excluded(city)),
            state.eq(excluded(state)),
            postal_code.eq(excluded(postal_code)),
            country.eq(excluded(country)),
            revision.eq(excluded(revision)),
            update_time.eq(excluded(update_time)),
        ));
    run_batch!(conn, statement)?;
    Ok(())
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
