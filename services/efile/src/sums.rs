//! Counts and totals, added up from the forms as they are written.

use std::collections::BTreeMap;

use formfeed_domain::Money;
use formfeed_domain::form::BoxId;
use formfeed_domain::rules::{BoxKind, BoxRule, FormRules};
use formfeed_domain::totals::Totals;

use crate::form_view::FormView;

/// What some forms add up to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sums {
    /// How many forms.
    pub forms: u64,
    /// Amounts by box; a box that no form has is not here.
    pub by_box: BTreeMap<BoxId, Money>,
    /// State tax withheld, over all state rows.
    pub state_withheld: Money,
    /// What the states in combined filing get, by their two letters.
    pub combined: BTreeMap<String, StateSums>,
}

/// What one state's forms add up to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StateSums {
    /// How many forms.
    pub forms: u64,
    /// Amounts by box, of the whole forms: a form is not divided among its states.
    pub by_box: BTreeMap<BoxId, Money>,
    /// State tax withheld, for this state.
    pub state_withheld: Money,
    /// Local tax withheld, in this state.
    pub local_withheld: Money,
}

impl Sums {
    /// What Form 1096 would say of the same forms, by the rules of their year: to hold the file against print.
    pub fn totals(&self, rules: &FormRules) -> Totals {
        let sum = |wanted: &dyn Fn(&BoxRule) -> bool| -> Money {
            let boxes = self.by_box.iter();
            boxes
                .filter(|(id, _)| rules.find(id).is_some_and(wanted))
                .map(|(_, amount)| *amount)
                .sum()
        };
        Totals {
            forms: usize::try_from(self.forms).unwrap_or(usize::MAX),
            total: sum(&|rule| rule.in_total),
            federal_withheld: sum(&|rule| rule.kind == BoxKind::FederalWithheld),
            state_withheld: self.state_withheld,
        }
    }

    pub(crate) fn add(&mut self, view: &FormView<'_>) {
        self.forms += 1;
        add_boxes(&mut self.by_box, view);
        self.state_withheld += view.states().map(|row| row.tax_withheld).sum();
        let mut seen: Vec<&str> = Vec::new();
        for row in view.states().filter(|row| row.filing.combined) {
            let state = self.combined.entry(row.filing.state.clone()).or_default();
            state.state_withheld += row.tax_withheld;
            state.local_withheld += row.local_withheld;
            if !seen.contains(&row.filing.state.as_str()) {
                seen.push(&row.filing.state);
                state.forms += 1;
                add_boxes(&mut state.by_box, view);
            }
        }
    }
}

fn add_boxes(to: &mut BTreeMap<BoxId, Money>, view: &FormView<'_>) {
    for (id, amount) in view.amounts() {
        *to.entry(id.clone()).or_default() += amount;
    }
}
