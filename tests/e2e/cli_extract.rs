//! An AP extract through the command line: in, calculated, explained, or refused as a whole.

use std::fs;
use std::path::{Path, PathBuf};

use formfeed_tests::command::{Ran, Up};
use formfeed_tests::paper::read_pdf;
use formfeed_tests::postgres::fresh_postgres_url;
use serde_json::{Value, json};

fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(path)
}

/// The small extract with one file changed.
fn changed(file: &str, change: impl Fn(&str) -> String) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(fixture("small/extract")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    let path = folder.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(path, change(&text)).unwrap();
    folder
}

fn import(up: &Up, folder: &Path) -> Ran {
    up.run(&["--json", "import", folder.to_str().unwrap()])
}

/// A count summed over the files of an import.
fn sum(import: &Value, count: &str) -> i64 {
    let files = import["files"].as_array().unwrap();
    files.iter().map(|file| file[count].as_i64().unwrap()).sum()
}

/// Every method with its options on the command line, by the name of its expected results.
const METHODS: [(&str, &[&str]); 7] = [
    ("INCOME_FIRST", &[]),
    ("PRORATED", &["--method", "prorated"]),
    (
        "PRORATED-AS_DOCUMENTED",
        &["--method", "prorated", "--basis", "as-documented"],
    ),
    ("DIRECT_PAYMENTS", &["--method", "direct-payments"]),
    ("RELATE_TO-OH", &["--method", "relate-to", "--source", "oh"]),
    ("RELATE_TO-BK", &["--method", "relate-to", "--source", "bk"]),
    ("RELATE_TO-BO", &["--method", "relate-to", "--source", "bo"]),
];

/// Both payers of the small case by every method, down to the cent.
fn the_small_case_comes_out(up: &Up) {
    import(up, &fixture("small/extract")).ok();
    for payer in ["TE1", "TE2"] {
        let year = ["--payer", payer, "--tax-year", "2025"];
        for (name, options) in METHODS {
            let run = up
                .run(&[&["--json", "calculate"], options, &year[..]].concat())
                .ok()
                .json();
            assert_eq!(run["state"], "completed");
            let rows = up
                .run(&[&["--json", "info", "list"], &year[..]].concat())
                .ok()
                .json();
            let keys = [
                "recipient_id",
                "income_type",
                "total_1099_amount",
                "taxable_amount",
            ];
            let rows: Vec<Value> = rows
                .as_array()
                .unwrap()
                .iter()
                .map(|row| pick(row, &keys))
                .collect();
            let expected = fixture(&format!("small/expected/{name}-{payer}-2025.json"));
            let expected: Value = serde_json::from_slice(&fs::read(expected).unwrap()).unwrap();
            assert_eq!(json!(rows), expected, "{name} {payer}");
        }
    }
}

fn pick(row: &Value, keys: &[&str]) -> Value {
    keys.iter()
        .map(|key| ((*key).to_owned(), row[key].clone()))
        .collect()
}

#[test]
fn the_small_case_is_right_to_the_cent_on_sqlite() {
    the_small_case_comes_out(&Up::start());
}

#[test]
fn the_small_case_is_right_to_the_cent_on_postgresql() {
    the_small_case_comes_out(&Up::start_with(&["--database-url", &fresh_postgres_url()]));
}

#[test]
fn the_same_extract_twice_changes_nothing_and_a_change_is_told() {
    let up = Up::start();
    let first = import(&up, &fixture("small/extract")).ok().json();
    let again = import(&up, &fixture("small/extract")).ok().json();
    let records = sum(&first, "new");
    assert_eq!(records, 875, "{first}");
    assert_eq!(
        (sum(&first, "changed"), sum(&first, "same")),
        (0, 0),
        "{first}"
    );
    assert_eq!(
        (
            sum(&again, "new"),
            sum(&again, "changed"),
            sum(&again, "same")
        ),
        (0, 0, records),
        "{again}"
    );

    let moved = changed("payers.csv", |text| {
        text.replace("400 Quay Street", "401 Quay Street")
    });
    let third = import(&up, moved.path()).ok().json();
    assert_eq!(
        third["files"][0],
        json!({"file": "payers.csv", "new": 0, "changed": 1, "same": 1})
    );
    assert_eq!(sum(&third, "changed"), 1);
}

