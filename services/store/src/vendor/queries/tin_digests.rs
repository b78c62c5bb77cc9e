//! Digests of numbers: which vendor versions share one.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::StoreError;
use crate::vendor::rows::VendorVersionRow;
use crate::vendor::schema::vendor_versions;

/// Whether there is any digest.
pub(crate) async fn exist(conn: &mut Conn) -> Result<bool, StoreError> {
    let any: Vec<String> = vendor_versions::table
        .filter(vendor_versions::tin_digest.is_not_null())
        .limit(1)
        .select(vendor_versions::vendor_id)
        .load(conn)
        .await?;
    Ok(!any.is_empty())
}

/// A version that has a digest.
pub(crate) async fn sample(conn: &mut Conn) -> Result<Option<VendorVersionRow>, StoreError> {
    let row = vendor_versions::table
        .filter(vendor_versions::tin_digest.is_not_null())
        .filter(vendor_versions::tin_sealed.is_not_null())
        .select(VendorVersionRow::as_select())
        .limit(1);
    Ok(row.first(conn).await.optional()?)
}

/// Every vendor version with one of these digests: digest, vendor, version.
pub(crate) async fn sharing(
    conn: &mut Conn,
    digests: &[Vec<u8>],
) -> Result<Vec<(Option<Vec<u8>>, String, i64)>, StoreError> {
    let rows = vendor_versions::table
        .filter(vendor_versions::tin_digest.eq_any(digests))
        .select((
            vendor_versions::tin_digest,
            vendor_versions::vendor_id,
            vendor_versions::version,
        ))
        .order((vendor_versions::vendor_id, vendor_versions::version));
    Ok(rows.load(conn).await?)
}

/// At most `limit` versions whose number is sealed and has no digest yet.
pub(crate) async fn missing(
    conn: &mut Conn,
    limit: i64,
) -> Result<Vec<VendorVersionRow>, StoreError> {
    let rows = vendor_versions::table
        .filter(vendor_versions::tin_sealed.is_not_null())
        .filter(vendor_versions::tin_digest.is_null())
        .select(VendorVersionRow::as_select())
        .limit(limit);
    Ok(rows.load(conn).await?)
}

/// Sets the digest of one version.
pub(crate) async fn set(
    conn: &mut Conn,
    (vendor_id, version): (&str, i64),
    digest: &[u8],
) -> Result<(), StoreError> {
    diesel::update(vendor_versions::table.find((vendor_id, version)))
        .set(vendor_versions::tin_digest.eq(digest))
        .execute(conn)
        .await?;
    Ok(())
}
