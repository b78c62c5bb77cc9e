//! The forms that an action comes to.

use super::{Action, FormKey, Step};
use crate::Money;
use crate::form::{Form, Mark, StateRow};

/// One form to file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correcting {
    /// What it is filed as.
    pub step: Step,
    /// Its number is that of the form as filed; otherwise that of today's form.
    pub has_filed_tin: bool,
    /// The filed form that it corrects.
    pub corrects: Option<FormKey>,
    /// The form but for its numbers.
    pub form: Form,
}

/// The forms, in the order they are filed. What is only for the state comes to none.
pub fn forms(
    action: &Action,
    filed: Option<(&FormKey, &Form)>,
    today: Option<&Form>,
) -> Vec<Correcting> {
    let corrects = filed.map(|(key, _)| key.clone());
    let back = |step| {
        filed.map(|(_, form)| Correcting {
            step,
            has_filed_tin: true,
            corrects: corrects.clone(),
            form: taken_back(form),
        })
    };
    let right = |step: Step, corrects: Option<FormKey>| {
        today.map(|form| Correcting {
            step,
            has_filed_tin: false,
            corrects,
            form: match step.is_marked() {
                true => marked(form.clone()),
                false => form.clone(),
            },
        })
    };
    let forms = match action {
        Action::TypeOne(_) => [right(Step::TypeOne, corrects.clone()), None],
        Action::TypeTwo(_) => [
            back(Step::TypeTwoFirst),
            right(Step::TypeTwoSecond, corrects.clone()),
        ],
        Action::TakeBack {
            is_wrong_type: true,
        } => [back(Step::TypeTwoFirst), None],
        Action::TakeBack {
            is_wrong_type: false,
        } => [back(Step::TypeOne), None],
        Action::New { is_second: true } => [right(Step::TypeTwoSecond, corrects.clone()), None],
        Action::New { is_second: false } => [right(Step::Original, None), None],
        Action::StateOnly(_) => [None, None],
    };
    forms.into_iter().flatten().collect()
}

/// The form as it takes itself back: CORRECTED, everything as filed, zero in all money boxes.
///
/// Source: General Instructions 2018, part H, error type 2, step 1; error type 1 for a form filed in error.
pub fn taken_back(filed: &Form) -> Form {
    let mut form = marked(filed.clone());
    form.boxes
        .values_mut()
        .for_each(|amount| *amount = Money::ZERO);
    form.marks.remove(&Mark::DirectSales);
    form.states = form.states.into_iter().map(without_amounts).collect();
    form
}

/// Whether a filed form reports nothing any more.
pub fn is_taken_back(form: &Form) -> bool {
    form.marks.contains(&Mark::Corrected)
        && form.boxes.values().all(|amount| amount.is_zero())
        && !form.marks.contains(&Mark::DirectSales)
}

fn without_amounts(row: StateRow) -> StateRow {
    StateRow {
        state_and_number: row.state_and_number,
        ..StateRow::default()
    }
}

fn marked(mut form: Form) -> Form {
    form.marks.insert(Mark::Corrected);
    form
}
