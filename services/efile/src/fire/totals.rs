//! The C, K and F records.

use std::collections::BTreeMap;

use formfeed_domain::Money;
use formfeed_domain::form::BoxId;

use super::amounts::AmountCodes;
use super::record::Record;
use crate::places;
use crate::sums::{StateSums, Sums};

/// C: what the B records of one A record add up to.
pub(super) fn control(codes: &AmountCodes, sums: &Sums) -> Record {
    with_totals('C', codes, sums.forms, &sums.by_box)
}

/// K: the same for one state in combined filing.
pub(super) fn state(codes: &AmountCodes, state: &str, sums: &StateSums) -> Record {
    let mut record = with_totals('K', codes, sums.forms, &sums.by_box);
    record.money(707, 18, sums.state_withheld);
    record.money(725, 18, sums.local_withheld);
    record.text(747, 2, places::fire_code(state).unwrap_or_default());
    record
}

/// F: the end of the file.
pub(super) fn end(payers: u32, payees: u64) -> Record {
    let mut record = Record::new('F');
    record.number(2, 8, u64::from(payers));
    record.number(10, 21, 0);
    record.number(50, 8, payees);
    record
}

fn with_totals(
    kind: char,
    codes: &AmountCodes,
    forms: u64,
    by_box: &BTreeMap<BoxId, Money>,
) -> Record {
    let mut record = Record::new(kind);
    record.number(2, 8, forms);
    let boxes = by_box.iter().map(|(id, amount)| (id, *amount));
    for (place, total) in codes.fields(boxes).into_iter().enumerate() {
        record.money(16 + 18 * place, 18, total);
    }
    record
}
