//! Who was paid in a run's year: the pay vendors that payments name, and the working rows of the run, one for each
//! recipient and payment where the payment does not name its recipient.
//!
//! A blank recipient is a payment that may have reached nobody.

use chrono::NaiveDate;
use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Text};
use diesel_async::RunQueryDsl;
use formfeed_domain::VendorId;

use super::{Conn, sql};
use crate::StoreError;
use crate::calculation::Run;
use crate::calculation::schema::run_work;

/// Payments of the run's payer between two days, as of its sequence. CROSS JOIN tells SQLite to begin with the
/// payments, which lie in the order of their pay vendors.
const PAYMENTS: &str = "payments p CROSS JOIN run_cash_accounts c";
/// What holds of these payments.
const OF_THE_RUN: &str = "c.run_id = $1 AND c.payer_id = $2 AND c.cash_account_id = p.cash_account_id \
    AND p.payment_date BETWEEN $3 AND $4 AND p.from_sequence <= $5 \
    AND (p.until_sequence IS NULL OR p.until_sequence > $5)";
/// What holds of an application of such a payment.
const APPLIED: &str = "a.payment_id = p.payment_id AND a.from_sequence <= $5 \
    AND (a.until_sequence IS NULL OR a.until_sequence > $5)";
/// What holds of the voucher of such an application.
const VOUCHER: &str = "v.voucher_id = a.voucher_id AND v.from_sequence <= $5 \
    AND (v.until_sequence IS NULL OR v.until_sequence > $5)";

/// The rows of a run noted after a recipient.
const NOTED: &str = "FROM run_work w WHERE w.run_id = $1 AND w.recipient_id > $8";

/// The payments of a run after a pay vendor.
const NAMED: &str = "FROM payments p WHERE p.pay_vendor_id > $8 AND p.pay_vendor_id >= $6 \
    AND ($7 = '' OR p.pay_vendor_id <= $7) AND p.payment_date BETWEEN $3 AND $4 AND p.from_sequence <= $5 \
    AND (p.until_sequence IS NULL OR p.until_sequence > $5) AND p.cash_account_id IN \
    (SELECT c.cash_account_id FROM run_cash_accounts c WHERE c.run_id = $1 AND c.payer_id = $2)";

/// Binds the run's payer, year, sequence and range of recipients, and the recipient to go on after.
macro_rules! bind {
    ($query:expr, $run:expr, $after:expr) => {{
        let (run, year) = ($run, $run.asked.tax_year);
        let (first, last) = range_of(run);
        $query
            .bind::<Text, _>(&run.asked.run_id)
            .bind::<Text, _>(run.asked.payer_id.as_str())
            .bind::<Date, _>(year.first_day())
            .bind::<Date, _>(year.last_day())
            .bind::<BigInt, _>(run.import_sequence)
            .bind::<Text, _>(first)
            .bind::<Text, _>(last)
            .bind::<Text, _>($after)
    }};
}

