//! Templates: the portal's columns by form and tax year.

use std::sync::OnceLock;

use formfeed_domain::TaxYear;
use formfeed_domain::form::{BoxId, FormType, Mark};
use serde::Deserialize;

use super::row::KEYS;
use crate::check::Takes;
use crate::error::{EfileError, years_in_words};

/// The columns of one form's template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvTemplate {
    form_type: FormType,
    tax_years: Vec<i32>,
    forms_per_file: usize,
    columns: Vec<Column>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Column {
    header: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    form: String,
    tax_years: Vec<i32>,
    forms_per_file: usize,
    #[serde(rename = "source")]
    _source: String,
    columns: Vec<Column>,
}

/// Why a template's text is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// Not TOML, or not of the right shape.
    #[error("the CSV template cannot be read: {0}")]
    Malformed(String),
    /// A column wants something there is not.
    #[error("the CSV template's column {header:?} wants {value:?}, which there is not")]
    UnknownValue {
        /// Title of the column.
        header: String,
        /// What it wants.
        value: String,
    },
}

/// The templates at hand: the built-in ones, and one's own in front of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvTemplates(Vec<CsvTemplate>);

const FILES: [&str; 2] = [
    include_str!("../../data/csv_nec_2022.toml"),
    include_str!("../../data/csv_misc_2022.toml"),
];

impl CsvTemplate {
    /// Reads a template in the shape of `data/csv_nec_2022.toml`.
    ///
    /// # Errors
    /// [`TemplateError`].
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let malformed = |why: String| TemplateError::Malformed(why);
        let raw: Raw = toml::from_str(text).map_err(|e| malformed(e.to_string()))?;
        let form_type = raw
            .form
            .parse()
            .map_err(|_| malformed("form is not nec or misc".into()))?;
        if raw.forms_per_file == 0 {
            return Err(malformed("forms_per_file is zero".into()));
        }
        for column in &raw.columns {
            let value = column.value.as_str();
            let is_box = value.strip_prefix("box.").is_some_and(|id| !id.is_empty());
            if !is_box && !KEYS.contains(&value) {
                return Err(TemplateError::UnknownValue {
                    header: column.header.clone(),
                    value: column.value.clone(),
                });
            }
        }
        Ok(Self {
            form_type,
            tax_years: raw.tax_years,
            forms_per_file: raw.forms_per_file,
            columns: raw.columns,
        })
    }

    pub(super) fn forms_per_file(&self) -> usize {
        self.forms_per_file
    }

    pub(super) fn headers(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.header.as_str())
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.value.as_str())
    }

    fn has(&self, value: &str) -> bool {
        self.values().any(|own| own == value)
    }
}

impl CsvTemplates {
    /// The templates that come with this crate.
    pub fn built_in() -> Self {
        static BUILT_IN: OnceLock<CsvTemplates> = OnceLock::new();
        let read = || {
            let read = |text: &&str| CsvTemplate::parse(text).expect("a test reads every template");
            Self(FILES.iter().map(read).collect())
        };
        BUILT_IN.get_or_init(read).clone()
    }

    /// The same with one's own in front.
    #[must_use]
    pub fn with(mut self, own: CsvTemplate) -> Self {
        self.0.insert(0, own);
        self
    }

    pub(super) fn of(
        &self,
        form_type: FormType,
        year: TaxYear,
    ) -> Result<&CsvTemplate, EfileError> {
        let of_form = || self.0.iter().filter(move |own| own.form_type == form_type);
        let found = of_form().find(|own| own.tax_years.contains(&year.year()));
        found.ok_or_else(|| EfileError::NoMapping {
            format: "IRIS CSV template",
            form_type,
            year,
            known: years_in_words(of_form().flat_map(|own| own.tax_years.clone())),
        })
    }
}

impl Takes for CsvTemplate {
    fn takes_box(&self, _: FormType, id: &BoxId) -> bool {
        self.has(&format!("box.{id}"))
    }

    fn takes_mark(&self, _: FormType, mark: Mark) -> bool {
        self.has(&format!("mark.{}", mark.as_str()))
    }

    fn max_cents(&self) -> i64 {
        formfeed_domain::money::MAX_CENTS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_without_a_template_is_refused_by_name_and_ones_own_takes_its_place() {
        let year = TaxYear::new(2025).unwrap();
        let built_in = CsvTemplates::built_in();
        let error = built_in.of(FormType::Nec, year).unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no verified IRIS CSV template for Form 1099-NEC of tax year 2025; there is one for 2022 to 2023"
        );
        let own = FILES[0].replace("[2022, 2023]", "[2025]");
        let own = built_in.with(CsvTemplate::parse(&own).unwrap());
        assert!(own.of(FormType::Nec, year).is_ok());
    }

    #[test]
    fn a_column_that_wants_what_there_is_not_is_refused() {
        let wrong = FILES[0].replace("\"account_number\"", "\"acount\"");
        assert!(matches!(
            CsvTemplate::parse(&wrong),
            Err(TemplateError::UnknownValue { header, .. }) if header == "Form Account Number"
        ));
    }
}
