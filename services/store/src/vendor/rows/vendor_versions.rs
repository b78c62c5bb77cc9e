//! Vendors' fields, one row for each version.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use formfeed_domain::extract::File;
use formfeed_domain::vendor::{Vendor, W9, W9Status};
use formfeed_domain::{AddressCode, RelateToCode, VendorId};
use serde::{Deserialize, Serialize};

use super::{ACTIVE, ImportedRow, VendorRow, id, optional_word, stamp, unreadable, word};
use crate::StoreError;
use crate::vendor::VendorRecord;
use crate::vendor::schema::vendor_versions;
use crate::vendor::sealed_tin::TinColumns;

#[derive(Clone, Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = vendor_versions, treat_none_as_default_value = false)]
pub(crate) struct VendorVersionRow {
    pub(crate) vendor_id: String,
    #[serde(skip)]
    pub(crate) version: i64,
    pub(crate) name: String,
    pub(crate) name_folded: String,
    pub(crate) short_name: String,
    pub(crate) tin_kind: Option<String>,
    pub(crate) tin_last_four: Option<String>,
    #[serde(skip)]
    pub(crate) tin_key_version: Option<i32>,
    #[serde(skip)]
    pub(crate) tin_sealed: Option<Vec<u8>>,
    #[serde(skip)]
    pub(crate) tin_digest: Option<Vec<u8>>,
    pub(crate) classification: Option<String>,
    pub(crate) flag_1099: String,
    pub(crate) default_income_type: Option<String>,
    pub(crate) default_relate_to: Option<String>,
    pub(crate) pay_vendor_id: Option<String>,
    pub(crate) address_code: Option<String>,
    pub(crate) second_tin_notice: bool,
    pub(crate) fatca: bool,
    pub(crate) first_name: String,
    pub(crate) middle_name: String,
    pub(crate) last_name: String,
    pub(crate) suffix: String,
    #[serde(skip)]
    pub(crate) create_time: NaiveDateTime,
    /// No part of an extract: an import keeps what stands.
    #[serde(skip)]
    pub(crate) w9_status: String,
    #[serde(skip)]
    pub(crate) w9_date: Option<NaiveDate>,
    #[serde(skip)]
    pub(crate) tin_warnings: String,
}

/// The number's kind and last four digits are set, the number itself is not sealed yet.
impl From<&Vendor> for VendorVersionRow {
    fn from(vendor: &Vendor) -> Self {
        let tin = vendor.tin.as_ref();
        Self {
            vendor_id: vendor.vendor_id.to_string(),
            version: 0,
            name: vendor.name.clone(),
            name_folded: vendor.name.to_lowercase(),
            short_name: vendor.short_name.clone(),
            tin_kind: tin.map(|tin| tin.kind().as_str().to_owned()),
            tin_last_four: tin.map(|tin| tin.digits()[5..].to_owned()),
            tin_key_version: None,
            tin_sealed: None,
            tin_digest: None,
            classification: vendor.classification.map(|c| c.as_str().to_owned()),
            flag_1099: vendor.flag_1099.as_str().to_owned(),
            default_income_type: vendor.default_income_type.map(|t| t.as_str().to_owned()),
            default_relate_to: vendor
                .default_relate_to
                .as_ref()
                .map(RelateToCode::to_string),
            pay_vendor_id: vendor.pay_vendor_id.as_ref().map(VendorId::to_string),
            address_code: vendor.address_code.as_ref().map(AddressCode::to_string),
            second_tin_notice: vendor.second_tin_notice,
            fatca: vendor.fatca,
            first_name: vendor.first_name.clone(),
            middle_name: vendor.middle_name.clone(),
            last_name: vendor.last_name.clone(),
            suffix: vendor.suffix.clone(),
            create_time: NaiveDateTime::default(),
            w9_status: vendor.w9.status().as_str().to_owned(),
            w9_date: vendor.w9.date(),
            tin_warnings: String::new(),
        }
    }
}

impl VendorVersionRow {
    /// The vendor at this version.
    pub(crate) fn of(self, vendor: &VendorRow) -> Result<VendorRecord, StoreError> {
        let relate_to = self
            .default_relate_to
            .clone()
            .map(RelateToCode::new)
            .transpose();
        let pay_vendor = self.pay_vendor_id.clone().map(VendorId::new).transpose();
        let address_code = self.address_code.clone().map(AddressCode::new).transpose();
        let w9 = W9::new(word("w9_status", &self.w9_status)?, self.w9_date);
        Ok(VendorRecord {
            tin: self.tin().label()?,
            tin_warnings: self.tin().warnings()?,
            version: self.version,
            is_active: vendor.state == ACTIVE,
            stamp: stamp(vendor.revision, vendor.create_time, vendor.update_time),
            vendor: Vendor {
                vendor_id: id("vendor_id", VendorId::new(self.vendor_id))?,
                name: self.name,
                short_name: self.short_name,
                tin: None,
                classification: optional_word("classification", self.classification.as_deref())?,
                flag_1099: word("flag_1099", &self.flag_1099)?,
                default_income_type: optional_word(
                    "default_income_type",
                    self.default_income_type.as_deref(),
                )?,
                default_relate_to: id("default_relate_to", relate_to)?,
                pay_vendor_id: id("pay_vendor_id", pay_vendor)?,
                address_code: id("address_code", address_code)?,
                second_tin_notice: self.second_tin_notice,
                fatca: self.fatca,
                first_name: self.first_name,
                middle_name: self.middle_name,
                last_name: self.last_name,
                suffix: self.suffix,
                w9: w9.map_err(|_| unreadable("w9_date"))?,
            },
        })
    }
}

impl ImportedRow for VendorVersionRow {
    const FILE: File = File::Vendors;
    const TABLE: &'static str = "vendor_versions";

    fn key(&self) -> String {
        self.vendor_id.clone()
    }

    fn succeed(&mut self, before: Option<&Self>, now: NaiveDateTime) {
        self.version = before.map_or(0, |before| before.version) + 1;
        self.create_time = now;
        if self.w9_status.is_empty() {
            let none = || (W9Status::None.as_str().to_owned(), None);
            (self.w9_status, self.w9_date) =
                before.map_or_else(none, |before| (before.w9_status.clone(), before.w9_date));
        }
    }

    fn tin(&self) -> TinColumns {
        TinColumns {
            kind: self.tin_kind.clone(),
            last_four: self.tin_last_four.clone(),
            key_version: self.tin_key_version,
            sealed: self.tin_sealed.clone(),
            warnings: self.tin_warnings.clone(),
            digest: self.tin_digest.clone(),
        }
    }

    fn set_tin(&mut self, tin: TinColumns) {
        self.tin_kind = tin.kind;
        self.tin_last_four = tin.last_four;
        self.tin_key_version = tin.key_version;
        self.tin_sealed = tin.sealed;
        self.tin_warnings = tin.warnings;
        self.tin_digest = tin.digest;
    }

    fn place_id(&self) -> String {
        format!("{}/{}", self.vendor_id, self.version)
    }
}
