//! What an audit entry says beside its action and its subject: a small JSON object, always written the same way.

use std::collections::BTreeMap;

use serde_json::Value;

/// Longest text in an entry, in characters.
const LONGEST: usize = 500;
/// What stands where somebody wrote nine digits, which may be a TIN.
const HIDDEN: &str = "[9 digits]";
/// How the digits of a TIN are written.
const SHAPES: [&[usize]; 3] = [&[9], &[3, 2, 4], &[2, 7]];
/// What stands between its parts.
const SIGNS: [char; 4] = ['-', '.', ' ', '/'];

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

    /// Adds what a person wrote, such as a reason, with every TIN in it hidden; blank ones are left out.
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

/// A text with every nine digits hidden that are written as a TIN is: together, as 3-2-4 or as 2-7, with one sign between.
fn without_tins(text: &str) -> String {
    let text: Vec<char> = text.chars().collect();
    let (mut clean, mut at) = (String::new(), 0);
    while at < text.len() {
        let begins = at == 0 || !text[at - 1].is_numeric();
        match begins.then(|| tin_at(&text[at..])).flatten() {
            Some(length) => {
                clean.push_str(HIDDEN);
                at += length;
            }
            None => {
                clean.push(text[at]);
                at += 1;
            }
        }
    }
    clean
}

/// The characters of the TIN that a text begins with.
fn tin_at(text: &[char]) -> Option<usize> {
    SHAPES.iter().find_map(|groups| {
        let mut at = 0;
        for (n, group) in groups.iter().enumerate() {
            let between = text.get(at).is_some_and(|c| SIGNS.contains(c));
            if n > 0 && !between {
                return None;
            }
            at += usize::from(n > 0);
            let digits = text.get(at..at + group)?;
            if !digits.iter().all(|c| c.is_numeric()) {
                return None;
            }
            at += group;
        }
        let ends = text.get(at).is_none_or(|c| !c.is_numeric());
        ends.then_some(at)
    })
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
            ("900-70-0001 2025", "[9 digits] 2025"),
            ("900/70/0001", "[9 digits]"),
            ("90 0700001,900700001", "[9 digits],[9 digits]"),
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
