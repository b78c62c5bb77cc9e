mod plain_paper;

use super::*;
use crate::edit::Part;
use crate::form::{AddressParts, BoxId, Form, Mark, PayerBlock, RecipientBlock};
use crate::points::Points;
use crate::rules::{self, BoxKind};
use crate::stock::{self, Takes};
use crate::transmittal::{Filer, Transmittal};
use crate::{Money, Tin, TinKind};

fn year(year: i32) -> TaxYear {
    TaxYear::new(year).unwrap()
}

fn layout(of: i32, stock_name: &str) -> &'static Layout {
    found(of, stock_name, Copy::A).unwrap()
}

fn found(of: i32, stock_name: &str, copy: Copy) -> Result<&'static Layout, LayoutError> {
    let stock = stock::find(stock_name).unwrap();
    let Takes::Form(form_type) = stock.takes else {
        panic!("{stock_name} takes no form")
    };
    find(form_type, year(of), copy, stock)
}

fn form(form_type: FormType) -> Form {
    Form {
        form_type,
        tax_year: year(2025),
        account_number: "V000007".to_owned(),
        payer: PayerBlock {
            name: "Harbor & Pine, Inc.".to_owned(),
            street: "400 Quay Street".to_owned(),
            city_line: "Portland, ME 04101".to_owned(),
            parts: None,
            phone: "555-010-0001".to_owned(),
            tin: Tin::parse(TinKind::Ein, "123456789").ok(),
        },
        recipient: RecipientBlock {
            name: "Élodie O'Brien".to_owned(),
            name_2: String::new(),
            street: "1 Elm Ave".to_owned(),
            city_line: "Reno, NV 89501".to_owned(),
            parts: None,
            tin: Tin::parse(TinKind::Ssn, "900000001").ok(),
        },
        boxes: [(BoxId::from("1"), Money::from_cents(1_234_50))].into(),
        occupation_codes: Vec::new(),
        marks: [].into(),
        states: Vec::new(),
    }
}

fn text(layout: &Layout, form: &Form, field: &str) -> Vec<(String, i32, i32)> {
    let name = format!("slot 1 {field}");
    layout
        .place(form, 0, Copy::A)
        .unwrap()
        .into_iter()
        .filter(|ink| ink.field == name)
        .map(|ink| (ink.text.clone(), ink.line, ink.column()))
        .collect()
}

#[test]
fn a_form_prints_on_the_lines_and_columns_of_its_revision() {
    let nec = layout(2025, "nec-3up");
    let form = form(FormType::Nec);
    let one = |field| text(nec, &form, field).pop().unwrap();
    assert_eq!(one("payer").0, "555-010-0001");
    assert_eq!(text(nec, &form, "payer").len(), 4);
    assert_eq!(one("payer_tin"), ("12-3456789".to_owned(), 11, 9));
    assert_eq!(one("recipient_tin"), ("900-00-0001".to_owned(), 11, 26));
    assert_eq!(one("recipient_name"), ("Elodie OBrien".to_owned(), 14, 9));
    assert_eq!(one("account"), ("V000007".to_owned(), 20, 9));
    assert_eq!(one("year"), ("2025".to_owned(), 9, 59));
    assert_eq!(one("box_1"), ("1234.50".to_owned(), 11, 62));
    assert_eq!(text(nec, &form, "box_4"), []);
}

#[test]
fn a_year_nobody_has_measured_has_no_layout_and_the_error_says_what_there_is() {
    for (of, stock_name) in [
        (2019, "misc-2up"),
        (2019, "misc-3up"),
        (2020, "nec-3up"),
        (2021, "nec-3up"),
        (2021, "nec-2up"),
        (2024, "nec-3up"),
        (2026, "nec-3up"),
        (2026, "misc-2up"),
        (2026, "misc-3up"),
    ] {
        let error = found(of, stock_name, Copy::A).unwrap_err();
        assert_eq!(error.reason(), "NO_LAYOUT", "{of} {stock_name}");
    }
    let error = find(
        FormType::Nec,
        year(2021),
        Copy::A,
        stock::find("nec-3up").unwrap(),
    );
    assert_eq!(
        error.unwrap_err().to_string(),
        "there is no layout of Form 1099-NEC Copy A for tax year 2021 on stock nec-3up; \
         there is: nec-2up for 2020; nec-3up for 2022, 2023; nec-3up for 2025; nec-2up for 2026"
    );
}

