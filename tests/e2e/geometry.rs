//! The longest values on paper: the ink of a rendered sheet lies inside the official rectangles, and every word inside its own.

use std::process::Command;

use formfeed_domain::form::{
    AddressParts, BoxId, Copy, Form, Mark, PayerBlock, RecipientBlock, StateRow,
};
use formfeed_domain::layout::{self, FitError, Layout, Rect};
use formfeed_domain::placement::{Pitch, PlacedText};
use formfeed_domain::{Money, Tin, TinKind};
use formfeed_spooler::render::{DialectName, impact, pdf};
use formfeed_tests::impact_decoder::{decode, family};
use formfeed_tests::paper::{Page, read_escp_by, read_pdf};
use formfeed_tests::tools::run;

/// Dots per inch of the rendered page.
const RESOLUTION: f64 = 144.0;
/// A dot and the half of one: what rendering may smear over an edge, in points.
const SMEAR: f64 = 0.75;

#[test]
fn the_ink_of_the_longest_values_lies_inside_the_official_rectangles_on_a_laser_page() {
    for (layout, copy) in copies() {
        for characters in [33, 57] {
            let sheet = full_sheet(layout, copy, characters);
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("sheet.pdf");
            std::fs::write(&path, pdf::render_sheets([sheet.as_slice()]).unwrap()).unwrap();
            assert_words_inside(layout, copy, &sheet, &read_pdf(&path)[0]);
            assert_ink_inside(layout, copy, &path);
        }
    }
}

#[test]
fn the_ink_of_the_longest_values_lies_inside_the_official_rectangles_on_an_impact_page() {
    for (layout, copy) in copies() {
        for (dialect, pins) in [(DialectName::Escp, 9), (DialectName::Escp2, 24)] {
            for characters in [33, 57] {
                let sheet = full_sheet(layout, copy, characters);
                let stream = impact::render_sheets(dialect.dialect(), [sheet.as_slice()]).unwrap();
                let (_folder, path) = read_escp_by(pins, &stream);
                assert_words_inside(layout, copy, &sheet, &read_pdf(&path)[0]);
            }
        }
    }
}

#[test]
fn every_dialect_puts_the_longest_values_inside_the_official_rectangles() {
    for (layout, copy) in copies() {
        for name in DialectName::ALL {
            for characters in [20, 33, 57] {
                let mut sheet = full_sheet(layout, copy, characters);
                if name == DialectName::Line {
                    // What stands on its grid; marks between columns do not.
                    sheet.retain(|text| text.pitch == Pitch::Ten && is_on_the_grid(text));
                }
                let stream = impact::render_sheets(name.dialect(), [sheet.as_slice()]).unwrap();
                let pages = decode(family(name.as_str()), &stream).unwrap();
                assert_eq!(pages.len(), 1, "{name}");
                println!("{name}, {characters} characters");
                assert_words_inside(layout, copy, &sheet, &pages[0]);
            }
        }
    }
}

/// Within what a printer's own grid is off.
fn is_on_the_grid(text: &PlacedText) -> bool {
    let (column, advance) = (text.left.points() / 7.2, 7.2);
    (column - column.round()).abs() * advance < SMEAR
}

/// Every layout of preprinted stock with every copy it serves; for plain paper see `plain_paper.rs`.
fn copies() -> impl Iterator<Item = (&'static Layout, Copy)> {
    layout::all()
        .iter()
        .filter(|layout| !layout.stock.is_drawn)
        .flat_map(|layout| layout.copies.iter().map(move |copy| (layout, *copy)))
}

/// Every slot filled, every text as long as its field takes but no longer than `characters`.
fn full_sheet(layout: &Layout, copy: Copy, characters: usize) -> Vec<PlacedText> {
    let form = longest(layout, copy, characters);
    (0..layout.stock.slots_per_sheet)
        .flat_map(|slot| layout.place(&form, slot, copy).unwrap())
        .collect()
}