/// First and last recipient that a run was asked for; blank is the first or last there is.
fn range_of(run: &Run) -> (&str, &str) {
    let [first, last] = [&run.asked.from_recipient_id, &run.asked.to_recipient_id]
        .map(|id| id.as_ref().map_or("", VendorId::as_str));
    (first, last)
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct Next {
    #[diesel(sql_type = Text)]
    recipient_id: String,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Notes what reached whom without naming them in a span of days of the run's year; answers how many rows were added.
pub(crate) async fn find(
    conn: &mut Conn,
    run: &Run,
    (from_date, to_date): (NaiveDate, NaiveDate),
) -> Result<usize, StoreError> {
    let to_vendor_of_record = match run.asked.method.goes_by_vendor_of_record() {
        true => format!(
            "UNION ALL SELECT CASE WHEN v.vendor_of_record_id <> '' THEN v.vendor_of_record_id ELSE v.vendor_id END, \
               p.payment_id \
             FROM {PAYMENTS} CROSS JOIN payment_applications a CROSS JOIN vouchers v \
             WHERE {OF_THE_RUN} AND {APPLIED} AND {VOUCHER}"
        ),
        false => String::new(),
    };
    let text = format!(
        "INSERT INTO run_work (run_id, recipient_id, payment_id) \
         SELECT DISTINCT $1, w.recipient_id, w.payment_id FROM ( \
           SELECT CASE WHEN COALESCE(r.pay_vendor_id, '') <> '' THEN r.pay_vendor_id \
                       ELSE v.vendor_id END AS recipient_id, p.payment_id AS payment_id \
           FROM {PAYMENTS} CROSS JOIN payment_applications a CROSS JOIN vouchers v \
           LEFT JOIN vendor_facts r ON r.vendor_id = v.vendor_id AND r.from_stamp <= $8 \
                AND (r.until_stamp IS NULL OR r.until_stamp > $8) \
           WHERE p.pay_vendor_id = '' AND {OF_THE_RUN} AND {APPLIED} AND {VOUCHER} \
           {to_vendor_of_record} \
           UNION ALL \
           SELECT '', p.payment_id FROM {PAYMENTS} \
           WHERE p.pay_vendor_id = '' AND {OF_THE_RUN} \
                AND (p.federal_tax_withheld_cents + p.state_tax_withheld_cents <> 0 \
                     OR NOT EXISTS (SELECT 1 FROM payment_applications a WHERE {APPLIED})) \
         ) w WHERE w.recipient_id >= $6 AND ($7 = '' OR w.recipient_id <= $7)"
    );
    let (first, last) = range_of(run);
    let added = sql(&text)
        .bind::<Text, _>(&run.asked.run_id)
        .bind::<Text, _>(run.asked.payer_id.as_str())
        .bind::<Date, _>(from_date)
        .bind::<Date, _>(to_date)
        .bind::<BigInt, _>(run.import_sequence)
        .bind::<Text, _>(first)
        .bind::<Text, _>(last)
        .bind::<BigInt, _>(run.vendor_stamp)
        .execute(conn)
        .await?;
    Ok(added)
}

/// How many recipients there are.
pub(crate) async fn recipients(conn: &mut Conn, run: &Run) -> Result<i64, StoreError> {
    let text = format!(
        "SELECT COUNT(*) AS count FROM (SELECT p.pay_vendor_id AS recipient_id {NAMED} \
         UNION SELECT w.recipient_id {NOTED}) r"
    );
    let counted: Counted = bind!(sql(&text), run, "").get_result(conn).await?;
    Ok(counted.count)
}

/// The recipients of the next payments after a key, at most `limit` of these, with their number, by key. The last
/// recipient may have more.
pub(crate) async fn recipients_after(
    conn: &mut Conn,
    run: &Run,
    after: &str,
    limit: i64,
) -> Result<Vec<(String, i64)>, StoreError> {
    // Each part is read in the order of its index, no further than to the limit.
    let text = format!(
        "SELECT r.recipient_id AS recipient_id, COUNT(*) AS count FROM ( \
           SELECT * FROM (SELECT p.pay_vendor_id AS recipient_id {NAMED} \
             ORDER BY p.pay_vendor_id LIMIT {limit}) named \
           UNION ALL \
           SELECT * FROM (SELECT w.recipient_id AS recipient_id {NOTED} \
             ORDER BY w.recipient_id LIMIT {limit}) noted \
         ) r GROUP BY r.recipient_id ORDER BY r.recipient_id"
    );
    let next: Vec<Next> = bind!(sql(&text), run, after).load(conn).await?;
    let pair = |next: Next| (next.recipient_id, next.count);
    Ok(next.into_iter().map(pair).collect())
}

/// The keys of the payments of a range of recipients, each once.
pub(crate) async fn payments_of(
    conn: &mut Conn,
    run_id: &str,
    (first, last): (&str, &str),
) -> Result<Vec<String>, StoreError> {
    Ok(run_work::table
        .filter(run_work::run_id.eq(run_id))
        .filter(run_work::recipient_id.between(first, last))
        .select(run_work::payment_id)
        .distinct()
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
