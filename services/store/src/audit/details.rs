//! What an audit entry says beside its action and its subject: a small JSON object, always written the same way.

use std::collections::BTreeMap;

use serde_json::Value;

/// Longest text in an entry, in characters.
const LONGEST: usize = 500;
/// What stands where somebody wrote nine digits, which may be a TIN.
const HIDDEN: &str = "[9 digits]";
/// Digits of a TIN.
const TIN_DIGITS: usize = 9;

/// Facts about an action by stable names. TINs and amounts do not belong here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details(BTreeMap<&'static str, Value>);

impl Details {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a word of the program or the key of a resource; blank ones are left out.
    #[must_use]
    pub fn word(self, name: &'static str, value: impl ToString) -> Self {
        let value = value.to_string();
        match value.is_empty() {
            true => self,
            false => self.with(name, cut(&value).into()),
        }
    }

    /// Adds a number.
    #[must_use]
    pub fn number(self, name: &'static str, value: impl Into<i64>) -> Self {
        self.with(name, value.into().into())
    }

    /// Adds what a person wrote, such as a reason, with every nine digits in it hidden; blank ones are left out.
    #[must_use]
    pub fn text(self, name: &'static str, value: &str) -> Self {
        match value.is_empty() {
            true => self,
            false => self.with(name, cut(&without_tins(value)).into()),
        }
    }

    fn with(mut self, name: &'static str, value: Value) -> Self {
        self.0.insert(name, value);
        self
    }

    /// As JSON, by name, without spaces.
    pub(super) fn canonical(&self) -> String {
        serde_json::to_string(&self.0).expect("texts and numbers are JSON")
    }
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

/// A text with each run of exactly nine digits hidden, dashes, dots and blanks between them or not.
fn without_tins(text: &str) -> String {
    let (mut clean, mut run) = (String::new(), String::new());
    for c in text.chars() {
        let goes_on = c.is_numeric() || (!run.is_empty() && matches!(c, '-' | '.' | ' '));
        match goes_on {
            true => run.push(c),
            false => {
                clean.push_str(&settled(&run));
                run.clear();
                clean.push(c);
            }
        }
    }
    clean + &settled(&run)
}

fn settled(run: &str) -> String {
    let digits = run.trim_end_matches(['-', '.', ' ']);
    let count = digits.chars().filter(|c| c.is_numeric()).count();
    match count == TIN_DIGITS {
        true => format!("{HIDDEN}{}", &run[digits.len()..]),
        false => run.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_digits_that_somebody_wrote_are_not_kept() {
        for (written, kept) in [
            ("TIN 900-70-0001 was wrong", "TIN [9 digits] was wrong"),
            ("90-0700001", "[9 digits]"),
            ("see 900700001.", "see [9 digits]."),
            ("９００７００００１", "[9 digits]"),
            ("voucher 12345, 2025", "voucher 12345, 2025"),
            ("2025-11-26", "2025-11-26"),
            ("0123456789", "0123456789"),
        ] {
            assert_eq!(without_tins(written), kept);
        }
    }

    #[test]
    fn details_are_written_by_name_and_without_what_is_blank() {
        let details = Details::new()
            .text("reason", "")
            .word("state", "held")
            .number("sheets", 3);
        assert_eq!(details.canonical(), r#"{"sheets":3,"state":"held"}"#);
        assert_eq!(Details::new().canonical(), "{}");
    }
}
