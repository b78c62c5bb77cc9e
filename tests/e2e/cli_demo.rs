//! The demo: the whole job in one command, and what lies on paper adds up to what it says.

use std::fs;
use std::path::Path;

use formfeed_tests::command::formfeed;
use formfeed_tests::paper::{read_escp, read_pdf};
use serde_json::Value;

/// Every amount on the pages of the folder's PDF files and of the impact printer, in cents.
///
/// The sample is so made that the boxes of the total are all its forms show beside federal tax withheld.
fn cents_on_paper(out: &Path) -> i64 {
    let mut pages = Vec::new();
    for entry in fs::read_dir(out).unwrap() {
        let path = entry.unwrap().path();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("pdf") => pages.extend(read_pdf(&path)),
            Some("prn") => pages.extend(read_escp(&fs::read(&path).unwrap())),
            _ => {}
        }
    }
    let words = pages.iter().flat_map(|page| &page.words);
    words.filter_map(|word| cents(&word.text)).sum()
}

/// `1234.50` and nothing else.
fn cents(word: &str) -> Option<i64> {
    let (dollars, cents) = word.split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let amount = cents.len() == 2 && digits(dollars) && digits(cents);
    amount.then(|| format!("{dollars}{cents}").parse().unwrap())
}

fn amount(job: &Value, key: &str) -> i64 {
    cents(job[key].as_str().unwrap()).unwrap()
}

#[test]
fn the_demo_ends_by_itself_and_its_total_is_what_lies_on_paper() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("prints");
    let demo = formfeed(&["--json", "demo", "--out", out.to_str().unwrap()])
        .ok()
        .json();
    let jobs = demo["jobs"].as_array().unwrap();
    assert_eq!(jobs.len(), 4, "{demo}");
    for job in jobs {
        let number = |key: &str| job[key].as_i64().unwrap();
        assert_eq!(
            (&job["state"], &job["report"]),
            (&"completed".into(), &"final".into()),
            "{job}"
        );
        assert_eq!(
            number("forms_printed") + number("forms_void"),
            3 * number("sheets_printed")
        );
        assert!(
            number("forms_void") > 0,
            "the sample never fills its last sheet: {job}"
        );
    }
    let total: i64 = jobs.iter().map(|job| amount(job, "total_amount")).sum();
    let withheld: i64 = jobs
        .iter()
        .map(|job| amount(job, "federal_tax_withheld"))
        .sum();
    assert_eq!(amount(&demo, "total_amount"), total);
    assert_eq!(withheld, 240_00);
    assert_eq!(cents_on_paper(&out), total + withheld);
    assert!(fs::metadata(out.join("impact.prn")).unwrap().len() > 0);
}

#[test]
fn the_demo_tells_people_each_step_and_ends_with_the_final_quantity_and_total() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("prints");
    let told = formfeed(&["demo", "--out", out.to_str().unwrap()]).ok().out;
    let printed: Vec<_> = told
        .lines()
        .filter(|line| line.starts_with("printed "))
        .collect();
    let expected = [
        "printed 11 forms, 1 void, 4 sheets, total 43376.15",
        "printed 7 forms, 2 void, 3 sheets, total 67645.67",
        "printed 4 forms, 2 void, 2 sheets, total 14984.55",
        "printed 1 forms, 2 void, 1 sheets, total 6600.00",
    ];
    assert_eq!(printed, expected, "{told}");
    let last = told.lines().last().unwrap();
    assert_eq!(
        last,
        "final quantity and total: 23 forms, 7 void, 10 sheets, total 132606.37"
    );
}
