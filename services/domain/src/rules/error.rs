//! Why there is no rule.

use chrono::NaiveDate;

use crate::TaxYear;
use crate::form::FormType;

/// Why the rules give no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RuleError {
    /// No rule file covers the year. Add one, with its source.
    #[error("there are no rules for tax year {year}; rules exist for {known}")]
    NoRuleForYear {
        /// The year asked for.
        year: TaxYear,
        /// The years that have rules, such as `2019 to 2026`.
        known: String,
    },
    /// Every year with rules is still to come. Add a file for this one, with its source.
    #[error("there are no rules for {year} or a year before it; rules exist for {known}")]
    NoCurrentYear {
        /// The year that it is.
        year: i32,
        /// The years that have rules.
        known: String,
    },
    /// No entry of the withholding rate covers the date.
    #[error("there is no rate of backup withholding for {date}")]
    NoRateForDate {
        /// The date asked for.
        date: NaiveDate,
    },
    /// The return did not exist in that year.
    #[error("Form {form_type} does not exist for tax year {year}")]
    NoSuchForm {
        /// The return asked for.
        form_type: FormType,
        /// The year asked for.
        year: TaxYear,
    },
    /// A rule file contradicts itself or the others.
    #[error("rule file {file}: {why}")]
    Malformed {
        /// Which file.
        file: String,
        /// What is wrong with it.
        why: String,
    },
}

impl RuleError {
    /// The stable word for clients.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NoRuleForYear { .. }
            | Self::NoCurrentYear { .. }
            | Self::NoRateForDate { .. } => "NO_RULE_FOR_YEAR",
            Self::NoSuchForm { .. } => "NO_SUCH_FORM",
            Self::Malformed { .. } => "RULE_FILE_MALFORMED",
        }
    }

    pub(super) fn malformed(file: &str, why: impl Into<String>) -> Self {
        Self::Malformed {
            file: file.to_owned(),
            why: why.into(),
        }
    }
}
