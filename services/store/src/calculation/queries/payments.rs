//! Payments, one row per version.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use formfeed_domain::history::Payment;
use formfeed_domain::{AccountId, CashAccountId, Money, PaymentId, RelateToCode, VendorId};

use super::{Conn, column, load_rows};
use crate::StoreError;
use crate::among::among;
use crate::calculation::schema::{payments, run_cash_accounts};
use crate::calculation::{PaymentFilter, Run};

#[derive(Queryable, Selectable)]
#[diesel(table_name = payments)]
struct Row {
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

impl TryFrom<Row> for Payment {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            payment_id: column::id(row.payment_id, PaymentId::new)?,
            pay_vendor_id: column::optional_id(row.pay_vendor_id, VendorId::new)?,
            method: column::word(&row.method)?,
            payment_date: row.payment_date,
            cash_account_id: column::id(row.cash_account_id, CashAccountId::new)?,
            amount: Money::from_cents(row.amount_cents),
            federal_tax_withheld: Money::from_cents(row.federal_tax_withheld_cents),
            state_tax_withheld: Money::from_cents(row.state_tax_withheld_cents),
            state: row.state,
            void_date: row.void_date,
            relate_to_1: column::optional_id(row.relate_to_1, RelateToCode::new)?,
            account_id: column::optional_id(row.account_id, AccountId::new)?,
        })
    }
}

/// The current version of one payment.
pub(crate) async fn current(
    conn: &mut Conn,
    payment_id: &str,
) -> Result<Option<Payment>, StoreError> {
    let row = payments::table
        .filter(payments::payment_id.eq(payment_id))
        .filter(current!(payments))
        .select(Row::as_select())
        .first(conn)
        .await
        .optional()?;
    row.map(Payment::try_from).transpose()
}

/// Current payments after a key, by key.
pub(crate) async fn page_after(
    conn: &mut Conn,
    after: &str,
    filter: &PaymentFilter,
    limit: i64,
) -> Result<Vec<Payment>, StoreError> {
    let mut query = payments::table
        .filter(payments::payment_id.gt(after))
        .filter(current!(payments))
        .into_boxed();
    if let Some(pay_vendor_id) = &filter.pay_vendor_id {
        query = query.filter(payments::pay_vendor_id.eq(pay_vendor_id.as_str()));
    }
    if let Some(from_date) = filter.from_date {
        query = query.filter(payments::payment_date.ge(from_date));
    }
    if let Some(to_date) = filter.to_date {
        query = query.filter(payments::payment_date.le(to_date));
    }
    let rows: Vec<Row> = query
        .select(Row::as_select())
        .order(payments::payment_id)
        .limit(limit)
        .load(conn)
        .await?;
    rows.into_iter().map(Payment::try_from).collect()
}

/// The payments of a run that name a pay vendor of a range, both ends of it included.
pub(crate) async fn of_pay_vendors(
    conn: &mut Conn,
    run: &Run,
    (first, last): (&str, &str),
) -> Result<Vec<Payment>, StoreError> {
    let (year, sequence) = (run.asked.tax_year, run.import_sequence);
    let accounts = run_cash_accounts::table
        .filter(run_cash_accounts::run_id.eq(run.asked.run_id.clone()))
        .filter(run_cash_accounts::payer_id.eq(run.asked.payer_id.to_string()))
        .select(run_cash_accounts::cash_account_id);
    let query = payments::table
        .filter(payments::pay_vendor_id.between(first.to_owned(), last.to_owned()))
        .filter(payments::payment_date.between(year.first_day(), year.last_day()))
        .filter(payments::cash_account_id.eq_any(accounts))
        .filter(as_of!(payments, sequence))
        .select(Row::as_select());
    load_rows!(conn, query, Row => Payment)
}

/// The payments of these keys, as of a sequence.
pub(crate) async fn of_keys(
    conn: &mut Conn,
    keys: Vec<String>,
    sequence: i64,
) -> Result<Vec<Payment>, StoreError> {
    let query = payments::table
        .filter(among(payments::payment_id, keys))
        .filter(as_of!(payments, sequence))
        .select(Row::as_select());
    load_rows!(conn, query, Row => Payment)
}

/// The payments drawn on some cash accounts in a span of days, as of a sequence.
pub(crate) async fn of_cash_accounts(
    conn: &mut Conn,
    cash_account_ids: &[String],
    (from_date, to_date): (NaiveDate, NaiveDate),
    sequence: i64,
) -> Result<Vec<Payment>, StoreError> {
    let rows: Vec<Row> = payments::table
        .filter(payments::cash_account_id.eq_any(cash_account_ids))
        .filter(payments::payment_date.between(from_date, to_date))
        .filter(as_of!(payments, sequence))
        .select(Row::as_select())
        .order(payments::payment_id)
        .load(conn)
        .await?;
    rows.into_iter().map(Payment::try_from).collect()
}
