//! One record: what is wrong with it by itself, its key, and what it refers to.

use formfeed_domain::extract::File;
use formfeed_proto::convert::{self, Violations};
use formfeed_proto::vendor as pb;
use formfeed_proto::vendor::vendor_import_record::Record;
use formfeed_store::vendor::ExtractRecord;

/// A record that was looked at.
pub(super) struct Checked {
    pub(super) file: File,
    /// The parts joined by `/`; blank when none could be read.
    pub(super) key: String,
    /// The record, or everything wrong with it.
    pub(super) read: Result<ExtractRecord, Violations>,
    /// Column, file and key of what it refers to.
    pub(super) references: Vec<(&'static str, File, String)>,
}

/// Looks at a record. An unreadable one is not looked at here: `None`.
pub(super) fn check(record: &Record) -> Option<Checked> {
    let checked = match record {
        Record::Payer(sent) => Checked {
            file: File::Payers,
            key: sent.payer_id.clone(),
            read: payer(sent),
            references: vec![],
        },
        Record::PayerState(sent) => Checked {
            file: File::PayerStates,
            key: payer_state_key(sent),
            read: convert::payer_state_from(sent).map(ExtractRecord::PayerState),
            references: vec![("payer_id", File::Payers, sent.payer_id.clone())],
        },
        Record::Organization(sent) => Checked {
            file: File::Organizations,
            key: sent.org_id.clone(),
            read: convert::organization_from(sent).map(ExtractRecord::Organization),
            references: vec![
                (
                    "parent_org_id",
                    File::Organizations,
                    sent.parent_org_id.clone(),
                ),
                ("payer_id", File::Payers, sent.payer_id.clone()),
            ],
        },
        Record::CashAccount(sent) => Checked {
            file: File::CashAccounts,
            key: sent.cash_account_id.clone(),
            read: convert::cash_account_from(sent).map(ExtractRecord::CashAccount),
            references: vec![("org_id", File::Organizations, sent.org_id.clone())],
        },
        Record::Account(sent) => Checked {
            file: File::Accounts,
            key: sent.account_id.clone(),
            read: convert::account_from(sent).map(ExtractRecord::Account),
            references: vec![],
        },
        Record::RelateToCode(sent) => Checked {
            file: File::RelateToCodes,
            key: format!("{}/{}", sent.position, sent.code),
            read: convert::relate_to_from(sent).map(ExtractRecord::RelateTo),
            references: vec![],
        },
        Record::Vendor(sent) => Checked {
            file: File::Vendors,
            key: sent.vendor_id.clone(),
            read: vendor(sent),
            references: vendor_references(sent),
        },
        Record::VendorAddress(sent) => Checked {
            file: File::VendorAddresses,
            key: composite([&sent.vendor_id, &sent.address_code]),
            read: convert::vendor_address_from(sent)
                .map(|address| ExtractRecord::VendorAddress(address.into())),
            references: vec![("vendor_id", File::Vendors, sent.vendor_id.clone())],
        },
        Record::Unreadable(_) => return None,
    };
    Some(checked)
}

/// The states of a payer come as records of their own.
fn payer(sent: &pb::Payer) -> Result<ExtractRecord, Violations> {
    let read = convert::payer_from(sent);
    if sent.states.is_empty() {
        return read.map(|(payer, _)| ExtractRecord::Payer(payer.into()));
    }
    let mut bad = read.err().unwrap_or_default();
    bad.add("states", "come as records of payer_states.csv");
    Err(bad)
}

/// What an extract does not carry is entered by hand, and an import leaves it as it stands.
fn vendor(sent: &pb::Vendor) -> Result<ExtractRecord, Violations> {
    let read = convert::vendor_from(sent);
    let has_w9 = !matches!(sent.w9_status.as_str(), "" | "none") || sent.w9_date.is_some();
    if !has_w9 {
        return read.map(|vendor| ExtractRecord::Vendor(vendor.into()));
    }
    let mut bad = read.err().unwrap_or_default();
    bad.add(
        "w9_status",
        "is no column of vendors.csv; change the vendor",
    );
    Err(bad)
}

fn payer_state_key(sent: &pb::PayerStateRecord) -> String {
    let state = sent.payer_state.as_ref().map(|part| part.state.as_str());
    composite([&sent.payer_id, state.unwrap_or_default()])
}

/// A composite key; blank when a part of it is.
fn composite(parts: [&str; 2]) -> String {
    match parts.contains(&"") {
        true => String::new(),
        false => parts.join("/"),
    }
}

fn vendor_references(sent: &pb::Vendor) -> Vec<(&'static str, File, String)> {
    let code = match sent.default_relate_to.as_str() {
        "" => String::new(),
        code => format!("1/{code}"),
    };
    vec![
        ("pay_vendor_id", File::Vendors, sent.pay_vendor_id.clone()),
        ("default_relate_to", File::RelateToCodes, code),
    ]
}
