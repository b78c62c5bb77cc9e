//! The edit report and the preflight: requests in, rows, sums and findings out.

use formfeed_domain::edit_report::{Line, Nature, Of, Total};
use formfeed_domain::form::FormType;
use formfeed_domain::preflight::{Finding, Severity};
use formfeed_domain::{PayerId, TaxYear};

use super::form::form_type_to;
use super::forms::{FormOptions, options_from};
use super::{Violations, read};
use crate::forms as pb;
use pb::edit_report_total::{Level, Nature as NatureMessage};

/// Whose year is reported or checked, and how its forms are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YearQuery {
    /// Who files.
    pub payer_id: PayerId,
    /// Year of the payments.
    pub tax_year: TaxYear,
    /// How forms are made.
    pub options: FormOptions,
}

/// What an edit report is wanted as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportFormat {
    /// Messages.
    Rows,
    /// A file of plain text.
    Text,
    /// A file of CSV.
    Csv,
    /// A file of PDF.
    Pdf,
}

/// Reads whose year a report or a preflight is about.
pub fn year_query(
    violations: &mut Violations,
    payer_id: &str,
    tax_year: i32,
    options: Option<&pb::FormOptions>,
) -> Option<YearQuery> {
    let payer_id = read(violations, "payer_id", PayerId::new(payer_id));
    let tax_year = read(violations, "tax_year", TaxYear::new(tax_year));
    Some(YearQuery {
        payer_id: payer_id?,
        tax_year: tax_year?,
        options: options_from(options),
    })
}

/// Reads the format of a report; an unknown one is noted under `format`.
pub fn report_format(violations: &mut Violations, message: i32) -> Option<ReportFormat> {
    use pb::get_edit_report_request::Format;
    let Ok(format) = Format::try_from(message) else {
        violations.add(
            "format",
            "is unknown: use TEXT, CSV or PDF, or none for rows",
        );
        return None;
    };
    Some(match format {
        Format::Unspecified => ReportFormat::Rows,
        Format::Text => ReportFormat::Text,
        Format::Csv => ReportFormat::Csv,
        Format::Pdf => ReportFormat::Pdf,
    })
}

/// The amounts of a row and their place; whom it concerns is the caller's to fill in.
pub fn edit_report_row_to(line: &Line, edited: bool) -> pb::EditReportRow {
    let place = line.place.as_ref();
    pb::EditReportRow {
        income_type: line.income_type.to_string(),
        form_type: place.map_or(0, |place| form_type_to(place.form_type).into()),
        r#box: place.map_or_else(String::new, |place| place.box_id.to_string()),
        total_1099_amount_cents: line.total_1099_amount.cents(),
        taxable_amount_cents: line.taxable_amount.cents(),
        on_form: place.is_some_and(|place| place.is_shown),
        on_form_amount_cents: line.on_form().cents(),
        edited,
        ..pb::EditReportRow::default()
    }
}

/// A sum.
pub fn edit_report_total_to(total: &Total) -> pb::EditReportTotal {
    let form_type = |form_type: &Option<FormType>| form_type.map_or(0, |t| form_type_to(t).into());
    let (level, form_type, box_id) = match &total.of {
        Of::Box(form, id) => (
            Level::Box,
            form_type(form),
            id.as_ref().map(ToString::to_string),
        ),
        Of::Form(form) => (Level::Form, form_type(form), None),
        Of::Payer => (Level::Payer, 0, None),
    };
    let nature = match total.nature {
        Nature::Income => NatureMessage::Income,
        Nature::FederalTaxWithheld => NatureMessage::FederalTaxWithheld,
        Nature::StateTaxWithheld => NatureMessage::StateTaxWithheld,
    };
    pb::EditReportTotal {
        level: level.into(),
        form_type,
        r#box: box_id.unwrap_or_default(),
        title: total.title.clone(),
        nature: nature.into(),
        rows: i64::try_from(total.sums.lines).unwrap_or(i64::MAX),
        total_1099_amount_cents: total.sums.total_1099_amount.cents(),
        taxable_amount_cents: total.sums.taxable_amount.cents(),
        on_form_amount_cents: total.sums.on_forms.cents(),
    }
}

/// A finding.
pub fn finding_to(finding: Finding) -> pb::Finding {
    let severity = match finding.severity {
        Severity::Blocking => pb::finding::Severity::Blocking,
        Severity::Warning => pb::finding::Severity::Warning,
        Severity::Note => pb::finding::Severity::Note,
    };
    pb::Finding {
        kind: finding.kind.as_str().to_owned(),
        severity: severity.into(),
        record: finding.record,
        related: finding.related,
        effect: finding.effect,
        way_out: finding.kind.way_out().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bad_field_of_a_report_request_is_named() {
        let mut violations = Violations::new();
        assert_eq!(year_query(&mut violations, "TE/1", 25, None), None);
        assert_eq!(report_format(&mut violations, 9), None);
        let fields: Vec<_> = violations.list().iter().map(|v| v.field.as_str()).collect();
        assert_eq!(fields, ["payer_id", "tax_year", "format"]);
    }
}