fn longest(layout: &Layout, copy: Copy, characters: usize) -> Form {
    let text = "W".repeat(characters);
    let money = Money::from_cents(99_999_999_99);
    let row = StateRow {
        tax_withheld: money,
        state_and_number: text.clone(),
        income: money,
    };
    let tin = Tin::parse(TinKind::Ssn, "900700001").ok();
    let parts = AddressParts {
        unit: text.clone(),
        city: text.clone(),
        state: text.clone(),
        postal_code: text.clone(),
        country: text.clone(),
    };
    let has = |field: &str| layout.field(field, copy).is_some();
    let mut form = Form {
        form_type: layout.form_type,
        tax_year: layout.tax_years[0],
        account_number: text.clone(),
        payer: PayerBlock {
            name: text.clone(),
            street: text.clone(),
            city_line: text.clone(),
            parts: Some(parts.clone()),
            phone: text.clone(),
            tin: tin.clone(),
        },
        recipient: RecipientBlock {
            name: text.clone(),
            name_2: String::new(),
            street: text.clone(),
            city_line: text,
            parts: Some(parts),
            tin,
        },
        boxes: layout
            .fields
            .iter()
            .filter_map(|field| field.name.strip_prefix("box_"))
            .map(|id| (BoxId::from(id), money))
            .collect(),
        occupation_codes: ["101", "999"]
            .iter()
            .filter(|_| has("occupation_code_1"))
            .map(|code| code.parse().unwrap())
            .collect(),
        marks: Mark::ALL
            .into_iter()
            .filter(|mark| *mark != Mark::Void && has(mark.as_str()))
            .collect(),
        states: vec![row.clone(), row],
    };
    while let Err(error) = layout.place(&form, 0, copy) {
        let FitError::DoesNotFit {
            field, available, ..
        } = error
        else {
            panic!("{error}")
        };
        shorten(&mut form, &field, available);
    }
    form
}

/// Cuts the value that a field refused to what it takes.
fn shorten(form: &mut Form, field: &str, available: usize) {
    let payer = &mut form.payer;
    let largest = Money::from_cents(10_i64.pow(u32::try_from(available - 1).unwrap().min(15)) - 1);
    match field {
        "payer" => [
            &mut payer.name,
            &mut payer.street,
            &mut payer.city_line,
            &mut payer.phone,
        ]
        .into_iter()
        .for_each(|line| line.truncate(available)),
        "payer_name" => payer.name.truncate(available),
        "payer_street" => payer.street.truncate(available),
        "payer_phone" => payer.phone.truncate(available),
        "recipient_name" => form.recipient.name.truncate(available),
        "street" => form.recipient.street.truncate(available),
        "account" => form.account_number.truncate(available),
        "state_1_number" => form.states[0].state_and_number.truncate(available),
        "state_2_number" => form.states[1].state_and_number.truncate(available),
        "state_1_tax" => form.states[0].tax_withheld = largest,
        "state_2_tax" => form.states[1].tax_withheld = largest,
        "state_1_income" => form.states[0].income = largest,
        "state_2_income" => form.states[1].income = largest,
        part if part.starts_with("payer_") => {
            shorten_part(payer.parts.as_mut().unwrap(), &part[6..], available);
        }
        part if !part.starts_with("box_") => {
            form.recipient.city_line.truncate(available);
            shorten_part(form.recipient.parts.as_mut().unwrap(), part, available);
        }
        amount => {
            let id = BoxId::from(amount.strip_prefix("box_").unwrap());
            form.boxes.insert(id, largest);
        }
    }
}

fn shorten_part(parts: &mut AddressParts, name: &str, available: usize) {
    match name {
        "unit" => &mut parts.unit,
        "city" => &mut parts.city,
        "state" => &mut parts.state,
        "zip" => &mut parts.postal_code,
        "country" => &mut parts.country,
        other => panic!("no part {other}"),
    }
    .truncate(available);
}

/// The rectangle of a text's field in its slot: left, top, right, bottom in points.
fn rectangle(layout: &Layout, copy: Copy, text: &PlacedText) -> [f64; 4] {
    let mut parts = text.field.split(' ');
    let slot: f64 = parts.nth(1).unwrap().parse().unwrap();
    let rect = layout.field(parts.next().unwrap(), copy).unwrap().rect;
    in_slot(layout, rect, slot - 1.0)
}

