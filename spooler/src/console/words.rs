//! Amounts, instants and names as people read them.

use chrono::{DateTime, Utc};
use formfeed_domain::Money;
use formfeed_proto::spooler as pb;
use maud::{Markup, html};

/// The id of a resource: `x` of `jobs/x`.
pub(super) fn id(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// A job's id as people tell it: its last characters, which differ between jobs of one hour.
pub(super) fn short(job: &str) -> &str {
    let id = id(job);
    id.get(id.len().saturating_sub(8)..).unwrap_or(id)
}

/// `1,234.56`.
pub(super) fn amount(cents: i64) -> String {
    let plain = Money::from_cents(cents).to_string();
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, "00"));
    let (sign, digits) = match whole.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", whole),
    };
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}.{part}")
}

/// `1 sheet`, `2 sheets`, `1,200 sheets`.
pub(super) fn many(number: impl Into<i64>, one: &str) -> String {
    let number = number.into();
    let digits = amount(number.saturating_mul(100));
    let digits = digits.trim_end_matches(".00");
    match number {
        1 => format!("1 {one}"),
        _ => format!("{digits} {one}s"),
    }
}

/// An instant of a message.
pub(super) fn instant(time: Option<&prost_types::Timestamp>) -> Option<DateTime<Utc>> {
    let time = time?;
    DateTime::from_timestamp(time.seconds, u32::try_from(time.nanos).unwrap_or_default())
}

/// An instant for people, in UTC to the second.
pub(super) fn time(time: Option<DateTime<Utc>>) -> Markup {
    html! {
        @if let Some(time) = time {
            time datetime=(time.to_rfc3339()) { (time.format("%Y-%m-%d %H:%M:%S")) }
        }
    }
}

/// `12 seconds`, `3 min`, `2 h 5 min`.
pub(super) fn span(seconds: i64) -> String {
    match seconds.max(0) {
        seconds @ 0..60 => many(seconds, "second"),
        seconds @ 60..3600 => format!("{} min", seconds / 60),
        seconds => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// How long something lasts by now.
pub(super) fn since(time: DateTime<Utc>) -> String {
    span((Utc::now() - time).num_seconds())
}

/// When what is shown was true.
pub(super) fn as_of() -> Markup {
    let now = Utc::now();
    html! { "As of " time datetime=(now.to_rfc3339()) { (now.format("%H:%M:%S")) } " UTC. Times are UTC." }
}

/// `NEC Copy A`, `Form 1096 for NEC`, `test sheet`.
pub(super) fn what(job: &pb::Job) -> String {
    use pb::job::Kind;
    let form = match job.form_type() {
        pb::FormType::Nec => "1099-NEC",
        pb::FormType::Misc => "1099-MISC",
        pb::FormType::Unspecified => "",
    };
    match job.kind() {
        Kind::Transmittal => format!("Form 1096 for {form}"),
        Kind::Alignment => "Test sheet, crosses".to_owned(),
        Kind::Calibration => "Test sheet, marks".to_owned(),
        Kind::Forms | Kind::Unspecified => format!("{form} {}", copy(job.copy())),
    }
}

fn copy(copy: pb::Copy) -> &'static str {
    match copy {
        pb::Copy::Unspecified | pb::Copy::A => "Copy A",
        pb::Copy::B => "Copy B",
        pb::Copy::C => "Copy C",
        pb::Copy::State => "Copy 1",
        pb::Copy::RecipientState => "Copy 2",
    }
}

/// Whose it is: `TE1, 2025`; blank for a test sheet.
pub(super) fn whose(job: &pb::Job) -> String {
    match job.payer_id.as_str() {
        "" => String::new(),
        payer => format!("{payer}, {}", job.tax_year),
    }
}

/// Where a job goes.
pub(super) fn printers(job: &pb::Job) -> String {
    let all: Vec<_> = job.printers.iter().map(|name| id(name)).collect();
    all.join(", ")
}

/// A stable word with its underscores as spaces.
pub(super) fn spaced(word: &str) -> String {
    word.to_ascii_lowercase().replace(['_', '-'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_grouped_by_thousands() {
        assert_eq!(amount(123_456_789), "1,234,567.89");
        assert_eq!(amount(-100_000), "-1,000.00");
        assert_eq!(amount(99_900), "999.00");
        assert_eq!(amount(0), "0.00");
    }

    #[test]
    fn numbers_have_their_word() {
        assert_eq!(many(1, "sheet"), "1 sheet");
        assert_eq!(many(0, "sheet"), "0 sheets");
        assert_eq!(many(12_345, "form"), "12,345 forms");
        assert_eq!(span(59), "59 seconds");
        assert_eq!(span(7_500), "2 h 5 min");
    }
}
