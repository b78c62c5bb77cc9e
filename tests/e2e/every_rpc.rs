//! A new RPC without a test fails here: every method of the contract is called by name in some journey.

use std::fs;
use std::path::Path;

use formfeed_runtime::methods;
use formfeed_tests::tools::workspace;

#[test]
fn every_rpc_of_the_contract_is_called_by_a_journey() {
    let mut sources = String::new();
    for folder in ["tests/e2e", "tests/harness"] {
        read_below(&workspace().join(folder), &mut sources);
    }
    let untested: Vec<_> = methods::all()
        .keys()
        .filter(|path| {
            let (_, method) = path.rsplit_once('/').unwrap();
            !sources.contains(&format!(".{}(", snake_case(method)))
        })
        .collect();
    assert!(untested.is_empty(), "no test calls {untested:#?}");
}

fn read_below(folder: &Path, sources: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_below(&path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

/// The name that generated clients give a method.
fn snake_case(method: &str) -> String {
    let mut name = String::new();
    for letter in method.chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    name
}
