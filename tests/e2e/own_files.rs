//! Rule and layout files of the user's own, in the data directory: a threshold changed and a year printed without a new program.

use std::fs;

use formfeed_tests::command::{Up, formfeed};
use formfeed_tests::tools::workspace;

/// The NEC of 2022 serves 2021, too, of which nobody holds the geometry.
fn nec_of_2021() -> String {
    let path = workspace().join("services/domain/layouts/nec_rev_2022_01_3up.toml");
    let text = fs::read_to_string(path).unwrap();
    let years = text
        .lines()
        .find(|line| line.starts_with("tax_years"))
        .unwrap();
    text.replace(years, "tax_years = [2021]")
}

fn with_rules(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("rules")).unwrap();
    for (name, text) in files {
        fs::write(folder.path().join("rules").join(name), text).unwrap();
    }
    folder
}

#[test]
fn a_file_in_the_data_directory_moves_a_threshold_and_gives_a_year_a_layout() {
    let threshold = "[[threshold]]\nincome_type = \"nonemployee_compensation\"\nfrom = 2019-01-01\n\
        until = 2025-12-31\ncents = 100_00\nsource = \"a test\"\n";
    let layout = nec_of_2021();
    let folder = with_rules(&[("threshold.toml", threshold), ("nec_2021.toml", &layout)]);
    let up = Up::start_on(folder, &[]);
    let extract = workspace().join("tests/fixtures/small/extract");
    up.run(&["import", extract.to_str().unwrap()]).ok();
    up.run(&["calculate", "--payer", "TE1", "--tax-year", "2025"])
        .ok();
    let nec = [
        "--json",
        "forms",
        "list",
        "--payer",
        "TE1",
        "--tax-year",
        "2025",
        "--form",
        "nec",
    ];
    let more = count_forms(&up.run(&nec).ok().json());
    let out = up.folder.path().join("out");
    fs::create_dir(&out).unwrap();
    let uri = format!("file:{}", out.display());
    up.run(&["printer", "add", "file", &uri]).ok();
    let of_2021 = ["--payer", "TE1", "--tax-year", "2021"];
    let row = [
        "--recipient",
        "V000003",
        "--income-type",
        "nonemployee_compensation",
        "--amount",
        "700.00",
        "--reason",
        "by hand",
    ];
    up.run(&[&["calculate"], &of_2021[..]].concat()).ok();
    up.run(&[&["info", "add"], &of_2021[..], &row].concat())
        .ok();
    let print = ["--form", "nec", "--printer", "file", "--wait"];
    let printed = up.run(&[&["print"], &of_2021[..], &print].concat()).ok();
    assert!(
        printed
            .out
            .contains("printed 1 forms, 2 void, 1 sheets, total 700.00"),
        "{}",
        printed.out
    );
    let plain = Up::start();
    plain.run(&["import", extract.to_str().unwrap()]).ok();
    plain
        .run(&["calculate", "--payer", "TE1", "--tax-year", "2025"])
        .ok();
    let usual = count_forms(&plain.run(&nec).ok().json());
    assert!(
        more > usual,
        "{more} forms with 100.00, {usual} with 600.00"
    );
    assert_eq!(usual, 7);
}

fn count_forms(listed: &serde_json::Value) -> usize {
    let rows = listed.as_array().unwrap().iter();
    rows.filter(|row| row["has_form"] == true).count()
}

#[test]
fn a_file_that_contradicts_itself_stops_the_start_and_is_named() {
    let folder = with_rules(&[("broken.toml", "[[threshold]]\ncents = \"much\"\n")]);
    let path = folder.path().to_str().unwrap();
    let started = formfeed(&["--data-dir", path, "up", "--port-base", "0"]);
    assert_ne!(started.code, 0);
    assert!(started.err.contains("broken.toml"), "{}", started.err);
    assert!(!folder.path().join("endpoints.json").exists());
}
