//! Everything about a form that a layout cannot take, not only the first thing.

use super::{FitError, Layout};
use crate::form::{AddressParts, BoxId, Copy, Form, Mark};

impl Layout {
    /// Every field of a form that cannot be printed here as it should; none when [`Layout::place`] would place it.
    pub fn faults(&self, form: &Form, copy: Copy) -> Vec<FitError> {
        let mut rest = form.clone();
        let mut faults = Vec::new();
        while let Err(fault) = self.place(&rest, 0, copy) {
            let goes_on = fault.field().is_some_and(|field| blank(&mut rest, field));
            faults.push(fault);
            if !goes_on {
                break;
            }
        }
        faults
    }
}

/// Empties a field, and says whether there was anything in it.
fn blank(form: &mut Form, field: &str) -> bool {
    let before = form.clone();
    let (payer, recipient) = (&mut form.payer, &mut form.recipient);
    match field {
        "payer" => {
            for line in [
                &mut payer.name,
                &mut payer.street,
                &mut payer.city_line,
                &mut payer.phone,
            ] {
                line.clear();
            }
        }
        "payer_name" => payer.name.clear(),
        "payer_street" => payer.street.clear(),
        "payer_phone" => payer.phone.clear(),
        "payer_tin" => payer.tin = None,
        "recipient_tin" => recipient.tin = None,
        "recipient_name" => {
            recipient.name.clear();
            recipient.name_2.clear();
        }
        "street" => recipient.street.clear(),
        "account" => form.account_number.clear(),
        "city" => {
            recipient.city_line.clear();
            recipient.parts = without_city(recipient.parts.take());
        }
        "payer_city" => {
            payer.city_line.clear();
            payer.parts = without_city(payer.parts.take());
        }
        code if code.starts_with("occupation_code_") => form.occupation_codes.clear(),
        row if row.starts_with("state_") => form.states.clear(),
        other => {
            if let Some(part) = part(form, other) {
                part.clear();
            }
            form.boxes
                .retain(|BoxId(id), _| other != format!("box_{id}"));
            form.marks.retain(|mark: &Mark| mark.as_str() != other);
        }
    }
    *form != before
}

fn without_city(parts: Option<AddressParts>) -> Option<AddressParts> {
    parts.map(|parts| AddressParts {
        city: String::new(),
        ..parts
    })
}

/// The part of an address that stands in a field of its own.
fn part<'f>(form: &'f mut Form, field: &str) -> Option<&'f mut String> {
    let (parts, name) = match field.strip_prefix("payer_") {
        Some(name) => (form.payer.parts.as_mut()?, name),
        None => (form.recipient.parts.as_mut()?, field),
    };
    match name {
        "unit" => Some(&mut parts.unit),
        "state" => Some(&mut parts.state),
        "country" => Some(&mut parts.country),
        "zip" => Some(&mut parts.postal_code),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::form::{FormType, PayerBlock, RecipientBlock};
    use crate::{Money, TaxYear, stock};

    #[test]
    fn a_form_with_three_faults_has_all_three_named() {
        let year = TaxYear::new(2025).unwrap();
        let stock = stock::find("nec-3up").unwrap();
        let layout = super::super::find(FormType::Nec, year, Copy::A, stock).unwrap();
        let mut form = Form {
            form_type: FormType::Nec,
            tax_year: year,
            account_number: "V1".to_owned(),
            payer: PayerBlock {
                name: "Acme".to_owned(),
                street: String::new(),
                city_line: String::new(),
                parts: None,
                phone: String::new(),
                tin: None,
            },
            recipient: RecipientBlock {
                name: "Ada Pump".to_owned(),
                name_2: String::new(),
                street: "1 Quay".to_owned(),
                city_line: String::new(),
                parts: None,
                tin: None,
            },
            boxes: BTreeMap::from([(BoxId::from("1"), Money::from_cents(600_00))]),
            occupation_codes: Vec::new(),
            marks: BTreeSet::new(),
            states: Vec::new(),
        };
        assert_eq!(layout.faults(&form, Copy::A), []);
        form.recipient.name = "word ".repeat(60);
        form.recipient.street = "中".to_owned();
        form.payer.name = "x".repeat(300);
        let faults = layout.faults(&form, Copy::A);
        let fields: Vec<_> = faults.iter().map(|fault| fault.field().unwrap()).collect();
        assert_eq!(fields, ["payer", "recipient_name", "street"]);
    }
}
