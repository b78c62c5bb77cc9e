//! The fields of one message of a staging, before any of its records is looked at for itself.

use formfeed_domain::extract::{File, Owner};
use formfeed_proto::convert::Violations;
use formfeed_proto::vendor as pb;
use formfeed_proto::vendor::vendor_import_record::Record;
use tonic::Status;

use crate::refusal::valid;

/// Records of one message.
const MOST_RECORDS: usize = 2000;

/// Notes every bad field of a message; how many records are too many is told instead of what is wrong with each.
pub(super) fn check_message(bad: &mut Violations, message: &pb::StageVendorImportRequest) {
    if message.records.len() > MOST_RECORDS {
        let sent = message.records.len();
        bad.add(
            "records",
            format!("holds {sent} records; at most {MOST_RECORDS} a message"),
        );
        return;
    }
    for (at, record) in message.records.iter().enumerate() {
        check_record(bad, &format!("records[{at}]"), record);
    }
}

fn check_record(bad: &mut Violations, field: &str, sent: &pb::VendorImportRecord) {
    if sent.line < 1 {
        bad.add(
            format!("{field}.line"),
            "is required: the line in the file, from 1",
        );
    }
    match &sent.record {
        None => bad.add(field, "is required: one record of one file"),
        Some(Record::Unreadable(unreadable)) if file_of(unreadable).is_none() => bad.add(
            format!("{field}.unreadable.file"),
            "is no file of the vendor half of an extract",
        ),
        Some(_) => {}
    }
}

/// The file of an unreadable record, if it is one of this half.
pub(super) fn file_of(unreadable: &pb::UnreadableRecord) -> Option<File> {
    let file = unreadable.file.parse::<File>().ok();
    file.filter(|file| file.owner() == Owner::Vendor)
}

/// Notes an import id that is none.
pub(super) fn read_import_id(bad: &mut Violations, import_id: &str) {
    let fits = (1..=64).contains(&import_id.len())
        && import_id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !fits {
        bad.add(
            "import_id",
            "is required: 1 to 64 letters, digits and dashes",
        );
    }
}

/// Refuses an import id that is none.
pub(super) fn check_import_id(import_id: &str) -> Result<(), Status> {
    let mut bad = Violations::new();
    read_import_id(&mut bad, import_id);
    valid(bad, Some(()))
}
