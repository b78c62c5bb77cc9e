//! Every layout against the rectangles of the IRS's own files: the longest values stay inside, in every slot.

#![allow(clippy::unwrap_used, reason = "tests")]

use formfeed_domain::form::{BoxId, Copy, Form, FormType, PayerBlock, RecipientBlock, StateRow};
use formfeed_domain::layout::{self, FieldKind, FitError, Layout, Rect};
use formfeed_domain::placement::{Pitch, PlacedText};
use formfeed_domain::rules;
use formfeed_domain::{Money, Tin, TinKind};

#[derive(serde::Deserialize)]
struct Official {
    form: String,
    #[serde(rename = "box")]
    box_label: String,
    kind: String,
    left: f64,
    top: f64,
    width: f64,
    height: f64,
    max_len: Option<usize>,
}

const FIXTURES: [(&str, i32, &str); 5] = [
    (
        "nec-3up",
        2023,
        include_str!("fixtures/geometry/nec_rev_2022_01.csv"),
    ),
    (
        "nec-3up",
        2025,
        include_str!("fixtures/geometry/nec_rev_2025_04.csv"),
    ),
    (
        "misc-2up",
        2022,
        include_str!("fixtures/geometry/misc_rev_2022_01.csv"),
    ),
    (
        "misc-2up",
        2023,
        include_str!("fixtures/geometry/misc_rev_2024_01.csv"),
    ),
    (
        "misc-2up",
        2025,
        include_str!("fixtures/geometry/misc_rev_2024_01.csv"),
    ),
];

fn find(stock: &str, year: i32) -> &'static Layout {
    layout::all()
        .iter()
        .find(|layout| {
            layout.stock.name == stock && layout.tax_years.iter().any(|y| y.year() == year)
        })
        .unwrap()
}

#[test]
fn a_layout_has_exactly_the_rectangles_of_the_official_form() {
    for (stock, year, csv) in FIXTURES {
        let layout = find(stock, year);
        let official: Vec<Official> = csv::Reader::from_reader(csv.as_bytes())
            .deserialize()
            .collect::<Result<_, _>>()
            .unwrap();
        assert_eq!(official.len(), layout.fields.len(), "{stock} {year}");
        for theirs in official {
            assert_eq!(theirs.form, layout.form_type.as_str());
            let ours = layout
                .fields
                .iter()
                .find(|field| field.box_label == theirs.box_label)
                .unwrap();
            let rect = [
                ours.rect.left,
                ours.rect.top,
                ours.rect.width,
                ours.rect.height,
            ];
            assert_eq!(
                rect.map(|points| points.points()),
                [theirs.left, theirs.top, theirs.width, theirs.height],
                "{stock} {year} {}",
                ours.name
            );
            assert_eq!(ours.kind == FieldKind::Mark, theirs.kind == "check");
            let held = ours
                .max_characters
                .or_else(|| (ours.kind == FieldKind::Tin).then_some(11));
            assert_eq!(held, theirs.max_len, "{stock} {year} {}", ours.name);
        }
    }
}

#[test]
fn no_two_fields_of_a_layout_overlap_and_all_lie_within_their_slot() {
    for layout in layout::all() {
        for (index, one) in layout.fields.iter().enumerate() {
            assert!(one.rect.bottom() <= layout.stock.pitch, "{}", one.name);
            for two in &layout.fields[index + 1..] {
                let (a, b) = (one.rect, two.rect);
                let apart = a.right() <= b.left
                    || b.right() <= a.left
                    || a.bottom() <= b.top
                    || b.bottom() <= a.top;
                assert!(
                    apart,
                    "{}: {} and {}",
                    layout.stock.name, one.name, two.name
                );
            }
        }
    }
}

