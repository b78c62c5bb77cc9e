//! Orders to withhold from vendors.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Backend, Conn};
use crate::StoreError;
use crate::vendor::rows::OrderRow;
use crate::vendor::schema::withholding_orders::dsl::{
    order_id, revision, vendor_id, withholding_orders,
};

/// The vendor's order of this key.
pub(crate) async fn get(
    conn: &mut Conn,
    vendor: &str,
    order: &str,
) -> Result<Option<OrderRow>, StoreError> {
    let row = withholding_orders
        .find((vendor, order))
        .select(OrderRow::as_select());
    Ok(row.first(conn).await.optional()?)
}

/// At most `limit` orders after a vendor and key, of one vendor when it is named.
pub(crate) async fn page_after(
    conn: &mut Conn,
    after: Option<(&str, &str)>,
    only: Option<&str>,
    limit: i64,
) -> Result<Vec<OrderRow>, StoreError> {
    let mut query = withholding_orders
        .select(OrderRow::as_select())
        .into_boxed::<Backend>();
    if let Some((vendor, order)) = after {
        let later = vendor_id
            .eq(vendor.to_owned())
            .and(order_id.gt(order.to_owned()));
        query = query.filter(vendor_id.gt(vendor.to_owned()).or(later));
    }
    if let Some(only) = only {
        query = query.filter(vendor_id.eq(only.to_owned()));
    }
    Ok(query
        .order((vendor_id, order_id))
        .limit(limit)
        .load(conn)
        .await?)
}

/// Every order about a vendor.
pub(crate) async fn of_vendor(conn: &mut Conn, vendor: &str) -> Result<Vec<OrderRow>, StoreError> {
    let rows = withholding_orders
        .filter(vendor_id.eq(vendor))
        .order(order_id);
    Ok(rows.select(OrderRow::as_select()).load(conn).await?)
}

/// Adds an order.
pub(crate) async fn insert(conn: &mut Conn, row: &OrderRow) -> Result<(), StoreError> {
    diesel::insert_into(withholding_orders)
        .values(row)
        .execute(conn)
        .await?;
    Ok(())
}

/// Replaces the order where it still has this revision, and says whether it had.
pub(crate) async fn replace(
    conn: &mut Conn,
    row: &OrderRow,
    expected: i64,
) -> Result<bool, StoreError> {
    let place = withholding_orders
        .find((&row.vendor_id, &row.order_id))
        .filter(revision.eq(expected));
    Ok(diesel::update(place).set(row).execute(conn).await? == 1)
}
