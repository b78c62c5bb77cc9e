//! Corrections and voided forms: requests in, what differs out.

use std::collections::{BTreeMap, BTreeSet};

use formfeed_domain::correction::{Action, Change, Field, Filing, FilingKind, Source, VoidedForm};
use formfeed_domain::export::Format;
use formfeed_domain::form::{Copy, FormType};
use formfeed_domain::printing::Subject;
use formfeed_domain::{PayerId, TaxYear, VendorId, text};

use super::export::{read_format, read_replaced};
use super::form::{form_type_to, read_copy, read_form_type};
use super::forms::printing_name;
use super::printer::read_printer_name;
use super::stock::read_stock;
use super::{Violations, read, timestamp_to};
use crate::forms as pb;
use pb::correction::Action as ActionMessage;

/// Where exports live: `exports/{id}`.
const EXPORTS: &str = "exports/";

/// Whose corrections are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectionsQuery {
    /// Who files.
    pub payer_id: PayerId,
    /// Year of the payments.
    pub tax_year: TaxYear,
    /// Only this form type.
    pub form_type: Option<FormType>,
    /// Only these recipients; none means all.
    pub recipients: BTreeSet<VendorId>,
    /// What need not be corrected is filed too.
    pub include_small: bool,
}

/// The wish to print corrections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintCorrectionsOrder {
    /// What is printed.
    pub subject: Subject,
    /// Only these recipients; none means all.
    pub recipients: BTreeSet<VendorId>,
    /// What need not be corrected is filed too.
    pub include_small: bool,
    /// Where: `printers/{id}`.
    pub printer: String,
    /// Form stock; blank means the one loaded.
    pub stock: String,
    /// Why.
    pub reason: String,
}

/// The wish to export corrections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportCorrectionsOrder {
    /// What is corrected.
    pub subject: Subject,
    /// Only these recipients; none means all.
    pub recipients: BTreeSet<VendorId>,
    /// What need not be corrected is filed too.
    pub include_small: bool,
    /// What the file is.
    pub format: Format,
    /// Why.
    pub reason: String,
    /// A test file.
    pub is_test: bool,
    /// State amounts are passed on to states in combined filing.
    pub combined: bool,
    /// Filed after the year's own season.
    pub prior_year: bool,
    /// Receipt ids by export and number of its file.
    pub receipts: BTreeMap<(String, u32), String>,
    /// Key of the rejected export of corrections it takes the place of.
    pub replaces: Option<String>,
}

/// A form of a recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormRef {
    /// Who files.
    pub payer_id: PayerId,
    /// Year of the payments.
    pub tax_year: TaxYear,
    /// Return type.
    pub form_type: FormType,
    /// Whom it reports.
    pub vendor_id: VendorId,
}

/// Reads whose corrections are wanted.
pub fn corrections_query(
    violations: &mut Violations,
    request: &pb::ListCorrectionsRequest,
) -> Option<CorrectionsQuery> {
    let payer_id = PayerId::new(request.payer_id.as_str());
    let payer_id = read(violations, "payer_id", payer_id);
    let tax_year = read(violations, "tax_year", TaxYear::new(request.tax_year));
    let form_type = match request.form_type {
        0 => Some(None),
        message => read_form_type(violations, "form_type", message).map(Some),
    };
    let recipients = read_recipients(violations, &request.recipients);
    Some(CorrectionsQuery {
        payer_id: payer_id?,
        tax_year: tax_year?,
        form_type: form_type?,
        recipients: recipients?,
        include_small: false,
    })
}

