//! All bad fields of a request, collected before it is refused.

use std::fmt;

/// One bad field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Path of the field, such as `vendor.tin`.
    pub field: String,
    /// What is wrong and the way out. Never repeats a TIN.
    pub description: String,
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
        self.list.push(Violation {
            field: field.into(),
            description: description.to_string(),
        });
    }

    /// Notes a blank field that is required.
    pub fn require(&mut self, field: &str, text: &str) {
        if text.trim().is_empty() {
            self.add(field, "is required");
        }
    }

    /// Notes all of another list below a prefix: `name` of a vendor becomes `vendor.name`.
    pub fn extend_below(&mut self, prefix: &str, other: Self) {
        for violation in other.list {
            self.add(
                format!("{prefix}.{}", violation.field),
                violation.description,
            );
        }
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
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
