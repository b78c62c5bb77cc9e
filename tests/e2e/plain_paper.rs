//! Forms on plain paper, read back and looked at with programs that know nothing of us: every text in its cell, nothing
//! over anything else, the data over the form and never beside the sheet.

use std::collections::BTreeSet;
use std::process::Command;

use formfeed_domain::form::{
    BoxId, Copy, Form, FormType, Mark, PayerBlock, RecipientBlock, StateRow,
};
use formfeed_domain::layout::{self, Layout, Rect};
use formfeed_domain::placement::PlacedText;
use formfeed_domain::rules::{self, BoxKind, FormRules};
use formfeed_domain::{Money, TaxYear, Tin, TinKind, stock};
use formfeed_spooler::render::drawing::{Drawing, DrawnText};
use formfeed_spooler::render::{drawn, outline};
use formfeed_tests::paper::{Page, Word, read_pdf_bytes};
use formfeed_tests::tools::run;

/// What rounding and the side bearings of letters may smear over an edge, in points.
const SMEAR: f64 = 0.75;

/// One copy of one form, filled and drawn.
struct Sheet {
    what: String,
    layout: &'static Layout,
    rules: &'static FormRules,
    copy: Copy,
    ink: Vec<PlacedText>,
    drawing: Drawing,
}

impl Sheet {
    fn new(form_type: FormType, year: i32, copy: Copy) -> Option<Self> {
        let tax_year = TaxYear::new(year).unwrap();
        let rules = rules::for_year(tax_year).unwrap().form(form_type).ok()?;
        let blank = stock::find("blank").unwrap();
        let layout = layout::find(form_type, tax_year, copy, blank).unwrap();
        Some(Self {
            what: format!("{form_type} {year} Copy {copy}"),
            layout,
            rules,
            copy,
            ink: layout.place(&filled(rules, tax_year), 0, copy).unwrap(),
            drawing: outline::draw(layout, rules, copy, tax_year).unwrap(),
        })
    }

    fn pdf(&self) -> Vec<u8> {
        let form = drawn::Form {
            drawing: &self.drawing,
            tone: drawn::Tone::Black,
            title: &self.what,
        };
        drawn::render_sheets(form, &[&self.ink]).unwrap()
    }
}

/// Every copy of every form and year that plain paper takes.
fn sheets() -> impl Iterator<Item = Sheet> {
    FormType::ALL.into_iter().flat_map(|form_type| {
        (2019..=2026).flat_map(move |year| {
            let copies = [Copy::B, Copy::C, Copy::One, Copy::Two].into_iter();
            copies.filter_map(move |copy| Sheet::new(form_type, year, copy))
        })
    })
}

/// Every box and mark of the year filled, with amounts of nine figures and names with marks on their letters.
fn filled(rules: &FormRules, tax_year: TaxYear) -> Form {
    let has_codes = tax_year.year() >= 2026;
    let takes_amount = |kind, id: &BoxId| match kind {
        BoxKind::Amount | BoxKind::FederalWithheld => true,
        BoxKind::Detail => !matches!(id.0.as_str(), "1c" | "13b"),
        _ => false,
    };
    let row = |state: &str| StateRow {
        tax_withheld: Money::from_cents(12_345_67),
        state_and_number: format!("{state} 12-3456789"),
        income: Money::from_cents(123_456_78),
    };
    Form {
        form_type: rules.form_type,
        tax_year,
        account_number: "V000123456-12".to_owned(),
        payer: PayerBlock {
            name: "Łódź Harbor & Pine Works, Inc.".to_owned(),
            street: "400 Quay Street".to_owned(),
            city_line: "Portland, ME 04101".to_owned(),
            parts: None,
            phone: "207-555-0100".to_owned(),
            tin: Tin::parse(TinKind::Ein, "123456789").ok(),
        },
        recipient: RecipientBlock {
            name: "Élodie Ångström-Nuñez".to_owned(),
            name_2: "dba Øre & Söhne".to_owned(),
            street: "1 Elm Avenue Apt 4".to_owned(),
            city_line: "Reno, NV 89501".to_owned(),
            parts: None,
            tin: Tin::parse(TinKind::Ssn, "900700001").ok(),
        },
        boxes: rules
            .boxes
            .iter()
            .filter(|rule| takes_amount(rule.kind, &rule.id))
            .map(|rule| (rule.id.clone(), Money::from_cents(9_999_999_99)))
            .collect(),
        occupation_codes: ["101", "999"]
            .iter()
            .filter(|_| has_codes)
            .map(|code| code.parse().unwrap())
            .collect(),
        marks: rules
            .marks
            .iter()
            .copied()
            .filter(|mark| *mark != Mark::Void)
            .collect(),
        states: vec![row("NV"), row("CA")],
    }
}

