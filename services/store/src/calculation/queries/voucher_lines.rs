//! Voucher lines, one row per version.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use formfeed_domain::history::VoucherLine;
use formfeed_domain::{AccountId, Money, RelateToCode, VoucherId};

use super::{Conn, column, load_rows};
use crate::StoreError;
use crate::among::among;
use crate::calculation::schema::voucher_lines;

#[derive(Queryable, Selectable)]
#[diesel(table_name = voucher_lines)]
struct Row {
    voucher_id: String,
    line_number: i32,
    amount_cents: i64,
    sales_tax_cents: i64,
    reportable: bool,
    income_type: String,
    relate_to_1: String,
    relate_to_2: String,
    account_id: String,
    accountable_plan: bool,
}

impl TryFrom<Row> for VoucherLine {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            voucher_id: column::id(row.voucher_id, VoucherId::new)?,
            line: row.line_number,
            amount: Money::from_cents(row.amount_cents),
            sales_tax: Money::from_cents(row.sales_tax_cents),
            reportable: row.reportable,
            income_type: column::optional_word(&row.income_type)?,
            relate_to_1: column::optional_id(row.relate_to_1, RelateToCode::new)?,
            relate_to_2: column::optional_id(row.relate_to_2, RelateToCode::new)?,
            account_id: column::optional_id(row.account_id, AccountId::new)?,
            accountable_plan: row.accountable_plan,
        })
    }
}

/// The current lines of these vouchers, by voucher and number.
pub(crate) async fn current(
    conn: &mut Conn,
    vouchers: &[&str],
) -> Result<Vec<VoucherLine>, StoreError> {
    let rows: Vec<Row> = voucher_lines::table
        .filter(voucher_lines::voucher_id.eq_any(vouchers))
        .filter(current!(voucher_lines))
        .select(Row::as_select())
        .order((voucher_lines::voucher_id, voucher_lines::line_number))
        .load(conn)
        .await?;
    rows.into_iter().map(VoucherLine::try_from).collect()
}

/// The lines of these vouchers, as of a sequence.
pub(crate) async fn of_vouchers(
    conn: &mut Conn,
    keys: Vec<String>,
    sequence: i64,
) -> Result<Vec<VoucherLine>, StoreError> {
    let query = voucher_lines::table
        .filter(among(voucher_lines::voucher_id, keys))
        .filter(as_of!(voucher_lines, sequence))
        .select(Row::as_select());
    load_rows!(conn, query, Row => VoucherLine)
}
