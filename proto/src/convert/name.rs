//! Resource names: `payers/TE1`, `vendors/V1/addresses/REMIT`.

use super::{Violations, read};

/// The key in a name of this collection, such as `payers`, as the domain's key.
pub fn key_in<'a, T, E: std::fmt::Display>(
    violations: &mut Violations,
    field: &str,
    collection: &str,
    name: &'a str,
    new: impl FnOnce(&'a str) -> Result<T, E>,
) -> Option<T> {
    if name.is_empty() {
        violations.add(field, "is required");
        return None;
    }
    match name
        .strip_prefix(collection)
        .and_then(|rest| rest.strip_prefix('/'))
    {
        Some(key) => read(violations, field, new(key)),
        None => {
            violations.add(
                field,
                format!("is not a name of the shape {collection}/KEY"),
            );
            None
        }
    }
}

/// Longest name that a refusal repeats. All that keys make are shorter; a key beyond them is told under its own field.
const MOST_REPEATED_BYTES: usize = 200;

/// On create the name is derived from the key; one that is given must be that one.
pub(super) fn agree(violations: &mut Violations, given: &str, derived: &str) {
    if !given.is_empty() && given != derived {
        let wrong = match derived.len() <= MOST_REPEATED_BYTES {
            true => format!("is not {derived}, which its key makes it; leave it blank"),
            false => "is not what its key makes it; leave it blank".to_owned(),
        };
        violations.add("name", wrong);
    }
}