/// Left, top, right, bottom of what a line of letters blackens.
type Ink = [f64; 4];

fn ink_of_placed(text: &PlacedText) -> Ink {
    let advance = text.pitch.advance().points();
    let count = f64::from(u32::try_from(text.text.chars().count()).unwrap());
    let (left, baseline) = (text.left.points(), text.baseline.points());
    let size = advance / 0.602;
    [
        left,
        baseline - 0.76 * size,
        left + count * advance,
        baseline + 0.24 * size,
    ]
}

fn ink_of_drawn(text: &DrawnText) -> Ink {
    let (left, baseline) = (text.left.points(), text.baseline.points());
    let size = text.size.points();
    let right = left + text.face.width(&text.text, text.size).points();
    [left, baseline - 0.74 * size, right, baseline + 0.2 * size]
}

fn of_rect(rect: Rect) -> Ink {
    [rect.left, rect.top, rect.right(), rect.bottom()].map(|edge| edge.points())
}

fn apart(one: &Ink, two: &Ink) -> bool {
    one[2] <= two[0] || two[2] <= one[0] || one[3] <= two[1] || two[3] <= one[1]
}

fn inside(inner: &Ink, outer: &Ink) -> bool {
    inner[0] >= outer[0] - SMEAR
        && inner[1] >= outer[1] - SMEAR
        && inner[2] <= outer[2] + SMEAR
        && inner[3] <= outer[3] + SMEAR
}

#[test]
fn nothing_that_is_drawn_or_filled_in_lies_over_anything_else() {
    for sheet in sheets() {
        let words = sheet.drawing.words.iter();
        let drawn = words.map(|text| (ink_of_drawn(text), text.text.as_str()));
        let placed = sheet.ink.iter();
        let placed = placed.map(|text| (ink_of_placed(text), text.text.as_str()));
        let all: Vec<_> = drawn.chain(placed).collect();
        for (index, (one, first)) in all.iter().enumerate() {
            for (two, second) in &all[index + 1..] {
                let what = &sheet.what;
                assert!(apart(one, two), "{what}: {first:?} over {second:?}");
            }
        }
    }
}

#[test]
fn every_text_lies_in_one_cell_and_no_rule_runs_through_it() {
    for sheet in sheets() {
        let outline = sheet.layout.outline.as_ref().unwrap().on(sheet.copy);
        let cells: Vec<_> = outline
            .cells
            .iter()
            .map(|cell| of_rect(cell.rect))
            .collect();
        for text in &sheet.ink {
            let name = text.field.split(' ').nth(2).unwrap();
            let ink = ink_of_placed(text);
            let is_on_top = matches!(name, "void" | "corrected");
            assert!(
                is_on_top || cells.iter().any(|cell| inside(&ink, cell)),
                "{}: {name} lies in no cell",
                sheet.what
            );
        }
        let titles = sheet.drawing.words.iter().map(ink_of_drawn);
        let texts: Vec<_> = titles.chain(sheet.ink.iter().map(ink_of_placed)).collect();
        for line in &sheet.drawing.lines {
            let ends = [line.from.0, line.from.1, line.to.0, line.to.1].map(|end| end.points());
            let square = sheet.layout.fields_on(sheet.copy).any(|field| {
                let rect = of_rect(field.rect);
                ends[0] >= rect[0] && ends[2] <= rect[2] && ends[1] >= rect[1] && ends[3] <= rect[3]
            });
            for text in &texts {
                let inner = [text[0] + 0.6, text[1] + 0.6, text[2] - 0.6, text[3] - 0.6];
                assert!(
                    square || apart(&inner, &ends),
                    "{}: a line from {ends:?} runs through {text:?}",
                    sheet.what
                );
            }
        }
    }
}

