//! Applications of payments to vouchers, one row per version.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use formfeed_domain::history::PaymentApplication;
use formfeed_domain::{Money, PaymentId, VoucherId};

use super::{Conn, column};
use crate::StoreError;
use crate::calculation::schema::{payment_applications, run_work};

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
        .filter(payment_applications::until_sequence.is_null())
        .select(Row::as_select())
        .order((
            payment_applications::payment_id,
            payment_applications::voucher_id,
        ))
        .load(conn)
        .await?;
    rows.into_iter().map(PaymentApplication::try_from).collect()
}

/// Everything ever applied to the vouchers of a range of a run's recipients, as of a sequence.
pub(crate) async fn of_work_vouchers(
    conn: &mut Conn,
    run_id: &str,
    (first, last): (&str, &str),
    sequence: i64,
) -> Result<Vec<PaymentApplication>, StoreError> {
    let wanted = run_work::table
        .filter(run_work::run_id.eq(run_id))
        .filter(run_work::recipient_id.between(first, last))
        .select(run_work::voucher_id);
    let rows: Vec<Row> = payment_applications::table
        .filter(payment_applications::voucher_id.eq_any(wanted))
        .filter(payment_applications::from_sequence.le(sequence))
        .filter(
            payment_applications::until_sequence
                .is_null()
                .or(payment_applications::until_sequence.gt(sequence)),
        )
        .select(Row::as_select())
        .load(conn)
        .await?;
    rows.into_iter().map(PaymentApplication::try_from).collect()
}

/// All that these payments settle, as of a sequence.
pub(crate) async fn of_payments(
    conn: &mut Conn,
    payments: &[&str],
    sequence: i64,
) -> Result<Vec<PaymentApplication>, StoreError> {
    let rows: Vec<Row> = payment_applications::table
        .filter(payment_applications::payment_id.eq_any(payments))
        .filter(payment_applications::from_sequence.le(sequence))
        .filter(
            payment_applications::until_sequence
                .is_null()
                .or(payment_applications::until_sequence.gt(sequence)),
        )
        .select(Row::as_select())
        .load(conn)
        .await?;
    rows.into_iter().map(PaymentApplication::try_from).collect()
}

/// Everything ever applied to these vouchers, as of a sequence.
pub(crate) async fn of_vouchers(
    conn: &mut Conn,
    vouchers: &[&str],
    sequence: i64,
) -> Result<Vec<PaymentApplication>, StoreError> {
    let rows: Vec<Row> = payment_applications::table
        .filter(payment_applications::voucher_id.eq_any(vouchers))
        .filter(payment_applications::from_sequence.le(sequence))
        .filter(
            payment_applications::until_sequence
                .is_null()
                .or(payment_applications::until_sequence.gt(sequence)),
        )
        .select(Row::as_select())
        .load(conn)
        .await?;
    rows.into_iter().map(PaymentApplication::try_from).collect()
}
