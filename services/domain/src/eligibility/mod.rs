//! Box amounts → form: who gets a form, what stands on it, and why not.
//!
//! [`decide`] takes one recipient's 1099 information of a year and the rules of that year. It answers
//! for every form type on which the recipient has anything: a form with its boxes, or the reason for
//! none with the amounts. What is left off a form is listed beside it; nothing disappears.

mod decision;
mod draft;
mod place;

use std::collections::BTreeMap;

pub use decision::{Content, Decision, LeftOff, LeftOffReason, NoForm, NoFormReason};
pub use place::{Place, places};

use crate::form::{FormType, Mark};
use crate::rules::YearRules;
use crate::{IncomeType, Money};
use draft::Draft;

/// Taxable amounts of one recipient, payer and year.
pub type Incomes = BTreeMap<IncomeType, Money>;

/// The payer's choices.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Boxes under IRC § 6041(a) of a form are tested by their sum.
    pub combined: bool,
    /// A form that comes out anyway also shows the boxes below their threshold.
    pub report_all_boxes: bool,
    /// A person with several vendor ids gets one form, whose amounts are the sums.
    pub merge_twins: bool,
}

/// Decides for one recipient.
pub fn decide(
    incomes: &Incomes,
    rules: &YearRules,
    options: Options,
) -> BTreeMap<FormType, Decision> {
    decide_together(incomes, incomes, rules, options)
}

/// Decides for one vendor id of a person who has several: `own` amounts print, `tested` amounts (the sum
/// over all vendor ids with the same TIN) are held against the thresholds.
pub fn decide_together(
    own: &Incomes,
    tested: &Incomes,
    rules: &YearRules,
    options: Options,
) -> BTreeMap<FormType, Decision> {
    drafts(own, tested, rules, options)
        .into_iter()
        .filter(|(_, draft)| !draft.is_blank())
        .map(|(form_type, draft)| (form_type, draft.decide(rules, options)))
        .collect()
}

/// What the forms that the IRS gets none of would show a state; which state wants one is for
/// [`crate::state_rows::StateRows`] to say.
pub fn for_states(
    own: &Incomes,
    tested: &Incomes,
    rules: &YearRules,
    options: Options,
) -> BTreeMap<FormType, Content> {
    drafts(own, tested, rules, options)
        .into_iter()
        .filter(|(_, draft)| !draft.is_blank())
        .filter_map(|(form_type, draft)| Some((form_type, draft.for_states()?)))
        .collect()
}

/// What the recipient has on each form of the year, withheld tax and direct sales on the one form that takes them.
fn drafts<'r>(
    own: &Incomes,
    tested: &Incomes,
    rules: &'r YearRules,
    options: Options,
) -> BTreeMap<FormType, Draft<'r>> {
    let mut drafts: BTreeMap<FormType, Draft<'_>> = rules
        .forms
        .iter()
        .map(|(form_type, form)| (*form_type, Draft::new(form, own, tested, rules, options)))
        .collect();
    if let Some(carrier) = carrier_of_withheld_tax(&drafts)
        && let Some(draft) = drafts.get_mut(&carrier)
    {
        let withheld = |income_type| own.get(&income_type).copied().filter(|m| !m.is_zero());
        draft.federal_withheld = withheld(IncomeType::FederalIncomeTaxWithheld);
        draft.state_withheld = withheld(IncomeType::StateTaxWithheld);
    }
    if let Some(amount) = own.get(&IncomeType::DirectSales)
        && let Some(form_type) = form_of_direct_sales(&drafts)
        && let Some(draft) = drafts.get_mut(&form_type)
    {
        let reached = amount.is_positive()
            && rules
                .threshold(IncomeType::DirectSales)
                .zip(tested.get(&IncomeType::DirectSales))
                .is_some_and(|(threshold, amount)| threshold.reached_by(*amount));
        draft.direct_sales = Some((*amount, reached));
    }
    drafts
}

/// Withheld tax prints on the form with more of the recipient's income; ties and no income: 1099-NEC, where it exists.
fn carrier_of_withheld_tax(drafts: &BTreeMap<FormType, Draft<'_>>) -> Option<FormType> {
    let income = |form_type| drafts.get(&form_type).map_or(Money::ZERO, Draft::income);
    match income(FormType::Misc) > income(FormType::Nec) {
        true => Some(FormType::Misc),
        false => drafts.keys().next().copied(),
    }
}

/// The X goes on one form only: on 1099-NEC if that comes out by itself and 1099-MISC does not, else on 1099-MISC.
fn form_of_direct_sales(drafts: &BTreeMap<FormType, Draft<'_>>) -> Option<FormType> {
    let has_box = |draft: &Draft<'_>| draft.form.marks.contains(&Mark::DirectSales);
    let comes_out = |form_type| drafts.get(&form_type).is_some_and(Draft::comes_out);
    let prefer_nec = comes_out(FormType::Nec) && !comes_out(FormType::Misc);
    let wanted = match prefer_nec {
        true => [FormType::Nec, FormType::Misc],
        false => [FormType::Misc, FormType::Nec],
    };
    wanted
        .into_iter()
        .find(|form_type| drafts.get(form_type).is_some_and(has_box))
}

#[cfg(test)]
mod tests;