#[test]
fn every_box_and_mark_of_the_year_has_a_field() {
    for layout in all() {
        // On plain paper Copy C has every field, on preprinted stock Copy A.
        let copy = match layout.stock.is_drawn {
            true => Copy::C,
            false => Copy::A,
        };
        for tax_year in &layout.tax_years {
            let rules = rules::for_year(*tax_year).unwrap();
            let form = rules.form(layout.form_type).unwrap();
            let mut names = ["state_1_tax", "state_2_number", "state_2_income"]
                .map(str::to_owned)
                .to_vec();
            names.extend(form.marks.iter().map(|mark| mark.as_str().to_owned()));
            for rule in &form.boxes {
                match (rule.kind, &rule.part) {
                    (BoxKind::Amount | BoxKind::FederalWithheld, _) => {
                        names.push(format!("box_{}", rule.id));
                    }
                    (BoxKind::Detail, Some(part)) if part.part == Part::OccupationCodes => {
                        names.extend([1, 2].map(|n| format!("occupation_code_{n}")));
                    }
                    (BoxKind::Detail, _) => names.push(format!("box_{}", rule.id)),
                    _ => {}
                }
            }
            for name in names {
                assert!(layout.field(&name, copy).is_some(), "{tax_year} {name}");
            }
        }
    }
}

#[test]
fn a_void_form_prints_one_x_and_nothing_else() {
    for layout in all().iter().filter(|layout| !layout.stock.is_drawn) {
        let mut form = form(layout.form_type);
        form.marks = [Mark::Void, Mark::SecondTinNotice].into();
        let last = layout.stock.slots_per_sheet - 1;
        let ink = layout.place(&form, last, Copy::A).unwrap();
        assert_eq!(ink, layout.place_void(last, Copy::A).unwrap());
        assert_eq!(ink.len(), 1);
        assert_eq!(ink[0].text, "X");
        assert_eq!(ink[0].field, format!("slot {} void", last + 1));
        let error = layout.place_void(last + 1, Copy::A).unwrap_err();
        assert!(matches!(error, FitError::NoSuchSlot { .. }), "{error}");
    }
}

#[test]
fn the_year_has_two_digits_where_the_revision_prints_the_first_two() {
    let mut form = form(FormType::Misc);
    form.tax_year = year(2022);
    let digits = |stock_name| text(layout(2022, stock_name), &form, "year")[0].0.clone();
    assert_eq!(digits("misc-2up"), "22");
    assert_eq!(digits("misc-3up"), "2022");
}

#[test]
fn a_long_name_goes_to_a_narrower_pitch_then_to_the_second_line_then_is_refused_by_name() {
    let nec = layout(2025, "nec-3up");
    let mut form = form(FormType::Nec);
    form.recipient.name = "Amalgamated Pumps and Pipes of Maine Inc".to_owned();
    let ink = nec.place(&form, 0, Copy::A).unwrap();
    let names: Vec<_> = ink
        .iter()
        .filter(|ink| ink.field == "slot 1 recipient_name")
        .collect();
    assert_eq!(names.len(), 1);
    assert_eq!(names[0].pitch.cpi(), 12);

    form.recipient.name =
        "Amalgamated Pumps and Pipes of Maine and of New Hampshire Holdings".to_owned();
    let lines = text(nec, &form, "recipient_name");
    assert_eq!(lines.len(), 2);
    assert_eq!((lines[0].1, lines[1].1), (13, 14));
    assert_eq!(
        format!("{} {}", lines[0].0, lines[1].0),
        form.recipient.name
    );

    form.recipient.name = "x".repeat(120);
    let error = nec.place(&form, 0, Copy::A).unwrap_err();
    assert_eq!(
        error.to_string(),
        "account V000007: recipient_name needs 120 characters and has room for 114"
    );
}

