//! What the records of a page name and do not hold yet.

use std::collections::{BTreeSet, HashSet};

use formfeed_domain::calculation::assemble::Records;
use formfeed_domain::history::PaymentApplication;

/// Payments whose applications may go to recipients outside the page.
pub(super) fn payments_without_pay_vendor(records: &Records) -> Vec<String> {
    let payments = records.payments.iter();
    payments
        .filter(|payment| payment.pay_vendor_id.is_none())
        .map(|payment| payment.payment_id.to_string())
        .collect()
}

/// Adds the applications to vouchers outside the page; those inside are there already.
pub(super) fn add_applications(records: &mut Records, applied: Vec<PaymentApplication>) {
    let inside: HashSet<_> = records.vouchers.iter().map(|v| &v.voucher_id).collect();
    let outside = applied
        .into_iter()
        .filter(|application| !inside.contains(&application.voucher_id));
    records.applications.extend(outside);
}

pub(super) fn missing_vouchers(records: &Records) -> Vec<String> {
    let there: HashSet<_> = records.vouchers.iter().map(|v| &v.voucher_id).collect();
    let named = records.applications.iter().map(|a| &a.voucher_id);
    let missing: BTreeSet<_> = named.filter(|id| !there.contains(id)).collect();
    missing.into_iter().map(ToString::to_string).collect()
}

pub(super) fn missing_payments(records: &Records) -> Vec<String> {
    let there: HashSet<_> = records.payments.iter().map(|p| &p.payment_id).collect();
    let named = records.applications.iter().map(|a| &a.payment_id);
    let missing: BTreeSet<_> = named.filter(|id| !there.contains(id)).collect();
    missing.into_iter().map(ToString::to_string).collect()
}

pub(super) fn vendors_of(records: &Records, recipients: &[String]) -> Vec<String> {
    let vouchers = records.vouchers.iter().map(|v| v.vendor_id.as_str());
    let wanted: BTreeSet<_> = vouchers
        .chain(recipients.iter().map(String::as_str))
        .collect();
    wanted.into_iter().map(ToOwned::to_owned).collect()
}
