//! Rendered sheets read back by programs that know nothing of us.

use formfeed_domain::placement::{Pitch, PlacedText};
use formfeed_domain::points::Points;
use formfeed_spooler::render::{DialectName, impact, pdf};
use formfeed_tests::paper::{Page, read_escp, read_pdf_bytes};

/// Height of a print line at 6 lines per inch.
const LINE_POINTS: f64 = 12.0;

fn at(line: i32, left: i32, pitch: Pitch, text: &str) -> PlacedText {
    PlacedText {
        field: format!("line {line} left {left}"),
        text: text.to_owned(),
        left: Points::from_thousandths(left),
        baseline: Points::from_thousandths(12_000 * line - 3_000),
        line,
        pitch,
    }
}

/// Every pitch, every corner, and places off the grid.
fn sheet() -> Vec<PlacedText> {
    vec![
        at(1, 0, Pitch::Ten, "TOP"),
        at(5, 52_400, Pitch::Ten, "Ada's"),
        at(5, 302_400, Pitch::Ten, "1234567.89"),
        at(6, 52_400, Pitch::Twelve, "O'Hara-Twelve"),
        at(6, 309_600, Pitch::Ten, "10.00"),
        at(7, 54_400, Pitch::Fifteen, "#12/Fifteen"),
        at(7, 410_400, Pitch::Fifteen, "20.00"),
        at(8, 52_400, Pitch::Seventeen, "@Seventeen"),
        at(8, 511_200, Pitch::Seventeen, "30.00"),
        at(9, 187_200, Pitch::Ten, "X"),
        at(66, 576_000, Pitch::Ten, "END"),
    ]
}

fn assert_in_place(page: &Page, texts: &[PlacedText], tolerance: f64) {
    assert_eq!(page.words.len(), texts.len(), "{:?}", page.words);
    for placed in texts {
        let word = page.word(&placed.text);
        let left = placed.left.points();
        let right = left + placed.pitch.advance().points() * placed.text.len() as f64;
        assert!((word.left - left).abs() <= tolerance, "{word:?} at {left}");
        assert!(
            (word.right - right).abs() <= tolerance,
            "{word:?} to {right}"
        );
    }
}

#[test]
fn a_pdf_page_has_every_character_at_its_place() {
    let (first, second) = (sheet(), vec![at(33, 72_000, Pitch::Ten, "two")]);
    let bytes = pdf::render_sheets([first.as_slice(), second.as_slice(), &[]]).unwrap();
    let pages = read_pdf_bytes(&bytes);
    assert_eq!(pages.len(), 3);
    for page in &pages {
        assert_eq!((page.width, page.height), (612.0, 792.0));
    }
    assert_in_place(&pages[0], &first, 0.01);
    assert_in_place(&pages[1], &second, 0.01);
    for placed in &first {
        let word = pages[0].word(&placed.text);
        let baseline = placed.baseline.points();
        assert!(word.top < baseline && baseline < word.bottom, "{word:?}");
    }
}

#[test]
fn text_that_looks_like_pdf_or_like_another_language_shows_literally() {
    let hostile = [r"(\)%)Tj", ")Tj<<>>", "%-12345X@PJL", "\\134\\050", "\"'`"];
    let sheet: Vec<_> = (5..)
        .zip(hostile)
        .map(|(line, text)| at(line, 72_000, Pitch::Ten, text))
        .collect();
    let bytes = pdf::render_sheets([sheet.as_slice()]).unwrap();
    let pages = read_pdf_bytes(&bytes);
    assert_in_place(&pages[0], &sheet, 0.01);
    assert_eq!(pages.len(), 1);
}

#[test]
fn an_impact_sheet_has_every_character_at_its_place() {
    let (first, second) = (sheet(), vec![at(33, 72_000, Pitch::Ten, "two")]);
    let escp = DialectName::Escp.dialect();
    let stream = impact::render_sheets(escp, [first.as_slice(), second.as_slice()]).unwrap();
    let pages = read_escp(&stream);
    assert_eq!(pages.len(), 2);
    assert_in_place(&pages[0], &first, 1.0);
    assert_in_place(&pages[1], &second, 1.0);
    for placed in &first {
        let word = pages[0].word(&placed.text);
        let line = f64::from(placed.line);
        let middle = (word.top + word.bottom) / 2.0;
        assert!(
            ((line - 1.0) * LINE_POINTS..line * LINE_POINTS).contains(&middle),
            "{word:?} on line {line}"
        );
    }
}

#[test]
fn every_printable_character_comes_out_as_itself() {
    let all: String = ('!'..='~').collect();
    let sheet: Vec<_> = (10..)
        .zip(all.as_bytes().chunks(24))
        .map(|(line, part)| at(line, 72_000, Pitch::Ten, &String::from_utf8_lossy(part)))
        .collect();
    let escp = DialectName::Escp.dialect();
    let stream = impact::render_sheets(escp, [sheet.as_slice()]).unwrap();
    assert_in_place(&read_escp(&stream)[0], &sheet, 1.0);
    let bytes = pdf::render_sheets([sheet.as_slice()]).unwrap();
    assert_in_place(&read_pdf_bytes(&bytes)[0], &sheet, 0.01);
}