#[test]
fn an_amount_too_large_for_its_box_is_refused_and_never_cut() {
    let misc = layout(2025, "misc-2up");
    let mut form = form(FormType::Misc);
    let mut with = |cents| {
        form.boxes = [(BoxId::from("1"), Money::from_cents(cents))].into();
        misc.place(&form, 0, Copy::A)
    };
    assert!(with(99_999_999_99).is_ok());
    assert!(with(999_999_999_999_999).is_ok());
    assert!(matches!(with(-1), Err(FitError::Negative { .. })));
    let state = crate::form::StateRow {
        income: Money::from_cents(999_999_999_999_999),
        ..Default::default()
    };
    form.boxes.clear();
    form.states = vec![state];
    assert!(matches!(
        misc.place(&form, 0, Copy::A),
        Err(FitError::DoesNotFit { .. })
    ));
}

#[test]
fn what_the_revision_has_no_place_for_is_refused() {
    let nec = layout(2025, "nec-3up");
    let mut form = form(FormType::Nec);
    form.marks = [Mark::Fatca].into();
    assert!(matches!(
        nec.place(&form, 0, Copy::A),
        Err(FitError::NoField { .. })
    ));
    assert!(matches!(
        nec.place(&form, 0, Copy::C),
        Err(FitError::NotServed { .. })
    ));
    form.marks.clear();
    form.recipient.name = "漢".to_owned();
    let error = nec.place(&form, 0, Copy::A).unwrap_err();
    assert_eq!(error.reason(), "UNPRINTABLE");
    assert!(error.to_string().contains("U+6F22"), "{error}");
}

#[test]
fn a_copy_for_the_recipient_shows_the_truncated_number_alone() {
    let mut form = form(FormType::Misc);
    form.tax_year = year(2025);
    let misc = layout(2025, "misc-3up");
    for (copy, expected) in [
        (Copy::A, "900-00-0001"),
        (Copy::B, "XXX-XX-0001"),
        (Copy::C, "900-00-0001"),
        (Copy::One, "900-00-0001"),
        (Copy::Two, "XXX-XX-0001"),
    ] {
        let ink = misc.place(&form, 0, copy).unwrap();
        let tin = |field| ink.iter().find(|ink| ink.field == field).unwrap();
        assert_eq!(tin("slot 1 recipient_tin").text, expected);
        assert_eq!(tin("slot 1 payer_tin").text, "12-3456789");
    }
}

/// The fields of a slot that have ink.
fn inked(layout: &Layout, form: &Form, copy: Copy) -> Vec<String> {
    let ink = layout.place(form, 0, copy).unwrap();
    let field = |ink: crate::placement::PlacedText| ink.field.replace("slot 1 ", "");
    ink.into_iter().map(field).collect()
}

#[test]
fn a_mark_prints_only_on_the_copies_that_have_a_box_for_it() {
    let mut form = form(FormType::Nec);
    form.marks = [Mark::Corrected, Mark::SecondTinNotice, Mark::DirectSales].into();
    for (copy, notice) in [
        (Copy::A, true),
        (Copy::One, false),
        (Copy::B, false),
        (Copy::Two, false),
    ] {
        let nec = found(2025, "nec-3up", copy).unwrap();
        let inked = inked(nec, &form, copy);
        let has = |field: &str| inked.iter().any(|it| it == field);
        assert_eq!(has("second_tin_notice"), notice, "{copy}");
        assert!(has("corrected") && has("direct_sales"), "{copy}");
    }
}

