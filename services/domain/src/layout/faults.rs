//! Everything about a form that a layout cannot take, not only the first thing.

use super::{FitError, Layout};
use crate::form::{BoxId, Copy, Form, Mark};

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
        "payer_tin" => payer.tin = None,
        "recipient_tin" => recipient.tin = None,
        "recipient_name" => {
            recipient.name.clear();
            recipient.name_2.clear();
        }
        "street" => recipient.street.clear(),
        "city" => recipient.city_line.clear(),
        "account" => form.account_number.clear(),
        state if state.starts_with("state_") => form.states.clear(),
        other => {
            form.boxes
                .retain(|BoxId(id), _| other != format!("box_{id}"));
            form.marks.retain(|mark: &Mark| mark.as_str() != other);
        }
    }
    *form != before
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
                phone: String::new(),
                tin: None,
            },
            recipient: RecipientBlock {
                name: "Ada Pump".to_owned(),
                name_2: String::new(),
                street: "1 Quay".to_owned(),
                city_line: String::new(),
                tin: None,
            },
            boxes: BTreeMap::from([(BoxId::from("1"), Money::from_cents(600_00))]),
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
