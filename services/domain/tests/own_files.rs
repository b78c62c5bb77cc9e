//! The user's own rule and layout files: they add a year, take the place of what has the same key, and are refused by
//! name of file and field. Only the last test may ask this process for a rule, a stock or a layout.

#![allow(clippy::unwrap_used, reason = "tests")]

use chrono::NaiveDate;
use formfeed_domain::form::{Copy, FormType};
use formfeed_domain::layout::{self, Layout, LayoutError, Library};
use formfeed_domain::own_files::{self, OwnFilesError};
use formfeed_domain::points::Points;
use formfeed_domain::rules::{self, RuleBook};
use formfeed_domain::{IncomeType, Money, TaxYear, stock};

const NEC_2UP: &str = include_str!("../layouts/nec_rev_2026_12_2up.toml");
const NEC_3UP: &str = include_str!("../layouts/nec_rev_2025_04_3up.toml");
const STOCKS: &str = include_str!("../layouts/stocks.toml");

fn year(year: i32) -> TaxYear {
    TaxYear::new(year).unwrap()
}

/// The rules of 2027 as the user would write them after those of 2026.
fn rules_of_2027() -> Vec<(String, String)> {
    let next = |text: &str| {
        text.replace("2027-", "2028-")
            .replace("2026-", "2027-")
            .replace("= 2026", "= 2027")
            .replace("[2026]", "[2027]")
    };
    let indexed: String = include_str!("../rules/thresholds.toml")
        .split("[[threshold]]")
        .filter(|entry| entry.contains("2026-12-31"))
        .map(|entry| {
            format!(
                "[[threshold]]{}",
                next(entry).replace("2_000_00", "2_100_00")
            )
        })
        .collect();
    let filing = include_str!("../rules/filing.toml");
    let test = include_str!("../rules/withholding_test.toml");
    let last = |text: &str, word: &str| next(&text[text.rfind(word).unwrap()..]);
    [
        ("thresholds.toml", indexed),
        ("filing.toml", last(filing, "[[year]]")),
        ("test.toml", last(test, "[[aggregate_test]]")),
        (
            "nec.toml",
            next(include_str!("../rules/nec_rev_2026_12.toml")),
        ),
        (
            "misc.toml",
            next(include_str!("../rules/misc_rev_2026_12.toml")),
        ),
    ]
    .map(|(name, text)| (name.to_owned(), text))
    .to_vec()
}

fn borrowed(files: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
}

fn refused(files: &[(&str, &str)]) -> String {
    let error: LayoutError = Library::with_own(files.iter().copied()).unwrap_err();
    assert_eq!(error.reason(), "LAYOUT_FILE_MALFORMED");
    error.to_string()
}

#[test]
fn files_of_a_new_year_make_the_year_work_and_leave_the_others_as_they_are() {
    let files = rules_of_2027();
    let book = RuleBook::with_own(borrowed(&files)).unwrap();
    let threshold = |of| {
        let rules = book.for_year(year(of)).unwrap();
        let threshold = rules.threshold(IncomeType::NonemployeeCompensation);
        threshold.unwrap().amount.cents()
    };
    assert_eq!((threshold(2026), threshold(2027)), (2_000_00, 2_100_00));
    let paid = NaiveDate::from_ymd_opt(2027, 3, 1).unwrap();
    assert!(
        book.aggregate_test(paid, IncomeType::Rents)
            .unwrap()
            .is_some()
    );
    assert!(RuleBook::built_in().for_year(year(2027)).is_err());
}

#[test]
fn a_year_whose_files_are_incomplete_is_refused_with_what_is_missing() {
    for (missing, why) in [
        ("thresholds.toml", "no threshold for"),
        ("filing.toml", "no due dates"),
        ("misc.toml", "rents has 0 boxes"),
    ] {
        let mut files = rules_of_2027();
        files.retain(|(name, _)| name != missing);
        let error = RuleBook::with_own(borrowed(&files)).unwrap_err();
        let sentence = error.to_string();
        assert!(sentence.contains("2027"), "{sentence}");
        assert!(sentence.contains(why), "{sentence}");
    }
}

