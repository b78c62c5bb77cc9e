//! Which errors on a filed form may stand: `rules/corrections.toml`.

use chrono::NaiveDate;

use crate::Money;

/// How far an amount may be off without a correction, unless the recipient asks for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeMinimis {
    /// First day of the payments it holds for.
    pub from: NaiveDate,
    /// Last day; `None` while the law names no end.
    pub until: Option<NaiveDate>,
    /// Any amount but tax withheld: by as much as this.
    pub amount: Money,
    /// Tax withheld: by as much as this.
    pub withheld: Money,
    /// Where the figures stand.
    pub source: String,
}

impl DeMinimis {
    /// Whether it holds throughout a span of days.
    pub(super) fn covers(&self, first: NaiveDate, last: NaiveDate) -> bool {
        self.from <= first && self.until.is_none_or(|until| last <= until)
    }
}
