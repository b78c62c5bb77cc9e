//! The worked figures of the documents Formfeed is built after, as an accountant can read and change them:
//! `fixtures/methods/DOCUMENT-YEAR.toml`.

#![allow(clippy::unwrap_used, missing_docs)]

mod case;
mod ledger;
mod proof;

use std::path::PathBuf;

use case::{Case, Fixture};
use formfeed_domain::calculation::{Outcome, RunContext};
use formfeed_domain::eligibility::{Decision, Incomes, Options, decide};
use formfeed_domain::{PayerId, TaxYear, rules};

#[test]
fn the_worked_figures_of_every_document_come_out_to_the_cent() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/methods");
    let mut cases = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let document = path.file_stem().unwrap().to_str().unwrap();
        let year = document.rsplit_once('-').unwrap().1.parse().unwrap();
        let fixture: Fixture = toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        for case in fixture.case {
            runs(document, year, &case);
            cases += 1;
        }
    }
    assert!(cases > 30, "only {cases} cases were found");
}

fn runs(document: &str, year: i32, case: &Case) {
    let context = RunContext {
        payer_id: PayerId::new("A").unwrap(),
        tax_year: TaxYear::new(year).unwrap(),
        method: case.method.parse().unwrap(),
    };
    let outcomes = case.ledger().outcomes(&context);
    let name = format!("{document}: {}", case.name);
    let told: Vec<_> = outcomes.iter().map(in_words).collect();
    assert_eq!(told, case.expect, "{name}");
    let exceptions: Vec<_> = outcomes.iter().flat_map(exceptions_in_words).collect();
    assert_eq!(exceptions, case.exceptions, "{name}");
    if let Some(expected) = &case.forms {
        let forms: Vec<_> = outcomes.iter().flat_map(|o| forms(year, o)).collect();
        assert_eq!(&forms, expected, "{name}");
    }
    for outcome in &outcomes {
        assert_eq!(proof::findings(outcome), [], "{name}");
    }
}

/// `ACME: rents 30.00 of 70.00`, or `ACME: none (flag_never)`.
fn in_words(outcome: &Outcome) -> String {
    let recipient_id = &outcome.trace.recipient_id;
    if let Some(skipped) = outcome.skipped() {
        return format!("{recipient_id}: none ({})", skipped.as_str());
    }
    let rows = outcome.rows().iter().map(|row| {
        let (total, taxable) = (row.total_1099_amount, row.taxable_amount);
        format!("{} {taxable} of {total}", row.income_type)
    });
    format!("{recipient_id}: {}", rows.collect::<Vec<_>>().join(", "))
}

fn exceptions_in_words(outcome: &Outcome) -> Vec<String> {
    let recipient_id = &outcome.trace.recipient_id;
    let exceptions = outcome.exceptions().iter();
    exceptions
        .map(|e| format!("{recipient_id}: {}", e.kind()))
        .collect()
}

/// `ACME: 1099-NEC: 1=700.00`: the boxes of each form, or why there is none.
fn forms(year: i32, outcome: &Outcome) -> Vec<String> {
    let rules = rules::for_year(TaxYear::new(year).unwrap()).unwrap();
    let rows = outcome.rows().iter();
    let amounts: Incomes = rows
        .map(|row| (row.income_type, row.taxable_amount))
        .collect();
    let decisions = decide(&amounts, rules, Options::default()).into_iter();
    let form = |(form_type, decision)| match decision {
        Decision::NoForm(none) => {
            format!("{}: {form_type} none: {none}", outcome.trace.recipient_id)
        }
        Decision::Form(content) => {
            let mut boxes: Vec<_> = content.boxes.iter().collect();
            boxes.sort_by_key(|(id, _)| (id.0.len(), id.0.clone()));
            let boxes = boxes.iter().map(|(id, amount)| format!(" {id}={amount}"));
            let boxes: String = boxes.collect();
            format!("{}: {form_type}:{boxes}", outcome.trace.recipient_id)
        }
    };
    decisions.map(form).collect()
}
