//! Applications of payments staged under an import.

use diesel::prelude::*;
use formfeed_domain::history::PaymentApplication;

use super::{Conn, run_batch};
use crate::StoreError;
use crate::calculation::Staged;
use crate::calculation::schema::staged_applications;

/// A row to add.
#[derive(Insertable)]
#[diesel(table_name = staged_applications, treat_none_as_default_value = false)]
pub(crate) struct Row {
    import_id: String,
    position: i64,
    line: i32,
    payment_id: String,
    voucher_id: String,
    amount_cents: i64,
    discount_cents: i64,
}

impl Row {
    /// The row of a record.
    pub(crate) fn new(import_id: &str, staged: &Staged, application: &PaymentApplication) -> Self {
        Self {
            import_id: import_id.to_owned(),
            position: staged.position,
            line: staged.line,
            payment_id: application.payment_id.to_string(),
            voucher_id: application.voucher_id.to_string(),
            amount_cents: application.amount.cents(),
            discount_cents: application.discount.cents(),
        }
    }
}

/// Adds rows.
pub(crate) async fn insert(conn: &mut Conn, rows: Vec<Row>) -> Result<(), StoreError> {
    run_batch!(
        conn,
        diesel::insert_into(staged_applications::table).values(rows)
    )?;
    Ok(())
}