#[test]
fn an_own_threshold_takes_the_place_of_the_built_in_one_in_its_years_only() {
    let own = "[[threshold]]\nincome_type = \"rents\"\nfrom = 2025-01-01\nuntil = 2025-12-31\n\
               cents = 5_00\nsource = \"ours\"\n";
    let book = RuleBook::with_own([("rents.toml", own)]).unwrap();
    let of = |of| {
        let rules = book.for_year(year(of)).unwrap();
        rules.threshold(IncomeType::Rents).unwrap().amount
    };
    assert_eq!(of(2024), Money::from_cents(600_00));
    assert_eq!(of(2025), Money::from_cents(5_00));
    let twice = format!("{own}{own}");
    let error = RuleBook::with_own([("rents.toml", twice.as_str())]).unwrap_err();
    assert!(error.to_string().contains("two thresholds for rents"));
    let midyear = own.replace("from = 2025-01-01", "from = 2025-07-01");
    let error = RuleBook::with_own([("rents.toml", midyear.as_str())]).unwrap_err();
    let sentence = error.to_string();
    assert!(
        sentence.starts_with("rule file rents.toml: threshold of rents: from"),
        "{sentence}"
    );
}

#[test]
fn what_a_state_wants_is_overridden_state_by_state() {
    let own = |state: &str, more: &str| {
        format!(
            "[[state_copy]]\nstate = \"{state}\"\nfrom = 2020-01-01\n{more}\nsource = \"ours\"\n"
        )
    };
    let wants = |text: &str, of: i32, state: &str, cents: i64| {
        let book = RuleBook::with_own([("own.toml", text)]).unwrap();
        let form = book.for_year(year(of)).unwrap().form(FormType::Nec);
        let copies = &form.unwrap().state_copies;
        copies.wants(state, Money::from_cents(cents), true)
    };
    assert!(wants("", 2024, "AL", 1_500_00) && !wants("", 2024, "AL", 1_499_99));
    assert!(!wants("", 2025, "AL", 9_999_99), "no source tells of 2025");
    assert!(!wants("", 2024, "VT", 9_999_99));
    let others = own("others", "cents = 600_00");
    assert!(wants(&others, 2024, "VT", 600_00) && !wants(&others, 2024, "VT", 599_99));
    assert!(
        !wants(&others, 2024, "AL", 600_00),
        "a state's own entry has the word"
    );
    let lower = own("AL", "cents = 0") + &others;
    assert!(wants(&lower, 2024, "AL", 1) && !wants(&lower, 2024, "AL", 0));
    assert!(
        !wants(&own("AL", ""), 2024, "AL", 9_999_99),
        "no cents: never for income alone"
    );
    for (text, why) in [
        (
            own("AL", "cents = 1").repeat(2),
            "two entries for Form 1099-NEC in state AL",
        ),
        (own("Alabama", ""), "\"Alabama\" is no state"),
        (own("AL", "until = 2024-06-30"), "state AL: from and until"),
    ] {
        let error = RuleBook::with_own([("own.toml", text.as_str())]).unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
    }
}

#[test]
fn an_own_revision_takes_the_place_of_the_forms_built_in_one_in_its_years_only() {
    let own = include_str!("../rules/nec_rev_2022_01.toml")
        .replace("Rev. January 2022", "ours")
        .replace("[2022, 2023]", "[2023]");
    let book = RuleBook::with_own([("nec.toml", own.as_str())]).unwrap();
    let revision = |of, form_type| {
        let rules = book.for_year(year(of)).unwrap();
        rules.form(form_type).unwrap().revision.clone()
    };
    assert_eq!(revision(2022, FormType::Nec), "Rev. January 2022");
    assert_eq!(revision(2023, FormType::Nec), "ours");
    assert_eq!(revision(2023, FormType::Misc), "Rev. January 2024");
}

