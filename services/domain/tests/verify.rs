//! Every proof of the small case holds, and a cent planted anywhere in one does not stay hidden.

#![allow(clippy::unwrap_used, missing_docs)]

mod proof;
mod small;

use std::collections::{BTreeMap, BTreeSet};

use formfeed_domain::calculation::{Method, Outcome, RunContext};
use formfeed_domain::verify::{Kept, Proof, check, without_trace};
use formfeed_domain::{IncomeType, PayerId, TaxYear};
use serde_json::Value;

/// Every outcome of the small case, by all methods.
fn every_outcome() -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for payer_id in ["TE1", "TE2"] {
        for method in Method::ALL {
            let context = RunContext {
                payer_id: PayerId::new(payer_id).unwrap(),
                tax_year: TaxYear::new(2025).unwrap(),
                method,
            };
            outcomes.extend(small::calculate_all(&context).into_values());
        }
    }
    outcomes
}

#[test]
fn every_proof_of_the_small_case_holds_in_every_method() {
    let mut amounts = 0;
    for outcome in every_outcome() {
        let proof = check(&json(&outcome).to_string(), &proof::kept(&outcome));
        let found: Vec<_> = proof.findings.iter().map(ToString::to_string).collect();
        assert!(found.is_empty(), "{}: {found:#?}", outcome.trace.method);
        amounts += proof.amounts;
    }
    assert!(amounts > 5_000, "only {amounts} amounts were worked out");
}

fn json(outcome: &Outcome) -> Value {
    serde_json::to_value(&outcome.trace).unwrap()
}

/// Every amount of a document, by its JSON pointer.
fn amounts(value: &Value, pointer: &str, found: &mut Vec<String>) {
    match value {
        Value::String(text) if is_amount(text) => found.push(pointer.to_owned()),
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                amounts(item, &format!("{pointer}/{at}"), found);
            }
        }
        Value::Object(fields) => {
            for (field, value) in fields {
                amounts(value, &format!("{pointer}/{field}"), found);
            }
        }
        _ => {}
    }
}

fn is_amount(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let parts = digits.split_once('.');
    let number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    parts.is_some_and(|(whole, cents)| number(whole) && number(cents) && cents.len() == 2)
}

/// The same amount with a cent more.
fn a_cent_more(amount: &str) -> String {
    let cents: i64 = amount.replace('.', "").parse().unwrap();
    formfeed_domain::Money::from_cents(cents + 1).to_string()
}

/// A pointer without its numbers: `/vouchers/shares/taxable_amount`.
fn kind(pointer: &str) -> String {
    let named = |part: &&str| part.parse::<usize>().is_err();
    pointer
        .split('/')
        .filter(named)
        .collect::<Vec<_>>()
        .join("/")
}

/// How often a planted cent was found, of how often, by the kind of amount it was planted in.
fn plant_everywhere() -> BTreeMap<String, (usize, usize)> {
    let mut counts = BTreeMap::<_, (usize, usize)>::new();
    for outcome in every_outcome() {
        let (whole, kept) = (json(&outcome), proof::kept(&outcome));
        let mut pointers = Vec::new();
        amounts(&whole, "", &mut pointers);
        for pointer in pointers {
            let mut planted = whole.clone();
            let amount = planted.pointer_mut(&pointer).unwrap();
            *amount = a_cent_more(amount.as_str().unwrap()).into();
            let found = !check(&planted.to_string(), &kept).findings.is_empty();
            let count = counts.entry(kind(&pointer)).or_default();
            count.0 += usize::from(found);
            count.1 += 1;
        }
    }
    counts
}

#[test]
fn a_cent_planted_in_any_amount_that_follows_from_others_is_always_found() {
    let counts = plant_everywhere();
    // Facts nothing else in a trace can witness, or only where a cent tips the scale.
    let facts = BTreeSet::from([
        "/exceptions/applied",
        "/exceptions/cash",
        "/exceptions/gross",
        "/exceptions/invoice_amount",
        "/exceptions/taxable_amount",
        "/exceptions/withheld",
        "/payments/by_applications/federal_tax_withheld",
        "/payments/by_applications/recipients/applied",
        "/payments/by_applications/state_tax_withheld",
        "/payments/gross",
        "/vouchers/invoice_amount",
        "/vouchers/lines/net",
        "/vouchers/lines/sales_tax",
        "/vouchers/payments/applied",
        "/vouchers/payments/discount",
    ]);
    for (kind, (found, planted)) in &counts {
        let always = found == planted;
        assert!(
            always || facts.contains(kind.as_str()),
            "{kind}: {found} of {planted}"
        );
    }
    for level in [
        "/rows/taxable_amount",
        "/rows/total_1099_amount",
        "/vouchers/cash",
        "/vouchers/prior",
        "/vouchers/voided",
        "/vouchers/reportable",
        "/vouchers/income",
        "/vouchers/types/taxable_amount",
        "/vouchers/pairs/taxable_amount",
        "/vouchers/pairs/cash",
        "/vouchers/payments/parts/amount",
        "/vouchers/shares/line_total",
        "/vouchers/shares/total_1099_amount",
        "/vouchers/shares/taxable_amount",
        "/payments/received",
        "/payments/federal_tax_withheld",
        "/payments/state_tax_withheld",
        "/payments/share/amount",
    ] {
        assert!(counts.contains_key(level), "no cent was planted in {level}");
    }
}
