//! Forms in another year's format: the amounts in the boxes that year has for them, under the forms' own calendar year.

use std::path::PathBuf;

use formfeed::errors::Exit;
use formfeed_domain::form::{Copy, FormType};
use formfeed_domain::layout::{self, Rect};
use formfeed_domain::{TaxYear, stock};
use formfeed_runtime::reason;
use formfeed_tests::paper::{Page, Word, read_pdf};
use formfeed_tests::world::World;
use serde_json::Value;

/// The small case with rows of a year entered by hand, and a `file:` printer.
async fn entered(world: World, year: &str, rows: &[(&str, &str, &str)]) -> World {
    world.import_small().await;
    for (recipient, income_type, amount) in rows {
        let line = [
            "info",
            "add",
            "--payer",
            "TE1",
            "--tax-year",
            year,
            "--recipient",
            recipient,
            "--income-type",
            income_type,
            "--amount",
            amount,
            "--reason",
            "from the old books",
        ];
        world.done(&line).await;
    }
    let out = world.folder().join("printed");
    std::fs::create_dir_all(&out).unwrap();
    let uri = format!("file:{}", out.display());
    world.done(&["printer", "add", "file", &uri]).await;
    world
}

fn pdfs(world: &World) -> Vec<PathBuf> {
    let files = std::fs::read_dir(world.folder().join("printed")).unwrap();
    let paths = files.map(|file| file.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|end| end == "pdf"))
        .collect()
}

/// Asks for a job; what it said on both ways.
async fn ask(world: &World, year: &str, form: &str, more: &[&str]) -> (Exit, String, String) {
    let of = ["--payer", "TE1", "--tax-year", year, "--form", form];
    let line = ["--json", "print", "--printer", "file", "--wait"];
    let (exit, out, err) = world.cli(&[&line[..], &of, more].concat()).await;
    let said = format!("{out}{err}");
    (exit, out, said)
}

/// Prints, and answers the job with the page of its only sheet.
async fn printed(world: &World, year: &str, form: &str, more: &[&str]) -> (Value, Page) {
    let before = pdfs(world);
    let (exit, out, err) = ask(world, year, form, more).await;
    assert_eq!(exit, Exit::Done, "{err}");
    let mut new = pdfs(world);
    new.retain(|path| !before.contains(path));
    let mut pages = read_pdf(&new[0]);
    assert_eq!((new.len(), pages.len()), (1, 1));
    (serde_json::from_str(&out).unwrap(), pages.remove(0))
}

/// Where a field of the first slot lies on a stock.
fn field(form_type: FormType, year: i32, copy: Copy, stock: &str, name: &str) -> Rect {
    let year = TaxYear::new(year).unwrap();
    let stock = stock::find(stock).unwrap();
    let layout = layout::find(form_type, year, copy, stock).unwrap();
    layout.field(name, copy).unwrap().rect
}

fn is_in(word: &Word, rect: Rect) -> bool {
    let [left, top, right, bottom] =
        [rect.left, rect.top, rect.right(), rect.bottom()].map(|edge| edge.points());
    let middle = f64::midpoint(word.top, word.bottom);
    word.left >= left - 0.5 && word.right <= right + 0.5 && top <= middle && middle <= bottom
}

/// Whether a box that is drawn has that number above its amount.
fn has_number(page: &Page, rect: Rect, number: &str) -> bool {
    let (left, top) = (rect.left.points(), rect.top.points());
    page.words.iter().any(|word| {
        let is_above = (left - 8.0..left + 12.0).contains(&word.left) && word.bottom <= top + 4.0;
        word.text == number && is_above && word.top > top - 24.0
    })
}

/// Box 14 and the state's boxes 15 to 17 of 2021 are 15 and 16 to 18 of 2025.
const MISC_2021: [(&str, &str, &str); 4] = [
    ("V000003", "rents", "1234.56"),
    ("V000003", "nonqualified_deferred_compensation", "700.01"),
    ("V000003", "federal_income_tax_withheld", "45.67"),
    ("V000003", "state_tax_withheld", "33.44"),
];

