//! From how much on an amount is reported, and the rate of backup withholding.

use chrono::NaiveDate;

use crate::{IncomeType, Money, Rate};

/// The amount from which on one income type is reported, for payments of certain dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Threshold {
    /// What was paid.
    pub income_type: IncomeType,
    /// First date of payment it holds for.
    pub from: NaiveDate,
    /// Last date of payment; `None` while the law names no end.
    pub until: Option<NaiveDate>,
    /// This much or more is reported; zero means any amount.
    pub amount: Money,
    /// Tested by the sum of its group when the payer chose `combined`.
    pub combined: bool,
    /// Where the figure stands.
    pub source: String,
}

impl Threshold {
    /// Whether the amount is reported: more than nothing, and the threshold or more.
    pub fn reached_by(&self, amount: Money) -> bool {
        amount.is_positive() && amount >= self.amount
    }

    /// Whether it holds on every day from `first` to `last`.
    pub(super) fn covers(&self, first: NaiveDate, last: NaiveDate) -> bool {
        self.from <= first && self.until.is_none_or(|until| last <= until)
    }
}

/// The rate of backup withholding for payments of certain dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithholdingRate {
    /// First date of payment it holds for.
    pub from: NaiveDate,
    /// Last date of payment; `None` while the law names no end.
    pub until: Option<NaiveDate>,
    /// The share kept back.
    pub rate: Rate,
    /// Where the figure stands.
    pub source: String,
}

impl WithholdingRate {
    /// Whether it holds on that date.
    pub(super) fn holds_on(&self, date: NaiveDate) -> bool {
        self.from <= date && self.until.is_none_or(|until| date <= until)
    }
}