fn in_slot(layout: &Layout, rect: Rect, slot: f64) -> [f64; 4] {
    let down = layout.stock.pitch.points() * slot;
    [
        rect.left.points(),
        rect.top.points() + down,
        rect.right().points(),
        rect.bottom().points() + down,
    ]
}

/// Every word a reader finds is a text we placed, and its middle and both ends are within the field of that text.
fn assert_words_inside(layout: &Layout, copy: Copy, sheet: &[PlacedText], page: &Page) {
    assert_eq!(
        page.words.len(),
        sheet
            .iter()
            .map(|text| text.text.split(' ').count())
            .sum::<usize>()
    );
    for text in sheet {
        let [left, top, right, bottom] = rectangle(layout, copy, text);
        let found = page.words.iter().any(|word| {
            let (across, down) = (
                (word.left + word.right) / 2.0,
                (word.top + word.bottom) / 2.0,
            );
            text.text.contains(&word.text)
                && (top..=bottom).contains(&down)
                && (left..=right).contains(&across)
                && word.left >= left - SMEAR
                && word.right <= right + SMEAR
        });
        assert!(
            found,
            "{} {}: {} not inside",
            layout.stock.name, text.field, text.text
        );
    }
}

/// No dot of the rendered page is black outside the rectangles of the fields, and every field has ink but VOID.
fn assert_ink_inside(layout: &Layout, copy: Copy, path: &std::path::Path) {
    let picture = Picture::render(path);
    let slots = u32::try_from(layout.stock.slots_per_sheet).unwrap();
    let fields: Vec<_> = (0..slots)
        .flat_map(|slot| {
            layout
                .fields_on(copy)
                .map(move |field| (field, in_slot(layout, field.rect, f64::from(slot))))
        })
        .collect();
    let mut inked = vec![false; fields.len()];
    for (across, down) in picture.ink() {
        let mut inside = false;
        for ((_, [left, top, right, bottom]), inked) in fields.iter().zip(&mut inked) {
            if across >= left - SMEAR
                && across <= right + SMEAR
                && down >= top - SMEAR
                && down <= bottom + SMEAR
            {
                (inside, *inked) = (true, true);
            }
        }
        assert!(
            inside,
            "{}: ink at {across:.1}, {down:.1}",
            layout.stock.name
        );
    }
    for ((field, _), inked) in fields.iter().zip(inked) {
        assert_eq!(
            inked,
            field.name != "void",
            "{} {}",
            layout.stock.name,
            field.name
        );
    }
}

/// A page as grey dots, row by row.
pub(crate) struct Picture {
    width: usize,
    dots: Vec<u8>,
}

impl Picture {
    pub(crate) fn render(path: &std::path::Path) -> Self {
        let resolution = format!("{RESOLUTION}");
        let output = run(Command::new("pdftoppm")
            .args(["-gray", "-singlefile", "-r", &resolution])
            .arg(path));
        // P5, width and height, 255, each ended by one white space, then the dots.
        let mut fields = output.stdout.splitn(4, |byte| byte.is_ascii_whitespace());
        assert_eq!(fields.next(), Some(b"P5".as_slice()));
        let width = String::from_utf8_lossy(fields.next().unwrap())
            .parse()
            .unwrap();
        let rest = fields.nth(1).unwrap();
        let after_depth = rest.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        Self {
            width,
            dots: rest[after_depth..].to_vec(),
        }
    }

    /// The middle of every dot that is darker than half grey, in points.
    pub(crate) fn ink(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let points =
            |dots: usize| (f64::from(u32::try_from(dots).unwrap()) + 0.5) * 72.0 / RESOLUTION;
        self.dots
            .iter()
            .enumerate()
            .filter(|(_, grey)| **grey < 128)
            .map(move |(index, _)| (points(index % self.width), points(index / self.width)))
    }
}
