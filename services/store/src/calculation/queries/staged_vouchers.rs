//! Vouchers staged under an import.

use chrono::NaiveDate;
use diesel::prelude::*;
use formfeed_domain::history::Voucher;

use super::{Conn, column, run_batch};
use crate::StoreError;
use crate::calculation::Staged;
use crate::calculation::schema::staged_vouchers;

/// A row to add.
#[derive(Insertable)]
#[diesel(table_name = staged_vouchers, treat_none_as_default_value = false)]
pub(crate) struct Row {
    import_id: String,
    position: i64,
    line: i32,
    voucher_id: String,
    vendor_id: String,
    vendor_of_record_id: String,
    invoice_number: String,
    invoice_date: Option<NaiveDate>,
    invoice_amount_cents: i64,
}

impl Row {
    /// The row of a record.
    pub(crate) fn new(import_id: &str, staged: &Staged, voucher: &Voucher) -> Self {
        Self {
            import_id: import_id.to_owned(),
            position: staged.position,
            line: staged.line,
            voucher_id: voucher.voucher_id.to_string(),
            vendor_id: voucher.vendor_id.to_string(),
            vendor_of_record_id: column::text_of(voucher.vendor_of_record_id.as_ref()),
            invoice_number: voucher.invoice_number.clone(),
            invoice_date: voucher.invoice_date,
            invoice_amount_cents: voucher.invoice_amount.cents(),
        }
    }
}

/// Adds rows.
pub(crate) async fn insert(conn: &mut Conn, rows: Vec<Row>) -> Result<(), StoreError> {
    run_batch!(
        conn,
        diesel::insert_into(staged_vouchers::table).values(rows)
    )?;
    Ok(())
}
