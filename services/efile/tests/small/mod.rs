//! A small transmission that a test changes where it matters.
#![allow(dead_code, reason = "each test takes what it needs")]

use formfeed_domain::form::{
    AddressParts, BoxId, Form, FormType, Mark, PayerBlock, RecipientBlock, StateRow,
};
use formfeed_domain::payer::PostalAddress;
use formfeed_domain::{Money, TaxYear, Tin, TinKind};
use formfeed_efile::{
    Contact, Entry, Environment, FiledForm, FiledName, FilingPayer, Kind, OriginalRecord,
    OriginalSubmission, PayerForms, Software, SoftwareVendor, StateFiling, Transmission,
    Transmitter,
};

pub(crate) const UUID: &str = "0a1b2c3d-0000-4000-8000-0123456789ab";
pub(crate) const RECEIPT: &str = "2026-12345678901-0123abcde";

pub(crate) fn year(year: i32) -> TaxYear {
    TaxYear::new(year).unwrap()
}

pub(crate) fn ein(digits: &str) -> Tin {
    Tin::parse(TinKind::Ein, digits).unwrap()
}

pub(crate) fn ssn(digits: &str) -> Tin {
    Tin::parse(TinKind::Ssn, digits).unwrap()
}

pub(crate) fn address() -> PostalAddress {
    PostalAddress {
        line_1: "12 W. Main St.".to_owned(),
        line_2: "Apt #4".to_owned(),
        city: "St. Louis".to_owned(),
        state: "MO".to_owned(),
        postal_code: "63101-0001".to_owned(),
        country: String::new(),
    }
}

pub(crate) fn contact() -> Contact {
    Contact {
        name: "Cy Drain".to_owned(),
        phone: "(555) 010-4477".to_owned(),
        email: "cy@example.com".to_owned(),
    }
}

/// A test transmission of one payer.
pub(crate) fn transmission(
    tax_year: i32,
    form_type: FormType,
    entries: Vec<Entry>,
) -> Transmission {
    Transmission {
        tax_year: year(tax_year),
        environment: Environment::Test,
        kind: Kind::Original,
        unique_id: UUID.to_owned(),
        transmitter: Transmitter {
            tin: ein("000456789"),
            control_code: "0AB12".to_owned(),
            name: FiledName::business("Acme Water District"),
            company: "Acme Water District".to_owned(),
            address: address(),
            foreign: false,
            contact: contact(),
        },
        software: Software {
            id: format!("{}FF000001", tax_year % 100),
            vendor: Some(SoftwareVendor {
                name: "Formfeed Founders".to_owned(),
                address: address(),
                foreign: false,
                contact: contact(),
            }),
        },
        prior_year: false,
        payers: vec![batch(form_type, entries)],
    }
}

pub(crate) fn batch(form_type: FormType, entries: Vec<Entry>) -> PayerForms {
    PayerForms {
        payer: FilingPayer {
            tin: ein("000456789"),
            name: FiledName::business("Acme Water District"),
            name_control: Some("ACME".to_owned()),
            address: address(),
            phone: "555-010-4400".to_owned(),
            email: "ap@example.com".to_owned(),
            foreign: false,
            last_filing: false,
        },
        form_type,
        entries,
        replaces: None,
    }
}

/// A form of the year with these boxes in cents, for the recipient and account `number`.
pub(crate) fn form(
    tax_year: i32,
    form_type: FormType,
    number: u32,
    boxes: &[(&str, i64)],
) -> FiledForm {
    let home = address();
    let form = Form {
        form_type,
        tax_year: year(tax_year),
        account_number: format!("V{number:06}"),
        payer: PayerBlock {
            name: "Acme Water District".to_owned(),
            street: home.line_1.clone(),
            city_line: home.city_line(),
            parts: Some(AddressParts::from(&home)),
            phone: "555-010-4400".to_owned(),
            tin: Some(ein("000456789")),
        },
        recipient: RecipientBlock {
            name: "Ada Pump".to_owned(),
            name_2: String::new(),
            street: home.line_1.clone(),
            city_line: home.city_line(),
            parts: Some(AddressParts::from(&home)),
            tin: Some(ssn(&format!("000{number:06}"))),
        },
        boxes: boxes
            .iter()
            .map(|(id, cents)| (BoxId::from(*id), Money::from_cents(*cents)))
            .collect(),
        occupation_codes: Vec::new(),
        marks: [].into(),
        states: Vec::new(),
    };
    FiledForm::new(form, FiledName::person("Ada", "Pump"))
}

pub(crate) fn nec(number: u32, cents: i64) -> FiledForm {
    form(2025, FormType::Nec, number, &[("1", cents)])
}

/// Adds a state row.
pub(crate) fn with_state(mut filed: FiledForm, state: &str, tax: i64, combined: bool) -> FiledForm {
    let row = StateRow {
        tax_withheld: Money::from_cents(tax),
        state_and_number: format!("{state} 12-345"),
        income: Money::from_cents(100_00),
    };
    filed.states.push(StateFiling::of(&row, combined));
    filed.form.states.push(row);
    filed
}

pub(crate) fn with_mark(mut filed: FiledForm, mark: Mark) -> FiledForm {
    filed.form.marks.insert(mark);
    filed
}

pub(crate) fn record(record_id: u32) -> OriginalRecord {
    OriginalRecord {
        submission: submission(1),
        record_id,
    }
}

pub(crate) fn submission(submission_id: u32) -> OriginalSubmission {
    OriginalSubmission {
        receipt_id: RECEIPT.to_owned(),
        submission_id,
    }
}

pub(crate) fn type_one(right: FiledForm, record_id: u32) -> Entry {
    Entry::type_one(right, Some(record(record_id)))
}

pub(crate) fn type_two(as_filed: FiledForm, right: FiledForm, record_id: u32) -> Entry {
    Entry::type_two(as_filed, right, Some(record(record_id)))
}
