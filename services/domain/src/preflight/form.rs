//! What fits the stock.

use std::collections::BTreeMap;

use super::{Finding, Kind, Severity};
use crate::form::{Copy, Form};
use crate::layout::{FitError, Layout};
use crate::typeset::substitutions;

/// Checks a form on every layout it may be printed with. What no layout takes is blocking; what another stock takes is a
/// warning that names the stock. What stands in the payer's block is the payer's.
pub fn of_form(form: &Form, copy: Copy, layouts: &[&Layout], payer_id: &str) -> Vec<Finding> {
    let mut by_field: BTreeMap<String, Vec<(&str, FitError)>> = BTreeMap::new();
    for layout in layouts {
        for fault in layout.faults(form, copy) {
            let field = fault.field().unwrap_or_default().to_owned();
            by_field
                .entry(field)
                .or_default()
                .push((&layout.stock.name, fault));
        }
    }
    let findings = by_field.into_iter().filter_map(|(field, faults)| {
        let (_, first) = faults.first()?;
        let severity = match faults.len() == layouts.len() {
            true => Severity::Blocking,
            false => Severity::Warning,
        };
        let kind = match first {
            FitError::Unprintable { .. } => Kind::Unprintable,
            _ => Kind::DoesNotFit,
        };
        let record = match field.starts_with("payer") {
            true => format!("payers/{payer_id}"),
            false => format!("vendors/{}", form.account_number),
        };
        let stocks: Vec<_> = faults.iter().map(|(stock, _)| *stock).collect();
        let effect = format!(
            "Form {} cannot be printed on {}: {}",
            form.form_type,
            stocks.join(" and "),
            told(first)
        );
        Some(Finding::new(kind, severity, record, effect))
    });
    findings.collect()
}

/// Letters that preprinted stock has no sign for and that print as others, of the recipient's block and the payer's.
pub fn replaced(form: &Form, payer_id: &str) -> Vec<Finding> {
    let (payer, recipient) = (&form.payer, &form.recipient);
    let of_payer = [&payer.name, &payer.street, &payer.city_line, &payer.phone];
    let of_recipient = [
        &recipient.name,
        &recipient.name_2,
        &recipient.street,
        &recipient.city_line,
    ];
    let blocks = [
        (format!("vendors/{}", form.account_number), of_recipient),
        (format!("payers/{payer_id}"), of_payer),
    ];
    let findings = blocks.into_iter().filter_map(|(record, texts)| {
        let text: String = texts.into_iter().map(String::as_str).collect();
        let letters = substitutions(&text);
        if letters.is_empty() {
            return None;
        }
        let told = letters.iter().map(|letter| match letter.to.as_str() {
            "" => format!("{} left out", letter.from.escape_unicode()),
            to => format!("{} as {to}", letter.from),
        });
        let told = told.collect::<Vec<_>>().join(", ");
        let effect = format!("Preprinted stock shows {told}");
        Some(Finding::new(
            Kind::ReplacedLetters,
            Severity::Note,
            record,
            effect,
        ))
    });
    findings.collect()
}

/// The fault without the account number, which the record tells.
fn told(fault: &FitError) -> String {
    match fault {
        FitError::DoesNotFit {
            field,
            needed,
            available,
            ..
        } => {
            format!("{field} needs {needed} characters and has room for {available}")
        }
        FitError::Unprintable { source, .. } => source.to_string(),
        FitError::Negative { field, .. } => format!("{field} is negative"),
        FitError::NoField { field, .. } => format!("there is no field {field}"),
        other => other.to_string(),
    }
}
