//! Every layout against the rectangles of the IRS's own files: the longest values stay inside, in every slot.

#![allow(clippy::unwrap_used, reason = "tests")]

mod geometry;

use std::collections::BTreeSet;

use formfeed_domain::form::{Copy, FormType};
use formfeed_domain::layout::{self, Field, FitError, Layout, Library, TransmittalLayout};
use formfeed_domain::transmittal::{Filer, Transmittal};
use formfeed_domain::{Money, TaxYear, Tin, TinKind, stock};
use geometry::filled::filled;
use geometry::inside::assert_inside;
use geometry::official::assert_same;

macro_rules! official {
    ($name:literal) => {
        include_str!(concat!("fixtures/geometry/", $name))
    };
}

/// Stock, tax year, copy and the rectangles measured for them.
const FIXTURES: [(&str, i32, Copy, &str); 14] = [
    ("nec-2up", 2020, Copy::A, official!("nec_2020.csv")),
    ("nec-3up", 2022, Copy::A, official!("nec_rev_2022_01.csv")),
    ("nec-3up", 2023, Copy::A, official!("nec_rev_2022_01.csv")),
    ("nec-3up", 2025, Copy::A, official!("nec_rev_2025_04.csv")),
    (
        "nec-3up",
        2025,
        Copy::B,
        official!("nec_rev_2025_04_copy_b.csv"),
    ),
    (
        "nec-3up",
        2025,
        Copy::One,
        official!("nec_rev_2025_04_copy_1.csv"),
    ),
    (
        "nec-3up",
        2025,
        Copy::Two,
        official!("nec_rev_2025_04_copy_2.csv"),
    ),
    ("nec-2up", 2026, Copy::A, official!("nec_rev_2026_12.csv")),
    ("misc-2up", 2020, Copy::A, official!("misc_2020.csv")),
    ("misc-2up", 2021, Copy::A, official!("misc_2021.csv")),
    ("misc-2up", 2022, Copy::A, official!("misc_rev_2022_01.csv")),
    ("misc-2up", 2023, Copy::A, official!("misc_rev_2024_01.csv")),
    ("misc-2up", 2025, Copy::A, official!("misc_rev_2024_01.csv")),
    (
        "misc-2up",
        2025,
        Copy::B,
        official!("misc_rev_2024_01_copy_b.csv"),
    ),
];

/// Every layout with every copy it serves.
fn copies() -> impl Iterator<Item = (&'static Layout, Copy)> {
    layout::all()
        .iter()
        .flat_map(|layout| layout.copies.iter().map(move |copy| (layout, *copy)))
}

fn transmittals() -> &'static [TransmittalLayout] {
    Library::built_in().transmittals()
}

#[test]
fn a_layout_has_exactly_the_rectangles_of_the_official_form() {
    for (stock, year, copy, csv) in FIXTURES {
        let stock = stock::find(stock).unwrap();
        let form_type = match stock.takes_form(FormType::Nec) {
            true => FormType::Nec,
            false => FormType::Misc,
        };
        let year = TaxYear::new(year).unwrap();
        let layout = layout::find(form_type, year, copy, stock).unwrap();
        let fields: Vec<_> = layout.fields_on(copy).collect();
        assert_same(&fields, form_type.as_str(), csv, &[], |_| false);
    }
}

#[test]
fn every_layout_of_an_irs_sheet_is_held_against_an_official_form() {
    for (layout, copy) in copies().filter(|(layout, _)| layout.stock.irs_sheet) {
        let is_held = FIXTURES.iter().any(|(stock, year, of, _)| {
            layout.stock.name == *stock
                && copy == *of
                && layout.tax_years.iter().any(|y| y.year() == *year)
        });
        assert!(is_held, "{} {} {copy}", layout.stock.name, layout.revision);
    }
}

#[test]
fn form_1096_has_exactly_the_rectangles_of_the_official_form() {
    let [layout] = transmittals() else {
        panic!("one layout of Form 1096")
    };
    let fields: Vec<_> = layout.fields.iter().collect();
    let csv = official!("form_1096_2025.csv");
    let ours = |label: &str| matches!(label, "6 1099-NEC" | "6 1099-MISC");
    assert_same(&fields, "1096", csv, &["note"], |label| {
        label.starts_with("6 ") && !ours(label)
    });
}

#[test]
fn no_two_fields_of_a_copy_overlap_and_all_lie_within_their_slot() {
    let of_forms = copies().map(|(layout, copy)| {
        let fields: Vec<_> = layout.fields_on(copy).collect();
        (fields, &layout.stock)
    });
    let of_1096 = transmittals()
        .iter()
        .map(|layout| (layout.fields.iter().collect(), &layout.stock));
    for (fields, stock) in of_forms.chain(of_1096) {
        for (index, one) in fields.iter().enumerate() {
            assert!(one.rect.bottom() <= stock.pitch, "{}", one.name);
            for two in &fields[index + 1..] {
                assert!(
                    apart(one, two),
                    "{}: {} and {}",
                    stock.name,
                    one.name,
                    two.name
                );
            }
        }
    }
}

fn apart(one: &Field, two: &Field) -> bool {
    let (a, b) = (one.rect, two.rect);
    a.right() <= b.left || b.right() <= a.left || a.bottom() <= b.top || b.bottom() <= a.top
}

