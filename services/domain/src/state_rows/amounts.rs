//! What each state has of a recipient's amounts, and of one form.

use std::collections::BTreeMap;

use crate::calculation::apportion::apportion;
use crate::eligibility::Content;
use crate::rules::{BoxKind, FormRules};
use crate::{IncomeType, Money};

/// One recipient's amounts by income type and state, as they stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StateAmounts(BTreeMap<IncomeType, Division>);

/// One income type by state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Division {
    /// By code; what names no state is the rest.
    named: BTreeMap<String, Money>,
    is_estimated: bool,
}

/// What one state has of a form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StatePart {
    /// State tax withheld.
    pub withheld: Money,
    /// Of the amounts in the form's boxes.
    pub income: Money,
}

/// What the states have of a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StateParts {
    /// By code: what payments named.
    pub named: BTreeMap<String, StatePart>,
    /// An edit changed an amount that several states share: how it is divided among them is a guess.
    pub is_estimated: bool,
}

impl StateAmounts {
    /// Adds a row of 1099 information: what stands, what was calculated, and the named states' parts of that.
    ///
    /// An edit of an amount that is all one state's is that state's. One that several share, or of which a part names
    /// no state, is divided in the proportion that was calculated, and counts as estimated.
    pub fn add(
        &mut self,
        income_type: IncomeType,
        (standing, calculated): (Money, Money),
        parts: BTreeMap<String, Money>,
    ) {
        let rest = calculated - parts.values().sum();
        let is_edited = standing != calculated;
        let is_shared = parts.len() > 1 || !rest.is_zero();
        if parts.is_empty() {
            return;
        }
        let named = match (is_edited, is_shared) {
            (false, _) => parts,
            (true, false) => parts.into_keys().map(|state| (state, standing)).collect(),
            (true, true) => divide(standing, parts, rest),
        };
        let is_estimated = is_edited && is_shared && !standing.is_zero();
        let division = self.0.entry(income_type).or_default();
        division.is_estimated |= is_estimated;
        for (state, amount) in named {
            *division.named.entry(state).or_default() += amount;
        }
    }

    /// What of it a form with this content shows: of the income in its boxes, and of the state tax if it carries that.
    pub fn of_form(&self, content: &Content, form: &FormRules) -> StateParts {
        let mut parts = StateParts::default();
        for (income_type, division) in &self.0 {
            if *income_type == IncomeType::StateTaxWithheld {
                if content.state_withheld.is_positive() {
                    parts.add_withheld(division, content.state_withheld);
                }
            } else if is_shown(*income_type, content, form) {
                parts.is_estimated |= division.is_estimated;
                for (state, amount) in &division.named {
                    parts.named.entry(state.clone()).or_default().income += *amount;
                }
            }
        }
        parts.named.retain(|_, part| *part != StatePart::default());
        parts
    }
}

/// Whether the form has the income type in a box for amounts.
fn is_shown(income_type: IncomeType, content: &Content, form: &FormRules) -> bool {
    form.place(income_type)
        .is_some_and(|rule| rule.kind == BoxKind::Amount && content.boxes.contains_key(&rule.id))
}

impl StateParts {
    /// A form takes no sign: tax that one state gave back is taken from the others.
    fn add_withheld(&mut self, division: &Division, whole: Money) {
        let rest = whole - division.named.values().sum();
        let has_negative = rest.is_negative() || division.named.values().any(|m| m.is_negative());
        self.is_estimated |= division.is_estimated || has_negative;
        let named = match has_negative {
            true => divide(whole, division.named.clone(), rest),
            false => division.named.clone(),
        };
        for (state, amount) in named {
            self.named.entry(state).or_default().withheld += amount;
        }
    }
}

/// Divides a whole by the parts above nothing; the rest's share is nobody's. Where there are none, all of it is.
fn divide(
    whole: Money,
    mut parts: BTreeMap<String, Money>,
    rest: Money,
) -> BTreeMap<String, Money> {
    parts.insert(String::new(), rest);
    let mut divided = apportion(whole, &parts).unwrap_or_default();
    divided.remove("");
    divided
}
