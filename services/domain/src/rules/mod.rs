//! The rules of a tax year: dated data, compiled in, each entry with its source.
//!
//! What the law can change lies in `rules/*.toml`: thresholds and the withholding rate by date of
//! payment, due dates by tax year, and one file per form revision with its boxes. [`for_year`] puts
//! them together; a year they do not cover is [`RuleError::NoRuleForYear`], never another year's rule.

mod aggregate;
mod book;
mod de_minimis;
mod error;
mod file;
mod filing;
mod form_rules;
mod holidays;
mod state_copies;
mod threshold;
mod tins;
mod year;

use chrono::NaiveDate;

pub use aggregate::{AggregateTest, aggregate_test};
pub use book::RuleBook;
pub use de_minimis::DeMinimis;
pub use error::RuleError;
pub use filing::Filing;
pub use form_rules::{BoxKind, BoxRule, FormRules, PartBox};
pub use holidays::is_business_day;
pub use state_copies::{StateCopies, StateCopy, Wish};
pub use threshold::{Threshold, WithholdingRate};
pub(crate) use tins::{Span, tin_lists};
pub use year::YearRules;

use crate::{IncomeType, Rate, TaxYear, own_files};

/// The rules of one tax year in this process: the built-in ones, and the user's own in front of them.
///
/// # Errors
/// [`RuleError::NoRuleForYear`] for a year that the rule files do not cover.
pub fn for_year(tax_year: TaxYear) -> Result<&'static YearRules, RuleError> {
    own_files::rules().for_year(tax_year)
}

/// The newest year with rules that has begun by a day.
///
/// # Errors
/// [`RuleError::NoRuleForYear`] where every year with rules is still to come.
pub fn current_year(today: NaiveDate) -> Result<TaxYear, RuleError> {
    own_files::rules().current_year(today)
}

/// Where an income type prints in a year, such as `1099-NEC 1`; nowhere in a year without rules.
pub fn boxes_of(tax_year: TaxYear, income_type: IncomeType) -> Vec<String> {
    let Ok(rules) = for_year(tax_year) else {
        return Vec::new();
    };
    let places = rules.places(income_type);
    places
        .map(|(form, rule)| format!("{} {}", form.form_type, rule.id))
        .collect()
}

/// The rate of backup withholding for a payment of this date.
///
/// # Errors
/// [`RuleError::NoRateForDate`] for a date that no entry covers.
pub fn backup_withholding_rate(paid: NaiveDate) -> Result<Rate, RuleError> {
    own_files::rules().backup_withholding_rate(paid)
}

#[cfg(test)]
mod tests;
