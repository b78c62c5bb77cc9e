//! Vouchers, one row per version.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use formfeed_domain::history::Voucher;
use formfeed_domain::{Money, VendorId, VoucherId};

use super::{Conn, column, load_rows};
use crate::StoreError;
use crate::among::among;
use crate::calculation::schema::vouchers;

#[derive(Queryable, Selectable)]
#[diesel(table_name = vouchers)]
struct Row {
    voucher_id: String,
    vendor_id: String,
    vendor_of_record_id: String,
    invoice_number: String,
    invoice_date: Option<NaiveDate>,
    invoice_amount_cents: i64,
}

impl TryFrom<Row> for Voucher {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            voucher_id: column::id(row.voucher_id, VoucherId::new)?,
            vendor_id: column::id(row.vendor_id, VendorId::new)?,
            vendor_of_record_id: column::optional_id(row.vendor_of_record_id, VendorId::new)?,
            invoice_number: row.invoice_number,
            invoice_date: row.invoice_date,
            invoice_amount: Money::from_cents(row.invoice_amount_cents),
        })
    }
}

/// The current version of one voucher.
pub(crate) async fn current(
    conn: &mut Conn,
    voucher_id: &str,
) -> Result<Option<Voucher>, StoreError> {
    let row = vouchers::table
        .filter(vouchers::voucher_id.eq(voucher_id))
        .filter(current!(vouchers))
        .select(Row::as_select())
        .first(conn)
        .await
        .optional()?;
    row.map(Voucher::try_from).transpose()
}

/// Current vouchers after a key, by key; of one vendor or (blank) of all.
pub(crate) async fn page_after(
    conn: &mut Conn,
    after: &str,
    vendor_id: &str,
    limit: i64,
) -> Result<Vec<Voucher>, StoreError> {
    let mut query = vouchers::table
        .filter(vouchers::voucher_id.gt(after))
        .filter(current!(vouchers))
        .into_boxed();
    if !vendor_id.is_empty() {
        query = query.filter(vouchers::vendor_id.eq(vendor_id));
    }
    let rows: Vec<Row> = query
        .select(Row::as_select())
        .order(vouchers::voucher_id)
        .limit(limit)
        .load(conn)
        .await?;
    rows.into_iter().map(Voucher::try_from).collect()
}

/// The vouchers of these keys, as of a sequence.
pub(crate) async fn of_keys(
    conn: &mut Conn,
    keys: Vec<String>,
    sequence: i64,
) -> Result<Vec<Voucher>, StoreError> {
    let query = vouchers::table
        .filter(among(vouchers::voucher_id, keys))
        .filter(as_of!(vouchers, sequence))
        .select(Row::as_select());
    load_rows!(conn, query, Row => Voucher)
}
