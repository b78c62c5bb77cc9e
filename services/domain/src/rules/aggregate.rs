//! From which aggregate of the year on a payment is subject to backup withholding: `rules/withholding_test.toml`.

use chrono::NaiveDate;

use super::{RuleBook, RuleError};
use crate::{IncomeType, Money, own_files};

/// The test that some income has to pass before tax is withheld from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AggregateTest {
    /// First date of payment it holds for.
    pub from: NaiveDate,
    /// Last date of payment; `None` while the law names no end.
    pub until: Option<NaiveDate>,
    /// Payments of the calendar year that add up to this much or more are subject.
    pub amount: Money,
    /// Which income it is about.
    pub income_types: Vec<IncomeType>,
    /// Where the figure stands.
    pub source: String,
}

impl AggregateTest {
    fn holds_on(&self, date: NaiveDate) -> bool {
        self.from <= date && self.until.is_none_or(|until| date <= until)
    }
}

/// The test of a payment of this date and income type; `None` when that income is subject from the first cent.
///
/// # Errors
/// [`RuleError::NoRateForDate`] for a date that no entry covers.
pub fn aggregate_test(
    paid: NaiveDate,
    income_type: IncomeType,
) -> Result<Option<&'static AggregateTest>, RuleError> {
    own_files::rules().aggregate_test(paid, income_type)
}

impl RuleBook {
    /// As [`aggregate_test`], by this book.
    ///
    /// # Errors
    /// [`RuleError::NoRateForDate`] for a date that no entry covers.
    pub fn aggregate_test(
        &self,
        paid: NaiveDate,
        income_type: IncomeType,
    ) -> Result<Option<&AggregateTest>, RuleError> {
        let of_type = |entry: &&AggregateTest| entry.income_types.contains(&income_type);
        if !self.aggregate.iter().any(|entry| of_type(&entry)) {
            return Ok(None);
        }
        let covering = self.aggregate.iter().find(|entry| entry.holds_on(paid));
        match covering {
            None => Err(RuleError::NoRateForDate { date: paid }),
            some => Ok(some.filter(of_type)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(year: i32, month: u32, day: u32, income_type: IncomeType) -> Option<i64> {
        let paid = NaiveDate::from_ymd_opt(year, month, day).unwrap();
        let test = aggregate_test(paid, income_type).unwrap();
        test.map(|test| test.amount.cents())
    }

    #[test]
    fn the_amount_of_the_test_changes_on_the_first_day_of_2026() {
        use IncomeType::{NonemployeeCompensation, Royalties};
        assert_eq!(amount(2025, 12, 31, NonemployeeCompensation), Some(600_00));
        assert_eq!(amount(2026, 1, 1, NonemployeeCompensation), Some(2_000_00));
        assert_eq!(amount(2026, 1, 1, Royalties), None);
        let paid = NaiveDate::from_ymd_opt(2027, 1, 1).unwrap();
        let error = aggregate_test(paid, NonemployeeCompensation).unwrap_err();
        assert_eq!(error.reason(), "NO_RULE_FOR_YEAR");
    }

    #[test]
    fn the_test_is_of_the_same_amount_as_the_threshold_of_the_return() {
        for year in [2019, 2025, 2026] {
            let rules = crate::rules::for_year(crate::TaxYear::new(year).unwrap()).unwrap();
            for income_type in [IncomeType::NonemployeeCompensation, IncomeType::Rents] {
                let threshold = rules.threshold(income_type).unwrap().amount.cents();
                assert_eq!(amount(year, 7, 1, income_type), Some(threshold), "{year}");
            }
        }
    }
}
