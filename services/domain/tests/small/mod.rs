//! The small case of `tests/fixtures/small`, read through the extract's own parser.

#![allow(dead_code, reason = "each test takes what it needs")]

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use formfeed_domain::VendorId;
use formfeed_domain::account::Account;
use std::sync::Arc;

use formfeed_domain::calculation::assemble::{Directory, Records};
use formfeed_domain::calculation::{Chart, Outcome, RunContext, VendorFacts, assemble, calculate};
use formfeed_domain::extract::{self, Header, Keys, Record};
use formfeed_domain::organization::{self, CashAccount, Organization};
use formfeed_domain::relate_to::{self, RelateTo};
use formfeed_domain::vendor::Vendor;

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/small")
}

/// Every record of one file; the test fails on the first fault.
pub(crate) fn read<R: Record>() -> Vec<R> {
    let path = fixtures().join("extract").join(R::FILE.name());
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_path(path)
        .unwrap();
    let header = Header::check(R::FILE, reader.headers().unwrap()).unwrap();
    let mut keys = Keys::default();
    let record = |row: Result<csv::StringRecord, csv::Error>| {
        let row = row.unwrap();
        let line = row.position().unwrap().line();
        let record: R = extract::parse(&header, line, &row).unwrap();
        keys.add(R::FILE, record.key(), line).unwrap();
        record
    };
    reader.records().map(record).collect()
}

/// The case's vendors and cash accounts, as the vendor service would answer.
pub(crate) fn directory() -> Directory {
    let tree: BTreeMap<_, _> = read::<Organization>()
        .into_iter()
        .map(|o| (o.org_id.clone(), o))
        .collect();
    let payer = |account: CashAccount| {
        let payer_id = organization::payer_of(&tree, &account.org_id)?;
        Some((account.cash_account_id, payer_id.clone()))
    };
    Directory {
        vendors: read::<Vendor>()
            .iter()
            .map(|v| (v.vendor_id.clone(), VendorFacts::from(v)))
            .collect::<HashMap<_, _>>(),
        payers: Arc::new(read().into_iter().filter_map(payer).collect()),
        chart: chart().into(),
    }
}

/// The case's accounts and codes, beside the codes that exist without being imported.
fn chart() -> Chart {
    let mapped = |account: Account| Some((account.account_id, account.income_type?));
    let codes = relate_to::defaults().into_iter();
    Chart::new(
        read().into_iter().filter_map(mapped),
        codes.chain(read::<RelateTo>()),
    )
}

/// The case's whole history as one page.
pub(crate) fn records() -> Records {
    Records {
        vouchers: read(),
        lines: read(),
        payments: read(),
        applications: read(),
    }
}

/// The outcome of everybody paid in the year.
pub(crate) fn calculate_all(context: &RunContext) -> BTreeMap<VendorId, Outcome> {
    let (directory, records) = (directory(), records());
    let page = assemble::Page::new(context, &directory, &records).unwrap();
    let outcome = |recipient_id: &VendorId| {
        let history = page.history(recipient_id).unwrap().unwrap();
        (recipient_id.clone(), calculate(context, &history))
    };
    page.recipients().map(outcome).collect()
}

/// `recipient income_type total taxable`, one line a row, as calculated.
pub(crate) fn lines(outcomes: &BTreeMap<VendorId, Outcome>) -> Vec<String> {
    let line = |(recipient_id, outcome): (&VendorId, &Outcome)| -> Vec<String> {
        let rows = outcome.rows().iter();
        rows.map(|row| {
            let (total, taxable) = (row.total_1099_amount, row.taxable_amount);
            format!("{recipient_id} {} {total} {taxable}", row.income_type)
        })
        .collect()
    };
    outcomes.iter().flat_map(line).collect()
}

/// The same lines from the case's expected results.
pub(crate) fn expected(name: &str) -> Vec<String> {
    let path = fixtures().join("expected").join(format!("{name}.json"));
    let rows: Vec<HashMap<String, String>> =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let columns = [
        "recipient_id",
        "income_type",
        "total_1099_amount",
        "taxable_amount",
    ];
    rows.iter()
        .map(|row| columns.map(|column| row[column].as_str()).join(" "))
        .collect()
}
