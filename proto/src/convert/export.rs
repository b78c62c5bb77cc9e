//! Exports: requests in, records out.

use formfeed_domain::export::{Export, Format};
use formfeed_domain::form::Copy;
use formfeed_domain::printing::{FormatOf, SortOrder, Subject};
use formfeed_domain::spool::Delivery;
use formfeed_domain::{PayerId, TaxYear, text};

use super::form::{form_type_to, read_form_type};
use super::forms::{PrintOrder, options_from};
use super::{Violations, read, timestamp_to};
use crate::forms as pb;
use pb::export_forms_request::Format as FormatMessage;

/// The wish to export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportOrder {
    /// The forms, as Copy A would print them; without a printer.
    pub print: PrintOrder,
    /// What the file is.
    pub format: Format,
    /// A test file.
    pub is_test: bool,
    /// State amounts are passed on to states in combined filing.
    pub combined: bool,
    /// Filed after the year's own season.
    pub prior_year: bool,
}

/// Reads the wish to export. Its request id is the caller's to read.
pub fn export_order(
    violations: &mut Violations,
    request: &pb::ExportFormsRequest,
) -> Option<ExportOrder> {
    let payer_id = PayerId::new(request.payer_id.as_str());
    let payer_id = read(violations, "payer_id", payer_id);
    let tax_year = read(violations, "tax_year", TaxYear::new(request.tax_year));
    let form_type = read_form_type(violations, "form_type", request.form_type);
    let format = read_format(violations, request.format());
    let again_reason = text::check(&request.again_reason);
    read(violations, "again_reason", again_reason);
    Some(ExportOrder {
        print: PrintOrder {
            subject: Subject {
                payer_id: payer_id?,
                tax_year: tax_year?,
                form_type: form_type?,
                copy: Copy::A,
            },
            printer: String::new(),
            stock: String::new(),
            options: options_from(request.options.as_ref()),
            again_reason: request.again_reason.trim().to_owned(),
            sort: SortOrder::Recipient,
            delivery: Delivery::Job,
            format: FormatOf::Own,
        },
        format: format?,
        is_test: request.test,
        combined: request.combined_filing,
        prior_year: request.prior_year,
    })
}

/// Reads what a file is.
pub(super) fn read_format(violations: &mut Violations, format: FormatMessage) -> Option<Format> {
    match format {
        FormatMessage::Unspecified => {
            violations.add("format", "is required: use IRIS_XML, IRIS_CSV or FIRE");
            None
        }
        FormatMessage::IrisXml => Some(Format::IrisXml),
        FormatMessage::IrisCsv => Some(Format::IrisCsv),
        FormatMessage::Fire => Some(Format::Fire),
    }
}

/// An export as it is answered.
pub fn export_to(export: &Export) -> pb::Export {
    let format = match export.format {
        Format::IrisXml => FormatMessage::IrisXml,
        Format::IrisCsv => FormatMessage::IrisCsv,
        Format::Fire => FormatMessage::Fire,
    };
    pb::Export {
        name: format!("exports/{}", export.id),
        payer_id: export.payer_id.to_string(),
        tax_year: export.tax_year.year(),
        form_type: form_type_to(export.form_type).into(),
        format: format.into(),
        test: export.is_test,
        forms: export.forms,
        total_amount_cents: export.total.cents(),
        federal_tax_withheld_cents: export.federal_withheld.cents(),
        files: export.files,
        digest: export.digest.clone(),
        user: export.user.clone(),
        again_reason: export.again_reason.clone(),
        create_time: Some(timestamp_to(export.create_time)),
        warnings: Vec::new(),
    }
}
