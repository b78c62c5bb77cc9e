//! What an audit entry says beside its action and its subject: a small JSON object, always written the same way.

use std::collections::BTreeMap;

use formfeed_domain::text::without_tins;
use serde_json::Value;

/// Longest text in an entry, in characters.
const LONGEST: usize = 500;
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

#[cfg(test)]
mod tests {
    use super::*;

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
