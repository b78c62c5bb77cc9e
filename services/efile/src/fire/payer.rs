//! The A record.

use super::amounts::AmountCodes;
use super::record::Record;
use super::rules::{Place, phone};
use crate::fault::Finder;
use crate::iris::control;
use crate::model::{PayerForms, Transmission};
use crate::sums::Sums;
use crate::wording::FIRE_NAME;

pub(super) fn record(
    finder: &mut Finder,
    transmission: &Transmission,
    group: &PayerForms,
    codes: &AmountCodes,
    sums: &Sums,
) -> Record {
    let payer = &group.payer;
    let mut record = Record::new('A');
    record.text(2, 4, &transmission.tax_year.to_string());
    record.flag(6, !sums.combined.is_empty());
    record.text(12, 9, payer.tin.digits());
    record.text(
        21,
        4,
        &control(finder, "payer", &payer.name, payer.name_control.as_deref()),
    );
    record.flag(25, payer.last_filing);
    record.text(26, 2, &codes.type_of_return);
    record.text(28, 16, &codes.used(&sums.by_box));
    record.flag(52, payer.foreign);
    let line = FIRE_NAME.with_max(40);
    let (line_1, line_2) = payer.name.lines();
    if line_1.trim().is_empty() {
        finder.reject(line.rule, "payer name", "is missing", "give it");
    }
    let name = finder.two_lines("payer name", [&line, &line], [&line_1, &line_2]);
    record.text(53, 40, &name[0]);
    record.text(93, 40, &name[1]);
    record.text(133, 1, "0");
    let place = Place::read(finder, "payer", &payer.address);
    record.text(134, 40, &place.street);
    record.text(174, 40, &place.city);
    record.text(214, 2, &place.state);
    record.text(216, 9, &place.zip);
    record.text(225, 15, &phone(finder, "payer phone", &payer.phone));
    record
}
