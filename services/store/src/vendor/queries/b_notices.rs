//! B-notices about vendors.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Backend, Conn};
use crate::StoreError;
use crate::vendor::rows::BNoticeRow;
use crate::vendor::schema::b_notices::dsl::{b_notice_id, b_notices, revision, vendor_id};

/// At most `limit` notices after a vendor and key, of one vendor when it is named.
pub(crate) async fn page_after(
    conn: &mut Conn,
    after: Option<(&str, &str)>,
    only: Option<&str>,
    limit: i64,
) -> Result<Vec<BNoticeRow>, StoreError> {
    let mut query = b_notices
        .select(BNoticeRow::as_select())
        .into_boxed::<Backend>();
    if let Some((vendor, notice)) = after {
        let later = vendor_id
            .eq(vendor.to_owned())
            .and(b_notice_id.gt(notice.to_owned()));
        query = query.filter(vendor_id.gt(vendor.to_owned()).or(later));
    }
    if let Some(only) = only {
        query = query.filter(vendor_id.eq(only.to_owned()));
    }
    Ok(query
        .order((vendor_id, b_notice_id))
        .limit(limit)
        .load(conn)
        .await?)
}

/// Every notice about these vendors.
pub(crate) async fn of_vendors(
    conn: &mut Conn,
    vendors: &[String],
) -> Result<Vec<BNoticeRow>, StoreError> {
    let rows = b_notices
        .filter(vendor_id.eq_any(vendors))
        .order((vendor_id, b_notice_id));
    Ok(rows.select(BNoticeRow::as_select()).load(conn).await?)
}

/// Adds a notice.
pub(crate) async fn insert(conn: &mut Conn, row: &BNoticeRow) -> Result<(), StoreError> {
    diesel::insert_into(b_notices)
        .values(row)
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes the notice where it still has this revision, and says whether it had.
pub(crate) async fn delete(
    conn: &mut Conn,
    vendor: &str,
    notice: &str,
    expected: i64,
) -> Result<bool, StoreError> {
    let place = b_notices
        .find((vendor, notice))
        .filter(revision.eq(expected));
    Ok(diesel::delete(place).execute(conn).await? == 1)
}