/// Reads the wish to print corrections. Its request id is the caller's to read.
pub fn print_corrections_order(
    violations: &mut Violations,
    request: &pb::PrintCorrectionsRequest,
) -> Option<PrintCorrectionsOrder> {
    let payer_id = PayerId::new(request.payer_id.as_str());
    let payer_id = read(violations, "payer_id", payer_id);
    let tax_year = read(violations, "tax_year", TaxYear::new(request.tax_year));
    let form_type = read_form_type(violations, "form_type", request.form_type);
    let recipients = read_recipients(violations, &request.recipients);
    let copy = read_copy(violations, "copy", request.copy);
    read_printer_name(violations, "printer", &request.printer);
    read_stock(violations, "stock", &request.stock, form_type);
    let reason = read_reason(violations, &request.reason);
    Some(PrintCorrectionsOrder {
        subject: Subject {
            payer_id: payer_id?,
            tax_year: tax_year?,
            form_type: form_type?,
            copy: copy?,
        },
        recipients: recipients?,
        include_small: request.include_small,
        printer: request.printer.clone(),
        stock: request.stock.clone(),
        reason: reason?,
    })
}

/// Reads the wish to export corrections. Its request id is the caller's to read.
pub fn export_corrections_order(
    violations: &mut Violations,
    request: &pb::ExportCorrectionsRequest,
) -> Option<ExportCorrectionsOrder> {
    let payer_id = PayerId::new(request.payer_id.as_str());
    let payer_id = read(violations, "payer_id", payer_id);
    let tax_year = read(violations, "tax_year", TaxYear::new(request.tax_year));
    let form_type = read_form_type(violations, "form_type", request.form_type);
    let recipients = read_recipients(violations, &request.recipients);
    let format = read_format(violations, request.format());
    let reason = read_reason(violations, &request.reason);
    let receipts = read_receipts(violations, &request.receipts);
    let replaces = read_replaced(violations, &request.replaces);
    Some(ExportCorrectionsOrder {
        subject: Subject {
            payer_id: payer_id?,
            tax_year: tax_year?,
            form_type: form_type?,
            copy: Copy::A,
        },
        recipients: recipients?,
        include_small: request.include_small,
        format: format?,
        reason: reason?,
        is_test: request.test,
        combined: request.combined_filing,
        prior_year: request.prior_year,
        receipts: receipts?,
        replaces: replaces?,
    })
}

/// Reads which form is left out or taken in.
pub fn form_ref(
    violations: &mut Violations,
    (payer_id, tax_year): (&str, i32),
    (form_type, recipient_id): (i32, &str),
) -> Option<FormRef> {
    let payer_id = read(violations, "payer_id", PayerId::new(payer_id));
    let tax_year = read(violations, "tax_year", TaxYear::new(tax_year));
    let form_type = read_form_type(violations, "form_type", form_type);
    let vendor_id = read(violations, "recipient_id", VendorId::new(recipient_id));
    Some(FormRef {
        payer_id: payer_id?,
        tax_year: tax_year?,
        form_type: form_type?,
        vendor_id: vendor_id?,
    })
}

/// Reads a reason that must be given, trimmed; a TIN in it is hidden.
pub fn read_reason(violations: &mut Violations, reason: &str) -> Option<String> {
    read(violations, "reason", text::check(reason))?;
    let reason = text::without_tins(reason.trim());
    if reason.is_empty() {
        violations.add("reason", "is required: say why");
        return None;
    }
    Some(reason)
}

/// Reads the name of a batch: how it went out, and its key.
pub fn read_filing_name(violations: &mut Violations, name: &str) -> Option<(Source, String)> {
    let of = |prefix: &str| {
        let id = name.strip_prefix(prefix)?;
        let is_id = !id.is_empty() && id.bytes().all(|b| b.is_ascii_graphic() && b != b'/');
        is_id.then(|| id.to_owned())
    };
    let printing = of("printings/").map(|id| (Source::Printing, id));
    let found = printing.or_else(|| Some((Source::Export, of(EXPORTS)?)));
    if found.is_none() {
        violations.add("name", "is required: printings/ or exports/ and the id");
    }
    found
}

fn read_recipients(violations: &mut Violations, ids: &[String]) -> Option<BTreeSet<VendorId>> {
    let mut recipients = Some(BTreeSet::new());
    for (index, id) in ids.iter().enumerate() {
        let id = read(
            violations,
            &format!("recipients[{index}]"),
            VendorId::new(id.as_str()),
        );
        match (id, &mut recipients) {
            (Some(id), Some(known)) => {
                known.insert(id);
            }
            _ => recipients = None,
        }
    }
    recipients
}

