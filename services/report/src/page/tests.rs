use chrono::{TimeZone as _, Utc};
use formfeed_domain::TaxYear;

use super::*;

fn document() -> Document {
    let time = Utc.with_ymd_and_hms(2026, 1, 12, 9, 30, 5).unwrap();
    Document::new(
        "1099 edit report",
        "TE1 Harbor Works",
        TaxYear::new(2025).unwrap(),
        time,
    )
}

fn texts(page: &Page) -> Vec<&str> {
    page.texts
        .iter()
        .map(|placed| placed.text.as_str())
        .collect()
}

#[test]
fn every_page_says_what_it_is_and_how_many_there_are() {
    let mut document = document();
    for number in 0..200 {
        document.lines(&format!("line {number}"));
    }
    let pages = pages(&document);
    assert_eq!(pages.len(), 4);
    for (at, page) in pages.iter().enumerate() {
        let texts = texts(page);
        let number = format!("Page {} of 4", at + 1);
        for head in [
            "1099 edit report",
            "Payer TE1 Harbor Works, tax year 2025",
            "2026-01-12 09:30 UTC",
            number.as_str(),
        ] {
            assert!(texts.contains(&head), "{head}: {texts:?}");
        }
    }
    let lines = pages
        .iter()
        .flat_map(texts)
        .filter(|text| text.starts_with("line "));
    assert_eq!(lines.count(), 200);
}

#[test]
fn column_heads_stand_on_every_page_and_no_row_is_lost() {
    let mut table = Table::new(["recipient", ">taxable"]);
    for number in 0..150 {
        table.row([&format!("V{number}"), "1.00"]);
    }
    table.total(["150 rows", "150.00"]);
    let mut document = document();
    document.heading("Rows");
    document.table(table);
    let pages = pages(&document);
    assert!(pages.len() > 1);
    let mut rows = 0;
    for page in &pages {
        let texts = texts(page);
        assert!(texts.contains(&"recipient") && texts.contains(&"taxable"));
        rows += texts.iter().filter(|text| **text == "1.00").count();
    }
    assert_eq!(rows, 150);
    let last = texts(pages.last().unwrap());
    assert!(
        last.contains(&"V149") && last.contains(&"150.00"),
        "the sums stay with a row: {last:?}"
    );
}

#[test]
fn amounts_end_below_each_other_and_nothing_leaves_the_margins() {
    let long = "A very long explanation ".repeat(40);
    let mut table = Table::new(["recipient", "explanation", ">taxable", ">1099 amount"]);
    table.row(["V000001", &long, "1.00", "12345678.90"]);
    table.row(["V000002", "short", "1234.50", "-0.05"]);
    table.total(["", "2 rows", "1235.50", "12345678.85"]);
    for mut document in [document(), document().landscape()] {
        document.table(table.clone());
        let pages = pages(&document);
        let (width, height) = size(document.orientation);
        for placed in pages.iter().flat_map(|page| &page.texts) {
            let right = placed.left + placed.face.width(&placed.text, placed.size);
            assert!(
                placed.left >= MARGIN && right <= width - MARGIN + Points::from_thousandths(2),
                "{placed:?}"
            );
            assert!(placed.baseline <= height - MARGIN, "{placed:?}");
        }
        let ends = |texts: &[&str]| -> Vec<Points> {
            let amounts = pages[0]
                .texts
                .iter()
                .filter(|placed| texts.contains(&placed.text.as_str()));
            amounts
                .map(|placed| placed.left + placed.face.width(&placed.text, placed.size))
                .collect()
        };
        for column in [
            ["1.00", "1234.50", "1235.50"],
            ["12345678.90", "-0.05", "12345678.85"],
        ] {
            let ends = ends(&column);
            assert_eq!(ends.len(), 3);
            assert!(ends.iter().all(|end| *end == ends[0]), "{ends:?}");
        }
    }
}

#[test]
fn a_row_higher_than_a_page_goes_on_on_the_next() {
    let mut table = Table::new(["recipient", "explanation"]);
    table.row(["V1", &"word ".repeat(4_000)]);
    let mut document = document();
    document.table(table);
    let pages = pages(&document);
    let words = pages
        .iter()
        .flat_map(texts)
        .map(|text| text.matches("word").count());
    assert_eq!(words.sum::<usize>(), 4_000);
}
