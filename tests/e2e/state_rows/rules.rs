//! A rule file of one's own brings out a row, and a form for a state alone.

use std::fs;

use formfeed_tests::command::Up;

use super::{OF_ACME, extract};

/// New Hampshire wants to know from 300.00 on, though nothing was withheld for it.
const NH: &str =
    "[[state_copy]]\nstate = \"NH\"\nfrom = 2025-01-01\ncents = 300_00\nsource = \"a test\"\n";

#[test]
fn a_state_that_wants_less_than_the_irs_gets_copy_1_and_a_row_of_its_own() {
    let data = tempfile::tempdir().unwrap();
    fs::create_dir(data.path().join("rules")).unwrap();
    fs::write(data.path().join("rules/states.toml"), NH).unwrap();
    let up = Up::start_on(data, &[]);
    let folder = extract(&[
        ("ALONE", "300.00", "", "NH"),
        ("LESS", "299.99", "", "NH"),
        ("MUCH", "900.00", "", "NH"),
    ]);
    up.run(&["import", folder.path().to_str().unwrap()]).ok();
    up.run(&[&["calculate"], &OF_ACME[..]].concat()).ok();
    let out = up.folder.path().join("out");
    fs::create_dir(&out).unwrap();
    let uri = format!("file:{}", out.display());
    up.run(&["printer", "add", "file", &uri]).ok();
    let print = |copy: &str| {
        let line = ["print", "--form", "nec", "--printer", "file", "--wait"];
        up.run(&[&line, &OF_ACME[..], &["--copy", copy]].concat())
            .ok()
    };
    let of_irs = print("a");
    assert!(of_irs.out.contains("printed 1 forms"), "{}", of_irs.out);
    let of_state = print("1");
    assert!(of_state.out.contains("printed 2 forms"), "{}", of_state.out);
    assert!(of_state.err.contains("1 (ALONE)"), "{}", of_state.err);
    let check = up.run(&[&["check"], &OF_ACME[..]].concat());
    let said = format!("{}{}", check.out, check.err);
    assert!(said.contains("the IRS gets none, NH does"), "{said}");
    assert!(
        said.contains("NH wants the form and the payer has no number there"),
        "{said}"
    );
}
