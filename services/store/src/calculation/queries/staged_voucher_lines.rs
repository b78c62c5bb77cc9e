//! Voucher lines staged under an import.

use diesel::prelude::*;
use formfeed_domain::IncomeType;
use formfeed_domain::history::VoucherLine;

use super::{Conn, column, run_batch};
use crate::StoreError;
use crate::calculation::Staged;
use crate::calculation::schema::staged_voucher_lines;

/// A row to add.
#[derive(Insertable)]
#[diesel(table_name = staged_voucher_lines, treat_none_as_default_value = false)]
pub(crate) struct Row {
    import_id: String,
    position: i64,
    line: i32,
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

impl Row {
    /// The row of a record.
    pub(crate) fn new(import_id: &str, staged: &Staged, line: &VoucherLine) -> Self {
        Self {
            import_id: import_id.to_owned(),
            position: staged.position,
            line: staged.line,
            voucher_id: line.voucher_id.to_string(),
            line_number: line.line,
            amount_cents: line.amount.cents(),
            sales_tax_cents: line.sales_tax.cents(),
            reportable: line.reportable,
            income_type: line.income_type.map_or("", IncomeType::as_str).to_owned(),
            relate_to_1: column::text_of(line.relate_to_1.as_ref()),
            relate_to_2: column::text_of(line.relate_to_2.as_ref()),
            account_id: column::text_of(line.account_id.as_ref()),
            accountable_plan: line.accountable_plan,
        }
    }
}

/// Adds rows.
pub(crate) async fn insert(conn: &mut Conn, rows: Vec<Row>) -> Result<(), StoreError> {
    run_batch!(
        conn,
        diesel::insert_into(staged_voucher_lines::table).values(rows)
    )?;
    Ok(())
}