#[test]
fn an_own_layout_takes_the_place_of_the_built_in_one_for_its_years_and_copies_only() {
    let own = NEC_3UP
        .replace("[2025]", "[2024, 2025]")
        .replace(
            r#"copies    = ["a", "1", "b", "2"]"#,
            r#"copies    = ["a", "c"]"#,
        )
        .replace(r#", copies = ["1", "b", "2"] }"#, r#", copies = ["c"] }"#)
        .replace(r#", copies = ["a", "1", "2"] }"#, " }")
        .replace("Rev. April 2025", "ours");
    let library = Library::with_own([("nec.toml", own.as_str())]).unwrap();
    let mut stocks = library.stocks().iter();
    let stock = stocks.find(|stock| stock.name == "nec-3up").unwrap();
    let revision = |of, copy| {
        let found = library.find(FormType::Nec, year(of), copy, stock);
        found.map(|layout| layout.revision.clone()).ok()
    };
    let named = |word: &str| Some(word.to_owned());
    assert_eq!(revision(2023, Copy::A), named("Rev. January 2022"));
    assert_eq!(revision(2024, Copy::A), named("ours"));
    assert_eq!(revision(2025, Copy::A), named("ours"));
    assert_eq!(revision(2025, Copy::C), named("ours"));
    assert_eq!(revision(2025, Copy::B), named("Rev. April 2025"));
    assert_eq!(revision(2024, Copy::B), None);
    // Nothing of what was replaced is listed any more.
    let keys = |layout: &Layout| {
        let years = layout.tax_years.clone();
        let copies = layout.copies.clone();
        let name = (layout.form_type.title(), layout.stock.name.clone());
        years.into_iter().flat_map(move |year| {
            let name = name.clone();
            copies
                .clone()
                .into_iter()
                .map(move |copy| (name.clone(), year, copy))
        })
    };
    let mut all: Vec<_> = library.layouts().iter().flat_map(keys).collect();
    let count = all.len();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), count);
}

#[test]
fn an_own_stock_is_added_and_one_of_a_known_name_moves_the_layouts_on_it() {
    let first = &STOCKS[STOCKS.find("[[stock]]").unwrap()..];
    let first = &first[..first
        .find("\n[[stock]]\nname            = \"nec-2up\"")
        .unwrap()];
    let drifted = first
        .replace("pitch           = 264", "pitch = 265")
        .replace("for_irs", "offset_top = 2\nfor_irs");
    let other = first.replace("nec-3up", "nec-pressure-seal");
    let layout = NEC_3UP.replace("\"nec-3up\"", "\"nec-pressure-seal\"");
    let files = [
        ("layout.toml", layout.as_str()),
        ("drifted.toml", drifted.as_str()),
        ("other.toml", other.as_str()),
    ];
    let library = Library::with_own(files).unwrap();
    for layout in library.layouts() {
        if layout.stock.name == "nec-3up" {
            assert_eq!(layout.stock.pitch, Points::from_points(265.0));
            assert_eq!(layout.stock.offset_top, Points::from_points(2.0));
        }
    }
    let stocks = library.stocks();
    assert_eq!(stocks.last().unwrap().name, "nec-pressure-seal");
    let found = library.find(FormType::Nec, year(2025), Copy::A, stocks.last().unwrap());
    assert_eq!(found.unwrap().stock.pitch, Points::from_points(264.0));
}

