//! Whatever a name looks like: it is written whole and in shape, or refused; never cut, never a broken file.

#![allow(clippy::unwrap_used, missing_docs)]

mod fire_reader;
mod small;
mod xml_reader;

use formfeed_domain::form::FormType;
use formfeed_efile::{
    EfileError, Entry, FiledForm, FiledName, IrisOptions, Transmission, write_fire, write_iris,
};
use proptest::prelude::*;
use small::{form, transmission};

/// Names with what data entry is known to hold, 0 to 90 characters.
fn awkward() -> impl Strategy<Value = String> {
    let sign = prop_oneof![
        8 => "[A-Za-z]",
        3 => Just(" ".to_owned()),
        2 => "[0-9&'’.,/#()-]",
        1 => "[ÀÉÑöøßŁž]",
        1 => "[<>\"%;:@*=+|]",
        1 => "[\u{0}-\u{1f}\u{7f}-\u{9f}]",
        1 => "[日\u{200b}\u{202e}🦀]",
    ];
    prop_oneof![
        proptest::collection::vec(sign, 0..90).prop_map(|signs| signs.concat()),
        "[A-Z][a-z]{3,12}( [A-Z][a-z'&]{2,9}){0,9}",
    ]
}

fn name() -> impl Strategy<Value = FiledName> {
    prop_oneof![
        (awkward(), awkward()).prop_map(|(line_1, line_2)| FiledName::Business { line_1, line_2 }),
        (awkward(), awkward()).prop_map(|(first, last)| FiledName::person(first, last)),
        awkward().prop_map(|line| FiledName::from_line(&line, Some(formfeed_domain::TinKind::Ssn))),
    ]
}

/// Mostly what is in order, so that the names are what decides.
fn mostly(plain: &'static str) -> impl Strategy<Value = String> {
    prop_oneof![5 => Just(plain.to_owned()), 1 => awkward()]
}

fn filed() -> impl Strategy<Value = FiledForm> {
    let texts = (
        name(),
        mostly("12 W. Main St."),
        mostly("St. Louis"),
        mostly("V000001"),
    );
    (texts, 1_i64..100_000_00).prop_map(|((name, street, city, account), cents)| {
        let mut filed = form(2025, FormType::Nec, 1, &[("1", cents)]);
        filed.name = name;
        filed.form.account_number = account;
        let mut address = small::address();
        (address.line_1, address.city) = (street, city);
        filed.address = Some(address);
        filed
    })
}

fn sent(filed: &FiledForm) -> Transmission {
    transmission(2025, FormType::Nec, vec![Entry::original(filed.clone())])
}

fn has_control(filed: &FiledForm) -> bool {
    let home = filed.address.as_ref().unwrap();
    let names = match &filed.name {
        FiledName::Business { line_1, line_2 } => vec![line_1, line_2],
        FiledName::Person {
            first,
            middle,
            last,
            suffix,
        } => vec![first, middle, last, suffix],
    };
    let texts = names
        .into_iter()
        .chain([&home.line_1, &home.city, &filed.form.account_number]);
    texts
        .into_iter()
        .any(|text| text.chars().any(char::is_control))
}

/// Letters and digits of a text, as far as they are plain: what must not get lost.
fn kept(text: &str) -> String {
    let plain = text.chars().filter(char::is_ascii_alphanumeric);
    plain.map(|c| c.to_ascii_uppercase()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_fire_file_keeps_its_shape(filed in filed()) {
        let mut out = Vec::new();
        match write_fire(&sent(&filed), &mut out) {
            Ok(_) => {
                prop_assert!(!has_control(&filed));
                let file = fire_reader::read(&out);
                prop_assert_eq!(file.records, 5);
                let payee = &file.payers[0].payees[0];
                if let FiledName::Business { line_1, line_2 } = &filed.name
                    && line_1.is_ascii() && line_2.is_ascii()
                {
                    prop_assert_eq!(kept(payee.at(288, 367)), kept(&format!("{line_1}{line_2}")));
                }
            }
            Err(EfileError::Faults(faults)) => prop_assert!(out.is_empty() && !faults.is_empty()),
            Err(other) => prop_assert!(false, "{:?}", other),
        }
    }

    #[test]
    fn an_xml_file_keeps_its_shape(filed in filed()) {
        let mut out = Vec::new();
        match write_iris(&sent(&filed), IrisOptions::default(), &mut out) {
            Ok(_) => {
                prop_assert!(!has_control(&filed));
                in_shape(&xml_reader::read(&out))?;
            }
            Err(EfileError::Faults(faults)) => prop_assert!(out.is_empty() && !faults.is_empty()),
            Err(other) => prop_assert!(false, "{:?}", other),
        }
    }
}

/// The patterns of the schema for names and addresses.
fn in_shape(root: &xml_reader::Node) -> Result<(), TestCaseError> {
    for node in root.everything() {
        let (max, signs) = match node.name.as_str() {
            "BusinessNameLine1Txt" => (75, "0123456789#-()&' "),
            "BusinessNameLine2Txt" => (75, "0123456789#/%-()&' "),
            "PersonFirstNm" | "PersonLastNm" | "PersonMiddleNm" | "SuffixNm" => (20, "- "),
            "AddressLine1Txt" | "AddressLine2Txt" => (35, "0123456789-/ "),
            "CityNm" => (40, " "),
            _ => continue,
        };
        let text = node.text.as_str();
        prop_assert!(!text.is_empty() && text.len() <= max, "{}", node.name);
        prop_assert!(
            text.chars()
                .all(|c| c.is_ascii_alphabetic() || signs.contains(c)),
            "{}",
            text
        );
        prop_assert!(!text.contains("  ") && text.trim() == text, "{:?}", text);
        if node.name.starts_with("AddressLine") {
            prop_assert!(
                text.starts_with(|c: char| c.is_ascii_alphanumeric()),
                "{}",
                text
            );
        }
    }
    Ok(())
}
