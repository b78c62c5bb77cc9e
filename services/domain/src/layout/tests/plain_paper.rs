//! The layouts of plain paper, on which the form itself is drawn.

use super::*;

#[test]
fn plain_paper_takes_every_copy_but_a_of_every_form_and_year_that_has_boxes() {
    let blank = stock::find("blank").unwrap();
    for year in (2019..=2026).map(year) {
        for form_type in FormType::ALL {
            let rules = rules::for_year(year).unwrap().form(form_type);
            for copy in Copy::ALL {
                let found = find(form_type, year, copy, blank);
                let is_drawn = rules.is_ok() && copy != Copy::A;
                assert_eq!(found.is_ok(), is_drawn, "{form_type} {year} {copy}");
            }
        }
    }
    let refused = find(FormType::Misc, year(2025), Copy::A, blank).unwrap_err();
    assert_eq!(refused.reason(), "COPY_A_NOT_DRAWN");
    assert_eq!(
        refused.to_string(),
        "Copy A is never printed on blank: the IRS takes it on its red stock only; name a stock such as misc-2up or misc-3up"
    );
}

#[test]
fn plain_paper_shows_letters_with_their_marks_and_the_number_as_the_copy_wants_it() {
    let blank = stock::find("blank").unwrap();
    let mut form = form(FormType::Nec);
    form.recipient.name = "E\u{301}lodie Łuk Nguyễn “O’Brien”".to_owned();
    let texts = |copy, field: &str| {
        let layout = find(FormType::Nec, year(2025), copy, blank).unwrap();
        let name = format!("slot 1 {field}");
        let ink = layout.place(&form, 0, copy).unwrap();
        let found = ink.into_iter().filter(|ink| ink.field == name);
        found.map(|ink| ink.text).collect::<Vec<_>>()
    };
    assert_eq!(
        texts(Copy::B, "recipient_name"),
        ["Élodie Łuk Nguyen \"O'Brien\""]
    );
    for (copy, number) in [
        (Copy::B, "XXX-XX-0001"),
        (Copy::Two, "XXX-XX-0001"),
        (Copy::C, "900-00-0001"),
        (Copy::One, "900-00-0001"),
    ] {
        assert_eq!(texts(copy, "recipient_tin"), [number], "{copy}");
        assert_eq!(texts(copy, "payer_tin"), ["12-3456789"], "{copy}");
    }
}

#[test]
fn the_windows_of_the_envelope_show_the_addresses_and_neither_number() {
    // A sheet folded in three, 612 by 264 points, slides by 72 and 33 points in a #10 envelope.
    let blank = stock::find("blank").unwrap();
    for (form_type, of) in [(FormType::Nec, 2025), (FormType::Misc, 2025)] {
        let layout = find(form_type, year(of), Copy::B, blank).unwrap();
        let windows = layout.windows.unwrap();
        let ink = layout.place(&form(form_type), 0, Copy::B).unwrap();
        let line = |field: &str| {
            let name = format!("slot 1 {field}");
            let found = ink.iter().find(|ink| ink.field == name).unwrap();
            let right = found.left
                + found
                    .pitch
                    .advance()
                    .times(i32::try_from(found.text.chars().count()).unwrap());
            let above = found.baseline - Points::from_points(8.0);
            (
                found.left,
                above,
                right,
                found.baseline + Points::from_points(2.4),
            )
        };
        for field in ["recipient_name", "street", "city"] {
            let (left, top, right, bottom) = line(field);
            let window = windows.recipient;
            assert!(left >= window.left && right <= window.right(), "{field}");
            assert!(top >= window.top && bottom <= window.bottom(), "{field}");
        }
        let (_, first, ..) = line("payer");
        assert!(first >= windows.payer.top - Points::from_points(2.5));
        let play = Points::from_points(33.0);
        for field in ["payer_tin", "recipient_tin"] {
            let (_, top, ..) = line(field);
            assert!(top > windows.recipient.bottom() + play, "{field} shows");
        }
    }
}
