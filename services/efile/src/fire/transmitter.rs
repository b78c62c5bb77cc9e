//! The T record.

use super::record::Record;
use super::rules::{Place, phone};
use crate::fault::Finder;
use crate::model::Transmission;
use crate::wording::{FIRE_EMAIL, FIRE_LINE, FIRE_NAME};

pub(super) fn record(finder: &mut Finder, transmission: &Transmission, payees: u64) -> Record {
    let transmitter = &transmission.transmitter;
    let mut record = Record::new('T');
    record.text(2, 4, &transmission.tax_year.to_string());
    record.text(6, 1, if transmission.prior_year { "P" } else { "" });
    record.text(7, 9, transmitter.tin.digits());
    record.text(16, 5, &transmitter.control_code.to_ascii_uppercase());
    record.text(
        28,
        1,
        if transmission.environment.is_test() {
            "T"
        } else {
            ""
        },
    );
    record.flag(29, transmitter.foreign);
    let line = FIRE_NAME.with_max(40);
    let (line_1, line_2) = transmitter.name.lines();
    if line_1.trim().is_empty() {
        finder.reject(line.rule, "transmitter name", "is missing", "give it");
    }
    let name = finder.two_lines("transmitter name", [&line, &line], [&line_1, &line_2]);
    record.text(30, 40, &name[0]);
    record.text(70, 40, &name[1]);
    let company = finder.two_lines("company name", [&line, &line], [&transmitter.company, ""]);
    record.text(110, 40, &company[0]);
    record.text(150, 40, &company[1]);
    let place = Place::read(finder, "company", &transmitter.address);
    record.text(190, 40, &place.street);
    record.text(230, 40, &place.city);
    record.text(270, 2, &place.state);
    record.text(272, 9, &place.zip);
    record.number(296, 8, payees);
    let contact = &transmitter.contact;
    record.text(
        304,
        40,
        &finder.required("contact name", &FIRE_LINE, &contact.name),
    );
    if contact.phone.trim().is_empty() {
        finder.reject("FIRE-PHONE", "contact phone", "is missing", "give it");
    }
    record.text(344, 15, &phone(finder, "contact phone", &contact.phone));
    record.text(
        359,
        50,
        &finder.text("contact e-mail", &FIRE_EMAIL, &contact.email),
    );
    write_vendor(&mut record, finder, transmission);
    record
}

fn write_vendor(record: &mut Record, finder: &mut Finder, transmission: &Transmission) {
    let Some(vendor) = &transmission.software.vendor else {
        record.text(518, 1, "I");
        return;
    };
    let place = Place::read(finder, "vendor", &vendor.address);
    record.text(518, 1, "V");
    record.text(
        519,
        40,
        &finder.required("vendor name", &FIRE_NAME.with_max(40), &vendor.name),
    );
    record.text(559, 40, &place.street);
    record.text(599, 40, &place.city);
    record.text(639, 2, &place.state);
    record.text(641, 9, &place.zip);
    record.text(
        650,
        40,
        &finder.text("vendor contact name", &FIRE_LINE, &vendor.contact.name),
    );
    record.text(
        690,
        15,
        &phone(finder, "vendor contact phone", &vendor.contact.phone),
    );
    record.flag(740, vendor.foreign);
}
