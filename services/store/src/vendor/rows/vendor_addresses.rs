//! Vendors' addresses.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use formfeed_domain::extract::File;
use formfeed_domain::payer::PostalAddress;
use formfeed_domain::vendor::VendorAddress;
use formfeed_domain::{AddressCode, VendorId};
use serde::{Deserialize, Serialize};

use super::{ImportedRow, id, stamp};
use crate::StoreError;
use crate::vendor::Stored;
use crate::vendor::schema::vendor_addresses;

#[derive(Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, Deserialize)]
#[diesel(table_name = vendor_addresses, primary_key(vendor_id, address_code), treat_none_as_default_value = false)]
pub(crate) struct VendorAddressRow {
    pub(crate) vendor_id: String,
    pub(crate) address_code: String,
    pub(crate) line_1: String,
    pub(crate) line_2: String,
    pub(crate) city: String,
    pub(crate) state: String,
    pub(crate) postal_code: String,
    pub(crate) country: String,
    #[serde(skip)]
    pub(crate) revision: i64,
    #[serde(skip)]
    pub(crate) create_time: NaiveDateTime,
    #[serde(skip)]
    pub(crate) update_time: NaiveDateTime,
}

impl From<&VendorAddress> for VendorAddressRow {
    fn from(address: &VendorAddress) -> Self {
        let parts = address.address.clone();
        Self {
            vendor_id: address.vendor_id.to_string(),
            address_code: address.address_code.to_string(),
            line_1: parts.line_1,
            line_2: parts.line_2,
            city: parts.city,
            state: parts.state,
            postal_code: parts.postal_code,
            country: parts.country,
            revision: 0,
            create_time: NaiveDateTime::default(),
            update_time: NaiveDateTime::default(),
        }
    }
}

impl TryFrom<VendorAddressRow> for Stored<VendorAddress> {
    type Error = StoreError;

    fn try_from(row: VendorAddressRow) -> Result<Self, StoreError> {
        Ok(Self {
            stamp: stamp(row.revision, row.create_time, row.update_time),
            value: VendorAddress {
                vendor_id: id("vendor_id", VendorId::new(row.vendor_id))?,
                address_code: id("address_code", AddressCode::new(row.address_code))?,
                address: PostalAddress {
                    line_1: row.line_1,
                    line_2: row.line_2,
                    city: row.city,
                    state: row.state,
                    postal_code: row.postal_code,
                    country: row.country,
                },
            },
        })
    }
}

impl ImportedRow for VendorAddressRow {
    const FILE: File = File::VendorAddresses;
    const TABLE: &'static str = "vendor_addresses";

    fn key(&self) -> String {
        format!("{}/{}", self.vendor_id, self.address_code)
    }

    fn succeed(&mut self, before: Option<&Self>, now: NaiveDateTime) {
        self.revision = before.map_or(0, |before| before.revision) + 1;
        self.create_time = before.map_or(now, |before| before.create_time);
        self.update_time = now;
    }
}
