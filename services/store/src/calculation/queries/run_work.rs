//! What reached whom: the working rows of a run, one for each recipient, voucher and payment.
//!
//! A blank voucher is a payment without vouchers; a blank recipient is a payment that may have reached nobody.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Text};
use diesel_async::RunQueryDsl;

use super::{Conn, sql};
use crate::StoreError;
use crate::calculation::schema::run_work;

/// Which part of a run's work to find.
pub(crate) struct Part<'a> {
    /// The run.
    pub(crate) run_id: &'a str,
    /// Payer that paid.
    pub(crate) payer_id: &'a str,
    /// Payments from this day
    pub(crate) from_date: NaiveDate,
    /// to this day.
    pub(crate) to_date: NaiveDate,
    /// The newest import seen.
    pub(crate) sequence: i64,
    /// The vendors as of this stamp.
    pub(crate) vendor_stamp: i64,
    /// First recipient; blank is the first there is.
    pub(crate) from_recipient: &'a str,
    /// Last recipient; blank is the last there is.
    pub(crate) to_recipient: &'a str,
    /// What was paid also reaches the vouchers' vendors of record.
    pub(crate) by_vendor_of_record: bool,
}

/// Payments of the payer and days, as of the sequence. CROSS JOIN tells SQLite to begin with the cash accounts.
const PAYMENTS: &str = "run_cash_accounts c CROSS JOIN payments p";
/// What holds of these payments.
const OF_THE_PART: &str = "c.run_id = $1 AND c.payer_id = $2 AND p.cash_account_id = c.cash_account_id \
    AND p.payment_date BETWEEN $3 AND $4 AND p.from_sequence <= $5 \
    AND (p.until_sequence IS NULL OR p.until_sequence > $5)";
/// What holds of an application of such a payment.
const APPLIED: &str = "a.payment_id = p.payment_id AND a.from_sequence <= $5 \
    AND (a.until_sequence IS NULL OR a.until_sequence > $5)";

/// What holds of the voucher of such an application.
const VOUCHER: &str = "v.voucher_id = a.voucher_id AND v.from_sequence <= $5 \
    AND (v.until_sequence IS NULL OR v.until_sequence > $5)";

/// Finds a part of the work; answers how many rows were added.
pub(crate) async fn find(conn: &mut Conn, part: &Part<'_>) -> Result<usize, StoreError> {
    let to_vendor_of_record = match part.by_vendor_of_record {
        true => format!(
            "UNION ALL \
             SELECT CASE WHEN v.vendor_of_record_id <> '' THEN v.vendor_of_record_id ELSE v.vendor_id END, \
               a.voucher_id, p.payment_id \
             FROM {PAYMENTS} CROSS JOIN payment_applications a CROSS JOIN vouchers v \
             WHERE {OF_THE_PART} AND {APPLIED} AND {VOUCHER}"
        ),
        false => String::new(),
    };
    let text = format!(
        "INSERT INTO run_work (run_id, recipient_id, voucher_id, payment_id) \
         SELECT DISTINCT $1, w.recipient_id, w.voucher_id, w.payment_id FROM ( \
           SELECT CASE WHEN p.pay_vendor_id <> '' THEN p.pay_vendor_id \
                       WHEN COALESCE(r.pay_vendor_id, '') <> '' THEN r.pay_vendor_id \
                       ELSE v.vendor_id END AS recipient_id, a.voucher_id AS voucher_id, p.payment_id AS payment_id \
           FROM {PAYMENTS} CROSS JOIN payment_applications a CROSS JOIN vouchers v \
           LEFT JOIN vendor_facts r ON r.vendor_id = v.vendor_id AND r.from_stamp <= $8 \
                AND (r.until_stamp IS NULL OR r.until_stamp > $8) \
           WHERE {OF_THE_PART} AND {APPLIED} AND {VOUCHER} \
           {to_vendor_of_record} \
           UNION ALL \
           SELECT p.pay_vendor_id, '', p.payment_id FROM {PAYMENTS} \
           WHERE {OF_THE_PART} AND NOT EXISTS (SELECT 1 FROM payment_applications a WHERE {APPLIED}) \
           UNION ALL \
           SELECT '', '', p.payment_id FROM {PAYMENTS} \
           WHERE {OF_THE_PART} AND p.pay_vendor_id = '' \
                AND p.federal_tax_withheld_cents + p.state_tax_withheld_cents <> 0 \
         ) w WHERE w.recipient_id >= $6 AND ($7 = '' OR w.recipient_id <= $7)"
    );
    let added = sql(&text)
        .bind::<Text, _>(part.run_id)
        .bind::<Text, _>(part.payer_id)
        .bind::<Date, _>(part.from_date)
        .bind::<Date, _>(part.to_date)
        .bind::<BigInt, _>(part.sequence)
        .bind::<Text, _>(part.from_recipient)
        .bind::<Text, _>(part.to_recipient)
        .bind::<BigInt, _>(part.vendor_stamp)
        .execute(conn)
        .await?;
    Ok(added)
}

/// How many recipients there are.
pub(crate) async fn recipients(conn: &mut Conn, run_id: &str) -> Result<i64, StoreError> {
    Ok(run_work::table
        .filter(run_work::run_id.eq(run_id))
        .filter(run_work::recipient_id.ne(""))
        .select(diesel::dsl::count(run_work::recipient_id).aggregate_distinct())
        .first(conn)
        .await?)
}

/// The next recipients after a key with the number of their rows, by key.
pub(crate) async fn recipients_after(
    conn: &mut Conn,
    run_id: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(run_work::table
        .filter(run_work::run_id.eq(run_id))
        .filter(run_work::recipient_id.gt(after))
        .group_by(run_work::recipient_id)
        .order(run_work::recipient_id)
        .select((run_work::recipient_id, diesel::dsl::count_star()))
        .limit(limit)
        .load(conn)
        .await?)
}

/// Deletes the work of a run.
pub(crate) async fn delete(conn: &mut Conn, run_id: &str) -> Result<(), StoreError> {
    diesel::delete(run_work::table)
        .filter(run_work::run_id.eq(run_id))
        .execute(conn)
        .await?;
    Ok(())
}
