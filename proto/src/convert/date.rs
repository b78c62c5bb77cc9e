//! Calendar dates and instants.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use formfeed_domain::entry::check_date;

use super::{Violations, read};
use crate::Date;

/// A message date as a calendar date.
///
/// # Errors
/// A sentence for the field's violation when it is no day of the calendar.
pub fn date_from(date: &Date) -> Result<NaiveDate, &'static str> {
    let (month, day) = (u32::try_from(date.month), u32::try_from(date.day));
    month
        .ok()
        .zip(day.ok())
        .and_then(|(month, day)| NaiveDate::from_ymd_opt(date.year, month, day))
        .ok_or("is not a day of the calendar: give year, month and day")
}

/// Reads a date that may be left out; only a date that may be entered passes.
pub fn entered_date(bad: &mut Violations, field: &str, date: Option<&Date>) -> Option<NaiveDate> {
    let date = read(bad, field, date_from(date?))?;
    read(bad, field, check_date(date))
}

/// Reads a date that must be there; only a date that may be entered passes.
pub fn required_date(bad: &mut Violations, field: &str, date: Option<&Date>) -> Option<NaiveDate> {
    if date.is_none() {
        bad.add(field, "is required");
    }
    entered_date(bad, field, date)
}

/// A calendar date as a message.
pub fn date_to(date: NaiveDate) -> Date {
    let small = |number: u32| i32::try_from(number).expect("months and days are below 32");
    Date {
        year: date.year(),
        month: small(date.month()),
        day: small(date.day()),
    }
}

/// A message's instant.
///
/// # Errors
/// A sentence for the field's violation when no calendar has it.
pub fn timestamp_from(time: &prost_types::Timestamp) -> Result<DateTime<Utc>, &'static str> {
    u32::try_from(time.nanos)
        .ok()
        .and_then(|nanos| DateTime::from_timestamp(time.seconds, nanos))
        .ok_or("is no instant: give seconds since 1970 and nanos below 1,000,000,000")
}

/// An instant as a message.
pub fn timestamp_to(time: DateTime<Utc>) -> prost_types::Timestamp {
    let nanos = i32::try_from(time.timestamp_subsec_nanos().min(999_999_999)).unwrap_or_default();
    prost_types::Timestamp {
        seconds: time.timestamp(),
        nanos,
    }
}
