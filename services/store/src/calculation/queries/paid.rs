//! What a payer paid to one pay vendor, as the history stands.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use formfeed_domain::Money;

use super::{Conn, column};
use crate::StoreError;
use crate::calculation::schema::payments;

/// One payment: how, what was paid out, and what was kept back for the IRS and for a state.
type Row = (String, i64, i64, i64);

/// Gross and federal tax withheld of the unvoided direct payments that name a pay vendor, drawn on these accounts in a
/// span of dates.
pub(crate) async fn to_pay_vendor(
    conn: &mut Conn,
    pay_vendor: &str,
    accounts: &[String],
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<(Money, Money)>, StoreError> {
    let rows: Vec<Row> = payments::table
        .filter(payments::pay_vendor_id.eq(pay_vendor))
        .filter(current!(payments))
        .filter(payments::void_date.is_null())
        .filter(payments::payment_date.between(from, to))
        .filter(payments::cash_account_id.eq_any(accounts))
        .select((
            payments::method,
            payments::amount_cents,
            payments::federal_tax_withheld_cents,
            payments::state_tax_withheld_cents,
        ))
        .load(conn)
        .await?;
    let mut paid = Vec::with_capacity(rows.len());
    for (method, amount, federal, state) in rows {
        let method: formfeed_domain::history::PaymentMethod = column::word(&method)?;
        let federal = Money::from_cents(federal);
        let gross = Money::from_cents(amount) + federal + Money::from_cents(state);
        if method.is_direct() && gross.is_positive() {
            paid.push((gross, federal));
        }
    }
    Ok(paid)
}

/// Whether anything at all was drawn on these accounts in a span of dates.
pub(crate) async fn any(
    conn: &mut Conn,
    accounts: &[String],
    (from, to): (NaiveDate, NaiveDate),
) -> Result<bool, StoreError> {
    let first: Option<String> = payments::table
        .filter(payments::cash_account_id.eq_any(accounts))
        .filter(payments::payment_date.between(from, to))
        .filter(current!(payments))
        .select(payments::payment_id)
        .first(conn)
        .await
        .optional()?;
    Ok(first.is_some())
}