#[test]
fn the_ink_of_every_field_lies_inside_its_rectangle_for_every_length_in_every_slot() {
    for layout in layout::all() {
        for length in 1..=120 {
            let form = filled(layout, length);
            for slot in 0..layout.stock.slots_per_sheet {
                let ink = layout.place(&form, slot, Copy::A).unwrap();
                assert!(ink.len() >= layout.fields.len() - 1, "every field but VOID");
                for text in &ink {
                    inside_on_laser(layout, slot, text);
                    inside_on_impact(layout, slot, text);
                }
            }
        }
    }
}

#[test]
fn the_x_of_a_void_slot_lies_in_its_box_in_every_slot() {
    for layout in layout::all() {
        for slot in 0..layout.stock.slots_per_sheet {
            let ink = layout.place_void(slot).unwrap();
            inside_on_laser(layout, slot, &ink[0]);
            inside_on_impact(layout, slot, &ink[0]);
        }
    }
}

#[test]
fn only_two_marks_of_all_lie_between_two_print_lines() {
    let mut between = Vec::new();
    for layout in layout::all() {
        for text in layout.place(&filled(layout, 20), 0, Copy::A).unwrap() {
            if text.line_offset().points().abs() >= 2.0 {
                between.push(format!("{} {}", layout.stock.name, text.field));
            }
        }
    }
    between.sort();
    between.dedup();
    assert_eq!(
        between,
        ["misc-2up slot 1 fatca", "nec-3up slot 1 direct_sales"]
    );
}

/// A form with every field filled, texts as long as `length` or as their field takes.
fn filled(layout: &Layout, length: usize) -> Form {
    let mut form = form_of(layout, length);
    loop {
        match layout.place(&form, 0, Copy::A) {
            Ok(_) => return form,
            Err(FitError::DoesNotFit {
                field,
                available,
                needed,
                ..
            }) => {
                assert!(available < needed);
                shorten(&mut form, &field, available);
            }
            Err(other) => panic!("{other}"),
        }
    }
}

fn form_of(layout: &Layout, length: usize) -> Form {
    let words = "Wg".repeat(length).chars().take(length).collect::<String>();
    // Names have words; a break is looked for near the middle.
    let mut name = words.clone();
    if length > 57 {
        name.replace_range(length / 2..=length / 2, " ");
    }
    let money = Money::from_cents(10_i64.pow(u32::try_from(length.clamp(3, 15)).unwrap() - 1) * 8);
    let tax_year = layout.tax_years[0];
    let rules = rules::for_year(tax_year).unwrap();
    let row = || StateRow {
        tax_withheld: money,
        state_and_number: words.clone(),
        income: money,
    };
    let tin = Tin::parse(TinKind::Ssn, "900000001").ok();
    Form {
        form_type: layout.form_type,
        tax_year,
        account_number: words.clone(),
        payer: PayerBlock {
            name: words.clone(),
            street: words.clone(),
            city_line: words.clone(),
            phone: words.clone(),
            tin: tin.clone(),
        },
        recipient: RecipientBlock {
            name,
            name_2: String::new(),
            street: words.clone(),
            city_line: words.clone(),
            tin,
        },
        boxes: layout
            .fields
            .iter()
            .filter_map(|field| field.name.strip_prefix("box_"))
            .map(|id| (BoxId::from(id), money))
            .collect(),
        marks: rules
            .form(layout.form_type)
            .unwrap()
            .marks
            .iter()
            .copied()
            .filter(|mark| mark.as_str() != "void")
            .collect(),
        states: vec![row(), row()],
    }
}

fn shorten(form: &mut Form, field: &str, available: usize) {
    let payer = &mut form.payer;
    match field {
        "payer" => {
            for line in [
                &mut payer.name,
                &mut payer.street,
                &mut payer.city_line,
                &mut payer.phone,
            ] {
                line.truncate(available);
            }
        }
        "recipient_name" => {
            form.recipient.name = format!("{0} {0}", "W".repeat(available / 2));
        }
        "street" => form.recipient.street.truncate(available),
        "city" => form.recipient.city_line.truncate(available),
        "account" => form.account_number.truncate(available),
        "state_1_number" => form.states[0].state_and_number.truncate(available),
        "state_2_number" => form.states[1].state_and_number.truncate(available),
        _ => {
            let largest = Money::from_cents(10_i64.pow(u32::try_from(available).unwrap() - 1) - 1);
            match field {
                "state_1_tax" => form.states[0].tax_withheld = largest,
                "state_2_tax" => form.states[1].tax_withheld = largest,
                "state_1_income" => form.states[0].income = largest,
                "state_2_income" => form.states[1].income = largest,
                _ => {
                    let id = BoxId::from(field.strip_prefix("box_").unwrap());
                    form.boxes.insert(id, largest);
                }
            }
        }
    }
}

