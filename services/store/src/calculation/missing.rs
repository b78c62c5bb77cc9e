//! The keys of a page's records, and of what they name and do not hold yet.

use std::collections::{BTreeSet, HashSet};

use formfeed_domain::calculation::assemble::Records;

pub(crate) fn missing_payments(records: &Records) -> Vec<String> {
    let there: HashSet<_> = records.payments.iter().map(|p| &p.payment_id).collect();
    let named = records.applications.iter().map(|a| &a.payment_id);
    let missing: BTreeSet<_> = named.filter(|id| !there.contains(id)).collect();
    missing.into_iter().map(ToString::to_string).collect()
}

pub(crate) fn vendors_of(records: &Records, recipients: &[String]) -> Vec<String> {
    let vouchers = records.vouchers.iter().map(|v| v.vendor_id.as_str());
    let wanted: BTreeSet<_> = vouchers
        .chain(recipients.iter().map(String::as_str))
        .collect();
    wanted.into_iter().map(ToOwned::to_owned).collect()
}
