//! Orders to withhold from vendors.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use formfeed_domain::backup::WithholdingOrder;
use formfeed_domain::{OrderId, PayerId, VendorId};

use super::{id, instant, stamp};
use crate::StoreError;
use crate::vendor::schema::withholding_orders;
use crate::vendor::{Stamp, Stored};

#[derive(Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = withholding_orders, primary_key(vendor_id, order_id), treat_none_as_null = true)]
#[diesel(treat_none_as_default_value = false)]
pub(crate) struct OrderRow {
    pub(crate) vendor_id: String,
    pub(crate) order_id: String,
    pub(crate) payer_id: Option<String>,
    pub(crate) from_date: NaiveDate,
    pub(crate) until_date: Option<NaiveDate>,
    pub(crate) why: String,
    pub(crate) revision: i64,
    pub(crate) create_time: NaiveDateTime,
    pub(crate) update_time: NaiveDateTime,
}

impl OrderRow {
    pub(crate) fn new(order: &WithholdingOrder, stamp: Stamp) -> Self {
        Self {
            vendor_id: order.vendor_id.to_string(),
            order_id: order.order_id.to_string(),
            payer_id: order.payer_id.as_ref().map(PayerId::to_string),
            from_date: order.from,
            until_date: order.until,
            why: order.why.clone(),
            revision: stamp.revision,
            create_time: instant(stamp.create_time),
            update_time: instant(stamp.update_time),
        }
    }
}

impl TryFrom<OrderRow> for Stored<WithholdingOrder> {
    type Error = StoreError;

    fn try_from(row: OrderRow) -> Result<Self, StoreError> {
        let payer_id = row.payer_id.map(PayerId::new).transpose();
        Ok(Self {
            stamp: stamp(row.revision, row.create_time, row.update_time),
            value: WithholdingOrder {
                vendor_id: id("vendor_id", VendorId::new(row.vendor_id))?,
                order_id: id("order_id", OrderId::new(row.order_id))?,
                payer_id: id("payer_id", payer_id)?,
                from: row.from_date,
                until: row.until_date,
                why: row.why,
            },
        })
    }
}
