//! One person under several vendor ids, on one form by choice.
//!
//! The form is that of the first vendor id by key, or of the one that it was filed under before; the others get none.
//! A vendor id whose form is left out is out of the sums too.

use std::collections::{BTreeMap, BTreeSet};

use formfeed_domain::VendorId;
use formfeed_domain::eligibility::{self, Decision, NoForm, NoFormReason};
use formfeed_domain::form::FormType;
use formfeed_domain::rules::YearRules;
use formfeed_proto::calculation::Information;
use tonic::Status;

use crate::decide::{contents, fill_in, incomes};
use crate::twins::Together;
use crate::voided::Voided;

/// What is known of a payer's persons beside their 1099 information.
#[derive(Clone, Copy, Default)]
pub(crate) struct Persons<'a> {
    voided: Option<&'a Voided>,
    holders: Option<&'a BTreeSet<(VendorId, FormType)>>,
}

/// The decisions about one vendor id of a person, where persons are merged.
#[derive(Default)]
pub(crate) struct Merged {
    /// By form type.
    pub(crate) decisions: BTreeMap<FormType, Decision>,
    /// The other vendor ids whose amounts are on its form.
    pub(crate) covers: BTreeMap<FormType, Vec<VendorId>>,
    /// Whose form has its amounts.
    pub(crate) merged_into: BTreeMap<FormType, VendorId>,
}

impl Merged {
    /// Its form of that type has the amounts of others, or another's has its.
    pub(crate) fn is_of_several(&self, form_type: FormType) -> bool {
        self.covers.contains_key(&form_type) || self.merged_into.contains_key(&form_type)
    }
}

impl<'a> Persons<'a> {
    /// Forms of which some are left out.
    pub(crate) fn without(voided: &'a Voided) -> Self {
        Self {
            voided: Some(voided),
            holders: None,
        }
    }

    /// The same, where some were filed merged: under these vendor ids.
    pub(crate) fn filed_under(self, holders: &'a BTreeSet<(VendorId, FormType)>) -> Self {
        Self {
            holders: Some(holders),
            ..self
        }
    }

    fn is_voided(&self, id: &VendorId, form_type: FormType) -> bool {
        self.voided.is_some_and(|voided| voided.has(id, form_type))
    }

    /// Whose form it is of some vendor ids of one person.
    fn holder<'i>(
        &self,
        group: &BTreeSet<&'i VendorId>,
        form_type: FormType,
    ) -> Option<&'i VendorId> {
        let holds = |id: &&&VendorId| {
            let key = ((**id).clone(), form_type);
            self.holders.is_some_and(|holders| holders.contains(&key))
        };
        group.iter().find(holds).or_else(|| group.first()).copied()
    }
}

/// Decides about one vendor id of a person who has several; `apart` is what was decided about it alone.
pub(crate) fn merge(
    (id, rows): (&VendorId, &[Information]),
    together: &Together,
    mut apart: BTreeMap<FormType, Decision>,
    (rules, options): (&YearRules, eligibility::Options),
    persons: Persons<'_>,
) -> Result<Merged, Status> {
    let tested = together.with(&incomes(rows)?);
    let mut merged = Merged::default();
    for form_type in rules.forms.keys().copied() {
        let own = apart.remove(&form_type);
        let is_in = |id: &&VendorId| !persons.is_voided(id, form_type);
        let ids = std::iter::once(id).chain(&together.others);
        let group: BTreeSet<&VendorId> = ids.filter(is_in).collect();
        let holder = persons.holder(&group, form_type);
        let decision = match holder {
            Some(holder) if group.len() > 1 && group.contains(id) => {
                if holder == id {
                    let all = together.rows_of(rows, |other| group.contains(other));
                    let sums = incomes(&all)?;
                    let mut all_of_it =
                        eligibility::decide_together(&sums, &tested, rules, options);
                    fill_in(contents(&mut all_of_it), &all, rules)?;
                    let others = group.iter().filter(|other| **other != id);
                    let others = others.map(|other| (*other).clone()).collect();
                    merged.covers.insert(form_type, others);
                    all_of_it.remove(&form_type)
                } else {
                    own.map(|decision| match decision {
                        Decision::Form(_) => {
                            merged.merged_into.insert(form_type, holder.clone());
                            Decision::NoForm(NoForm {
                                reason: NoFormReason::Merged,
                                amounts: Vec::new(),
                            })
                        }
                        none @ Decision::NoForm(_) => none,
                    })
                }
            }
            _ => own,
        };
        if let Some(decision) = decision {
            merged.decisions.insert(form_type, decision);
        }
    }
    merged
        .covers
        .retain(|form_type, _| matches!(merged.decisions.get(form_type), Some(Decision::Form(_))));
    Ok(merged)
}
