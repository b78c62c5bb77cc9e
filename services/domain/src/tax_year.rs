//! The calendar year whose payments a form reports.

use std::fmt;

use chrono::{Datelike, NaiveDate};

/// A calendar year between 1990 and 2100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaxYear(i32);

/// Not a year that a form could carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a tax year: give four digits, such as 2025")]
pub struct TaxYearError(pub i32);

impl TaxYear {
    /// Checks the range; whether rules exist for the year is asked of [`crate::rules`].
    ///
    /// # Errors
    /// [`TaxYearError`] outside 1990 to 2100.
    pub fn new(year: i32) -> Result<Self, TaxYearError> {
        match year {
            1990..=2100 => Ok(Self(year)),
            _ => Err(TaxYearError(year)),
        }
    }

    /// Four digits.
    pub fn year(self) -> i32 {
        self.0
    }

    /// Whether a payment of this date counts in this year (cash basis: the payment date decides).
    pub fn contains(self, date: NaiveDate) -> bool {
        date.year() == self.0
    }

    /// January 1.
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.0, 1, 1).expect("January 1 exists in every year")
    }

    /// December 31.
    pub fn last_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.0, 12, 31).expect("December 31 exists in every year")
    }
}

impl fmt::Display for TaxYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
