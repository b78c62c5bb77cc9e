//! Exports: requests in, records out.

use formfeed_domain::export::{Answer, AnswerStatus, Export, Format};
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
    /// Key of the rejected export it takes the place of.
    pub replaces: Option<String>,
}

/// What the IRS answered to a file of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerOrder {
    /// Key of the export.
    pub export_id: String,
    /// Which of its files, counted from 1.
    pub file: u32,
    /// What the IRS knows the file by.
    pub receipt_id: String,
    /// How it was taken.
    pub status: AnswerStatus,
    /// The IRS's list of errors.
    pub errors: Vec<String>,
}

/// Errors of one answer.
const MOST_ERRORS: usize = 1000;

/// Reads what the IRS answered.
pub fn answer_order(
    violations: &mut Violations,
    request: &pb::RecordAnswerRequest,
) -> Option<AnswerOrder> {
    let export_id = read_export_name(violations, "name", &request.name);
    let file = u32::try_from(request.file).ok();
    if file.is_none() {
        violations.add("file", "is a number of a file, from 1");
    }
    let receipt_id = read(
        violations,
        "receipt_id",
        text::check_required(&request.receipt_id),
    );
    let status = match request.status() {
        pb::export_answer::Status::Unspecified => None,
        pb::export_answer::Status::Processing => Some(AnswerStatus::Processing),
        pb::export_answer::Status::Accepted => Some(AnswerStatus::Accepted),
        pb::export_answer::Status::AcceptedWithErrors => Some(AnswerStatus::AcceptedWithErrors),
        pb::export_answer::Status::Rejected => Some(AnswerStatus::Rejected),
    };
    if status.is_none() {
        violations.add(
            "status",
            "is required: PROCESSING, ACCEPTED, ACCEPTED_WITH_ERRORS or REJECTED",
        );
    }
    if request.errors.len() > MOST_ERRORS {
        violations.add("errors", "are more than 1000");
    }
    for (index, error) in request.errors.iter().enumerate().take(MOST_ERRORS) {
        read(
            violations,
            &format!("errors[{index}]"),
            text::check_required(error),
        );
    }
    receipt_id?;
    Some(AnswerOrder {
        export_id: export_id?,
        file: file?.max(1),
        receipt_id: request.receipt_id.trim().to_owned(),
        status: status?,
        errors: request.errors.clone(),
    })
}

/// Reads `exports/{id}`; anything else is noted under `field`.
fn read_export_name(violations: &mut Violations, field: &str, name: &str) -> Option<String> {
    let is_id = |id: &&str| !id.is_empty() && id.bytes().all(|b| b.is_ascii_graphic() && b != b'/');
    let id = name.strip_prefix("exports/").filter(is_id);
    if id.is_none() {
        violations.add(field, "is the name of an export: exports/{id}");
    }
    id.map(str::to_owned)
}

/// Reads which export is replaced; blank is none.
pub(super) fn read_replaced(violations: &mut Violations, name: &str) -> Option<Option<String>> {
    match name {
        "" => Some(None),
        name => read_export_name(violations, "replaces", name).map(Some),
    }
}

/// An answer as a message.
pub fn answer_to(answer: &Answer) -> pb::ExportAnswer {
    use pb::export_answer::Status;
    let status = match answer.status {
        AnswerStatus::Processing => Status::Processing,
        AnswerStatus::Accepted => Status::Accepted,
        AnswerStatus::AcceptedWithErrors => Status::AcceptedWithErrors,
        AnswerStatus::Rejected => Status::Rejected,
    };
    pb::ExportAnswer {
        file: i32::try_from(answer.file).unwrap_or(i32::MAX),
        receipt_id: answer.receipt_id.clone(),
        status: status.into(),
        errors: answer.errors.clone(),
        user: answer.user.clone(),
        update_time: Some(timestamp_to(answer.update_time)),
    }
}

impl ExportOrder {
    /// The format of the file that states in combined filing take part in, if they do.
    pub fn combining(&self) -> Option<Format> {
        self.combined.then_some(self.format)
    }
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
    let replaces = read_replaced(violations, &request.replaces);
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
            again_reason: text::without_tins(request.again_reason.trim()),
            sort: SortOrder::Recipient,
            delivery: Delivery::Job,
            format: FormatOf::Own,
        },
        format: format?,
        is_test: request.test,
        combined: request.combined_filing,
        prior_year: request.prior_year,
        replaces: replaces?,
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
        answers: Vec::new(),
    }
}
