//! Everything that a calculation looks at, from the payments that reached its recipients.

use std::collections::HashMap;

use formfeed_domain::VendorId;
use formfeed_domain::calculation::assemble::Records;
use formfeed_domain::history::Payment;

use super::{Conn, applications, payments, vendor_facts, voucher_lines, vouchers};
use crate::StoreError;
use crate::calculation::missing::{missing_payments, vendors_of};
use crate::calculation::{Run, RunVendor};

/// The payments, the vouchers they settle, all lines of these, everything ever applied to them, and the payments of
/// that: as the run sees them.
pub(crate) async fn of_payments(
    conn: &mut Conn,
    run: &Run,
    paid: Vec<Payment>,
) -> Result<Records, StoreError> {
    let sequence = run.import_sequence;
    let keys = paid.iter().map(|p| p.payment_id.to_string()).collect();
    let settled = applications::vouchers_of(conn, keys, sequence).await?;
    let mut records = Records {
        vouchers: vouchers::of_keys(conn, settled.clone(), sequence).await?,
        lines: voucher_lines::of_vouchers(conn, settled.clone(), sequence).await?,
        applications: applications::of_vouchers(conn, settled, sequence).await?,
        payments: paid,
    };
    let others = payments::of_keys(conn, missing_payments(&records), sequence).await?;
    records.payments.extend(others);
    Ok(records)
}

/// The vendors that records name, and these recipients, as the run sees them.
pub(crate) async fn vendors(
    conn: &mut Conn,
    run: &Run,
    records: &Records,
    recipients: &[String],
) -> Result<HashMap<VendorId, RunVendor>, StoreError> {
    let keys = vendors_of(records, recipients);
    let vendors = vendor_facts::of_keys(conn, keys, run.vendor_stamp).await?;
    let by_key = vendors.into_iter().map(|v| (v.facts.vendor_id.clone(), v));
    Ok(by_key.collect())
}
