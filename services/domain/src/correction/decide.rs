//! What has to be filed for one recipient of a year.

use std::collections::{BTreeMap, BTreeSet};

use super::{Change, ErrorType, Step, compare, is_taken_back};
use crate::form::{Form, FormType};

/// The last form that was filed.
#[derive(Debug, Clone, Copy)]
pub struct Filed<'a> {
    /// As it was.
    pub form: &'a Form,
    /// As what.
    pub step: Step,
    /// Its number is the one that today's form has.
    pub is_same_tin: bool,
}

/// The form that is due today.
#[derive(Debug, Clone, Copy)]
pub struct Today<'a>(pub &'a Form);

/// One recipient of a payer and year.
#[derive(Debug, Clone, Default)]
pub struct Recipient<'a> {
    /// What was filed last, by form type.
    pub filed: BTreeMap<FormType, Filed<'a>>,
    /// What is due today, by form type.
    pub today: BTreeMap<FormType, Today<'a>>,
    /// Form types of which the payer has filed anything for the year.
    pub begun: BTreeSet<FormType>,
}

/// What has to be filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// One form with CORRECTED.
    TypeOne(Vec<Change>),
    /// Two forms: the one filed, with CORRECTED and zeros; then today's.
    TypeTwo(Vec<Change>),
    /// One form with CORRECTED and zeros: it should not have been filed.
    TakeBack {
        /// Another form type takes its place: the first of two forms.
        is_wrong_type: bool,
    },
    /// Today's form, without CORRECTED.
    New {
        /// It takes the place of a form that is taken back: the second of two forms.
        is_second: bool,
    },
    /// Nothing for the IRS: the state is told.
    StateOnly(Vec<Change>),
}

/// Decides for every form type; those with nothing to file are left out.
///
/// A form that was never filed is late only once the payer has filed that type: until then it goes with the others.
pub fn decide(recipient: &Recipient<'_>) -> BTreeMap<FormType, Action> {
    let actions = FormType::ALL.into_iter().filter_map(|form_type| {
        let action = of_type(recipient, form_type)?;
        Some((form_type, action))
    });
    actions.collect()
}

fn of_type(recipient: &Recipient<'_>, form_type: FormType) -> Option<Action> {
    let today = recipient.today.get(&form_type).map(|today| today.0);
    match (recipient.filed.get(&form_type), today) {
        (None, None) => None,
        (None, Some(_)) => recipient.begun.contains(&form_type).then(|| Action::New {
            is_second: recipient.has_wrong_type_beside(form_type),
        }),
        (Some(filed), None) => (!is_taken_back(filed.form)).then(|| Action::TakeBack {
            is_wrong_type: recipient.has_right_type_beside(form_type),
        }),
        (Some(filed), Some(today)) => changed(*filed, today),
    }
}

fn changed(filed: Filed<'_>, today: &Form) -> Option<Action> {
    let changes = compare(filed.form, today, filed.is_same_tin);
    let error_type = ErrorType::of(changes.iter().map(Change::field))?;
    Some(match error_type {
        ErrorType::Two if is_taken_back(filed.form) => Action::New {
            is_second: filed.step == Step::TypeTwoFirst,
        },
        ErrorType::Two => Action::TypeTwo(changes),
        ErrorType::One => Action::TypeOne(changes),
        ErrorType::StateOnly => Action::StateOnly(changes),
    })
}

impl Recipient<'_> {
    /// Another type was filed that is not due: this one should have been filed instead, or is since it was taken back.
    fn has_wrong_type_beside(&self, form_type: FormType) -> bool {
        let mut others = self.filed.iter().filter(|(other, _)| **other != form_type);
        others.any(|(other, filed)| {
            let is_due = self.today.contains_key(other);
            !is_due && (!is_taken_back(filed.form) || filed.step == Step::TypeTwoFirst)
        })
    }

    /// Another type is due that was never filed: it should have been filed instead of this one.
    fn has_right_type_beside(&self, form_type: FormType) -> bool {
        let mut others = self.today.keys().filter(|other| **other != form_type);
        others.any(|other| !self.filed.contains_key(other))
    }
}
