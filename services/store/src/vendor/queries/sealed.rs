//! Whether anything is sealed: then a missing key file is a loss and no first start.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::StoreError;
use crate::vendor::schema::{
    import_records, imports, payers, requests, transmitters, vendor_versions,
};

/// Whether any row of any table holds a sealed value.
pub(crate) async fn exists(conn: &mut Conn) -> Result<bool, StoreError> {
    let one = |count: i64| count > 0;
    let requests = requests::table.limit(1).select(requests::request_id);
    let vendors = vendor_versions::table.filter(vendor_versions::tin_sealed.is_not_null());
    let vendors = vendors.limit(1).select(vendor_versions::vendor_id);
    let payers = payers::table.filter(payers::tin_sealed.is_not_null());
    let imports = imports::table.filter(imports::digest_sealed.is_not_null());
    let records = import_records::table.filter(import_records::tin_sealed.is_not_null());
    let records = records.limit(1).select(import_records::key);
    let sealed = !requests.load::<String>(conn).await?.is_empty()
        || !vendors.load::<String>(conn).await?.is_empty()
        || one(payers.count().get_result(conn).await?)
        || one(imports.count().get_result(conn).await?)
        || one(transmitters::table.count().get_result(conn).await?)
        || !records.load::<String>(conn).await?.is_empty();
    Ok(sealed)
}