async fn a_form_of_2021_in_the_format_of_2025(world: World) {
    let world = entered(world, "2021", &MISC_2021).await;
    let stock = ["--stock", "misc-2up"];
    let (own, as_was) = printed(&world, "2021", "misc", &stock).await;
    let own_place = |name| field(FormType::Misc, 2021, Copy::A, "misc-2up", name);
    assert!(is_in(as_was.word("700.01"), own_place("box_14")));
    assert_eq!(own["format_year"], 2021);
    let again = ["--format-of", "2025", "--again", "no stock of 2021 is left"];
    let (job, page) = printed(&world, "2021", "misc", &[&stock[..], &again].concat()).await;
    let place = |name| field(FormType::Misc, 2025, Copy::A, "misc-2up", name);
    for (amount, name) in [
        ("1234.56", "box_1"),
        ("700.01", "box_15"),
        ("45.67", "box_4"),
        ("33.44", "state_1_tax"),
        ("2021", "year"),
    ] {
        assert!(is_in(page.word(amount), place(name)), "{amount} in {name}");
    }
    assert!(
        page.words.iter().all(|word| word.text != "2025"),
        "its own year"
    );
    for key in [
        "forms_printed",
        "total_amount",
        "federal_tax_withheld",
        "state_tax_withheld",
    ] {
        assert_eq!(job[key], own[key], "{key}");
    }
    assert_eq!(job["total_amount"], "1234.56");
    assert_eq!(
        (&job["tax_year"], &job["format_year"]),
        (&2021.into(), &2025.into())
    );
    let id = job["job"].as_str().unwrap();
    let shown = world.done(&["job", "show", id]).await;
    let note = "printed in the format of 2025 (Rev. April 2025); the forms say 2021";
    assert!(shown.contains(note), "{shown}");

    let preview = world.folder().join("preview.pdf");
    world
        .done(&["job", "preview", id, "--out", preview.to_str().unwrap()])
        .await;
    let seen = read_pdf(&preview).remove(0);
    assert!(is_in(seen.word("700.01"), place("box_15")));

    let line = ["--copy", "b", "--format-of", "2025"];
    let (copy_b, page) = printed(&world, "2021", "misc", &line).await;
    let place = |name| field(FormType::Misc, 2025, Copy::B, "blank", name);
    assert!(is_in(page.word("700.01"), place("box_15")));
    assert!(is_in(page.word("33.44"), place("state_1_tax")));
    assert!(has_number(&page, place("box_15"), "15"));
    assert!(!has_number(&page, place("box_15"), "14"), "as 2021 has it");
    assert!(has_number(&page, place("state_1_tax"), "16"));
    let words: Vec<_> = page.words.iter().map(|word| word.text.as_str()).collect();
    let text = words.join(" ");
    assert!(
        text.contains("Rev. April 2025") && words.contains(&"2021"),
        "{text}"
    );
    assert!(
        text.contains("Box 15"),
        "what the boxes of 2025 mean: {text}"
    );
    assert_eq!(copy_b["total_amount"], own["total_amount"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_2021_prints_in_the_boxes_of_2025_on_either_database() {
    a_form_of_2021_in_the_format_of_2025(World::start().await).await;
    a_form_of_2021_in_the_format_of_2025(World::on_postgres().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_2020_prints_in_the_boxes_of_a_year_or_of_the_newest_with_rules() {
    let rows = [
        ("V000003", "nonemployee_compensation", "900.09"),
        ("V000003", "federal_income_tax_withheld", "88.80"),
    ];
    let world = entered(World::start().await, "2020", &rows).await;
    let (of_2025, page) = printed(&world, "2020", "nec", &["--format-of", "2025"]).await;
    let place = |name| field(FormType::Nec, 2025, Copy::A, "nec-3up", name);
    assert!(is_in(page.word("900.09"), place("box_1")));
    assert!(is_in(page.word("88.80"), place("box_4")));
    assert!(is_in(page.word("2020"), place("year")));
    assert_eq!(
        (&of_2025["stock"], &of_2025["forms_void"]),
        (&"nec-3up".into(), &2.into())
    );
    // No year after 2026 has rules.
    let again = [
        "--format-of",
        "current",
        "--again",
        "the stock of this year",
    ];
    let (current, page) = printed(&world, "2020", "nec", &again).await;
    let place = |name| field(FormType::Nec, 2026, Copy::A, "nec-2up", name);
    assert!(is_in(page.word("900.09"), place("box_1a")));
    assert!(is_in(page.word("2020"), place("year")));
    assert_eq!(
        (&current["stock"], &current["format_year"]),
        (&"nec-2up".into(), &2026.into())
    );
    for key in ["forms_printed", "total_amount", "federal_tax_withheld"] {
        assert_eq!(current[key], of_2025[key], "{key}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amount_without_a_box_is_refused_by_name_and_nothing_is_sealed() {
    let rows = [
        ("V000003", "rents", "700.00"),
        ("V000005", "excess_golden_parachute", "800.00"),
        ("V000008", "excess_golden_parachute", "900.00"),
    ];
    let world = entered(World::start().await, "2021", &rows).await;
    let (exit, _, said) = ask(&world, "2021", "misc", &["--format-of", "2025"]).await;
    assert_eq!(exit, Exit::Refused);
    assert!(said.contains(reason::NO_BOX_IN_FORMAT), "{said}");
    for account in ["V000005: box 13", "800.00", "V000008: box 13", "900.00"] {
        assert!(said.contains(account), "{account} in {said}");
    }
    assert!(!said.contains("V000003"), "{said}");
    let jobs = world.done(&["--json", "job", "list"]).await;
    assert_eq!(
        serde_json::from_str::<Value>(&jobs).unwrap(),
        serde_json::json!([])
    );
    let (job, _) = printed(&world, "2021", "misc", &[]).await;
    assert_eq!(
        job["forms_printed"], 3,
        "the first printing, in their own format"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_format_without_a_layout_says_the_way_out() {
    let world = entered(World::start().await, "2021", &MISC_2021).await;
    let (exit, _, said) = ask(&world, "2021", "misc", &["--format-of", "current"]).await;
    assert_eq!(exit, Exit::Refused);
    assert!(said.contains(reason::NO_LAYOUT), "{said}");
    assert!(
        said.contains("--format-of own") && said.contains("--format-of YEAR"),
        "{said}"
    );
    let of_2020 = ["--format-of", "2020", "--stock", "misc-2up"];
    let (exit, _, said) = ask(&world, "2021", "misc", &of_2020).await;
    assert_eq!(exit, Exit::Refused, "a stock with another year in print");
    assert!(said.contains("has the year in print"), "{said}");
    let (exit, _, _) = ask(&world, "2021", "misc", &["--format-of", "next"]).await;
    assert_eq!(exit, Exit::Usage);
    let (job, _) = printed(&world, "2021", "misc", &[]).await;
    assert_eq!(job["forms_printed"], 1, "nothing was printed before");
}
