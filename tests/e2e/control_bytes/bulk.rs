//! The bulk way in: records that any client stages, and CSV files through the command line.

use std::fs;
use std::path::Path;

use formfeed_proto::calculation as calc;
use formfeed_proto::vendor as pb;
use formfeed_proto::vendor::vendor_import_record::Record;
use formfeed_proto::vendor::{ImportFault, VendorImportRecord};
use formfeed_tests::command::Up;
use formfeed_tests::extract::Extract;
use formfeed_tests::tools::workspace;
use formfeed_tests::world::World;

use super::{OBEYED, with};

fn columns(faults: &[ImportFault]) -> Vec<String> {
    let mut columns: Vec<_> = faults
        .iter()
        .map(|fault| format!("{} {}", fault.file, fault.column))
        .collect();
    columns.sort();
    columns.dedup();
    columns
}

fn staged(bad: &str) -> Extract {
    let address = Some(pb::PostalAddress {
        line_1: bad.to_owned(),
        city: bad.to_owned(),
        ..pb::PostalAddress::default()
    });
    let vendor = [
        Record::Payer(pb::Payer {
            payer_id: "TE1".to_owned(),
            display_name: bad.to_owned(),
            address: address.clone(),
            ..pb::Payer::default()
        }),
        Record::Account(pb::Account {
            account_id: bad.to_owned(),
            ..pb::Account::default()
        }),
        Record::Vendor(pb::Vendor {
            vendor_id: "V1".to_owned(),
            display_name: bad.to_owned(),
            flag_1099: "Y".to_owned(),
            ..pb::Vendor::default()
        }),
        Record::Vendor(pb::Vendor {
            vendor_id: bad.to_owned(),
            display_name: "Ada Pump".to_owned(),
            flag_1099: "Y".to_owned(),
            ..pb::Vendor::default()
        }),
        Record::VendorAddress(pb::VendorAddress {
            vendor_id: "V1".to_owned(),
            address_code: "REMIT".to_owned(),
            address,
            ..pb::VendorAddress::default()
        }),
    ];
    let voucher = calc::Voucher {
        voucher_id: "1".to_owned(),
        vendor_id: bad.to_owned(),
        invoice_number: bad.to_owned(),
        ..calc::Voucher::default()
    };
    let line = calc::VoucherLine {
        voucher_id: "1".to_owned(),
        line: 1,
        account_id: bad.to_owned(),
        ..calc::VoucherLine::default()
    };
    use calc::history_import_record::Record as History;
    let mut extract = Extract::of_history([History::Voucher(voucher), History::VoucherLine(line)]);
    let record = |(line, record)| VendorImportRecord {
        line,
        record: Some(record),
    };
    extract.vendor = (2..).zip(vendor).map(record).collect();
    extract
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_with_a_control_character_is_a_fault_of_its_column_in_both_halves() {
    let world = World::start().await;
    for obeyed in OBEYED {
        let extract = staged(&with(obeyed));
        let faults = extract.stage_vendor(&world, "one").await.unwrap();
        let expected = [
            "accounts.csv account_id",
            "payers.csv address_line_1",
            "payers.csv city",
            "payers.csv name",
            "vendor_addresses.csv city",
            "vendor_addresses.csv line_1",
            "vendors.csv name",
            "vendors.csv vendor_id",
        ];
        assert_eq!(columns(&faults), expected, "{obeyed:?}");
        let told = |faults: &[ImportFault]| {
            let mut messages = faults.iter().map(|fault| fault.message.as_str());
            messages.any(|message| message.contains(obeyed))
        };
        assert!(!told(&faults), "repeated: {faults:?}");
        let faults = extract.stage_history(&world, "one").await.unwrap();
        let expected = [
            "voucher_lines.csv account_id",
            "vouchers.csv invoice_number",
            "vouchers.csv vendor_id",
        ];
        assert_eq!(columns(&faults), expected, "{obeyed:?}");
        assert!(!told(&faults), "repeated: {faults:?}");
    }
}

/// The small case with some texts replaced.
fn changed(changes: &[(&str, &str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let small = workspace().join("tests/fixtures/small/extract");
    for entry in fs::read_dir(small).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let mut bytes = fs::read(&path).unwrap();
        for (_, old, new) in changes.iter().filter(|(file, ..)| *file == name) {
            let at = bytes
                .windows(old.len())
                .position(|part| part == old.as_bytes());
            let at = at.unwrap_or_else(|| panic!("{old} in {name}"));
            bytes.splice(at..at + old.len(), new.iter().copied());
        }
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

fn import(up: &Up, folder: &Path) -> Vec<String> {
    let ran = up.run(&["--json", "import", folder.to_str().unwrap()]);
    assert_eq!(ran.code, 3, "{ran:?}");
    let obeyed = |c: char| c.is_control() && c != '\n';
    assert!(
        !ran.out.contains(obeyed) && !ran.err.contains(obeyed),
        "{ran:?}"
    );
    let faults = ran.json();
    let faults = faults["faults"].as_array().unwrap().iter();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let mut places: Vec<_> = faults
        .map(|fault| format!("{} {}", text(&fault["file"]), text(&fault["column"])))
        .collect();
    places.sort();
    places.dedup();
    places
}

#[test]
fn a_csv_file_with_a_control_byte_is_refused_by_column_and_nothing_of_it_is_stored() {
    let up = Up::start();
    let folder = changed(&[
        ("payers.csv", "Harbor & Pine", b"Harbor \x1b@ Pine"),
        ("payers.csv", "400 Quay Street", b"400 \x0cQuay Street"),
        ("vendors.csv", "V000001,Tia McKay", b"V000001,Tia \x00McKay"),
        ("vendors.csv", "V000002,", b"V00\x1b002,"),
        ("accounts.csv", "6100,", b"61\x0700,"),
        ("vendor_addresses.csv", "687 County", b"687 \x7fCounty"),
    ]);
    let places = import(&up, folder.path());
    for place in [
        "accounts.csv account_id",
        "payers.csv address_line_1",
        "payers.csv name",
        "vendor_addresses.csv line_1",
        "vendors.csv name",
        "vendors.csv vendor_id",
    ] {
        assert!(places.contains(&place.to_owned()), "{place}: {places:?}");
    }
    let bare_c1 = changed(&[("vendors.csv", "Tia McKay", b"Tia \x9bMcKay")]);
    assert_eq!(import(&up, bare_c1.path()), ["vendors.csv name"]);
    let none = up.run(&[
        "--json",
        "info",
        "list",
        "--payer",
        "TE1",
        "--tax-year",
        "2025",
    ]);
    assert_eq!(none.json()["error"]["reason"], "PAYER_NOT_FOUND");
}
