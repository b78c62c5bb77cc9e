//! Records of an extract, as a reader of CSV would send them.

use formfeed_proto::vendor as pb;
use formfeed_proto::vendor::vendor_import_record::Record;

/// Records with their lines counted by file, as a reader of CSV would.
pub(crate) fn lines(records: Vec<Record>) -> Vec<pb::VendorImportRecord> {
    let mut counts = std::collections::HashMap::new();
    let number = |record: Record| {
        let line = counts.entry(std::mem::discriminant(&record)).or_insert(1);
        *line += 1;
        pb::VendorImportRecord {
            line: *line,
            record: Some(record),
        }
    };
    records.into_iter().map(number).collect()
}

pub(crate) fn payer(id: &str) -> Record {
    Record::Payer(pb::Payer {
        payer_id: id.to_owned(),
        display_name: format!("Payer {id}"),
        tin: "00-0000017".to_owned(),
        ..pb::Payer::default()
    })
}

pub(crate) fn organization(id: &str, parent: &str, payer: &str) -> Record {
    Record::Organization(pb::Organization {
        org_id: id.to_owned(),
        parent_org_id: parent.to_owned(),
        payer_id: payer.to_owned(),
        ..pb::Organization::default()
    })
}

pub(crate) fn vendor(id: &str) -> pb::Vendor {
    pb::Vendor {
        vendor_id: id.to_owned(),
        display_name: format!("Vendor {id}"),
        tin: "900700001".to_owned(),
        tin_type: "itin".to_owned(),
        flag_1099: "Y".to_owned(),
        ..pb::Vendor::default()
    }
}

pub(crate) fn address(vendor_id: &str, city: &str) -> Record {
    Record::VendorAddress(pb::VendorAddress {
        vendor_id: vendor_id.to_owned(),
        address_code: "REMIT".to_owned(),
        address: Some(pb::PostalAddress {
            city: city.to_owned(),
            ..Default::default()
        }),
        ..pb::VendorAddress::default()
    })
}

/// One record of each file; the pay vendor comes after the vendor it stands in for.
pub(crate) fn whole_extract(tin_of_v1: &str, city: &str) -> Vec<pb::VendorImportRecord> {
    let state = pb::PayerState {
        state: "ME".to_owned(),
        state_id: "17".to_owned(),
    };
    let first = pb::Vendor {
        tin: tin_of_v1.to_owned(),
        pay_vendor_id: "V2".to_owned(),
        default_relate_to: "PZ".to_owned(),
        ..vendor("V1")
    };
    lines(vec![
        payer("TE1"),
        Record::PayerState(pb::PayerStateRecord {
            payer_id: "TE1".to_owned(),
            payer_state: Some(state),
        }),
        organization("1.1", "1", ""),
        organization("1", "", "TE1"),
        Record::CashAccount(pb::CashAccount {
            cash_account_id: "CASH1".to_owned(),
            org_id: "1.1".to_owned(),
            ..Default::default()
        }),
        Record::Account(pb::Account {
            account_id: "6100".to_owned(),
            income_type: "rents".to_owned(),
            ..Default::default()
        }),
        Record::RelateToCode(pb::RelateToCode {
            position: 1,
            code: "PZ".to_owned(),
            income_type: "other_income".to_owned(),
            ..Default::default()
        }),
        Record::Vendor(first),
        Record::Vendor(vendor("V2")),
        address("V1", city),
        address("V2", "Reno"),
    ])
}