#[test]
fn the_ink_of_every_field_lies_inside_its_rectangle_for_every_length_in_every_slot() {
    for (layout, copy) in copies() {
        let fields: Vec<_> = layout.fields_on(copy).collect();
        let mut pitches = BTreeSet::new();
        for length in 1..=120 {
            let form = filled(layout, copy, length);
            for slot in 0..layout.stock.slots_per_sheet {
                let ink = layout.place(&form, slot, copy).unwrap();
                let inked: BTreeSet<_> = ink.iter().map(|text| &text.field).collect();
                let void = usize::from(layout.field("void", copy).is_some());
                assert_eq!(inked.len(), fields.len() - void, "every field but VOID");
                for text in &ink {
                    pitches.insert(text.pitch);
                    assert_inside(&fields, &layout.stock, slot, text);
                }
            }
        }
        let every = if layout.stock.is_drawn { 3 } else { 4 };
        assert_eq!(pitches.len(), every, "{}: every pitch", layout.stock.name);
    }
}

#[test]
fn the_x_of_a_void_slot_lies_in_its_box_in_every_slot() {
    for (layout, copy) in copies().filter(|(_, copy)| *copy == Copy::A) {
        let fields: Vec<_> = layout.fields_on(copy).collect();
        for slot in 0..layout.stock.slots_per_sheet {
            let ink = layout.place_void(slot, copy).unwrap();
            assert_eq!(ink.len(), 1);
            assert_inside(&fields, &layout.stock, slot, &ink[0]);
        }
    }
}

#[test]
fn the_ink_of_form_1096_lies_inside_its_rectangles_for_every_length() {
    for layout in transmittals() {
        let fields: Vec<_> = layout.fields.iter().collect();
        for kind in [TinKind::Ein, TinKind::Ssn] {
            for form_type in FormType::ALL {
                for length in 1..=120 {
                    let transmittal = transmittal(layout, form_type, kind, length);
                    let ink = layout.place(&transmittal).unwrap();
                    let inked: BTreeSet<_> = ink.iter().map(|text| &text.field).collect();
                    assert_eq!(inked.len(), fields.len() - 2, "one number and one X");
                    for text in &ink {
                        assert_inside(&fields, &layout.stock, 0, text);
                    }
                }
            }
        }
    }
}

/// Form 1096 with every line as long as wanted or as its field takes.
fn transmittal(
    layout: &TransmittalLayout,
    form_type: FormType,
    kind: TinKind,
    length: usize,
) -> Transmittal {
    let words = || "Wg".repeat(length).chars().take(length).collect::<String>();
    let mut name = words();
    if length > 70 {
        name.replace_range(length / 2..=length / 2, " ");
    }
    let digits = u32::try_from(length.clamp(1, 15)).unwrap();
    let money = Money::from_cents(10_i64.pow(digits) - 1);
    let mut it = Transmittal {
        form_type,
        tax_year: layout.tax_years[0],
        filer: Filer {
            name,
            street: words(),
            city_line: words(),
            contact: words(),
            phone: words(),
            email: words(),
            fax: words(),
            tin: Tin::parse(kind, "900000001").ok(),
            title: words(),
        },
        forms: 10_u32.pow(digits.min(9)) - 1,
        federal_withheld: money,
        total: money,
        note: words(),
    };
    loop {
        let Err(error) = layout.place(&it) else {
            return it;
        };
        let FitError::DoesNotFit {
            field, available, ..
        } = error
        else {
            panic!("{error}")
        };
        let filer = &mut it.filer;
        match field.as_str() {
            "street" => filer.street.truncate(available),
            "city" => filer.city_line.truncate(available),
            "contact" => filer.contact.truncate(available),
            "phone" => filer.phone.truncate(available),
            "email" => filer.email.truncate(available),
            "fax" => filer.fax.truncate(available),
            "title" => filer.title.truncate(available),
            "note" => it.note.truncate(available),
            other => panic!("{other}"),
        }
    }
}

#[test]
fn nothing_but_these_lies_between_two_print_lines() {
    let mut between = BTreeSet::new();
    for (layout, copy) in copies().filter(|(layout, _)| !layout.stock.is_drawn) {
        for text in layout.place(&filled(layout, copy, 20), 0, copy).unwrap() {
            if text.line_offset().points().abs() >= 2.0 {
                let field = text.field.trim_start_matches("slot 1 ");
                between.insert(format!("{} {field}", layout.stock.name));
            }
        }
    }
    let between: Vec<_> = between.iter().map(String::as_str).collect();
    assert_eq!(
        between,
        [
            "misc-2up fatca",
            "misc-2up second_tin_notice",
            "nec-2up direct_sales",
            "nec-2up fatca",
            "nec-3up direct_sales"
        ]
    );
}

#[test]
fn both_returns_have_a_layout_of_copy_a_on_the_stock_of_the_file_printer() {
    for form_type in FormType::ALL {
        for year in [2020, 2022, 2023, 2025] {
            let year = TaxYear::new(year).unwrap();
            let stock = stock::default_for_file(form_type, year);
            assert!(layout::find(form_type, year, Copy::A, stock).is_ok());
        }
    }
}
