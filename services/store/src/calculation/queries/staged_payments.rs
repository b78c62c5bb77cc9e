//! Payments staged under an import.

use chrono::NaiveDate;
use diesel::prelude::*;
use formfeed_domain::history::Payment;

use super::{Conn, column, run_batch};
use crate::StoreError;
use crate::calculation::Staged;
use crate::calculation::schema::staged_payments;

/// A row to add.
#[derive(Insertable)]
#[diesel(table_name = staged_payments, treat_none_as_default_value = false)]
pub(crate) struct Row {
    import_id: String,
    position: i64,
    line: i32,
    payment_id: String,
    pay_vendor_id: String,
    method: String,
    payment_date: NaiveDate,
    cash_account_id: String,
    amount_cents: i64,
    federal_tax_withheld_cents: i64,
    state_tax_withheld_cents: i64,
    state: String,
    void_date: Option<NaiveDate>,
    relate_to_1: String,
    account_id: String,
}

impl Row {
    /// The row of a record.
    pub(crate) fn new(import_id: &str, staged: &Staged, payment: &Payment) -> Self {
        Self {
            import_id: import_id.to_owned(),
            position: staged.position,
            line: staged.line,
            payment_id: payment.payment_id.to_string(),
            pay_vendor_id: column::text_of(payment.pay_vendor_id.as_ref()),
            method: payment.method.as_str().to_owned(),
            payment_date: payment.payment_date,
            cash_account_id: payment.cash_account_id.to_string(),
            amount_cents: payment.amount.cents(),
            federal_tax_withheld_cents: payment.federal_tax_withheld.cents(),
            state_tax_withheld_cents: payment.state_tax_withheld.cents(),
            state: payment.state.clone(),
            void_date: payment.void_date,
            relate_to_1: column::text_of(payment.relate_to_1.as_ref()),
            account_id: column::text_of(payment.account_id.as_ref()),
        }
    }
}

/// Adds rows.
pub(crate) async fn insert(conn: &mut Conn, rows: Vec<Row>) -> Result<(), StoreError> {
    run_batch!(
        conn,
        diesel::insert_into(staged_payments::table).values(rows)
    )?;
    Ok(())
}
