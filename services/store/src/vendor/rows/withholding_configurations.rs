//! Configurations of backup withholding, and the further types of each.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use formfeed_domain::backup::{Configuration, FurtherType};
use formfeed_domain::{FurtherTypeId, VendorId};

use super::{id, instant, stamp};
use crate::StoreError;
use crate::vendor::schema::{withholding_configurations, withholding_further_types};
use crate::vendor::{Stamp, Stored};

#[derive(Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = withholding_configurations, primary_key(effective_date), treat_none_as_null = true)]
pub(crate) struct ConfigurationRow {
    pub(crate) effective_date: NaiveDate,
    pub(crate) rate_basis_points: Option<i32>,
    pub(crate) remit_to_vendor_id: Option<String>,
    pub(crate) posting_code: String,
    pub(crate) object_code: String,
    pub(crate) revision: i64,
    pub(crate) create_time: NaiveDateTime,
    pub(crate) update_time: NaiveDateTime,
}

#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = withholding_further_types, treat_none_as_default_value = false)]
pub(crate) struct FurtherTypeRow {
    pub(crate) effective_date: NaiveDate,
    pub(crate) place: i32,
    pub(crate) further_type_id: String,
    pub(crate) description: String,
    pub(crate) rate_basis_points: i32,
    pub(crate) remit_to_vendor_id: Option<String>,
    pub(crate) posting_code: String,
    pub(crate) object_code: String,
}

impl ConfigurationRow {
    pub(crate) fn new(configuration: &Configuration, stamp: Stamp) -> Self {
        let remit_to = configuration.remit_to_vendor_id.as_ref();
        Self {
            effective_date: configuration.effective_date,
            rate_basis_points: configuration.rate_basis_points,
            remit_to_vendor_id: remit_to.map(VendorId::to_string),
            posting_code: configuration.posting_code.clone(),
            object_code: configuration.object_code.clone(),
            revision: stamp.revision,
            create_time: instant(stamp.create_time),
            update_time: instant(stamp.update_time),
        }
    }

    /// The configuration with its further types, which come in order.
    pub(crate) fn with(
        self,
        types: Vec<FurtherTypeRow>,
    ) -> Result<Stored<Configuration>, StoreError> {
        Ok(Stored {
            stamp: stamp(self.revision, self.create_time, self.update_time),
            value: Configuration {
                effective_date: self.effective_date,
                rate_basis_points: self.rate_basis_points,
                remit_to_vendor_id: remit_to(self.remit_to_vendor_id)?,
                posting_code: self.posting_code,
                object_code: self.object_code,
                further_types: types
                    .into_iter()
                    .map(FurtherType::try_from)
                    .collect::<Result<_, _>>()?,
            },
        })
    }
}

impl FurtherTypeRow {
    /// The rows of a configuration, in its order.
    pub(crate) fn of(configuration: &Configuration) -> Vec<Self> {
        let row = |(place, of): (i32, &FurtherType)| Self {
            effective_date: configuration.effective_date,
            place,
            further_type_id: of.further_type_id.to_string(),
            description: of.description.clone(),
            rate_basis_points: of.rate_basis_points,
            remit_to_vendor_id: of.remit_to_vendor_id.as_ref().map(VendorId::to_string),
            posting_code: of.posting_code.clone(),
            object_code: of.object_code.clone(),
        };
        (1..).zip(&configuration.further_types).map(row).collect()
    }
}

impl TryFrom<FurtherTypeRow> for FurtherType {
    type Error = StoreError;

    fn try_from(row: FurtherTypeRow) -> Result<Self, StoreError> {
        Ok(Self {
            further_type_id: id("further_type_id", FurtherTypeId::new(row.further_type_id))?,
            description: row.description,
            rate_basis_points: row.rate_basis_points,
            remit_to_vendor_id: remit_to(row.remit_to_vendor_id)?,
            posting_code: row.posting_code,
            object_code: row.object_code,
        })
    }
}

fn remit_to(key: Option<String>) -> Result<Option<VendorId>, StoreError> {
    id("remit_to_vendor_id", key.map(VendorId::new).transpose())
}