fn read_receipts(
    violations: &mut Violations,
    receipts: &[pb::Receipt],
) -> Option<BTreeMap<(String, u32), String>> {
    let mut read = BTreeMap::new();
    let mut is_good = true;
    for (index, receipt) in receipts.iter().enumerate() {
        let export = receipt.export.strip_prefix(EXPORTS).unwrap_or_default();
        let file = u32::try_from(receipt.file).ok();
        match file.filter(|_| !export.is_empty() && !receipt.receipt_id.trim().is_empty()) {
            Some(file) => {
                let key = (export.to_owned(), file.max(1));
                read.insert(key, receipt.receipt_id.trim().to_owned());
            }
            None => {
                is_good = false;
                let field = format!("receipts[{index}]");
                violations.add(
                    &field,
                    "names exports/{id}, a file from 1 and its receipt id",
                );
            }
        }
    }
    is_good.then_some(read)
}

/// An action as its word.
pub fn action_to(action: &Action) -> ActionMessage {
    match action {
        Action::TypeOne(_) => ActionMessage::TypeOne,
        Action::TypeTwo(_) => ActionMessage::TypeTwo,
        Action::TakeBack {
            is_wrong_type: false,
        } => ActionMessage::TakeBack,
        Action::TakeBack {
            is_wrong_type: true,
        } => ActionMessage::WrongTypeFirst,
        Action::New { is_second: false } => ActionMessage::LateOriginal,
        Action::New { is_second: true } => ActionMessage::WrongTypeSecond,
        Action::StateOnly(_) => ActionMessage::StateOnly,
    }
}

/// A difference; the numbers come truncated.
pub fn change_to(change: &Change, tins: Option<&(String, String)>) -> pb::FieldChange {
    let said = |is_set: bool| if is_set { "X" } else { "" }.to_owned();
    let (field, old, new) = match change {
        Change::Amount { box_id, old, new } => {
            (format!("box {box_id}"), old.to_string(), new.to_string())
        }
        Change::Mark { mark, is_set } => (mark.as_str().to_owned(), said(!is_set), said(*is_set)),
        Change::Text { field, old, new } => (word(*field).to_owned(), old.clone(), new.clone()),
        Change::Tin => {
            let (old, new) = tins.cloned().unwrap_or_default();
            ("tin".to_owned(), old, new)
        }
    };
    pb::FieldChange { field, old, new }
}

fn word(field: Field) -> &'static str {
    match field {
        Field::Amount => "amount",
        Field::Code => "codes",
        Field::Mark => "mark",
        Field::Address => "address",
        Field::Tin => "tin",
        Field::Name => "name",
        Field::FormType => "form_type",
        Field::Existence => "form",
        Field::State => "state",
    }
}

/// The name of a batch.
pub fn filing_name(source: Source, id: &str) -> String {
    match source {
        Source::Printing => printing_name(id),
        Source::Export => format!("{EXPORTS}{id}"),
    }
}

/// A batch as a message.
pub fn filing_to(filing: &Filing) -> pb::Filing {
    let (not_sent_reason, not_sent_by) = filing
        .not_sent
        .clone()
        .map(|said| (said.reason, said.user))
        .unwrap_or_default();
    pb::Filing {
        name: filing_name(filing.source, &filing.id),
        payer_id: filing.payer_id.to_string(),
        tax_year: filing.tax_year.year(),
        form_type: form_type_to(filing.form_type).into(),
        corrections: filing.kind == FilingKind::Corrections,
        reason: filing.reason.clone(),
        not_sent_reason,
        not_sent_by,
    }
}

/// A form that is left out, as a message.
pub fn voided_to(voided: &VoidedForm) -> pb::VoidedForm {
    pb::VoidedForm {
        payer_id: voided.payer_id.to_string(),
        tax_year: voided.tax_year.year(),
        form_type: form_type_to(voided.form_type).into(),
        recipient_id: voided.vendor_id.to_string(),
        reason: voided.reason.clone(),
        user: voided.user.clone(),
        create_time: Some(timestamp_to(voided.create_time)),
    }
}