#[test]
fn a_slot_without_a_form_is_void_on_copy_a_and_blank_on_the_others() {
    let mut void = form(FormType::Nec);
    void.marks = [Mark::Void].into();
    for (copy, pad, of_void) in [
        (Copy::A, 1, 1),
        (Copy::One, 0, 1),
        (Copy::B, 0, 0),
        (Copy::Two, 0, 1),
    ] {
        let nec = found(2025, "nec-3up", copy).unwrap();
        assert_eq!(nec.place_void(1, copy).unwrap().len(), pad, "{copy}");
        assert_eq!(nec.place(&void, 1, copy).unwrap().len(), of_void, "{copy}");
        assert!(nec.place_void(3, copy).is_err());
    }
}

#[test]
fn the_account_number_has_the_room_of_its_copy() {
    let mut form = form(FormType::Misc);
    form.account_number = "V".repeat(30);
    let pitch = |copy| {
        let misc = found(2025, "misc-2up", copy).unwrap();
        let ink = misc.place(&form, 0, copy).unwrap();
        let account = ink.iter().find(|ink| ink.field == "slot 1 account");
        account.unwrap().pitch.cpi()
    };
    assert_eq!((pitch(Copy::A), pitch(Copy::B)), (12, 10));
}

#[test]
fn a_copy_that_the_official_file_does_not_show_has_no_layout_on_its_stock() {
    assert!(found(2025, "nec-3up", Copy::C).is_err());
    for copy in [Copy::One, Copy::Two, Copy::C] {
        assert!(found(2025, "misc-2up", copy).is_err(), "{copy}");
        assert!(found(2025, "misc-3up", copy).is_ok(), "{copy}");
    }
    assert!(found(2022, "nec-3up", Copy::B).is_err());
}

fn form_2026() -> Form {
    let mut form = form(FormType::Nec);
    form.tax_year = year(2026);
    form.boxes = [("1a", 9_000_00), ("1b", 120_00), ("1d", 77_05)]
        .map(|(id, cents)| (BoxId::from(id), Money::from_cents(cents)))
        .into();
    form.occupation_codes = ["101", "102"].map(|code| code.parse().unwrap()).to_vec();
    form.payer.parts = Some(AddressParts {
        unit: "Suite 9".to_owned(),
        city: "Portland".to_owned(),
        state: "ME".to_owned(),
        postal_code: "04101".to_owned(),
        country: String::new(),
    });
    form.recipient.parts = Some(AddressParts {
        unit: String::new(),
        city: "Reno".to_owned(),
        state: "NV".to_owned(),
        postal_code: "89501".to_owned(),
        country: "CA".to_owned(),
    });
    form
}

#[test]
fn the_form_of_2026_has_a_field_for_each_part_of_an_address_and_of_box_1() {
    let nec = layout(2026, "nec-2up");
    let form = form_2026();
    for (field, expected) in [
        ("payer_name", "Harbor & Pine, Inc."),
        ("payer_street", "400 Quay Street"),
        ("payer_unit", "Suite 9"),
        ("payer_city", "Portland"),
        ("payer_state", "ME"),
        ("payer_zip", "04101"),
        ("payer_phone", "555-010-0001"),
        ("city", "Reno"),
        ("state", "NV"),
        ("country", "CA"),
        ("zip", "89501"),
        ("box_1a", "9000.00"),
        ("box_1b", "120.00"),
        ("occupation_code_1", "101"),
        ("occupation_code_2", "102"),
        ("box_1d", "77.05"),
    ] {
        assert_eq!(text(nec, &form, field)[0].0, expected, "{field}");
    }
    assert_eq!(text(nec, &form, "payer_country"), []);
    assert_eq!(text(nec, &form, "unit"), []);
    // The same form on one line, as the years before have it.
    let mut earlier = form.clone();
    earlier.boxes = [(BoxId::from("1"), Money::from_cents(1))].into();
    earlier.occupation_codes.clear();
    let nec = layout(2025, "nec-3up");
    assert_eq!(text(nec, &earlier, "city")[0].0, "Reno, NV 89501");
}

