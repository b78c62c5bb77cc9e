use super::*;
use crate::form::{BoxId, Form, Mark, PayerBlock, RecipientBlock};
use crate::rules::{self, BoxKind};
use crate::{Money, Tin, TinKind, stock};

fn year(year: i32) -> TaxYear {
    TaxYear::new(year).unwrap()
}

fn layout(of: i32, stock_name: &str) -> &'static Layout {
    let stock = stock::find(stock_name).unwrap();
    find(stock.form_type, year(of), Copy::A, stock).unwrap()
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
            phone: "555-010-0001".to_owned(),
            tin: Tin::parse(TinKind::Ein, "123456789").ok(),
        },
        recipient: RecipientBlock {
            name: "Élodie O'Brien".to_owned(),
            name_2: String::new(),
            street: "1 Elm Ave".to_owned(),
            city_line: "Reno, NV 89501".to_owned(),
            tin: Tin::parse(TinKind::Ssn, "900000001").ok(),
        },
        boxes: [(BoxId::from("1"), Money::from_cents(1_234_50))].into(),
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
        (2021, "nec-3up"),
        (2024, "nec-3up"),
        (2026, "nec-3up"),
        (2026, "misc-3up"),
    ] {
        let stock = stock::find(stock_name).unwrap();
        let error = find(stock.form_type, year(of), Copy::A, stock).unwrap_err();
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
         there is: nec-3up for 2022, 2023; nec-3up for 2025"
    );
}

#[test]
fn every_box_and_mark_of_the_year_has_a_field() {
    for layout in all() {
        for tax_year in &layout.tax_years {
            let rules = rules::for_year(*tax_year).unwrap();
            let form = rules.form(layout.form_type).unwrap();
            let boxes = form
                .boxes
                .iter()
                .filter(|rule| matches!(rule.kind, BoxKind::Amount | BoxKind::FederalWithheld));
            for rule in boxes {
                let name = format!("box_{}", rule.id);
                assert!(layout.field(&name).is_some(), "{tax_year} {name}");
            }
            for mark in &form.marks {
                assert!(layout.field(mark.as_str()).is_some(), "{tax_year} {mark:?}");
            }
            for name in ["state_1_tax", "state_2_number", "state_2_income"] {
                assert!(layout.field(name).is_some(), "{tax_year} {name}");
            }
        }
    }
}

#[test]
fn a_void_form_prints_one_x_and_nothing_else() {
    for layout in all() {
        let mut form = form(layout.form_type);
        form.marks = [Mark::Void, Mark::SecondTinNotice].into();
        let last = layout.stock.slots_per_sheet - 1;
        let ink = layout.place(&form, last, Copy::A).unwrap();
        assert_eq!(ink, layout.place_void(last).unwrap());
        assert_eq!(ink.len(), 1);
        assert_eq!(ink[0].text, "X");
        assert_eq!(ink[0].field, format!("slot {} void", last + 1));
        let error = layout.place_void(last + 1).unwrap_err();
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
        nec.place(&form, 0, Copy::B),
        Err(FitError::NotServed { .. })
    ));
    form.marks.clear();
    form.recipient.name = "漢".to_owned();
    let error = nec.place(&form, 0, Copy::A).unwrap_err();
    assert_eq!(error.reason(), "UNPRINTABLE");
    assert!(error.to_string().contains("U+6F22"), "{error}");
}

#[test]
fn a_copy_for_the_recipient_would_show_the_truncated_number_alone() {
    let recipient_layout = Layout {
        copies: Copy::ALL.to_vec(),
        ..layout(2025, "nec-3up").clone()
    };
    for (copy, expected) in [
        (Copy::A, "900-00-0001"),
        (Copy::B, "XXX-XX-0001"),
        (Copy::C, "900-00-0001"),
        (Copy::One, "900-00-0001"),
        (Copy::Two, "XXX-XX-0001"),
    ] {
        let ink = recipient_layout
            .place(&form(FormType::Nec), 0, copy)
            .unwrap();
        let tin = |field| ink.iter().find(|ink| ink.field == field).unwrap();
        assert_eq!(tin("slot 1 recipient_tin").text, expected);
        assert_eq!(tin("slot 1 payer_tin").text, "12-3456789");
    }
}
