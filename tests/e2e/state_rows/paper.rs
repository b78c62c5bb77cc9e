//! What lies on paper.

use formfeed::errors::Exit;
use formfeed_tests::paper::{Page, read_pdf};
use formfeed_tests::world::World;
use serde_json::Value;

use super::{OF_ACME, PAID, extract, found, ready, ready_with};

/// Prints a copy: what was said of it, the job, and its pages.
pub(super) async fn print(world: &World, copy: &str, more: &[&str]) -> (String, Value, Vec<Page>) {
    print_form(world, ("nec", copy), more).await
}

async fn print_form(
    world: &World,
    (form, copy): (&str, &str),
    more: &[&str],
) -> (String, Value, Vec<Page>) {
    let line = ["--json", "print", "--form", form, "--printer", "file"];
    let copy = ["--copy", copy, "--wait"];
    let line = [&line, &OF_ACME[..], &copy, more].concat();
    let (exit, out, said) = world.cli(&line).await;
    assert_eq!(exit, Exit::Done, "{said}");
    let job: Value = serde_json::from_str(&out).unwrap();
    let id = job["job"].as_str().or(job["name"].as_str()).unwrap();
    let id = id.trim_start_matches("jobs/");
    let files = std::fs::read_dir(world.folder().join("printed")).unwrap();
    let mut pdfs = files.map(|file| file.unwrap().path());
    let pdf =
        pdfs.find(|path| path.to_str().unwrap().contains(id) && path.extension().unwrap() == "pdf");
    (said, job, read_pdf(&pdf.unwrap()))
}

/// The words of a form's state rows, line by line from left to right: what stands level with its state codes.
pub(super) fn state_rows(pages: &[Page], account: &str) -> Vec<String> {
    let page = pages
        .iter()
        .find(|page| page.words.iter().any(|word| word.text == account))
        .unwrap_or_else(|| panic!("{account} is on no page"));
    let named = page.words.iter().filter(|word| word.text == account);
    let own = named.max_by(|a, b| a.top.total_cmp(&b.top)).unwrap();
    let near = |top: f64| (own.top - 100.0..own.top + 100.0).contains(&top);
    let states = ["ME", "DE", "NH"];
    let codes = page
        .words
        .iter()
        .filter(|word| states.contains(&word.text.as_str()) && near(word.top) && word.left > 380.0);
    let row = |code: &formfeed_tests::paper::Word| {
        let level = page
            .words
            .iter()
            .filter(|word| (word.top - code.top).abs() < 3.0 && word.left > 300.0);
        let mut level: Vec<_> = level.collect();
        level.sort_by(|a, b| a.left.total_cmp(&b.left));
        let words = level.iter().map(|word| word.text.as_str());
        let words: Vec<_> = words.filter(|word| *word != "$").collect();
        words.join(" ")
    };
    let mut codes: Vec<_> = codes.collect();
    codes.sort_by(|a, b| a.top.total_cmp(&b.top));
    codes.into_iter().map(row).collect()
}

fn is_on_paper(pages: &[Page], account: &str) -> bool {
    let mut words = pages.iter().flat_map(|page| &page.words);
    words.any(|word| word.text == account)
}

async fn both_states_print(world: World) {
    let world = ready(world, &PAID).await;
    for copy in ["a", "b", "c", "1", "2"] {
        let (said, job, pages) = print(&world, copy, &[]).await;
        assert_eq!(
            state_rows(&pages, "BOTH"),
            ["30.00 DE DE-100 300.00", "10.00 ME ME7 700.00"],
            "Copy {copy}"
        );
        assert_eq!(state_rows(&pages, "ONE"), ["8.00 ME ME7 800.00"]);
        assert_eq!(state_rows(&pages, "TWO"), ["25.00 ME ME7 500.01"]);
        assert_eq!(
            state_rows(&pages, "PLAIN"),
            ["9.00 DE DE-100"],
            "tax that names no state is the payer's own state's, income is nobody's"
        );
        let for_states = matches!(copy, "1" | "2");
        assert_eq!(is_on_paper(&pages, "SMALL"), for_states, "Copy {copy}");
        let alone = "forms for states alone, of which the IRS gets none: 1 (SMALL)";
        assert_eq!(said.contains(alone), for_states, "{said}");
        let (forms, tax) = match for_states {
            true => (5, "87.00"),
            false => (4, "82.00"),
        };
        assert_eq!(job["forms_printed"], forms, "Copy {copy}: {job}");
        assert_eq!(job["state_tax_withheld"], tax, "Copy {copy}: {job}");
    }
    assert_eq!(
        found(&world).await,
        [
            "state_tax_alone vendors/SMALL left off Form 1099-NEC: box 5: state tax of 5.00 brings out no form by itself",
            "form_for_states_alone vendors/SMALL Form 1099-NEC: the IRS gets none, ME does",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn both_states_of_a_recipient_print_on_every_copy_on_either_database() {
    both_states_print(World::start().await).await;
    both_states_print(World::on_postgres().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_states_print_on_the_stocks_of_1099_misc() {
    let world = World::start().await;
    let folder = extract(&PAID);
    let path = folder.path().join("voucher_lines.csv");
    let lines = std::fs::read_to_string(&path).unwrap();
    std::fs::write(path, lines.replace("nonemployee_compensation", "rents")).unwrap();
    let world = ready_with(world, folder).await;
    for (copy, stock) in [("a", "misc-2up"), ("c", "misc-3up"), ("b", "blank")] {
        let (_, job, pages) = print_form(&world, ("misc", copy), &["--stock", stock]).await;
        assert_eq!(job["stock"], stock);
        assert_eq!(
            state_rows(&pages, "BOTH"),
            ["30.00 DE DE-100 300.00", "10.00 ME ME7 700.00"],
            "Copy {copy} on {stock}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_third_state_is_named_by_the_preflight_and_by_the_job() {
    let paid = [
        ("THREE", "300.00", "3.00", "ME"),
        ("THREE", "301.00", "2.00", "DE"),
        ("THREE", "302.00", "1.00", "NH"),
    ];
    let world = ready(World::start().await, &paid).await;
    let beyond = "no room in the two state rows for NH (withheld 1.00, income 302.00)";
    let number = "state tax of 1.00 was withheld for NH and the payer has no number there";
    assert_eq!(
        found(&world).await,
        [
            format!("no_state_number vendors/THREE Form 1099-NEC: {number}"),
            format!("more_than_two_states vendors/THREE Form 1099-NEC: {beyond}"),
        ]
    );
    let (said, job, pages) = print(&world, "a", &[]).await;
    assert_eq!(
        state_rows(&pages, "THREE"),
        ["3.00 ME ME7 300.00", "2.00 DE DE-100 301.00"]
    );
    assert_eq!(job["state_tax_withheld"], "5.00");
    assert!(said.contains(beyond) && said.contains(number), "{said}");
}
