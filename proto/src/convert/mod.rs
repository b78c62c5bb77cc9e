//! Messages to domain values and back; one file per resource.
//!
//! Every conversion of a request reads the whole message and reports all bad
//! fields at once, as [`Violations`].

use std::fmt;

mod date;
pub mod form;
pub mod forms;
mod violations;

pub use date::{date_from, date_to, timestamp_to};
pub use violations::{Violation, Violations};

/// Reads a field by a fallible conversion; a failure is noted under `field` and answers `None`.
pub fn read<T, E: fmt::Display>(
    violations: &mut Violations,
    field: &str,
    converted: Result<T, E>,
) -> Option<T> {
    converted.map_err(|error| violations.add(field, error)).ok()
}

/// As [`read`] for a text field that may be blank, which answers `Some(None)`.
pub fn read_optional<T, E: fmt::Display>(
    violations: &mut Violations,
    field: &str,
    text: &str,
    convert: impl FnOnce(&str) -> Result<T, E>,
) -> Option<Option<T>> {
    match text.is_empty() {
        true => Some(None),
        false => read(violations, field, convert(text)).map(Some),
    }
}
