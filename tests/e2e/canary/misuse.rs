//! Numbers where none belongs, and what fails with one at hand.

use std::fs;
use std::path::Path;
use std::process::Command;

use formfeed_runtime::Service;
use formfeed_tests::by_hand::edit;
use serde_json::{Value, json};

use super::needles::STRAY;
use super::run::{Run, extract};
use super::work::Made;

/// Each call and what is wrong with it; every one is refused.
fn calls() -> Vec<(&'static str, Value)> {
    let vendor = |over: Value| {
        let mut vendor = json!({"vendor_id": "BAD", "display_name": "Ada", "tin": STRAY, "tin_type": "itin", "flag_1099": "Y"});
        for (name, value) in over.as_object().unwrap() {
            vendor[name] = value.clone();
        }
        json!({"vendor": vendor, "request_id": "bad"})
    };
    let create = "vendor.VendorService/CreateVendor";
    let stray = STRAY.to_owned();
    let mut all: Vec<(&str, Value)> = [
        json!({"tin": format!("{STRAY}x")}),
        json!({"tin": format!("9OO-72-8359 {STRAY}")}),
        json!({"tin_type": "ssn"}),
        json!({"tin_type": stray}),
        json!({"tin_type": ""}),
        json!({"display_name": format!("Ada {STRAY}\u{1b}")}),
        json!({"display_name": STRAY.repeat(30)}),
        json!({"flag_1099": stray, "classification": stray, "default_income_type": stray}),
        json!({"address_code": format!("{STRAY}/"), "w9_status": stray}),
        json!({"vendor_id": format!("{STRAY}\n")}),
        json!({"vendor_id": "V001"}), // there already
        json!({"w9_date": {"year": 900_728_359}}),
    ]
    .into_iter()
    .map(|over| (create, vendor(over)))
    .collect();
    all.extend([
        (create, json!({"vendor": {"tin": STRAY}, "request_id": STRAY})),
        ("vendor.VendorService/UpdateVendor", json!({"vendor": {"name": "vendors/V001", "tin": STRAY, "tin_type": "itin", "etag": STRAY}, "update_mask": {"paths": ["tin"]}})),
        ("vendor.VendorService/UpdateVendor", json!({"vendor": {"name": "vendors/V001", "tin": STRAY}, "update_mask": {"paths": ["tinx"]}})),
        ("vendor.VendorService/ListVendors", json!({"page_token": STRAY})),
        ("vendor.TinService/RevealTin", json!({"name": "vendors/V001", "reason": STRAY})),
        ("vendor.TinService/FindVendorsByTin", json!({"tin": format!("{STRAY}x")})),
        ("vendor.TinService/FindVendorsByTin", json!({"tin": STRAY})),
        ("vendor.PayerService/CreatePayer", json!({"payer": {"payer_id": "HARBOR", "display_name": "Harbor", "tin": STRAY}, "request_id": "twice"})),
        ("vendor.TransmitterService/UpdateTransmitter", json!({"transmitter": {"tin": format!("{STRAY}x"), "control_code": STRAY}, "update_mask": {"paths": ["tin", "control_code"]}})),
        ("calculation.CalculationService/Calculate", json!({"payer_id": "HARBOR", "tax_year": 2025, "request_id": format!("{STRAY}\u{1b}")})),
        ("calculation.CalculationService/Calculate", json!({"payer_id": "HARBOR", "tax_year": 900_728_359})),
        ("forms.FormsService/ListForms", json!({"payer_id": "HARBOR", "tax_year": 2025, "page_token": STRAY})),
        ("forms.FormsService/PrintForms", json!({"payer_id": "HARBOR", "tax_year": 2025, "printer": "printers/laser", "form_type": 1, "copy": 1, "stock": STRAY})),
        ("spooler.PrinterService/CreatePrinter", json!({"printer": {"printer_id": "bad", "uri": format!("tin:{STRAY}"), "stock": STRAY, "dialect": STRAY}, "request_id": "bad-printer"})),
        ("spooler.JobService/CancelJob", json!({"name": "jobs/0", "reason": STRAY})),
    ]);
    all
}

/// Does it all; answers how much of it was refused.
pub(super) fn done(run: &Run, made: &Made) -> usize {
    let admin = run.admin();
    let mut refused = 0;
    for (method, message) in calls() {
        let (went_well, said) = run.asks(&admin, method, &message);
        let looks = method.ends_with("FindVendorsByTin"); // for which admin has no permission
        assert!(!went_well || looks, "{method} {message}: {said}");
        let by_service = went_well || said.contains("Code: ");
        assert!(by_service, "{method} {message} came to no answer: {said}");
        refused += usize::from(!went_well);
    }
    let method = "vendor.VendorService/GetVendor";
    for header in [
        "x-request-id",
        "traceparent",
        "tracestate",
        "user-agent",
        "x-formfeed-user",
        "grpc-timeout",
    ] {
        let header = format!("{header}: {STRAY}");
        run.calls(
            &admin,
            method,
            &json!({"name": "vendors/NOBODY"}),
            &[&header],
        );
    }
    let unknown = run.up.folder.path().join("no.token");
    fs::write(&unknown, format!("ff_{STRAY}")).unwrap();
    run.calls(&unknown, method, &json!({"name": "vendors/V001"}), &[]);
    fs::remove_file(unknown).unwrap();
    paths(run, &admin);
    extracts(run);
    databases(run, &admin);
    let by_who_may = json!({"name": "vendors/V002", "reason": "the bank asks"});
    run.calls(&made.mia, "vendor.TinService/RevealTin", &by_who_may, &[]);
    refused
}

