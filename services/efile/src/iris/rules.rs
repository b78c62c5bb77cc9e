//! IRIS's business rules, as far as the file's own content decides them.
//!
//! What only the IRS's database knows (that a TIN and a name belong together, that a receipt exists) is not judged.
//! Rules about counts and totals hold by construction: they are added up from the records as written.
//!
//! Source: IRIS business rules TY2025 v1.2: Transmission, Shared Submission, Submission 1, Form rules.

use std::collections::HashSet;

use formfeed_domain::Tin;
use formfeed_domain::form::Mark;
use formfeed_domain::payer::PostalAddress;

use super::address::Address;
use super::records;
use super::schema::Schema;
use crate::fault::Finder;
use crate::form_view::FormView;
use crate::model::{
    Environment, Kind, OriginalSubmission, PayerForms, Replaced, Step, Transmission,
};

/// Ids that may stand in a transmission once.
#[derive(Default)]
pub(super) struct UniqueIds {
    records: HashSet<String>,
}

pub(super) fn check_transmission(
    finder: &mut Finder,
    transmission: &Transmission,
    schema: &Schema,
    limit: usize,
) {
    check_ids(finder, transmission);
    check_software(finder, transmission);
    let transmitter = &transmission.transmitter;
    if is_foreign(&transmitter.address) && !transmitter.foreign {
        let way_out = "say that the transmitter is foreign";
        finder.reject(
            "TMFST017",
            "company address",
            "is foreign, the transmitter is not",
            way_out,
        );
    }
    let sizes = transmission
        .payers
        .iter()
        .map(|group| records(transmission, group).count());
    let submissions: usize = sizes.map(|size| size.div_ceil(limit)).sum();
    if submissions > schema.submissions_per_transmission as usize {
        let way_out = "send several transmissions";
        finder.reject(
            "SubmissionIdType",
            "submissions",
            "are more than can be numbered",
            way_out,
        );
    }
    check_replaced(finder, transmission);
}

fn check_ids(finder: &mut Finder, transmission: &Transmission) {
    let parts: Vec<_> = transmission.unique_id.split('-').collect();
    let lengths: Vec<_> = parts.iter().map(|part| part.len()).collect();
    let is_uuid = lengths == [8, 4, 4, 4, 12]
        && parts
            .iter()
            .all(|part| part.bytes().all(|b| b.is_ascii_alphanumeric()));
    if !is_uuid {
        finder.reject(
            "EnterpriseBusCorrelationIdType",
            "transmission id",
            "is no UUID of 8-4-4-4-12 digits",
            "give the transmission a UUID of its own",
        );
    }
}

fn check_software(finder: &mut Finder, transmission: &Transmission) {
    let id = &transmission.software.id;
    if id.len() > 10 || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
        let way_out = "write the id that the IRS assigned";
        finder.reject(
            "SoftwareIdType",
            "software id",
            "is not ten letters and digits",
            way_out,
        );
    }
    let year = transmission.tax_year.year() % 100;
    if !id.starts_with(&format!("{year:02}")) {
        finder.reject(
            "TMFST020",
            "software id",
            "does not begin with the last two digits of the tax year",
            "use the id assigned for this tax year",
        );
    }
    let Some(vendor) = &transmission.software.vendor else {
        return;
    };
    if is_foreign(&vendor.address) && !vendor.foreign {
        let way_out = "say that the vendor is foreign";
        finder.reject(
            "TMFST023",
            "vendor address",
            "is foreign, the vendor is not",
            way_out,
        );
    }
    let reach = [
        ("TMFST024", "vendor contact name", &vendor.contact.name),
        ("TMFST025", "vendor contact phone", &vendor.contact.phone),
    ];
    for (rule, field, text) in reach {
        if text.trim().is_empty() {
            finder.report(rule, field, "is missing", "give it");
        }
    }
}

fn check_replaced(finder: &mut Finder, transmission: &Transmission) {
    let replaces = transmission
        .payers
        .iter()
        .filter_map(|group| group.replaces.as_ref());
    match &transmission.kind {
        Kind::Replacement(Replaced::Transmission { receipt_id }) => {
            if !is_receipt(receipt_id) {
                reject_receipt(finder, "original receipt id");
            }
            if replaces.count() > 0 {
                finder.reject(
                    "FTMFST006_001",
                    "replaced submissions",
                    "are named beside the replaced transmission",
                    "name the one or the others",
                );
            }
        }
        Kind::Replacement(Replaced::Submissions) => {
            let mut seen = HashSet::new();
            for submission in replaces {
                check_submission(finder, submission);
                if !seen.insert(submission.unique_id()) {
                    finder.reject(
                        "FTMFST007_001",
                        "replaced submission",
                        "is named twice",
                        "replace each rejected submission once",
                    );
                }
            }
        }
        Kind::Original | Kind::Correction => {}
    }
}

