//! A form with every field filled, texts as long as wanted or as their field takes.

use formfeed_domain::edit::OccupationCode;
use formfeed_domain::form::{
    AddressParts, BoxId, Copy, Form, Mark, PayerBlock, RecipientBlock, StateRow,
};
use formfeed_domain::layout::{FitError, Layout};
use formfeed_domain::{Money, Tin, TinKind};

/// Every field of a copy filled; what is longer than `length` or than its field is cut.
pub(crate) fn filled(layout: &Layout, copy: Copy, length: usize) -> Form {
    let mut form = form_of(layout, copy, length);
    loop {
        match layout.place(&form, 0, copy) {
            Ok(_) => return form,
            Err(FitError::DoesNotFit {
                field,
                available,
                needed,
                ..
            }) => {
                assert!(available < needed);
                shorten(&mut form, &field, available);
            }
            Err(other) => panic!("{} {copy}: {other}", layout.stock.name),
        }
    }
}

fn form_of(layout: &Layout, copy: Copy, length: usize) -> Form {
    let words = "Wg".repeat(length).chars().take(length).collect::<String>();
    // Names have words; a break is looked for near the middle.
    let mut name = words.clone();
    if length > 57 {
        name.replace_range(length / 2..=length / 2, " ");
    }
    let money = Money::from_cents(10_i64.pow(u32::try_from(length.clamp(3, 15)).unwrap() - 1) * 8);
    let tax_year = layout.tax_years[0];
    let row = || StateRow {
        tax_withheld: money,
        state_and_number: words.clone(),
        income: money,
    };
    let parts = || {
        Some(AddressParts {
            unit: words.clone(),
            city: words.clone(),
            state: words.clone(),
            postal_code: words.clone(),
            country: words.clone(),
        })
    };
    let tin = Tin::parse(TinKind::Ssn, "900000001").ok();
    let codes: &[&str] = match layout.field("occupation_code_1", copy) {
        Some(_) => &["101", "999"],
        None => &[],
    };
    Form {
        form_type: layout.form_type,
        tax_year,
        account_number: words.clone(),
        payer: PayerBlock {
            name: name.clone(),
            street: words.clone(),
            city_line: words.clone(),
            parts: parts(),
            phone: words.clone(),
            tin: tin.clone(),
        },
        recipient: RecipientBlock {
            name,
            name_2: String::new(),
            street: words.clone(),
            city_line: words.clone(),
            parts: parts(),
            tin,
        },
        boxes: layout
            .fields
            .iter()
            .filter_map(|field| field.name.strip_prefix("box_"))
            .map(|id| (BoxId::from(id), money))
            .collect(),
        occupation_codes: codes
            .iter()
            .map(|code| code.parse::<OccupationCode>().unwrap())
            .collect(),
        marks: Mark::ALL
            .into_iter()
            .filter(|mark| *mark != Mark::Void && layout.field(mark.as_str(), copy).is_some())
            .collect(),
        states: vec![row(), row()],
    }
}

fn shorten(form: &mut Form, field: &str, available: usize) {
    let payer = &mut form.payer;
    match field {
        "payer" => {
            for line in [
                &mut payer.name,
                &mut payer.street,
                &mut payer.city_line,
                &mut payer.phone,
            ] {
                line.truncate(available);
            }
        }
        "payer_name" => payer.name = format!("{0} {0}", "W".repeat(available / 2)),
        "payer_street" => payer.street.truncate(available),
        "payer_phone" => payer.phone.truncate(available),
        "recipient_name" => {
            form.recipient.name = format!("{0} {0}", "W".repeat(available / 2));
        }
        "street" => form.recipient.street.truncate(available),
        "account" => form.account_number.truncate(available),
        "state_1_number" => form.states[0].state_and_number.truncate(available),
        "state_2_number" => form.states[1].state_and_number.truncate(available),
        _ => match field.strip_prefix("payer_") {
            Some(part) => shorten_part(payer.parts.as_mut().unwrap(), part, available),
            None if field.starts_with("box_") || field.starts_with("state_") => {
                shorten_amount(form, field, available);
            }
            None => {
                form.recipient.city_line.truncate(available);
                shorten_part(form.recipient.parts.as_mut().unwrap(), field, available);
            }
        },
    }
}

fn shorten_part(parts: &mut AddressParts, name: &str, available: usize) {
    match name {
        "unit" => parts.unit.truncate(available),
        "city" => parts.city.truncate(available),
        "state" => parts.state.truncate(available),
        "country" => parts.country.truncate(available),
        "zip" => parts.postal_code.truncate(available),
        other => panic!("no part {other}"),
    }
}

fn shorten_amount(form: &mut Form, field: &str, available: usize) {
    let largest = Money::from_cents(10_i64.pow(u32::try_from(available).unwrap() - 1) - 1);
    match field {
        "state_1_tax" => form.states[0].tax_withheld = largest,
        "state_2_tax" => form.states[1].tax_withheld = largest,
        "state_1_income" => form.states[0].income = largest,
        "state_2_income" => form.states[1].income = largest,
        _ => {
            let id = BoxId::from(field.strip_prefix("box_").unwrap());
            form.boxes.insert(id, largest);
        }
    }
}
