use super::*;
use crate::{BNoticeId, PayerId, TaxYear, VendorId};

fn day(y: i32, m: u32, d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(y, m, d).unwrap()
}

fn notice() -> BNotice {
    BNotice {
        vendor_id: VendorId::new("V1").unwrap(),
        notice_id: BNoticeId::new("1").unwrap(),
        payer_id: PayerId::new("A").unwrap(),
        notice_date: day(2025, 8, 29),
        received_date: day(2025, 9, 2),
        tax_year: TaxYear::new(2023).unwrap(),
        note: String::new(),
    }
}

fn letter(kind: Kind, name: &str) -> Result<BNoticeLetter, LetterError> {
    let address = PostalAddress {
        line_1: "400 Quay Street".to_owned(),
        city: "Portland".to_owned(),
        state: "ME".to_owned(),
        postal_code: "04101".to_owned(),
        ..PostalAddress::default()
    };
    let payer = Payer {
        payer_id: PayerId::new("A").unwrap(),
        name: "Harbor Water District".to_owned(),
        tin: None,
        address: address.clone(),
        phone: "207-555-0101".to_owned(),
        contact_name: "Ines Calloway".to_owned(),
        contact_email: String::new(),
        contact_fax: String::new(),
    };
    let addressee = Addressee {
        name: name.to_owned(),
        truncated_tin: "XXX-XX-6789".to_owned(),
        address,
    };
    BNoticeLetter::new(&notice(), kind, &payer, &addressee, day(2025, 9, 10))
}

fn text(letter: &BNoticeLetter) -> String {
    let parts = letter.parts.iter();
    let texts = parts.flat_map(|part| [&part.heading, &part.text].into_iter().chain(&part.items));
    texts.map(|text| format!("{text}\n")).collect()
}

#[test]
fn a_first_letter_asks_for_a_w9_by_the_thirtieth_business_day_and_a_second_for_a_confirmation() {
    let first = letter(Kind::First, "Ada Pump").unwrap();
    let says = text(&first);
    // Thirty business days after September 2, 2025, Columbus Day left out.
    for wanted in [
        "by October 15, 2025",
        "from October 16, 2025 on",
        "August 29, 2025",
        "24%",
        "30 calendar days",
        "Form W-9",
        "TIN: XXX-XX-6789",
        "Ines Calloway, 207-555-0101",
    ] {
        assert!(says.contains(wanted), "{wanted}: {says}");
    }
    assert!(first.enclosed.contains("W-9"));
    let second = letter(Kind::Second, "Ada Pump").unwrap();
    let says = text(&second);
    for wanted in [
        "Letter 147C",
        "Social Security Administration",
        "from September 2, 2025 on",
    ] {
        assert!(says.contains(wanted), "{wanted}: {says}");
    }
    assert_eq!(second.enclosed, "");
    for kind in [Kind::Further, Kind::Repeated] {
        assert_eq!(letter(kind, "Ada"), Err(LetterError::NoneIsSent(kind)));
    }
}

#[test]
fn a_name_with_braces_is_a_name() {
    let letter = letter(Kind::First, "{tin} {nobody}").unwrap();
    assert!(text(&letter).contains("Name: {tin} {nobody}"));
}

#[test]
fn own_templates_take_over_from_their_day_and_a_word_that_is_not_known_is_told() {
    let own = |from: &str, text: &str| {
        format!(
            "letter = \"first-b-notice\"\nfrom = {from}\nsource = \"ours\"\ntitle = \"T\"\n[[part]]\ntext = \"{text}\"\n"
        )
    };
    let later = own("2026-01-01", "Dear {name}");
    let templates = Templates::with_own([("own.toml", later.as_str())]).unwrap();
    let kind = LetterKind::FirstBNotice;
    let words = |date| {
        templates
            .find(kind, date)
            .unwrap()
            .fill(&[("name", "Ada".to_owned())])
    };
    assert_eq!(words(day(2026, 1, 1)).parts[0].text, "Dear Ada");
    assert_ne!(words(day(2025, 12, 31)).title, "T");
    for bad in [
        own("2026-01-01", "{ssn}"),
        own("2026-01-01", "{name"),
        own("2026", "x"),
    ] {
        let error = Templates::with_own([("own.toml", bad.as_str())]).unwrap_err();
        assert_eq!(error.file, "own.toml", "{error}");
    }
}