#[test]
fn a_reader_finds_every_word_in_its_place_with_its_marks_and_the_document_says_what_it_is() {
    for sheet in sheets() {
        let pdf = sheet.pdf();
        assert_eq!(pdf, sheet.pdf(), "the same sheet, the same bytes");
        let pages = read_pdf_bytes(&pdf);
        let [page] = pages.as_slice() else {
            panic!("{}: one page", sheet.what)
        };
        assert_eq!((page.width, page.height), (612.0, 792.0));
        for text in &sheet.ink {
            words_of(page, text, &sheet.what);
        }
        let said: BTreeSet<_> = page.words.iter().map(|word| word.text.as_str()).collect();
        for rule in sheet
            .rules
            .boxes
            .iter()
            .filter(|rule| rule.kind != BoxKind::Reserved)
        {
            for word in rule.title.split_whitespace().chain([rule.id.0.as_str()]) {
                assert!(said.contains(word), "{}: no {word}", sheet.what);
            }
        }
        for word in [
            sheet.rules.omb_number.as_str(),
            sheet.rules.form_type.title(),
        ] {
            assert!(said.contains(word), "{}: no {word}", sheet.what);
        }
        let is_truncated = said.contains("XXX-XX-0001");
        assert_eq!(is_truncated, sheet.copy.truncates_recipient_tin());
        let is_told = said.contains("Instructions");
        assert_eq!(is_told, matches!(sheet.copy, Copy::B | Copy::Two));
    }
}

/// The words of a placed text, each where the text has it.
fn words_of(page: &Page, text: &PlacedText, what: &str) {
    let ink = ink_of_placed(text);
    for word in text.text.split(' ') {
        let is_it = |found: &&Word| {
            let middle = f64::midpoint(found.top, found.bottom);
            found.text == word
                && found.left >= ink[0] - SMEAR
                && found.right <= ink[2] + SMEAR
                && (ink[1] - SMEAR..=ink[3] + SMEAR).contains(&middle)
        };
        assert!(
            page.words.iter().any(|found| is_it(&found)),
            "{what}: {word}"
        );
    }
}

#[test]
fn title_and_language_are_in_the_file_and_all_its_fonts() {
    let sheet = Sheet::new(FormType::Misc, 2025, Copy::B).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("form.pdf");
    std::fs::write(&path, sheet.pdf()).unwrap();
    let text = |program: &str| {
        let output = run(Command::new(program).arg(&path));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert!(text("pdfinfo").contains("Title:           1099-MISC 2025 Copy B\n"));
    let json = run(Command::new("qpdf")
        .args(["--json", "--json-key=qpdf"])
        .arg(&path));
    let json = String::from_utf8_lossy(&json.stdout).into_owned();
    assert!(json.contains("\"/Lang\": \"u:en-US\""), "{json}");
    assert!(json.contains("\"/DisplayDocTitle\": true"));
    let fonts = text("pdffonts");
    let fonts: Vec<_> = fonts.lines().skip(2).collect();
    assert_eq!(fonts.len(), 3, "{fonts:?}");
    for font in fonts {
        // name, type (two words), encoding, embedded
        let columns: Vec<_> = font.split_whitespace().collect();
        assert!(columns[0].starts_with("DejaVu"), "{font}");
        assert_eq!(columns[4], "yes", "{font}");
    }
}

#[test]
fn many_sheets_share_one_form_and_each_has_its_own_data() {
    let sheet = Sheet::new(FormType::Nec, 2025, Copy::B).unwrap();
    let other: Vec<_> = sheet
        .ink
        .iter()
        .cloned()
        .map(|mut text| {
            text.text = text.text.replace("Elm", "Oak");
            text
        })
        .collect();
    let form = drawn::Form {
        drawing: &sheet.drawing,
        tone: drawn::Tone::Black,
        title: "two",
    };
    let single = sheet.pdf().len();
    let pdf = drawn::render_sheets(form, &[&sheet.ink, &other]).unwrap();
    assert!(pdf.len() < single + 4_000, "{} after {single}", pdf.len());
    let pages = read_pdf_bytes(&pdf);
    assert_eq!(pages.len(), 2);
    pages[0].word("Elm");
    pages[1].word("Oak");
    for page in &pages {
        page.word("1545-0116");
    }
}
