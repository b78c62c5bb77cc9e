//! The printers that this run drives, as it last knew.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use formfeed_domain::spool::PrinterId;
use formfeed_store::spooler::Lease;
use tokio_util::sync::CancellationToken;

/// A lease, and the end of it.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) lease: Lease,
    /// Cancelled when the printer is another's by now, or whatever is under way must end: no byte follows.
    pub(crate) over: CancellationToken,
}

/// What this run holds.
pub(crate) struct Leases {
    held: RwLock<BTreeMap<PrinterId, Held>>,
    cut_off: CancellationToken,
}

impl Leases {
    /// None yet; all of them end with `cut_off`.
    pub(crate) fn new(cut_off: CancellationToken) -> Self {
        Self {
            held: RwLock::default(),
            cut_off,
        }
    }

    /// The lease of a printer, if this run drives it.
    pub(crate) fn of(&self, printer: &PrinterId) -> Option<Held> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.get(printer).cloned()
    }

    /// Every lease.
    pub(crate) fn all(&self) -> Vec<Lease> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.values().map(|held| held.lease.clone()).collect()
    }

    /// Ends a lease that turned out to be another's.
    pub(crate) fn lose(&self, lease: &Lease) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = held.get(&lease.printer)
            && found.lease == *lease
        {
            found.over.cancel();
            held.remove(&lease.printer);
        }
    }

    /// Takes over what is known by now; answers the printers that are new.
    pub(crate) fn set(&self, leases: Vec<Lease>) -> Vec<PrinterId> {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.retain(|_, held| {
            let stays = leases.contains(&held.lease);
            if !stays {
                held.over.cancel();
            }
            stays
        });
        let mut new = Vec::new();
        for lease in leases {
            if !held.contains_key(&lease.printer) {
                new.push(lease.printer.clone());
                let over = self.cut_off.child_token();
                held.insert(lease.printer.clone(), Held { lease, over });
            }
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lease(printer: &str, epoch: i64) -> Lease {
        Lease {
            printer: PrinterId::new(printer).unwrap(),
            spooler: "one".to_owned(),
            instance: "run".to_owned(),
            epoch,
        }
    }

    #[test]
    fn a_new_epoch_ends_the_old_lease_and_what_stays_goes_on() {
        let leases = Leases::new(CancellationToken::new());
        assert_eq!(leases.set(vec![lease("a", 1), lease("b", 1)]).len(), 2);
        let (a, b) = (PrinterId::new("a").unwrap(), PrinterId::new("b").unwrap());
        let (old, same) = (leases.of(&a).unwrap(), leases.of(&b).unwrap());
        assert_eq!(
            leases.set(vec![lease("a", 3), lease("b", 1)]),
            std::slice::from_ref(&a)
        );
        assert!(old.over.is_cancelled() && !same.over.is_cancelled());
        leases.lose(&old.lease);
        assert!(leases.of(&a).is_some(), "the old one is not the new one");
        assert!(leases.set(vec![]).is_empty() && same.over.is_cancelled());
    }
}
