//! What is unlikely about the records of an extract, but allowed.

use formfeed_domain::extract::File;
use formfeed_proto::vendor as pb;
use formfeed_store::vendor::ExtractRecord;

use super::faults::Faults;

/// The warnings of one half of an extract: the first thousand, and how many in all.
#[derive(Debug, Default)]
pub(super) struct Warnings {
    list: Faults,
    count: i64,
}

impl Warnings {
    /// Notes what is unlikely about a record: a TIN that is probably nobody's.
    pub(super) fn look_at(&mut self, record: &ExtractRecord, line: i32) {
        let (file, tin) = match record {
            ExtractRecord::Vendor(vendor) => (File::Vendors, vendor.tin.as_ref()),
            ExtractRecord::Payer(payer) => (File::Payers, payer.tin.as_ref()),
            _ => return,
        };
        for warning in tin.iter().flat_map(|tin| tin.warnings()) {
            self.list.add(file, line, "tin", warning.to_string());
            self.count += 1;
        }
    }

    /// The warnings as they are answered, and their count.
    pub(super) fn into_messages(self) -> (Vec<pb::ImportFault>, i64) {
        (self.list.into_messages(), self.count)
    }
}
