//! Whether an import published after a run touches what the run calculated.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Date, Text};
use diesel_async::RunQueryDsl;
use formfeed_domain::calculation::Trace;

use super::reach::NOBODY;
use super::{Conn, Db, imports, sql};
use crate::StoreError;
use crate::calculation::Run;

/// Keys asked about in one query.
const CHUNK: usize = 500;

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    found: i64,
}

/// Whether a record that the trace names has changed, or a new payment reaches its recipient.
pub(crate) async fn touches(conn: &mut Conn, run: &Run, trace: &Trace) -> Result<bool, StoreError> {
    if imports::newest_sequence(conn).await? <= run.import_sequence {
        return Ok(false);
    }
    let vouchers: Vec<_> = trace
        .vouchers
        .iter()
        .map(|v| v.voucher_id.as_str())
        .collect();
    let applied = trace.vouchers.iter().flat_map(|v| &v.payments);
    let mut payments: Vec<_> = applied.map(|a| a.payment_id.as_str()).collect();
    payments.extend(trace.payments.iter().map(|p| p.payment_id.as_str()));
    for (table, column, keys) in [
        ("vouchers", "voucher_id", &vouchers),
        ("voucher_lines", "voucher_id", &vouchers),
        ("payment_applications", "voucher_id", &vouchers),
        ("payments", "payment_id", &payments),
        ("payment_applications", "payment_id", &payments),
    ] {
        for keys in keys.chunks(CHUNK) {
            if changed(conn, run.import_sequence, (table, column), keys).await? {
                return Ok(true);
            }
        }
    }
    paid_since(conn, run, trace).await
}

async fn changed(
    conn: &mut Conn,
    sequence: i64,
    (table, column): (&str, &str),
    keys: &[&str],
) -> Result<bool, StoreError> {
    let marks = (2..2 + keys.len()).map(|n| format!("${n}"));
    let marks = marks.collect::<Vec<_>>().join(", ");
    let text = format!(
        "SELECT COUNT(*) AS found FROM {table} WHERE (from_sequence > $1 OR until_sequence > $1) AND {column} IN ({marks})"
    );
    let query = sql(&text).into_boxed::<Db>().bind::<BigInt, _>(sequence);
    let query = keys
        .iter()
        .fold(query, |query, key| query.bind::<Text, _>(*key));
    let counted: Found = query.get_result(conn).await?;
    Ok(counted.found > 0)
}

/// Whether a payment of the payer and year that came since reaches the recipient.
async fn paid_since(conn: &mut Conn, run: &Run, trace: &Trace) -> Result<bool, StoreError> {
    const PAYMENT: &str = "p.payment_date BETWEEN $1 AND $2 AND p.until_sequence IS NULL AND EXISTS \
        (SELECT 1 FROM run_cash_accounts c WHERE c.run_id = $3 AND c.payer_id = $4 \
         AND c.cash_account_id = p.cash_account_id)";
    let named = format!(
        "SELECT COUNT(*) AS found FROM payments p WHERE {PAYMENT} AND p.from_sequence > $5 AND p.pay_vendor_id = $6"
    );
    let by_voucher = format!(
        "SELECT COUNT(*) AS found FROM vouchers v CROSS JOIN payment_applications a CROSS JOIN payments p \
         WHERE a.voucher_id = v.voucher_id AND a.until_sequence IS NULL AND p.payment_id = a.payment_id AND {PAYMENT} \
         AND (a.from_sequence > $5 OR p.from_sequence > $5) AND {NOBODY} AND v.until_sequence IS NULL \
         AND (v.vendor_id = $6 OR v.vendor_id IN \
              (SELECT vendor_id FROM vendor_facts r WHERE r.pay_vendor_id = $6 AND r.pay_vendor_id <> '' AND r.until_stamp IS NULL))"
    );
    let of_record = format!(
        "SELECT COUNT(*) AS found FROM vouchers v CROSS JOIN payment_applications a CROSS JOIN payments p \
         WHERE a.voucher_id = v.voucher_id AND a.until_sequence IS NULL AND p.payment_id = a.payment_id AND {PAYMENT} \
         AND (a.from_sequence > $5 OR p.from_sequence > $5 OR v.from_sequence > $5) AND v.until_sequence IS NULL \
         AND (v.vendor_of_record_id = $6 OR v.vendor_of_record_id = '' AND v.vendor_id = $6)"
    );
    let mut texts = vec![named, by_voucher];
    if run.asked.method.goes_by_vendor_of_record() {
        texts.push(of_record);
    }
    for text in texts {
        let counted: Found = sql(&text)
            .bind::<Date, _>(run.asked.tax_year.first_day())
            .bind::<Date, _>(run.asked.tax_year.last_day())
            .bind::<Text, _>(&run.asked.run_id)
            .bind::<Text, _>(run.asked.payer_id.as_str())
            .bind::<BigInt, _>(run.import_sequence)
            .bind::<Text, _>(trace.recipient_id.as_str())
            .get_result(conn)
            .await?;
        if counted.found > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}
