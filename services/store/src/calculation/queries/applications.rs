//! Applications of payments to vouchers, one row per version.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use formfeed_domain::history::PaymentApplication;
use formfeed_domain::{Money, PaymentId, VoucherId};

use super::{Conn, column, load_rows};
use crate::StoreError;
use crate::among::among;
use crate::calculation::schema::payment_applications;

#[derive(Queryable, Selectable)]
#[diesel(table_name = payment_applications)]
struct Row {
    payment_id: String,
    voucher_id: String,
    amount_cents: i64,
    discount_cents: i64,
}

impl TryFrom<Row> for PaymentApplication {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            payment_id: column::id(row.payment_id, PaymentId::new)?,
            voucher_id: column::id(row.voucher_id, VoucherId::new)?,
            amount: Money::from_cents(row.amount_cents),
            discount: Money::from_cents(row.discount_cents),
        })
    }
}

/// The current applications of these payments, by payment and voucher.
pub(crate) async fn current(
    conn: &mut Conn,
    payments: &[&str],
) -> Result<Vec<PaymentApplication>, StoreError> {
    let rows: Vec<Row> = payment_applications::table
        .filter(payment_applications::payment_id.eq_any(payments))
        .filter(current!(payment_applications))
        .select(Row::as_select())
        .order((
            payment_applications::payment_id,
            payment_applications::voucher_id,
        ))
        .load(conn)
        .await?;
    rows.into_iter().map(PaymentApplication::try_from).collect()
}

/// The keys of the vouchers that these payments settle, as of a sequence, each once.
pub(crate) async fn vouchers_of(
    conn: &mut Conn,
    payments: Vec<String>,
    sequence: i64,
) -> Result<Vec<String>, StoreError> {
    Ok(payment_applications::table
        .filter(among(payment_applications::payment_id, payments))
        .filter(as_of!(payment_applications, sequence))
        .select(payment_applications::voucher_id)
        .distinct()
        .load(conn)
        .await?)
}

/// Everything ever applied to these vouchers, as of a sequence.
pub(crate) async fn of_vouchers(
    conn: &mut Conn,
    keys: Vec<String>,
    sequence: i64,
) -> Result<Vec<PaymentApplication>, StoreError> {
    let query = payment_applications::table
        .filter(among(payment_applications::voucher_id, keys))
        .filter(as_of!(payment_applications, sequence))
        .select(Row::as_select());
    load_rows!(conn, query, Row => PaymentApplication)
}
