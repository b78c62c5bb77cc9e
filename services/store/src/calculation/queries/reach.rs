//! Which payments reached one recipient, found again for a run that has ended: for its proof.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Date, Text};
use diesel_async::RunQueryDsl;

use super::{Conn, sql};
use crate::StoreError;
use crate::calculation::Run;

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    payment_id: String,
}

/// A payment of the run's payer and year as the run saw it.
const PAYMENT: &str = "p.payment_date BETWEEN $1 AND $2 AND p.from_sequence <= $5 \
    AND (p.until_sequence IS NULL OR p.until_sequence > $5) AND EXISTS \
    (SELECT 1 FROM run_cash_accounts c WHERE c.run_id = $3 AND c.payer_id = $4 \
     AND c.cash_account_id = p.cash_account_id)";
/// A payment that names no pay vendor. Not said plainly, or SQLite would look for it among all that name none.
pub(super) const NOBODY: &str = "p.pay_vendor_id || '' = ''";
/// A payment of [`PAYMENT`] applied to a voucher, as the run saw both. CROSS JOIN tells SQLite to begin with the few
/// vouchers, not with all payments that name nobody.
const APPLIED: &str = "vouchers v CROSS JOIN payment_applications a CROSS JOIN payments p \
    WHERE a.voucher_id = v.voucher_id AND a.from_sequence <= $5 \
    AND (a.until_sequence IS NULL OR a.until_sequence > $5) AND p.payment_id = a.payment_id \
    AND v.from_sequence <= $5 AND (v.until_sequence IS NULL OR v.until_sequence > $5)";

/// The keys of the payments, each once, by key: paid to the recipient by name; without a name, for vouchers of it
/// or of vendors that it is paid for; and, where the method goes by it, for vouchers of which it is the vendor of record.
pub(crate) async fn payments_of(
    conn: &mut Conn,
    run: &Run,
    recipient_id: &str,
) -> Result<Vec<String>, StoreError> {
    let named =
        format!("SELECT p.payment_id FROM payments p WHERE p.pay_vendor_id = $6 AND {PAYMENT}");
    let own = format!(
        "SELECT p.payment_id FROM {APPLIED} AND v.vendor_id = $6 AND {NOBODY} AND {PAYMENT}"
    );
    let of_others = format!(
        "SELECT p.payment_id FROM {APPLIED} AND v.vendor_id IN (SELECT r.vendor_id FROM vendor_facts r \
         WHERE r.pay_vendor_id = $6 AND r.pay_vendor_id <> '' AND r.from_stamp <= $7 \
         AND (r.until_stamp IS NULL OR r.until_stamp > $7)) AND {NOBODY} AND {PAYMENT}"
    );
    let of_record = format!(
        "SELECT p.payment_id FROM {APPLIED} AND v.vendor_of_record_id = $6 AND v.vendor_of_record_id <> '' \
         AND {PAYMENT} UNION SELECT p.payment_id FROM {APPLIED} AND v.vendor_id = $6 \
         AND v.vendor_of_record_id = '' AND {PAYMENT}"
    );
    let mut texts = vec![named, own, of_others];
    if run.asked.method.goes_by_vendor_of_record() {
        texts.push(of_record);
    }
    let text = format!("{} ORDER BY 1", texts.join(" UNION "));
    let found: Vec<Found> = sql(&text)
        .bind::<Date, _>(run.asked.tax_year.first_day())
        .bind::<Date, _>(run.asked.tax_year.last_day())
        .bind::<Text, _>(&run.asked.run_id)
        .bind::<Text, _>(run.asked.payer_id.as_str())
        .bind::<BigInt, _>(run.import_sequence)
        .bind::<Text, _>(recipient_id)
        .bind::<BigInt, _>(run.vendor_stamp)
        .load(conn)
        .await?;
    Ok(found.into_iter().map(|found| found.payment_id).collect())
}
