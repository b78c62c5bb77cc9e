//! The schema of a tax year, as far as it is data.

use std::sync::OnceLock;

use formfeed_domain::TaxYear;
use formfeed_domain::form::{BoxId, FormType, Mark};
use serde::Deserialize;

use crate::check::Takes;
use crate::error::{EfileError, years_in_words};

/// One year's schema.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Schema {
    pub(super) tax_year: i32,
    pub(super) schema_version: String,
    #[serde(rename = "source")]
    _source: String,
    pub(super) records_per_submission: u32,
    pub(super) submissions_per_transmission: u32,
    form: Vec<FormSchema>,
}

/// One form in it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FormSchema {
    form: String,
    /// `FormTypeCd`.
    pub(super) code: String,
    /// Elements in the order of the schema.
    pub(super) detail: Vec<Element>,
}

/// An element that a box or a mark fills.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Element {
    #[serde(rename = "box")]
    pub(super) id: Option<String>,
    pub(super) mark: Option<String>,
    pub(super) element: String,
}

const FILES: [&str; 1] = [include_str!("../../data/iris_2025.toml")];

/// The schema of the year.
///
/// # Errors
/// [`EfileError::NoSchema`] naming the years there are.
pub(super) fn of(year: TaxYear) -> Result<&'static Schema, EfileError> {
    static SCHEMAS: OnceLock<Vec<Schema>> = OnceLock::new();
    let schemas = SCHEMAS.get_or_init(|| {
        let read = |text: &&str| toml::from_str(text).expect("a test reads every schema file");
        FILES.iter().map(read).collect()
    });
    let found = schemas.iter().find(|schema| schema.tax_year == year.year());
    found.ok_or_else(|| EfileError::NoSchema {
        format: "IRIS XML schema",
        year,
        known: years_in_words(schemas.iter().map(|schema| schema.tax_year)),
    })
}

impl Schema {
    pub(super) fn form(&self, form_type: FormType) -> &FormSchema {
        let found = self.form.iter().find(|own| own.form == form_type.as_str());
        found.expect("a test finds every form in every schema file")
    }
}

impl FormSchema {
    /// Elements that take an amount, in the order of the totals: withheld tax first.
    pub(super) fn totals(&self) -> impl Iterator<Item = (&str, &str)> {
        let amounts = || {
            let of = |own: &'_ Element| own.id.is_some();
            self.detail.iter().filter(move |own| of(own))
        };
        let is_withheld = |own: &&Element| own.element == "FederalIncomeTaxWithheldAmt";
        let rest = amounts().filter(move |own| !is_withheld(own));
        let ordered = amounts().filter(is_withheld).chain(rest);
        ordered.map(|own| (own.id.as_deref().unwrap_or_default(), own.element.as_str()))
    }
}

impl Takes for Schema {
    fn takes_box(&self, form_type: FormType, id: &BoxId) -> bool {
        let elements = &self.form(form_type).detail;
        elements
            .iter()
            .any(|own| own.id.as_deref() == Some(id.0.as_str()))
    }

    fn takes_mark(&self, form_type: FormType, mark: Mark) -> bool {
        let elements = &self.form(form_type).detail;
        elements
            .iter()
            .any(|own| own.mark.as_deref() == Some(mark.as_str()))
    }

    fn max_cents(&self) -> i64 {
        formfeed_domain::money::MAX_CENTS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schema_file_is_read_and_has_both_forms() {
        let year = TaxYear::new(2025).unwrap();
        let schema = of(year).unwrap();
        for form_type in FormType::ALL {
            let form = schema.form(form_type);
            let elements: Vec<_> = form.totals().map(|(_, element)| element).collect();
            assert_eq!(elements[0], "FederalIncomeTaxWithheldAmt");
            let amounts = form.detail.iter().filter(|own| own.id.is_some()).count();
            assert_eq!(elements.len(), amounts);
            for element in &form.detail {
                assert!(element.id.is_some() ^ element.mark.is_some(), "{element:?}");
            }
        }
    }

    #[test]
    fn a_year_without_a_schema_is_refused_by_name() {
        let error = of(TaxYear::new(2026).unwrap()).unwrap_err();
        assert_eq!(error.reason(), "NO_SCHEMA");
        assert_eq!(
            error.to_string(),
            "there is no verified IRIS XML schema for tax year 2026; there is one for 2025"
        );
    }
}
