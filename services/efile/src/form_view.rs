//! One record to be written: a form, and what it is in the course of a correction.

use formfeed_domain::Money;
use formfeed_domain::form::{BoxId, Mark};

use crate::model::{Entry, FiledForm, OriginalRecord, PayerForms, StateFiling, Step};

/// A form as one record says it.
#[derive(Clone, Copy)]
pub(crate) struct FormView<'a> {
    pub(crate) filed: &'a FiledForm,
    pub(crate) step: Step,
    pub(crate) original: Option<&'a OriginalRecord>,
    /// Position of the entry with its payer, counted from 0.
    pub(crate) entry: usize,
}

/// One state row, joined with what e-filing adds.
#[derive(Clone, Copy)]
pub(crate) struct StateView<'a> {
    pub(crate) filing: &'a StateFiling,
    pub(crate) tax_withheld: Money,
    pub(crate) local_withheld: Money,
    pub(crate) income: Money,
}

impl<'a> FormView<'a> {
    /// Amounts by box. The form that takes back says zero for each.
    pub(crate) fn amounts(&self) -> impl Iterator<Item = (&'a BoxId, Money)> + use<'a> {
        let takes_back = self.takes_back();
        let boxes = self.filed.form.boxes.iter();
        boxes.map(move |(id, amount)| (id, if takes_back { Money::ZERO } else { *amount }))
    }

    pub(crate) fn amount(&self, id: &str) -> Option<Money> {
        self.amounts()
            .find(|(own, _)| own.0 == id)
            .map(|(_, amount)| amount)
    }

    pub(crate) fn has(&self, mark: Mark) -> bool {
        self.filed.form.marks.contains(&mark) && !(self.takes_back() && mark == Mark::DirectSales)
    }

    pub(crate) fn states(&self) -> impl Iterator<Item = StateView<'a>> + use<'a> {
        let takes_back = self.takes_back();
        let said = move |amount| if takes_back { Money::ZERO } else { amount };
        let rows = self.filed.form.states.iter().zip(&self.filed.states);
        rows.map(move |(row, filing)| StateView {
            filing,
            tax_withheld: said(row.tax_withheld),
            local_withheld: said(filing.local_withheld),
            income: said(row.income),
        })
    }

    fn takes_back(&self) -> bool {
        self.step == Step::First
    }
}

/// Every record that a payer's entries come to, in order, second steps included.
pub(crate) fn views(group: &PayerForms) -> impl Iterator<Item = FormView<'_>> {
    group.entries.iter().enumerate().flat_map(|(entry, said)| {
        let view = |filed, step, original| FormView {
            filed,
            step,
            original,
            entry,
        };
        let (first, second) = match said {
            Entry::Original(form) => (view(form.as_ref(), Step::Original, None), None),
            Entry::TypeOne { right, original } => {
                (view(right.as_ref(), Step::OneForm, original.as_ref()), None)
            }
            Entry::TypeTwo {
                as_filed,
                right,
                original,
            } => (
                view(as_filed.as_ref(), Step::First, original.as_ref()),
                Some(view(right.as_ref(), Step::Second, None)),
            ),
        };
        [Some(first), second].into_iter().flatten()
    })
}