#[test]
fn an_extract_with_faults_on_both_sides_is_refused_whole_with_every_fault() {
    let up = Up::start();
    let folder = changed("payments.csv", |text| {
        let line = "P00000001,,ach,2025-07-28,CASH3,2001.15";
        assert!(text.contains(line));
        text.replace(line, "P00000001,,barter,2025-02-30,NOCASH,20.015")
    });
    let vendors = folder.path().join("vendors.csv");
    let text = fs::read_to_string(&vendors).unwrap();
    fs::write(
        &vendors,
        text.replace("V000003,Nils Nguyễn,", "V000003,\u{7}Nils Nguyễn,"),
    )
    .unwrap();
    let refused = import(&up, folder.path());
    assert_eq!(refused.code, 3, "{refused:?}");
    let faults = refused.json();
    let places: Vec<_> = faults["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(place)
        .collect();
    assert_eq!(places[0], "vendors.csv:5: name", "{faults}");
    for column in ["method", "payment_date", "amount"] {
        assert!(
            places.contains(&format!("payments.csv:2: {column}")),
            "{column}: {faults}"
        );
    }
    let unknown = up.run(&[
        "--json",
        "calculate",
        "--payer",
        "TE1",
        "--tax-year",
        "2025",
    ]);
    assert_eq!(unknown.code, 3, "{unknown:?}");
    assert_eq!(unknown.json()["error"]["reason"], "PAYER_NOT_FOUND");
}

fn place(fault: &Value) -> String {
    let text = |key: &str| fault[key].as_str().unwrap_or_default();
    format!("{}:{}: {}", text("file"), fault["line"], text("column"))
}

#[test]
fn a_reference_to_nothing_and_a_key_that_comes_twice_are_faults() {
    let up = Up::start();
    let folder = changed("vouchers.csv", |text| {
        let second = text.lines().nth(1).unwrap();
        format!("{text}{second}\nLOST,NOBODY,,INV1,2025-01-01,1.00\n")
    });
    let refused = up.run(&["import", folder.path().to_str().unwrap()]);
    assert_eq!(refused.code, 3, "{refused:?}");
    let lines: Vec<_> = refused.out.lines().collect();
    assert_eq!(lines.len(), 2, "{refused:?}");
    assert!(
        lines[0].starts_with("vouchers.csv:141: voucher_id: "),
        "{refused:?}"
    );
    assert!(
        lines[1].starts_with("vouchers.csv:142: vendor_id: "),
        "{refused:?}"
    );
    assert!(refused.err.contains("nothing was stored"), "{refused:?}");
}

#[test]
fn a_missing_file_is_a_fault_and_a_strange_one_a_warning() {
    let up = Up::start();
    let folder = changed("payers.csv", str::to_owned);
    fs::remove_file(folder.path().join("payments.csv")).unwrap();
    fs::write(folder.path().join("invoices.csv"), "a\n").unwrap();
    let refused = up.run(&["import", folder.path().to_str().unwrap()]);
    assert_eq!(refused.code, 3, "{refused:?}");
    assert!(
        refused
            .out
            .starts_with("payments.csv:1: this file is required"),
        "{refused:?}"
    );
    assert!(
        refused
            .err
            .contains("warning: invoices.csv is not a file of an AP extract"),
        "{refused:?}"
    );
}

#[test]
fn an_amount_is_explained_down_to_the_payment() {
    let up = Up::start();
    import(&up, &fixture("small/extract")).ok();
    let year = ["--payer", "TE1", "--tax-year", "2025"];
    up.run(&[&["calculate"], &year[..]].concat()).ok();
    let explain = [&["info", "explain", "--recipient", "V000003"], &year[..]].concat();
    let text = up.run(&explain).ok().out;
    assert!(text.contains("V000003"), "{text}");
    let document = up.run(&[&["--json"], &explain[..]].concat()).ok().json();
    assert!(document["trace"].is_object(), "{document}");
    assert_eq!(
        document["information"][0]["taxable_amount"], "1504.87",
        "{document}"
    );
    let file = up.folder.path().join("why.json");
    let to_file = ["--format", "json", "--out", file.to_str().unwrap()];
    let ran = up.run(&[&explain[..], &to_file[..]].concat()).ok();
    assert_eq!(ran.out, "");
    let written: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    assert_eq!(written, document);
    let as_json = [&explain[..], &["--format", "json"]].concat();
    assert_eq!(up.run(&as_json).ok().json(), document);

    // The same facts on paper, and no PDF on a terminal.
    let file = up.folder.path().join("why.pdf");
    let to_paper = ["--format", "pdf", "--out", file.to_str().unwrap()];
    up.run(&[&explain[..], &to_paper[..]].concat()).ok();
    let pages = read_pdf(&file);
    let words = pages.iter().flat_map(|page| &page.words);
    let words: Vec<_> = words.map(|word| word.text.as_str()).collect();
    let page = words.join(" ");
    assert!(page.contains("Proof of recipient V000003"), "{page}");
    for row in document["information"].as_array().unwrap() {
        let taxable = row["taxable_amount"].as_str().unwrap();
        assert!(page.contains(taxable), "{taxable} is not in {page}");
    }
    let nowhere = [&explain[..], &["--format", "pdf"]].concat();
    assert_eq!(up.run(&nowhere).code, 2);
}
