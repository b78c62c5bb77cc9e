//! States from the payments of an extract to the two state rows: on paper, in electronic files, in the preflight.

mod edits;
mod files;
mod paper;
mod rules;
mod runs;

use std::fs;

use formfeed_tests::ledger::Ledger;
use formfeed_tests::world::World;
use serde_json::Value;
use tempfile::TempDir;

const OF_ACME: [&str; 4] = ["--payer", "ACME", "--tax-year", "2025"];

/// `vendor, gross, state tax withheld, state` of each payment of 2025 for contract labor.
type Paid = (&'static str, &'static str, &'static str, &'static str);

/// Paid in one state or two, withheld in one or two; `SMALL` gets no form of the IRS's, `PLAIN` names no state.
const PAID: [Paid; 8] = [
    ("BOTH", "700.00", "10.00", "ME"),
    ("BOTH", "300.00", "30.00", "DE"),
    ("ONE", "800.00", "8.00", "ME"),
    ("PLAIN", "900.00", "9.00", ""),
    ("SMALL", "100.00", "5.00", "ME"),
    ("TWO", "500.01", "25.00", "ME"),
    ("TWO", "250.00", "", "NH"),
    ("TWO", "150.00", "", "NH"),
];

/// Acme of Delaware, with numbers there and in Maine, and what it paid.
fn extract(paid: &[Paid]) -> TempDir {
    let mut ledger = Ledger::of_acme();
    let mut payments = "payment_id,pay_vendor_id,method,payment_date,cash_account_id,amount,\
        state_tax_withheld,state\n"
        .to_owned();
    let cents = |text: &str| text.replace('.', "").parse().unwrap_or(0_i64);
    let mut last = "";
    for (at, (vendor, gross, tax, state)) in (1..).zip(paid) {
        if *vendor != last {
            ledger.vendor(vendor, &format!("000000{:03}", 200 + at));
            last = vendor;
        }
        ledger.paid(vendor, gross);
        let out = cents(gross) - cents(tax);
        payments += &format!(
            "P{at},{vendor},check,2025-06-01,BANK,{}.{:02},{tax},{state}\n",
            out / 100,
            out % 100
        );
    }
    let folder = ledger.write();
    let states = "payer_id,state,state_id\nACME,DE,DE-100\nACME,ME,ME7\n";
    fs::write(folder.path().join("payer_states.csv"), states).unwrap();
    fs::write(folder.path().join("payments.csv"), payments).unwrap();
    folder
}

/// A world with all that imported and calculated, and a printer that prints into the folder `printed`.
async fn ready(world: World, paid: &[Paid]) -> World {
    ready_with(world, extract(paid)).await
}

/// The same of an extract that was written before.
async fn ready_with(world: World, folder: TempDir) -> World {
    world
        .done(&["import", folder.path().to_str().unwrap()])
        .await;
    world.calculate("ACME", "2025").await;
    let out = world.folder().join("printed");
    fs::create_dir_all(&out).unwrap();
    let uri = format!("file:{}", out.display());
    world.done(&["printer", "add", "file", &uri]).await;
    world
}

/// `kind record effect` of what the preflight finds about states.
async fn found(world: &World) -> Vec<String> {
    let (_, out, err) = world
        .cli(&[&["--json", "check"], &OF_ACME[..]].concat())
        .await;
    let found: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{err}"));
    let findings = found["findings"].as_array().unwrap().iter();
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    findings
        .filter(|finding| text(finding, "kind").contains("state"))
        .map(|finding| {
            ["kind", "record", "effect"]
                .map(|key| text(finding, key))
                .join(" ")
        })
        .collect()
}
