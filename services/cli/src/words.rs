//! How messages are shown: amounts, states, names, instants.

use chrono::{DateTime, SecondsFormat};
use formfeed_domain::Money;
use formfeed_proto::spooler::{Copy, FormType, Mark};
use prost_types::Timestamp;

/// Cents as dollars with two decimals: `1234.50`.
pub(crate) fn amount(cents: i64) -> String {
    Money::from_cents(cents).to_string()
}

/// An enum's word in a message as people read it: `NEEDS_DECISION` is `needs-decision`.
pub(crate) fn kebab(word: &str) -> String {
    word.to_ascii_lowercase().replace('_', "-")
}

/// `nec` or `misc`; blank when there is no form.
pub(crate) fn form_type(form_type: FormType) -> &'static str {
    match form_type {
        FormType::Unspecified => "",
        FormType::Nec => "nec",
        FormType::Misc => "misc",
    }
}

/// `a`, `b`, `c`, `1` or `2`; of Form 1096, which has no copies, `a` too: it goes to the IRS.
pub(crate) fn copy(copy: Copy) -> &'static str {
    match copy {
        Copy::Unspecified | Copy::A => "a",
        Copy::B => "b",
        Copy::C => "c",
        Copy::State => "1",
        Copy::RecipientState => "2",
    }
}

/// `second-tin-notice` and the like.
pub(crate) fn mark(mark: Mark) -> String {
    kebab(mark.as_str_name())
}

/// `jobs/x` from `x` or `jobs/x`.
pub(crate) fn resource(collection: &str, given: &str) -> String {
    match given.split_once('/') {
        Some((prefix, _)) if prefix == collection => given.to_owned(),
        _ => format!("{collection}/{given}"),
    }
}

/// The id of a resource: `x` from `jobs/x`.
pub(crate) fn id(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// An instant in UTC, to the second; blank if there is none.
pub(crate) fn time(time: Option<&Timestamp>) -> String {
    let nanos = |time: &Timestamp| u32::try_from(time.nanos).unwrap_or_default();
    time.and_then(|time| DateTime::from_timestamp(time.seconds, nanos(time)))
        .map(|time| time.to_rfc3339_opts(SecondsFormat::Secs, true))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_may_be_named_with_or_without_its_collection() {
        assert_eq!(resource("jobs", "1"), "jobs/1");
        assert_eq!(resource("jobs", "jobs/1"), "jobs/1");
        assert_eq!(resource("jobs", "printers/1"), "jobs/printers/1");
        assert_eq!(id("jobs/1"), "1");
    }

    #[test]
    fn amounts_have_two_decimals_and_states_a_dash() {
        assert_eq!(amount(-5), "-0.05");
        assert_eq!(kebab("AWAITING_CONFIRMATION"), "awaiting-confirmation");
        let noon = Timestamp {
            seconds: 1_763_812_800,
            nanos: 5,
        };
        assert_eq!(time(Some(&noon)), "2025-11-22T12:00:00Z");
    }
}
