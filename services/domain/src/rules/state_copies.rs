//! When a state wants a form though no tax was withheld for it.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::Money;
use crate::form::FormType;

/// What one state wants for payments of certain years.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateCopy {
    /// The state's code; `None` speaks for those without an entry.
    pub state: Option<String>,
    /// Of which return; `None` of both.
    pub form_type: Option<FormType>,
    /// First date of payment it holds for.
    pub from: NaiveDate,
    /// Last date of payment; `None` while no end is known.
    pub until: Option<NaiveDate>,
    /// What it wants.
    pub wish: Wish,
    /// Where it stands.
    pub source: String,
}

/// From how much of its income on a state wants a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// This much or more; `None`: never for income alone.
    pub amount: Option<Money>,
    /// Only a form that the IRS gets too.
    pub with_federal_form: bool,
}

/// What every state wants of one return of one year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StateCopies {
    by_state: BTreeMap<String, Wish>,
    others: Option<Wish>,
}

impl StateCopies {
    /// Whether a state wants a form for its income on it alone; `is_federal` tells that the IRS gets the form too.
    pub fn wants(&self, state: &str, income: Money, is_federal: bool) -> bool {
        let wish = self.by_state.get(state).or(self.others.as_ref());
        wish.is_some_and(|wish| {
            let reached = wish.amount.is_some_and(|amount| income >= amount);
            reached && income.is_positive() && (is_federal || !wish.with_federal_form)
        })
    }

    /// Takes entries in, those before them first; what is said of a state already stays.
    pub(super) fn add<'a>(&mut self, entries: impl Iterator<Item = &'a StateCopy>) {
        for entry in entries {
            match &entry.state {
                Some(state) => {
                    self.by_state.entry(state.clone()).or_insert(entry.wish);
                }
                None => {
                    self.others.get_or_insert(entry.wish);
                }
            }
        }
    }
}

impl StateCopy {
    /// Whether it holds for a return on every day from `first` to `last`.
    pub(super) fn covers(&self, form_type: FormType, first: NaiveDate, last: NaiveDate) -> bool {
        self.form_type.is_none_or(|own| own == form_type)
            && self.from <= first
            && self.until.is_none_or(|until| last <= until)
    }
}