/// Methods that there are not, with a token and without.
fn paths(run: &Run, admin: &Path) {
    let token = fs::read_to_string(admin).unwrap();
    let known = format!("authorization: Bearer {}", token.trim());
    for header in [known.as_str(), "authorization: none"] {
        for path in ["formfeed.vendor.v1.VendorService/", "formfeed."] {
            let url = format!("{}/{path}{STRAY}", run.endpoint("vendor"));
            let mut curl = Command::new("curl");
            curl.args(["-sS", "--http2-prior-knowledge", "-X", "POST", "-H", header]);
            curl.args(["-H", "content-type: application/grpc", &url]);
            formfeed_tests::tools::run(&mut curl);
        }
    }
}

/// AP extracts with numbers in the wrong cells.
fn extracts(run: &Run) {
    let row = |cells: &str| format!("VX,Ada Pump,,{cells}\n");
    for (file, more) in [
        (
            "vendors.csv",
            row(&format!("{STRAY}x,itin,individual,Y,,,,,,,")),
        ),
        (
            "vendors.csv",
            row(&format!("{STRAY},ssn,individual,Y,,,,,,,")),
        ),
        (
            "vendors.csv",
            row(&format!("itin,{STRAY},individual,Y,,,,,,,")),
        ),
        (
            "vendors.csv",
            row(&format!(
                "12-0001002,ein,{STRAY},{STRAY},{STRAY},,,{STRAY},,,"
            )),
        ),
        ("vendors.csv", row(&format!("{STRAY},itin,individual"))),
        ("vendors.csv", format!("VX,\"Ada {STRAY},,{STRAY},itin,\n")),
        (
            "vendors.csv",
            format!("V001,Twice,,{STRAY},itin,individual,Y,,,MAIN,,,\n"),
        ),
        (
            "payers.csv",
            format!("BAD,Bad,{STRAY}x,1 Quay,Portland,ME,04101,US,,,\n"),
        ),
        (
            "payments.csv",
            format!("PMX,,{STRAY},{STRAY},HWD-OPER,{STRAY}.123,,\n"),
        ),
    ] {
        let folder = extract();
        let path = folder.path().join(file);
        let text = fs::read_to_string(&path).unwrap() + &more;
        fs::write(&path, text).unwrap();
        import_refused(run, folder.path(), &more);
    }
    // A file whose columns have no names.
    let folder = extract();
    let path = folder.path().join("vendors.csv");
    fs::write(&path, row(&format!("{STRAY},itin,individual,Y,,,MAIN,,,"))).unwrap();
    import_refused(run, folder.path(), "no header");
}

fn import_refused(run: &Run, folder: &Path, what: &str) {
    for line in ["import", "--json import"] {
        let ran = run.tries(&format!("{line} {}", folder.display()));
        assert_ne!(ran.code, 0, "{what}: {ran:?}");
    }
}

/// Rows that the database refuses, and a number that does not open.
fn databases(run: &Run, admin: &Path) {
    let url = run.database.replace("{service}", "vendor");
    let (set, unset) = match run.database.starts_with("postgres") {
        true => (
            "ALTER TABLE vendor_versions ADD CONSTRAINT no_more CHECK (vendor_id <> 'FAILS')",
            "ALTER TABLE vendor_versions DROP CONSTRAINT no_more",
        ),
        false => (
            "CREATE TRIGGER no_more BEFORE INSERT ON vendor_versions WHEN NEW.vendor_id = 'FAILS' BEGIN SELECT RAISE(ABORT, 'no more'); END",
            "DROP TRIGGER no_more",
        ),
    };
    edit(&url, Service::Vendor, set);
    let vendor = json!({"vendor_id": "FAILS", "display_name": "Ada", "tin": STRAY, "tin_type": "itin", "flag_1099": "Y"});
    let create = json!({"vendor": vendor, "request_id": "fails"});
    let (went_well, said) = run.asks(admin, "vendor.VendorService/CreateVendor", &create);
    assert!(!went_well && said.contains("incident"), "{said}");
    edit(&url, Service::Vendor, unset);

    let swap = |from: &str, to: &str| {
        let sealed = |id: &str| {
            format!(
                "(SELECT tin_sealed FROM vendor_versions WHERE vendor_id = '{id}' AND version = 1)"
            )
        };
        let sql = format!(
            "UPDATE vendor_versions SET tin_sealed = {} WHERE vendor_id = '{to}'",
            sealed(from)
        );
        edit(&url, Service::Vendor, &sql);
    };
    edit(
        &url,
        Service::Vendor,
        "CREATE TABLE put_aside AS SELECT vendor_id, version, tin_sealed FROM vendor_versions",
    );
    swap("V002", "V001");
    let ran = run.tries("print YEAR --form nec --printer office --again with~a~row~moved");
    assert_ne!(ran.code, 0, "{ran:?}");
    let back = "UPDATE vendor_versions SET tin_sealed = (SELECT a.tin_sealed FROM put_aside a WHERE a.vendor_id = vendor_versions.vendor_id AND a.version = vendor_versions.version) WHERE vendor_id = 'V001'";
    edit(&url, Service::Vendor, back);
    edit(&url, Service::Vendor, "DROP TABLE put_aside");
}
