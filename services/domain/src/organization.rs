//! The organization tree: which payer owns a cash account.

use std::collections::{BTreeMap, BTreeSet};

use crate::{CashAccountId, OrgId, PayerId};

/// A node of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Key.
    pub org_id: OrgId,
    /// Parent; `None` at the root.
    pub parent_org_id: Option<OrgId>,
    /// Payer; `None` is inherited from the nearest ancestor that has one.
    pub payer_id: Option<PayerId>,
}

/// A bank or cash account and the organization it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CashAccount {
    /// Key.
    pub cash_account_id: CashAccountId,
    /// Owner.
    pub org_id: OrgId,
    /// Free text.
    pub description: String,
}

/// The payer of an organization: its own, or that of the nearest ancestor that has one.
///
/// `None` when no ancestor has a payer. A cycle ends the walk; imports refuse one (see [`cycles`]).
pub fn payer_of<'a>(
    tree: &'a BTreeMap<OrgId, Organization>,
    org_id: &OrgId,
) -> Option<&'a PayerId> {
    let mut seen = BTreeSet::new();
    let mut at = tree.get(org_id);
    while let Some(organization) = at {
        if organization.payer_id.is_some() || !seen.insert(&organization.org_id) {
            return organization.payer_id.as_ref();
        }
        at = organization
            .parent_org_id
            .as_ref()
            .and_then(|parent| tree.get(parent));
    }
    None
}

/// Organizations that are their own ancestor.
pub fn cycles(tree: &BTreeMap<OrgId, Organization>) -> BTreeSet<OrgId> {
    let parent = |id: &OrgId| tree.get(id).and_then(|o| o.parent_org_id.clone());
    let returns = |start: &OrgId| {
        let mut seen = BTreeSet::new();
        let mut at = parent(start);
        while let Some(id) = at {
            if &id == start {
                return true;
            }
            if !seen.insert(id.clone()) {
                return false;
            }
            at = parent(&id);
        }
        false
    };
    tree.keys().filter(|id| returns(id)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(rows: &[(&str, &str, &str)]) -> BTreeMap<OrgId, Organization> {
        let org = |text: &str| OrgId::new(text).ok();
        rows.iter()
            .map(|(id, parent, payer)| {
                let org_id = OrgId::new(*id).unwrap();
                let payer_id = PayerId::new(*payer).ok();
                (
                    org_id.clone(),
                    Organization {
                        org_id,
                        parent_org_id: org(parent),
                        payer_id,
                    },
                )
            })
            .collect()
    }

    #[test]
    fn a_cash_account_belongs_to_the_nearest_payer_above_it() {
        let tree = tree(&[
            ("1", "", "TE1"),
            ("1.1", "1", ""),
            ("1.2", "1", "TE2"),
            ("1.2.4", "1.2", ""),
            ("9", "", ""),
        ]);
        let payer = |id: &str| payer_of(&tree, &OrgId::new(id).unwrap()).map(PayerId::as_str);
        assert_eq!(payer("1.1"), Some("TE1"));
        assert_eq!(payer("1.2.4"), Some("TE2"));
        assert_eq!(payer("9"), None);
    }

    #[test]
    fn a_cycle_is_named_and_does_not_hang() {
        let tree = tree(&[("a", "b", ""), ("b", "a", ""), ("c", "b", "")]);
        let names: Vec<_> = cycles(&tree).into_iter().map(|id| id.to_string()).collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(payer_of(&tree, &OrgId::new("c").unwrap()), None);
    }
}
