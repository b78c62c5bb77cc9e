//! What differs between a form as filed and as it would be filed today.

use std::collections::BTreeSet;

use super::Field;
use crate::Money;
use crate::form::{BoxId, Form, Mark, RecipientBlock, StateRow};

/// One difference. Never holds a TIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The amount of a box; zero where the form has none.
    Amount {
        /// The box.
        box_id: BoxId,
        /// As filed.
        old: Money,
        /// As it should be.
        new: Money,
    },
    /// The X of a box.
    Mark {
        /// The box.
        mark: Mark,
        /// Whether it has an X now; it had none before, or the other way round.
        is_set: bool,
    },
    /// A line of text: name, address, codes, state row.
    Text {
        /// Which.
        field: Field,
        /// As filed.
        old: String,
        /// As it should be.
        new: String,
    },
    /// The recipient's number.
    Tin,
}

impl Change {
    /// The field that was wrong.
    pub fn field(&self) -> Field {
        match self {
            Self::Amount { .. } => Field::Amount,
            Self::Mark { .. } => Field::Mark,
            Self::Text { field, .. } => *field,
            Self::Tin => Field::Tin,
        }
    }
}

/// Everything that differs. The numbers are compared by the caller, who has them: the forms come without.
///
/// The payer's own lines are not compared: a wrong payer is no correction of a form. Nor is "2nd TIN not.": it asks
/// the IRS for something and follows notices that come after filing.
pub fn compare(filed: &Form, today: &Form, is_same_tin: bool) -> Vec<Change> {
    let mut changes = Vec::new();
    if !is_same_tin {
        changes.push(Change::Tin);
    }
    let text =
        |field, old: String, new: String| (old != new).then_some(Change::Text { field, old, new });
    let (old, new) = (&filed.recipient, &today.recipient);
    changes.extend(text(Field::Name, name_of(old), name_of(new)));
    changes.extend(text(Field::Address, address_of(old), address_of(new)));
    changes.extend(amounts(filed, today));
    for mark in [Mark::DirectSales, Mark::Fatca] {
        let is_set = today.marks.contains(&mark);
        if is_set != filed.marks.contains(&mark) {
            changes.push(Change::Mark { mark, is_set });
        }
    }
    changes.extend(text(Field::Code, codes_of(filed), codes_of(today)));
    let rows = filed.states.len().max(today.states.len());
    for row in 0..rows {
        let of = |form: &Form| form.states.get(row).map_or_else(String::new, state_of);
        changes.extend(text(Field::State, of(filed), of(today)));
    }
    changes
}

fn amounts<'a>(filed: &'a Form, today: &'a Form) -> impl Iterator<Item = Change> + use<'a> {
    let boxes: BTreeSet<_> = filed.boxes.keys().chain(today.boxes.keys()).collect();
    let amount = |form: &Form, id: &BoxId| form.boxes.get(id).copied().unwrap_or(Money::ZERO);
    boxes.into_iter().filter_map(move |id| {
        let (old, new) = (amount(filed, id), amount(today, id));
        (old != new).then(|| Change::Amount {
            box_id: id.clone(),
            old,
            new,
        })
    })
}

fn name_of(recipient: &RecipientBlock) -> String {
    joined([&recipient.name, &recipient.name_2], " ")
}

fn address_of(recipient: &RecipientBlock) -> String {
    joined([&recipient.street, &recipient.city_line], ", ")
}

fn joined(lines: [&String; 2], between: &str) -> String {
    let lines: Vec<_> = lines.into_iter().map(|line| line.trim()).collect();
    let filled: Vec<_> = lines.into_iter().filter(|line| !line.is_empty()).collect();
    filled.join(between)
}

fn codes_of(form: &Form) -> String {
    let codes: Vec<_> = form.occupation_codes.iter().map(|c| c.as_str()).collect();
    codes.join(" ")
}

fn state_of(row: &StateRow) -> String {
    format!(
        "{} {} {}",
        row.state_and_number, row.tax_withheld, row.income
    )
}
