//! The keys that seal secrets at rest: wrapped by a master key from outside, replaced while everything works, and never
//! guessed at when they are lost, others, or the values moved.

mod master;
mod moved;
mod rotation;

use std::path::Path;

use formfeed_runtime::Service;
use formfeed_tests::by_hand;
use formfeed_tests::command::Up;
use serde_json::Value;

pub(crate) const SMALL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/small/extract");
/// The last line of a job of the small case's Forms 1099-NEC, however often it was interrupted.
pub(crate) const WHOLE: &str = "printed 7 forms, 2 void, 3 sheets, total 13421.91";

/// Services with the small case calculated.
fn calculated(flags: &[&str]) -> Up {
    let up = Up::start_with(flags);
    up.run(&["import", SMALL]).ok();
    calculate(&up);
    up
}

fn calculate(up: &Up) {
    up.run(&["calculate", "--payer", "TE1", "--tax-year", "2025"])
        .ok();
}

/// Prints the small case's Forms 1099-NEC into a folder, and answers what is said.
fn print(up: &Up, more: &[&str]) -> formfeed_tests::command::Ran {
    let forms = [
        "print",
        "--payer",
        "TE1",
        "--tax-year",
        "2025",
        "--form",
        "nec",
    ];
    up.run(&[&forms[..], more].concat())
}

/// Adds a printer that is a folder of the data directory.
fn folder_printer(up: &Up) {
    let out = format!("file:{}", up.folder.path().join("out").display());
    up.run(&["printer", "add", "office", &out]).ok();
}

/// What `keys show` answers of a service.
fn shown(up: &Up, service: Service) -> Value {
    let all = up.run(&["--json", "keys", "show"]).ok().json();
    let all = all.as_array().expect("services");
    let of = all.iter().find(|one| one["service"] == service.name());
    of.expect("the service").clone()
}

/// Values sealed with each version of a service's key, the oldest first.
fn values(up: &Up, service: Service) -> Vec<i64> {
    let shown = shown(up, service);
    let versions = shown["versions"].as_array().expect("versions").iter();
    versions
        .map(|version| version["values"].as_i64().expect("a number"))
        .collect()
}

/// The address of a service's SQLite file.
fn file(folder: &Path, service: Service) -> String {
    format!("sqlite:{}", folder.join(format!("{service}.db")).display())
}

/// Edits a service's SQLite file by hand.
fn edit(folder: &Path, service: Service, sql: &str) {
    by_hand::edit(&file(folder, service), service, sql);
}
