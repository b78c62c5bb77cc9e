//! Vendors: which version is current, and whether the vendor is in use.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::vendor::schema::vendors;

/// State of a vendor in use.
pub(crate) const ACTIVE: &str = "active";
/// State of a vendor no longer paid.
pub(crate) const INACTIVE: &str = "inactive";

#[derive(Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = vendors, primary_key(vendor_id), treat_none_as_default_value = false)]
pub(crate) struct VendorRow {
    pub(crate) vendor_id: String,
    pub(crate) version: i64,
    pub(crate) state: String,
    pub(crate) revision: i64,
    pub(crate) create_time: NaiveDateTime,
    pub(crate) update_time: NaiveDateTime,
}

impl VendorRow {
    /// A vendor in its first version.
    pub(crate) fn first(vendor_id: &str, now: NaiveDateTime) -> Self {
        Self {
            vendor_id: vendor_id.to_owned(),
            version: 1,
            state: ACTIVE.to_owned(),
            revision: 1,
            create_time: now,
            update_time: now,
        }
    }
}
