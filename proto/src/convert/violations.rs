//! All bad fields of a request, collected before it is refused.

use std::fmt;

use formfeed_domain::text::without_tins;

/// One bad field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Path of the field, such as `vendor.tin`.
    pub field: String,
    /// What is wrong and the way out. Never repeats a TIN, whatever field it was written in.
    pub description: String,
    /// Reason word of its own, for clients that decide by it; `None` where there is nothing but a bad field.
    pub reason: Option<&'static str>,
}

/// Every bad field of one request; becomes INVALID_ARGUMENT with a `google.rpc.BadRequest`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Violations {
    list: Vec<Violation>,
}

impl Violations {
    /// Nothing wrong so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes a bad field.
    pub fn add(&mut self, field: impl Into<String>, description: impl fmt::Display) {
        self.push(field.into(), description.to_string(), None);
    }

    /// Notes a bad field that has a reason word of its own, such as `STOCK_UNKNOWN`.
    pub fn add_because(
        &mut self,
        reason: &'static str,
        field: impl Into<String>,
        description: impl fmt::Display,
    ) {
        self.push(field.into(), description.to_string(), Some(reason));
    }

    /// Notes a bad field that was found elsewhere.
    pub fn extend(&mut self, violations: impl IntoIterator<Item = Violation>) {
        self.list.extend(violations);
    }

    /// Notes a blank field that is required.
    pub fn require(&mut self, field: &str, text: &str) {
        if text.trim().is_empty() {
            self.add(field, "is required");
        }
    }

    /// Notes all of another list below a prefix: `name` of a vendor becomes `vendor.name`.
    pub fn extend_below(&mut self, prefix: &str, other: Self) {
        self.extend(other.list.into_iter().map(|violation| Violation {
            field: format!("{prefix}.{}", violation.field),
            ..violation
        }));
    }

    /// The reason word that all of them share; none when they do not.
    pub fn reason(&self) -> Option<&'static str> {
        let first = self.list.first()?.reason;
        first.filter(|_| self.list.iter().all(|violation| violation.reason == first))
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    fn push(&mut self, field: String, description: String, reason: Option<&'static str>) {
        self.list.push(Violation {
            field,
            description: without_tins(&description),
            reason,
        });
    }

    /// The bad fields, in the order found.
    pub fn list(&self) -> &[Violation] {
        &self.list
    }

    /// `value` when nothing is wrong.
    ///
    /// # Errors
    /// The violations themselves; also when there is no value.
    pub fn finish<T>(mut self, value: Option<T>) -> Result<T, Self> {
        match value {
            Some(value) if self.list.is_empty() => Ok(value),
            Some(_) => Err(self),
            None => {
                if self.list.is_empty() {
                    self.add("", "is required");
                }
                Err(self)
            }
        }
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<_> = self
            .list
            .iter()
            .map(|v| format!("{}: {}", v.field, v.description))
            .collect();
        f.write_str(&lines.join("; "))
    }
}

impl std::error::Error for Violations {}

impl IntoIterator for Violations {
    type Item = Violation;
    type IntoIter = std::vec::IntoIter<Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_stands_for_the_whole_only_when_every_bad_field_has_it() {
        let mut bad = Violations::new();
        assert_eq!(bad.reason(), None);
        bad.add_because("STOCK_UNKNOWN", "stock", "is unknown");
        assert_eq!(bad.reason(), Some("STOCK_UNKNOWN"));
        let mut whole = Violations::new();
        whole.extend_below("header", bad);
        assert_eq!(whole.list()[0].field, "header.stock");
        assert_eq!(whole.reason(), Some("STOCK_UNKNOWN"));
        whole.add("header.copy", "is unknown");
        assert_eq!(whole.reason(), None);
    }
}
