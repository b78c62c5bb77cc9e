//! What the records of an import name in the vendor half, gathered while they come in.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::fast::RandomState;
use formfeed_domain::history::HistoryRecord;
use formfeed_store::calculation::{Import, ReferenceKind};

/// Keys of a kind that are gathered at most; of more, the store is asked.
const MOST_KEYS: usize = 200_000;

/// The keys of each kind, once each.
#[derive(Debug, Default)]
pub(crate) struct Named([HashSet<String, RandomState>; ReferenceKind::ALL.len()]);

impl Named {
    /// Gathers what a record names.
    pub(crate) fn look_at(&mut self, record: &HistoryRecord) {
        use ReferenceKind::{Account, CashAccount, RelateTo1, RelateTo2, Vendor};
        match record {
            HistoryRecord::Voucher(voucher) => {
                self.add(Vendor, Some(voucher.vendor_id.as_str()));
                let of_record = voucher.vendor_of_record_id.as_ref();
                self.add(Vendor, of_record.map(|key| key.as_str()));
            }
            HistoryRecord::VoucherLine(line) => {
                self.add(Account, line.account_id.as_ref().map(|key| key.as_str()));
                self.add(RelateTo1, line.relate_to_1.as_ref().map(|key| key.as_str()));
                self.add(RelateTo2, line.relate_to_2.as_ref().map(|key| key.as_str()));
            }
            HistoryRecord::Payment(payment) => {
                let pay_vendor = payment.pay_vendor_id.as_ref();
                self.add(Vendor, pay_vendor.map(|key| key.as_str()));
                self.add(CashAccount, Some(payment.cash_account_id.as_str()));
                self.add(Account, payment.account_id.as_ref().map(|key| key.as_str()));
                self.add(
                    RelateTo1,
                    payment.relate_to_1.as_ref().map(|key| key.as_str()),
                );
            }
            HistoryRecord::Application(_) => {}
        }
    }

    fn add(&mut self, kind: ReferenceKind, key: Option<&str>) {
        let keys = &mut self.0[kind as usize];
        if let Some(key) = key
            && keys.len() <= MOST_KEYS
            && !keys.contains(key)
        {
            keys.insert(key.to_owned());
        }
    }

    /// The keys of a kind; `None` when they are too many to have been gathered.
    fn keys(&self, kind: ReferenceKind) -> Option<Vec<String>> {
        let keys = &self.0[kind as usize];
        let mut keys: Vec<_> = (keys.len() <= MOST_KEYS).then(|| keys.iter().cloned().collect())?;
        keys.sort();
        Some(keys)
    }
}

/// What the import that was staged last names: it is the one to be published next, as a rule.
#[derive(Debug, Clone, Default)]
pub(crate) struct LastNamed(Arc<Mutex<Option<Staged>>>);

#[derive(Debug)]
struct Staged {
    import_id: String,
    content: String,
    named: Named,
}

impl LastNamed {
    /// Keeps what an import names, in place of what was kept before.
    pub(crate) fn keep(&self, import_id: &str, content: &str, named: Named) {
        let staged = Staged {
            import_id: import_id.to_owned(),
            content: content.to_owned(),
            named,
        };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(staged);
    }

    /// The keys of a kind that an import names; `None` when they are not known here.
    pub(crate) fn keys(&self, import: &Import, kind: ReferenceKind) -> Option<Vec<String>> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = last.as_ref()?;
        let same = last.import_id == import.import_id && last.content == import.content;
        same.then(|| last.named.keys(kind))?
    }

    /// Forgets what is kept.
    pub(crate) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn keys_are_gathered_once_each_and_never_half_of_them() {
        let mut named = Named::default();
        for _ in 0..2 {
            named.add(ReferenceKind::Account, Some("6100"));
            named.add(ReferenceKind::Account, None);
        }
        assert_eq!(named.keys(ReferenceKind::Account).unwrap(), ["6100"]);
        assert_eq!(
            named.keys(ReferenceKind::Vendor).unwrap(),
            Vec::<String>::new()
        );
        for key in 0..=MOST_KEYS {
            named.add(ReferenceKind::Vendor, Some(&key.to_string()));
        }
        assert_eq!(named.keys(ReferenceKind::Vendor), None);
    }
}
