use super::*;
use crate::placement::Pitch;
use crate::points::Points;
use proptest::prelude::*;

fn plain(text: &str) -> String {
    printable("recipient_name", text).unwrap()
}

#[test]
fn a_letter_outside_the_stocks_set_prints_as_its_base_letter() {
    for (text, expected) in [
        ("Élodie Ångström", "Elodie Angstrom"),
        ("Nils Nguyễn", "Nils Nguyen"),
        ("Müller & Söhne, Straße", "Muller & Sohne, Strasse"),
        (
            "Łódź Ørsted Ægir Þór Œuvre ıŞ",
            "Lodz Orsted AEgir THor OEuvre iS",
        ),
        ("“Ada’s” – pump—works…", "\"Ada's\" - pump-works..."),
        ("E\u{301}lodie", "Elodie"),
        ("a\u{a0}b", "a b"),
        ("  Ada  ", "Ada"),
        ("", ""),
    ] {
        assert_eq!(plain(text), expected);
    }
}

#[test]
fn what_has_no_replacement_is_refused_by_field_and_code_point_and_never_a_question_mark() {
    for (text, code, position) in [
        ("Ada 漢", 0x6F22, 5),
        ("😀", 0x1F600, 1),
        ("a\u{1b}E", 0x1B, 2),
        ("a\tb", 9, 2),
        ("Анна", 0x410, 1),
        ("x\u{a8}", 0xA8, 2),
        ("a\u{7f}", 0x7F, 2),
        ("a\u{9b}", 0x9B, 2),
        ("a\u{202e}b", 0x202E, 2),
    ] {
        assert_eq!(
            printable("recipient_name", text),
            Err(TypesetError::Unprintable {
                field: "recipient_name".to_owned(),
                code,
                position
            }),
            "{text:?}"
        );
    }
}

#[test]
fn the_name_line_loses_what_the_irs_forbids_and_nothing_else() {
    for (text, expected) in [
        ("Conan O'Brien*", "Conan OBrien"),
        (
            "Müller/Ortiz & Co., Inc. 24-7",
            "Muller/Ortiz & Co., Inc. 24-7",
        ),
        ("Ada \"Pump\" (dba) #2", "Ada Pump dba 2"),
        ("A+B;C", "A B C"),
        ("", ""),
    ] {
        assert_eq!(name_line("recipient_name", text).unwrap(), expected);
    }
    assert!(matches!(
        name_line("recipient_name", "***"),
        Err(TypesetError::NothingLeft { .. })
    ));
}

#[test]
fn the_proof_shows_every_replacement_once() {
    let shown: Vec<_> = substitutions("Élodie Élan Straße 漢")
        .into_iter()
        .map(|s| format!("{}→{}", s.from, s.to))
        .collect();
    assert_eq!(shown, ["É→E", "ß→ss"]);
}

#[test]
fn text_goes_to_a_narrower_pitch_before_a_second_line() {
    let width = Points::from_points(72.0);
    let pitch = |characters: usize| fit_line(&"x".repeat(characters), width).map(|f| f.pitch);
    assert_eq!(pitch(10), Some(Pitch::Ten));
    assert_eq!(pitch(11), Some(Pitch::Twelve));
    assert_eq!(pitch(13), Some(Pitch::Fifteen));
    assert_eq!(pitch(16), Some(Pitch::Seventeen));
    assert_eq!(pitch(18), None);
    let fitted = fit_two_lines("Ada Pump & Daughters", width).unwrap();
    assert_eq!(fitted.lines, ["Ada Pump &", "Daughters"]);
    assert_eq!(fitted.pitch, Pitch::Ten);
    assert_eq!(fit_two_lines(&"x".repeat(30), width), None);
}

proptest! {
    #[test]
    fn whatever_is_let_through_is_ascii_that_no_printer_obeys(text in "\\PC{0,40}|.{0,40}") {
        if let Ok(line) = printable("field", &text) {
            prop_assert!(line.bytes().all(|b| (0x20..=0x7e).contains(&b)));
        }
        if let Ok(line) = name_line("field", &text) {
            prop_assert!(line.chars().all(|c| c.is_ascii_alphanumeric() || " &-.,/".contains(c)));
        }
    }

    #[test]
    fn two_lines_keep_every_word(text in "[a-z]{1,9}( [a-z]{1,9}){0,8}", width in 40.0_f64..300.0) {
        if let Some(fitted) = fit_two_lines(&text, Points::from_points(width)) {
            prop_assert_eq!(fitted.lines.join(" "), text);
        }
    }
}
