//! Columns to domain values. What does not read was not written by this program.

use std::fmt::Display;
use std::str::FromStr;

use chrono::{DateTime, NaiveDateTime, SubsecRound, Utc};
use formfeed_domain::edit::OccupationCode;
use formfeed_domain::ids::IdError;

use crate::StoreError;

/// A key that must be there.
pub(super) fn id<T>(
    text: String,
    new: impl FnOnce(String) -> Result<T, IdError>,
) -> Result<T, StoreError> {
    new(text).map_err(corrupt)
}

/// A key that may be blank.
pub(super) fn optional_id<T>(
    text: String,
    new: impl FnOnce(String) -> Result<T, IdError>,
) -> Result<Option<T>, StoreError> {
    match text.is_empty() {
        true => Ok(None),
        false => id(text, new).map(Some),
    }
}

/// A word of a closed list.
pub(super) fn word<T: FromStr<Err: Display>>(text: &str) -> Result<T, StoreError> {
    text.parse().map_err(corrupt)
}

/// A word of a closed list, or blank.
pub(super) fn optional_word<T: FromStr<Err: Display>>(text: &str) -> Result<Option<T>, StoreError> {
    match text.is_empty() {
        true => Ok(None),
        false => word(text).map(Some),
    }
}

/// The key as text; blank if there is none.
pub(super) fn text_of<T: Display>(key: Option<&T>) -> String {
    key.map(ToString::to_string).unwrap_or_default()
}

/// An instant as both databases keep it: UTC, cut to microseconds.
pub(super) fn instant(time: DateTime<Utc>) -> NaiveDateTime {
    time.naive_utc().trunc_subsecs(6)
}

/// What does not read.
pub(super) fn corrupt(why: impl Display) -> StoreError {
    StoreError::Corrupt(why.to_string())
}

/// Treasury Tipped Occupation Codes, with a space between them.
pub(super) fn occupation_codes(text: &str) -> Result<Vec<OccupationCode>, StoreError> {
    text.split_ascii_whitespace().map(word).collect()
}