pub(super) fn check_payer(
    finder: &mut Finder,
    transmission: &Transmission,
    group: &PayerForms,
    limit: usize,
) {
    if group.replaces.is_some() && records(transmission, group).count() > limit {
        finder.reject(
            "FTMFST007_001",
            "replaced submission",
            "would be replaced by several submissions",
            "allow as many records in a submission as the rejected one had",
        );
    }
    let payer = &group.payer;
    check_test(finder, transmission, "SMF027", "payer TIN", &payer.tin);
    if payer.phone.trim().is_empty() {
        finder.report("S1H001", "payer phone", "is missing", "give it");
    }
    if is_foreign(&payer.address) && !payer.foreign {
        let way_out = "say that the payer is foreign";
        finder.report(
            "SMF019",
            "payer address",
            "is foreign, the payer is not",
            way_out,
        );
    }
    match (&transmission.kind, &group.replaces) {
        (Kind::Replacement(Replaced::Submissions), None) => finder.reject(
            "FTMFST004_001",
            "replaced submission",
            "is missing",
            "name the rejected submission, or the rejected transmission",
        ),
        (Kind::Original | Kind::Correction, Some(_)) => finder.reject(
            "S1H029",
            "replaced submission",
            "is named outside a replacement",
            "send it as a replacement",
        ),
        _ => {}
    }
}

/// Originals and corrections cannot be mixed. The second of two steps is left for its own transmission.
pub(super) fn check_kind(finder: &mut Finder, kind: &Kind, step: Step) {
    match (kind, step) {
        (Kind::Original | Kind::Replacement(_), Step::OneForm | Step::First) => finder.reject(
            "FTMFST001_001",
            "correction",
            "is among originals",
            "send it in a transmission of corrections",
        ),
        (Kind::Correction, Step::Original) => finder.reject(
            "FTMFST003_001",
            "original",
            "is among corrections",
            "send it in a transmission of originals",
        ),
        _ => {}
    }
}

pub(super) fn check_record(
    finder: &mut Finder,
    transmission: &Transmission,
    view: &FormView<'_>,
    unique: &mut UniqueIds,
) {
    let filed = view.filed;
    if let Some(tin) = &filed.form.recipient.tin {
        check_test(
            finder,
            transmission,
            "SHAREDIRFORM021",
            "recipient TIN",
            tin,
        );
    }
    if filed.form.marks.contains(&Mark::Fatca) && filed.form.account_number.trim().is_empty() {
        let rule = "SHAREDIRFORM018";
        finder.reject(rule, "account number", "is missing beside FATCA", "give it");
    }
    if filed
        .filed_address()
        .is_none_or(|address| Address::is_blank(&address))
    {
        finder.report(
            "SHAREDIRFORM016",
            "recipient address",
            "is missing",
            "ask the recipient for it",
        );
    }
    if filed
        .office_code
        .as_ref()
        .is_some_and(|code| code.trim().len() != 4)
    {
        finder.reject(
            "Code4Type",
            "office code",
            "is not four characters",
            "write four, or none",
        );
    }
    if view.step != Step::Original {
        check_original(finder, view, unique);
    }
}

fn check_original(finder: &mut Finder, view: &FormView<'_>, unique: &mut UniqueIds) {
    let Some(original) = view.original else {
        finder.reject(
            "FTMFST014",
            "original record",
            "is not named",
            "give the receipt id, submission id and record id it was accepted under",
        );
        return;
    };
    check_submission(finder, &original.submission);
    if !is_id(original.record_id) {
        finder.reject(
            "RecordIdType",
            "original record id",
            "is out of range",
            "write 1 to 99999999",
        );
    }
    if !unique.records.insert(original.unique_id()) {
        let way_out = "correct each record once in a transmission";
        finder.reject(
            "FTMFST008",
            "original record",
            "is corrected twice",
            way_out,
        );
    }
}

fn check_submission(finder: &mut Finder, submission: &OriginalSubmission) {
    if !is_receipt(&submission.receipt_id) {
        reject_receipt(finder, "original receipt id");
    }
    if !is_id(submission.submission_id) {
        let field = "original submission id";
        finder.reject(
            "SubmissionIdType",
            field,
            "is out of range",
            "write 1 to 99999999",
        );
    }
}

fn check_test(
    finder: &mut Finder,
    transmission: &Transmission,
    rule: &'static str,
    field: &str,
    tin: &Tin,
) {
    if transmission.environment == Environment::Test && !tin.digits().starts_with("000") {
        finder.reject(
            rule,
            field,
            "does not begin with 000 in a test transmission",
            "test with made-up numbers that begin with 000",
        );
    }
}

fn reject_receipt(finder: &mut Finder, field: &str) {
    finder.reject(
        "OriginalReceiptId",
        field,
        "is not a year, 11 digits and 9 characters joined by dashes",
        "copy it from the receipt",
    );
}

fn is_receipt(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let digits =
        |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    match parts.as_slice() {
        [year, number, mark] => {
            digits(year, 4)
                && !year.starts_with('0')
                && digits(number, 11)
                && mark.len() == 9
                && mark.bytes().all(|b| b.is_ascii_alphanumeric())
        }
        _ => false,
    }
}

fn is_id(id: u32) -> bool {
    (1..=99_999_999).contains(&id)
}

fn is_foreign(address: &PostalAddress) -> bool {
    address.foreign_country().is_some()
}
