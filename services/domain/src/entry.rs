//! Limits of what may be entered, by hand or by an extract.

use chrono::{Datelike, NaiveDate};

/// The first year of a date that may be entered.
pub const FIRST_YEAR: i32 = 1990;
/// The last year of a date that may be entered.
pub const LAST_YEAR: i32 = 2100;

/// A day of the calendar that nothing entered can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("outside the years 1990 to 2100: check the year")]
pub struct DateOutOfRange;

/// Lets a date pass from [`FIRST_YEAR`] to [`LAST_YEAR`]: any other is a typing mistake.
///
/// # Errors
/// [`DateOutOfRange`].
pub fn check_date(date: NaiveDate) -> Result<NaiveDate, DateOutOfRange> {
    match (FIRST_YEAR..=LAST_YEAR).contains(&date.year()) {
        true => Ok(date),
        false => Err(DateOutOfRange),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_before_1990_or_after_2100_is_refused() {
        let check = |y, m, d| check_date(NaiveDate::from_ymd_opt(y, m, d).unwrap());
        assert!(check(1990, 1, 1).is_ok() && check(2100, 12, 31).is_ok());
        assert_eq!(check(1989, 12, 31), Err(DateOutOfRange));
        assert_eq!(check(2101, 1, 1), Err(DateOutOfRange));
        assert_eq!(check(20_250, 1, 1), Err(DateOutOfRange));
    }
}