#[test]
fn a_wrong_layout_file_is_refused_by_name_of_file_and_field() {
    for (from, to, named) in [
        ("width = 176.2", "width = -1", "field box_1a: width"),
        ("width = 84.4", "widht = 84.4", "widht"),
        (
            "column = 9, lines = [8]",
            "column = 99, lines = [8]",
            "payer_street: column",
        ),
        (
            "column = 9, lines = [8]",
            "column = 9, lines = [34]",
            "payer_street: lines",
        ),
        (
            "column = 9, lines = [8]",
            "column = 9, lines = [7, 8]",
            "payer_street",
        ),
        (
            "top = 336, width = 198.6",
            "top = 390, width = 198.6",
            "account",
        ),
        ("name = \"state\"", "name = \"province\"", "province"),
        (
            "name = \"zip\"",
            "name = \"unit\"",
            "unit is given twice for Copy A",
        ),
        (
            "name = \"void\"",
            "name = \"box_9\"",
            "void is missing on Copy A",
        ),
        ("copies    = [\"a\"]", "copies    = [\"d\"]", "copies"),
        ("copies    = [\"a\"]", "copies    = []", "copies"),
        (
            "lines = [3] }",
            "lines = [3], copies = [\"b\"] }",
            "does not serve Copy B",
        ),
        ("tax_years = [2026]", "tax_years = []", "tax_years"),
        ("\"nec-2up\"", "\"nec-9up\"", "stock"),
        ("\"nec-2up\"", "\"misc-2up\"", "takes Form 1099-MISC"),
        ("form      = \"nec\"", "form      = \"w2\"", "form"),
    ] {
        let text = NEC_2UP.replace("width = 185.2", "width = 176.2");
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        let sentence = refused(&[("mine.toml", &changed)]);
        assert!(
            sentence.starts_with("layout file mine.toml: "),
            "{sentence}"
        );
        assert!(sentence.contains(named), "{named}: {sentence}");
    }
}

#[test]
fn two_own_files_that_say_the_same_are_refused_by_both_names() {
    let sentence = refused(&[("one.toml", NEC_2UP), ("two.toml", NEC_2UP)]);
    assert!(sentence.contains("one.toml") && sentence.contains("two.toml"));
    let form_1096 = include_str!("../layouts/form_1096_2025.toml");
    let sentence = refused(&[("one.toml", form_1096), ("two.toml", form_1096)]);
    assert!(sentence.contains("one.toml") && sentence.contains("two.toml"));
    let sentence = refused(&[("one.toml", STOCKS), ("two.toml", STOCKS)]);
    assert!(
        sentence.contains("nec-3up is in one.toml too"),
        "{sentence}"
    );
}

#[test]
fn a_stock_too_small_for_the_layouts_on_it_is_refused() {
    let changed = STOCKS
        .replacen("pitch           = 264", "pitch           = 228", 1)
        .replacen("lines_per_form  = 22", "lines_per_form  = 19", 1);
    let sentence = refused(&[("stocks.toml", &changed)]);
    assert!(
        sentence.contains("stock nec-3up: the layout of Rev."),
        "{sentence}"
    );
    assert!(sentence.contains("field account"), "{sentence}");
}

#[test]
fn a_known_stock_never_takes_another_form() {
    let changed = STOCKS.replacen("\"nec\"", "\"misc\"", 1);
    let sentence = refused(&[("stocks.toml", &changed)]);
    assert!(sentence.contains("nec-3up"), "{sentence}");
}

#[test]
fn installed_files_hold_for_the_whole_process_and_a_bad_folder_changes_nothing() {
    let broken = [("broken.toml".to_owned(), "fields = [".to_owned())];
    let error = own_files::install(&broken).unwrap_err();
    assert!(
        error.to_string().starts_with("file broken.toml: "),
        "{error}"
    );
    let unknown = [("typo.toml".to_owned(), "threshhold = 1".to_owned())];
    let error = own_files::install(&unknown).unwrap_err();
    assert!(
        error.to_string().starts_with("rule file typo.toml: "),
        "{error}"
    );

    let mut files = rules_of_2027();
    let layout = NEC_2UP.replace("[2026]", "[2027]");
    files.push(("layout.toml".to_owned(), layout));
    own_files::install(&files).unwrap();
    assert!(rules::for_year(year(2027)).is_ok());
    let stock = stock::default_for_file(FormType::Nec, year(2027));
    assert_eq!(stock.name, "nec-2up");
    for of in [2026, 2027] {
        assert!(layout::find(FormType::Nec, year(of), Copy::A, stock).is_ok());
    }

    own_files::install(&files).unwrap();
    let late = own_files::install(&[]).unwrap_err();
    assert_eq!(late, OwnFilesError::InUse);
}