/// The rectangle a text belongs to, as left, top, right, bottom on the sheet.
fn rect_of(layout: &Layout, slot: usize, text: &PlacedText) -> [f64; 4] {
    let name = text.field.split(' ').nth(2).unwrap();
    assert!(text.field.starts_with(&format!("slot {} ", slot + 1)));
    let rect: Rect = layout.field(name).unwrap().rect;
    let down = layout.stock.pitch.points() * f64::from(u32::try_from(slot).unwrap());
    let top = rect.top.points() + down;
    [
        rect.left.points(),
        top,
        rect.right().points(),
        rect.bottom().points() + down,
    ]
}

/// The advance box of Courier, and its ink above and below the baseline.
fn inside_on_laser(layout: &Layout, slot: usize, text: &PlacedText) {
    let [left, top, right, bottom] = rect_of(layout, slot, text);
    let size = text.pitch.courier_size().points();
    let count = f64::from(u32::try_from(text.text.len()).unwrap());
    // Courier: a capital X 0.562 em high; figures to 0.622 and 0.015 em below the line; other letters
    // to 0.63 and 0.16 em below.
    let is_figure = |c: char| c.is_ascii_digit() || ".-".contains(c);
    let (above, below) = match text.text.as_str() {
        "X" => (0.562 * size, 0.0),
        figures if figures.chars().all(is_figure) => (0.622 * size, 0.015 * size),
        _ => (0.63 * size, 0.16 * size),
    };
    let end = text.left.points() + count * text.pitch.advance().points();
    let baseline = text.baseline.points();
    let inside = text.left.points() >= left
        && end <= right + 1e-9
        && baseline - above >= top
        && baseline + below <= bottom;
    assert!(
        inside,
        "{} {text:?} outside {left} {top} {right} {bottom}",
        layout.stock.name
    );
}

/// The middle of every character, on the print columns at 10 cpi or from its left edge at a narrower pitch.
fn inside_on_impact(layout: &Layout, slot: usize, text: &PlacedText) {
    let [left, top, right, bottom] = rect_of(layout, slot, text);
    assert_eq!(
        text.left.thousandths() % 1_200,
        0,
        "a step of 1/60 inch: {text:?}"
    );
    let advance = text.pitch.advance().points();
    let start = match text.pitch {
        Pitch::Ten => f64::from(text.column() - 1) * advance,
        _ => text.left.points(),
    };
    let count = f64::from(u32::try_from(text.text.len()).unwrap());
    let (first, last) = (start + advance / 2.0, start + (count - 0.5) * advance);
    // A mark between two lines is reached by feeding part of a line.
    let offset = text.line_offset().points();
    let feed = if offset.abs() >= 2.0 { offset } else { 0.0 };
    let middle = f64::from(text.line - 1) * 12.0 + 6.0 + feed;
    let inside = first >= left && last <= right && middle >= top && middle <= bottom;
    assert!(
        inside,
        "{} {text:?} outside {left} {top} {right} {bottom}",
        layout.stock.name
    );
}

#[test]
fn both_returns_have_a_layout_on_their_three_form_stock() {
    for form_type in FormType::ALL {
        let stock = formfeed_domain::stock::default_for_file(form_type);
        let year = formfeed_domain::TaxYear::new(2025).unwrap();
        assert!(layout::find(form_type, year, Copy::A, stock).is_ok());
    }
}
