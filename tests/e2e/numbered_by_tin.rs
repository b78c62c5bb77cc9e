//! A payer who numbers vendors by TIN: the number is whole where the IRS reads it, and nowhere that others do.

use std::fs;
use std::path::Path;

use formfeed_tests::command::{Ran, Up};
use formfeed_tests::paper::read_pdf;
use formfeed_tests::tools::workspace;
use serde_json::Value;
use tempfile::TempDir;

/// The TIN of V001 of the sample, which is its number here.
const TIN: &str = "900700101";
/// As it stands on a form.
const DASHED: &str = "900-70-0101";
const YEAR: [&str; 4] = ["--payer", "HARBOR", "--tax-year", "2025"];

/// The sample, with a vendor whose key is its TIN.
fn extract() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(workspace().join("services/cli/sample")).unwrap() {
        let entry = entry.unwrap();
        let text = fs::read_to_string(entry.path()).unwrap();
        let to = folder.path().join(entry.file_name());
        fs::write(to, text.replace("V001,", &format!("{TIN},"))).unwrap();
    }
    folder
}

/// The same year of the same payer, and more.
fn of_year(up: &Up, before: &[&str], after: &[&str]) -> Ran {
    up.run(&[before, &YEAR, after].concat()).ok()
}

/// Prints a copy into a folder of its own; answers the job, and what is on the paper.
fn printed(up: &Up, copy: &str) -> (String, String) {
    let (name, folder) = (format!("copy-{copy}"), up.folder.path().join(copy));
    let uri = format!("file:{}", folder.display());
    up.run(&["printer", "add", &name, &uri]).ok();
    let what = ["--form", "nec", "--copy", copy, "--printer", &name];
    let done = of_year(up, &["--json", "print"], &[&what[..], &["--wait"]].concat());
    let job = done.json()["job"].as_str().unwrap().to_owned();
    (job, words(&folder))
}

/// Every word of the PDF files of a folder.
fn words(folder: &Path) -> String {
    let mut words = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|of| of == "pdf") {
            let pages = read_pdf(&path).into_iter();
            words.extend(pages.flat_map(|page| page.words).map(|word| word.text));
        }
    }
    words.join("\n")
}

fn shows_none(told: &str) {
    assert!(!told.contains(TIN) && !told.contains(DASHED), "{told}");
}

#[test]
fn fault_97_a_key_that_is_a_tin_is_whole_on_copy_a_alone_and_never_in_the_trail() {
    let (up, extract) = (Up::start(), extract());
    up.run(&["import", extract.path().to_str().unwrap()]).ok();
    of_year(&up, &["calculate"], &[]);
    let row = [
        "--recipient",
        TIN,
        "--income-type",
        "nonemployee_compensation",
    ];
    let change = ["--amount", "4800", "--reason", "as agreed"];
    of_year(&up, &["info", "edit"], &[row, change].concat());

    let (_, copy_a) = printed(&up, "a");
    for number in [TIN, DASHED] {
        assert!(copy_a.lines().any(|word| word == number), "{copy_a}");
    }
    let (job, copy_b) = printed(&up, "b");
    shows_none(&copy_b);
    let truncated = copy_b.lines().filter(|word| *word == "XXX-XX-0101");
    assert_eq!(truncated.count(), 2, "TIN and account number: {copy_b}");
    let sheets = up.run(&["job", "show", &job, "--sheets"]).ok().out;
    assert!(sheets.contains("XXXXX0101"), "{sheets}");
    shows_none(&sheets);

    for list in [&["audit", "list"][..], &["--json", "audit", "list"]] {
        shows_none(&up.run(list).ok().out);
    }
    up.run(&["audit", "verify"]).ok();
    is_found_by_its_key(&up);
}

/// Who asks for the trail of a vendor by its key gets what was written of it.
fn is_found_by_its_key(up: &Up) {
    let list = ["--json", "audit", "list"];
    let edits = [&list[..], &["--action", "information.edit"]].concat();
    let edits = up.run(&edits).ok().json();
    let subject = edits[0]["subject"].as_str().unwrap();
    assert!(subject.contains("[9 digits]"), "{subject}");
    let whole = subject.replace("[9 digits]", TIN);
    let found = up.run(&[&list[..], &["--subject", &whole]].concat());
    let found: Value = found.ok().json();
    assert_eq!(found[0]["subject"], subject, "{found}");
}
