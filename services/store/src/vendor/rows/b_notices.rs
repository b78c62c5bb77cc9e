//! B-notices about vendors.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use formfeed_domain::backup::BNotice;
use formfeed_domain::{BNoticeId, PayerId, TaxYear, VendorId};

use super::{id, instant, stamp};
use crate::StoreError;
use crate::vendor::schema::b_notices;
use crate::vendor::{Stamp, Stored};

#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = b_notices)]
pub(crate) struct BNoticeRow {
    pub(crate) vendor_id: String,
    pub(crate) b_notice_id: String,
    pub(crate) payer_id: String,
    pub(crate) notice_date: NaiveDate,
    pub(crate) received_date: NaiveDate,
    pub(crate) tax_year: i32,
    pub(crate) note: String,
    pub(crate) revision: i64,
    pub(crate) create_time: NaiveDateTime,
    pub(crate) update_time: NaiveDateTime,
}

impl BNoticeRow {
    pub(crate) fn new(notice: &BNotice, stamp: Stamp) -> Self {
        Self {
            vendor_id: notice.vendor_id.to_string(),
            b_notice_id: notice.notice_id.to_string(),
            payer_id: notice.payer_id.to_string(),
            notice_date: notice.notice_date,
            received_date: notice.received_date,
            tax_year: notice.tax_year.year(),
            note: notice.note.clone(),
            revision: stamp.revision,
            create_time: instant(stamp.create_time),
            update_time: instant(stamp.update_time),
        }
    }
}

impl TryFrom<BNoticeRow> for Stored<BNotice> {
    type Error = StoreError;

    fn try_from(row: BNoticeRow) -> Result<Self, StoreError> {
        Ok(Self {
            stamp: stamp(row.revision, row.create_time, row.update_time),
            value: BNotice {
                vendor_id: id("vendor_id", VendorId::new(row.vendor_id))?,
                notice_id: id("b_notice_id", BNoticeId::new(row.b_notice_id))?,
                payer_id: id("payer_id", PayerId::new(row.payer_id))?,
                notice_date: row.notice_date,
                received_date: row.received_date,
                tax_year: id("tax_year", TaxYear::new(row.tax_year))?,
                note: row.note,
            },
        })
    }
}
