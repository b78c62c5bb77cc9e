//! What of the year's history reaches no form for want of a payer or an income type.

use chrono::NaiveDate;
use diesel::dsl::{count_star, exists, min, not};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::StoreError;
use crate::calculation::schema::{payment_applications, payments, voucher_lines};

/// A payment as the checks see it: key, cash account, pay vendor, date, gross in cents.
pub(crate) type PaymentRow = (String, String, String, NaiveDate, i64);
/// What is on an account: its key, how much, and one example.
pub(crate) type UseRow = (String, i64, Option<String>);

/// Current payments between two days that are direct and not voided: `direct_payments!(first, last, methods)`.
macro_rules! direct_payments {
    ($days:expr, $methods:expr) => {
        payments::table
            .filter(current!(payments))
            .filter(payments::payment_date.between($days.0, $days.1))
            .filter(payments::void_date.is_null())
            .filter(payments::method.eq_any($methods))
            .filter(
                (payments::amount_cents
                    + payments::federal_tax_withheld_cents
                    + payments::state_tax_withheld_cents)
                    .gt(0),
            )
    };
}

/// The cash accounts that the payments between two days were drawn on.
pub(crate) async fn cash_accounts(
    conn: &mut Conn,
    days: (NaiveDate, NaiveDate),
    methods: &[&str],
) -> Result<Vec<String>, StoreError> {
    let accounts = direct_payments!(days, methods)
        .select(payments::cash_account_id)
        .distinct();
    Ok(accounts.load(conn).await?)
}

/// The payments between two days drawn on these cash accounts, after a key, by key.
pub(crate) async fn payments_of(
    conn: &mut Conn,
    days: (NaiveDate, NaiveDate),
    methods: &[&str],
    cash_accounts: &[String],
    (after, limit): (&str, i64),
) -> Result<Vec<PaymentRow>, StoreError> {
    let rows = direct_payments!(days, methods)
        .filter(payments::cash_account_id.eq_any(cash_accounts))
        .filter(payments::payment_id.gt(after))
        .select((
            payments::payment_id,
            payments::cash_account_id,
            payments::pay_vendor_id,
            payments::payment_date,
            payments::amount_cents
                + payments::federal_tax_withheld_cents
                + payments::state_tax_withheld_cents,
        ))
        .order(payments::payment_id)
        .limit(limit);
    Ok(rows.load(conn).await?)
}

/// The accounts of the voucher lines that these payments settle.
pub(crate) async fn accounts_of_lines(
    conn: &mut Conn,
    days: (NaiveDate, NaiveDate),
    methods: &[&str],
    cash_accounts: &[String],
) -> Result<Vec<UseRow>, StoreError> {
    let paid = direct_payments!(days, methods)
        .filter(payments::cash_account_id.eq_any(cash_accounts))
        .select(payments::payment_id);
    let vouchers = payment_applications::table
        .filter(current!(payment_applications))
        .filter(payment_applications::payment_id.eq_any(paid))
        .select(payment_applications::voucher_id);
    let rows = voucher_lines::table
        .filter(current!(voucher_lines))
        .filter(voucher_lines::accountable_plan.eq(false))
        .filter(voucher_lines::voucher_id.eq_any(vouchers))
        .group_by(voucher_lines::account_id)
        .select((
            voucher_lines::account_id,
            count_star(),
            min(voucher_lines::voucher_id),
        ));
    Ok(rows.load(conn).await?)
}

/// The accounts of those of these payments that settle no voucher.
pub(crate) async fn accounts_of_payments(
    conn: &mut Conn,
    days: (NaiveDate, NaiveDate),
    methods: &[&str],
    cash_accounts: &[String],
) -> Result<Vec<UseRow>, StoreError> {
    let applied = payment_applications::table
        .filter(payment_applications::payment_id.eq(payments::payment_id))
        .filter(current!(payment_applications));
    let rows = direct_payments!(days, methods)
        .filter(payments::cash_account_id.eq_any(cash_accounts))
        .filter(not(exists(applied)))
        .group_by(payments::account_id)
        .select((
            payments::account_id,
            count_star(),
            min(payments::payment_id),
        ));
    Ok(rows.load(conn).await?)
}
