//! Free text, checked once at entry.

use formfeed_domain::text;

use super::{Violations, read};

/// A text that may be blank.
pub(super) fn optional(violations: &mut Violations, field: &str, value: &str) -> String {
    read(violations, field, text::check(value));
    value.to_owned()
}

/// A text that must be there.
pub(super) fn required(violations: &mut Violations, field: &str, value: &str) -> String {
    read(violations, field, text::check_required(value));
    value.to_owned()
}

/// The two capital letters of a state.
pub(super) fn state(violations: &mut Violations, field: &str, value: &str) -> String {
    match value.as_bytes() {
        [a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => {}
        _ => violations.add(field, "not a state: use two capital letters, such as ME"),
    }
    value.to_owned()
}