#[test]
fn an_address_on_one_line_is_never_guessed_apart() {
    let nec = layout(2026, "nec-2up");
    let mut form = form_2026();
    form.recipient.parts = None;
    let error = nec.place(&form, 0, Copy::A).unwrap_err();
    assert_eq!(error.reason(), "ADDRESS_NOT_DIVIDED");
    assert_eq!(error.field(), Some("city"));
    assert_eq!(nec.faults(&form, Copy::A), [error]);
    form.recipient.city_line.clear();
    assert!(nec.place(&form, 0, Copy::A).is_ok());
    form.recipient.parts = form.payer.parts.clone();
    let country = &mut form.recipient.parts.as_mut().unwrap().country;
    "Canada".clone_into(country);
    form.payer.name = "x".repeat(200);
    let faults = nec.faults(&form, Copy::A);
    let fields: Vec<_> = faults.iter().map(|fault| fault.field().unwrap()).collect();
    assert_eq!(fields, ["payer_name", "country"]);
}

#[test]
fn a_third_occupation_code_has_no_place_and_is_refused() {
    let mut form = form_2026();
    form.occupation_codes.push("103".parse().unwrap());
    let error = layout(2026, "nec-2up")
        .place(&form, 0, Copy::A)
        .unwrap_err();
    assert_eq!(error.field(), Some("occupation_code_3"));
}

#[test]
fn a_stock_that_drifts_takes_its_ink_with_it() {
    let nominal = layout(2025, "nec-3up");
    let mut drifted = nominal.clone();
    drifted.stock.offset_left = Points::from_points(-3.6);
    drifted.stock.offset_top = Points::from_points(14.0);
    drifted.stock.pitch = Points::from_points(265.0);
    let form = form(FormType::Nec);
    let place = |layout: &Layout, slot| layout.place(&form, slot, Copy::A).unwrap();
    for slot in 0..3 {
        let down = 14.0 + f64::from(i32::try_from(slot).unwrap());
        for (there, here) in place(nominal, slot).iter().zip(place(&drifted, slot)) {
            assert_eq!(here.left, there.left + Points::from_points(-3.6));
            assert_eq!(here.baseline, there.baseline + Points::from_points(down));
            assert_eq!(here.line, there.line + 1);
            let beside = here.line_offset() - there.line_offset();
            assert_eq!(beside, Points::from_points(down - 12.0));
        }
    }
}

#[test]
fn form_1096_tells_what_travels_with_it_and_has_no_other_year() {
    let stock = stock::find("1096-1up").unwrap();
    let layout = find_transmittal(year(2025), stock).unwrap();
    let mut transmittal = Transmittal {
        form_type: FormType::Misc,
        tax_year: year(2025),
        filer: Filer {
            name: "Harbor & Pine, Inc.".to_owned(),
            tin: Tin::parse(TinKind::Ein, "123456789").ok(),
            ..Filer::default()
        },
        forms: 17,
        federal_withheld: Money::ZERO,
        total: Money::from_cents(1_234_567_89),
        note: String::new(),
    };
    let ink = |transmittal: &Transmittal| {
        let ink = layout.place(transmittal).unwrap();
        let shown = |ink: crate::placement::PlacedText| (ink.field[7..].to_owned(), ink.text);
        ink.into_iter().map(shown).collect::<Vec<_>>()
    };
    let expected = [
        ("filer_name", "Harbor & Pine, Inc."),
        ("ein", "12-3456789"),
        ("forms", "17"),
        ("total", "1234567.89"),
        ("form_misc", "X"),
    ];
    let owned = |(field, text): (&str, &str)| (field.to_owned(), text.to_owned());
    assert_eq!(ink(&transmittal), expected.map(owned));
    transmittal.filer.tin = Tin::parse(TinKind::Ssn, "900000001").ok();
    transmittal.form_type = FormType::Nec;
    let shown = ink(&transmittal);
    assert!(shown.contains(&owned(("ssn", "900-00-0001"))));
    assert!(shown.contains(&owned(("form_nec", "X"))));
    for other in [2024, 2026] {
        let error = find_transmittal(year(other), stock).unwrap_err();
        assert_eq!(error.reason(), "NO_LAYOUT");
        assert!(error.to_string().ends_with("there is: 1096-1up for 2025"));
    }
}
