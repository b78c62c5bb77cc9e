//! Which days are business days: `rules/holidays.toml`.

use std::sync::LazyLock;

use chrono::{Datelike as _, Days, Months, NaiveDate, Weekday};
use serde::Deserialize;

use super::RuleError;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    holiday: Vec<RawHoliday>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHoliday {
    #[serde(rename = "name")]
    _name: String,
    month: u32,
    day: Option<u32>,
    weekday: Option<String>,
    nth: Option<i8>,
    #[serde(default)]
    from: i32,
    #[serde(rename = "source")]
    _source: String,
}

/// A holiday in the years from its first on.
struct Holiday {
    month: u32,
    when: When,
    from: i32,
}

enum When {
    Day(u32),
    Nth(Weekday, u8),
    Last(Weekday),
}

static HOLIDAYS: LazyLock<Vec<Holiday>> = LazyLock::new(|| {
    read(include_str!("../../rules/holidays.toml")).expect("a test reads every built-in rule file")
});

/// Whether neither a weekend nor a legal holiday keeps offices closed.
///
/// Source: IRC § 7503; 5 USC § 6103.
pub fn is_business_day(date: NaiveDate) -> bool {
    let is_kept = |holiday: &Holiday| {
        // A New Year's Day on a Saturday is kept in the year before.
        [date.year(), date.year() + 1]
            .into_iter()
            .any(|year| holiday.kept_in(year) == Some(date))
    };
    !matches!(date.weekday(), Weekday::Sat | Weekday::Sun) && !HOLIDAYS.iter().any(is_kept)
}

impl Holiday {
    /// The day on which that year's holiday is kept.
    fn kept_in(&self, year: i32) -> Option<NaiveDate> {
        if year < self.from {
            return None;
        }
        match self.when {
            When::Day(day) => {
                let date = NaiveDate::from_ymd_opt(year, self.month, day)?;
                match date.weekday() {
                    Weekday::Sat => date.pred_opt(),
                    Weekday::Sun => date.succ_opt(),
                    _ => Some(date),
                }
            }
            When::Nth(weekday, nth) => {
                NaiveDate::from_weekday_of_month_opt(year, self.month, weekday, nth)
            }
            When::Last(weekday) => {
                let first = NaiveDate::from_ymd_opt(year, self.month, 1)?;
                let last = first.checked_add_months(Months::new(1))?.pred_opt()?;
                let past = last.weekday().days_since(weekday);
                last.checked_sub_days(Days::new(past.into()))
            }
        }
    }
}

fn read(text: &str) -> Result<Vec<Holiday>, RuleError> {
    let malformed = |why: String| RuleError::malformed("holidays.toml", why);
    let raw: Raw = toml::from_str(text).map_err(|error| malformed(error.to_string()))?;
    let typed = |raw: RawHoliday| {
        let weekday = raw.weekday.as_deref().map(str::parse::<Weekday>);
        let when = match (raw.day, weekday, raw.nth) {
            (Some(day), None, None) => When::Day(day),
            (None, Some(Ok(weekday)), Some(-1)) => When::Last(weekday),
            (None, Some(Ok(weekday)), Some(nth @ 1..=5)) => When::Nth(weekday, nth.unsigned_abs()),
            _ => {
                return Err(malformed(format!(
                    "a holiday of month {} has no day",
                    raw.month
                )));
            }
        };
        Ok(Holiday {
            month: raw.month,
            when,
            from: raw.from,
        })
    };
    raw.holiday.into_iter().map(typed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_holiday_is_kept_on_the_day_its_year_makes_it() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
        for (y, m, d) in [
            (2021, 12, 31), // New Year's Day 2022 is a Saturday
            (2023, 1, 2),   // New Year's Day 2023 is a Sunday
            (2025, 1, 20),
            (2025, 2, 17),
            (2025, 5, 26),
            (2025, 6, 19),
            (2026, 7, 3), // July 4, 2026 is a Saturday
            (2025, 9, 1),
            (2025, 10, 13),
            (2025, 11, 11),
            (2025, 11, 27),
            (2025, 12, 25),
            (2025, 11, 29), // a Saturday
        ] {
            assert!(!is_business_day(day(y, m, d)), "{y}-{m}-{d}");
        }
        for (y, m, d) in [(2025, 1, 21), (2020, 6, 19), (2025, 11, 28), (2026, 7, 6)] {
            assert!(is_business_day(day(y, m, d)), "{y}-{m}-{d}");
        }
        assert!(read("[[holiday]]\nname='x'\nmonth=1\nsource='y'").is_err());
    }
}
