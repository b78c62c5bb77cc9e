//! Every proof of the small case holds, and a cent planted anywhere in one does not stay hidden.

#![allow(clippy::unwrap_used, missing_docs)]

mod ledger;
mod proof;
mod small;

use std::collections::{BTreeMap, BTreeSet};

use formfeed_domain::calculation::{Method, Outcome, RunContext};
use formfeed_domain::verify::{Kept, KeptRow, check, without_trace};
use formfeed_domain::{AccountId, CashAccountId, IncomeType, Money, PayerId, TaxYear, VendorId};
use ledger::{Ledger, by, code};
use serde_json::{Value, json};

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
        let proof = check(&document(&outcome).to_string(), &proof::kept(&outcome));
        let found: Vec<_> = proof.findings.iter().map(ToString::to_string).collect();
        assert!(found.is_empty(), "{}: {found:#?}", outcome.trace.method);
        amounts += proof.amounts;
    }
    assert!(amounts > 5_000, "only {amounts} amounts were worked out");
}

fn document(outcome: &Outcome) -> Value {
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

/// A history with a bit of everything: shared vouchers, voids, tax kept back without a pay vendor, codes, credits.
fn rich() -> Ledger {
    let mut ledger = Ledger::new();
    ledger.account("6100", IncomeType::Rents);
    for id in ["V1", "V2"] {
        ledger.vendor(id);
    }
    let (rents, royalties) = (Some(IncomeType::Rents), Some(IncomeType::Royalties));
    let lines = [(rents, 107_00), (royalties, 33_33), (None, 60_00)];
    ledger.voucher("R", "V1", &lines);
    ledger.voucher("S", "V2", &lines);
    ledger.voucher("C", "V2", &[(rents, -10_00)]);
    ledger.voucher_of("S").vendor_of_record_id = VendorId::new("V1").ok();
    for (voucher, line) in [("R", 1), ("R", 2), ("S", 1), ("S", 3), ("C", 1)] {
        ledger.line(voucher, line).account_id = AccountId::new("6100").ok();
    }
    for voucher in ["R", "S"] {
        ledger.line(voucher, 1).sales_tax = Money::from_cents(7_00);
    }
    ledger.codes("S", 2, "RO", "");
    ledger.codes("S", 3, "", "EX");
    ledger.check("P1", Some("V1"), "2024-05-01", &[("R", 20_00)]);
    ledger.check("P2", Some("V1"), "2025-05-01", &[("R", 50_01)]);
    ledger.check("P3", Some("V2"), "2025-05-02", &[("R", 33_33)]);
    ledger
        .check(
            "P4",
            Some("V2"),
            "2025-05-03",
            &[("R", 11_11), ("C", -1_00)],
        )
        .cash_account_id = CashAccountId::new("B").unwrap();
    ledger
        .check("P5", Some("V1"), "2025-05-04", &[("R", 5_00)])
        .void_date = "2025-06-01".parse().ok();
    let shared = ledger.check("P6", None, "2025-05-05", &[("R", 7_00), ("S", 90_00)]);
    shared.amount = Money::from_cents(67_00);
    shared.federal_tax_withheld = Money::from_cents(20_00);
    shared.state_tax_withheld = Money::from_cents(10_00);
    for (id, text) in [("P7", "RE"), ("P8", "")] {
        let payment = ledger.check(id, Some("V2"), "2025-05-06", &[]);
        payment.amount = Money::from_cents(40_00);
        payment.account_id = AccountId::new("6100").ok();
        payment.relate_to_1 = code(text);
    }
    ledger
        .check(
            "P9",
            Some("V2"),
            "2025-05-07",
            &[("S", 60_00), ("C", -4_00)],
        )
        .relate_to_1 = code("RO");
    ledger
}

/// How often a planted cent was found, of how often, by the kind of amount it was planted in.
fn plant_everywhere() -> BTreeMap<String, (usize, usize)> {
    let mut counts = BTreeMap::<_, (usize, usize)>::new();
    let of_small = every_outcome().into_iter().step_by(4);
    let rich = rich();
    let of_rich = Method::ALL
        .into_iter()
        .flat_map(|method| rich.outcomes(&by(method)));
    for outcome in of_rich.chain(of_small) {
        let (whole, kept) = (document(&outcome), proof::kept(&outcome));
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

/// A voucher of 100.00 with 70.00 of rent; 40.00 paid last year, 60.00 this year: 30.00 is income.
fn rent() -> (Value, Kept) {
    let mut ledger = Ledger::new();
    ledger.vendor("V1");
    let lines = [(Some(IncomeType::Rents), 70_00), (None, 30_00)];
    ledger.voucher("R", "V1", &lines);
    ledger.check("P1", Some("V1"), "2024-12-31", &[("R", 40_00)]);
    let payment = ledger.check("P2", Some("V1"), "2025-01-01", &[("R", 60_00)]);
    payment.amount = Money::from_cents(48_00);
    payment.federal_tax_withheld = Money::from_cents(12_00);
    let outcome = ledger.outcome("A", "V1");
    (document(&outcome), proof::kept(&outcome))
}

fn told(trace: &Value, kept: &Kept) -> Vec<String> {
    let findings = check(&trace.to_string(), kept).findings;
    findings.iter().map(ToString::to_string).collect()
}

#[test]
fn a_cent_off_is_told_with_recipient_voucher_expected_and_found_at_every_level() {
    let (whole, kept) = rent();
    assert_eq!(told(&whole, &kept), [""; 0]);
    for (pointer, planted, expected) in [
        (
            "/vouchers/0/payments/0/applied",
            "40.01",
            "recipient V1, voucher R: cash of prior years: expected 40.01, found 40.00",
        ),
        (
            "/vouchers/0/payments/1/applied",
            "60.01",
            "recipient V1, voucher R: cash of the year: expected 60.01, found 60.00",
        ),
        (
            "/vouchers/0/lines/0/net",
            "70.01",
            "recipient V1, voucher R: reportable lines: expected 70.01, found 70.00",
        ),
        (
            "/vouchers/0/income",
            "30.01",
            "recipient V1, voucher R: income: expected 30.00, found 30.01",
        ),
        (
            "/vouchers/0/shares/0/taxable_amount",
            "30.01",
            "recipient V1, voucher R: share of rents: taxable: expected 30.00, found 30.01",
        ),
        (
            "/vouchers/0/shares/0/total_1099_amount",
            "69.99",
            "recipient V1, voucher R: share of rents: total: expected 70.00, found 69.99",
        ),
        (
            "/payments/0/received",
            "60.01",
            "recipient V1, payment P2: received: expected 60.00, found 60.01",
        ),
        (
            "/payments/0/federal_tax_withheld",
            "12.01",
            "recipient V1: row of federal_income_tax_withheld: taxable: expected 12.01, found 12.00",
        ),
        (
            "/rows/0/taxable_amount",
            "30.01",
            "recipient V1: row of rents: taxable: expected 30.00, found 30.01",
        ),
    ] {
        let mut trace = whole.clone();
        *trace.pointer_mut(pointer).unwrap() = planted.into();
        let told = told(&trace, &kept);
        assert!(
            told.iter().any(|told| told == expected),
            "{pointer}: {told:#?}"
        );
    }
}

#[test]
fn stored_rows_that_are_not_the_traces_are_found() {
    let (trace, kept) = rent();
    let mut off = kept.clone();
    off.rows[0].taxable_cents += 1;
    let finding = "recipient V1: stored row of rents: taxable: expected 30.00, found 30.01";
    assert_eq!(told(&trace, &off), [finding]);
    let mut lost = kept.clone();
    lost.rows.remove(0);
    let findings = told(&trace, &lost);
    assert!(findings.contains(
        &"recipient V1: stored row of rents: taxable: expected 30.00, found 0.00".to_owned()
    ));
    let mut more = kept.clone();
    more.rows.push(KeptRow {
        income_type: "royalties".to_owned(),
        total_cents: 1,
        taxable_cents: 1,
    });
    let findings = told(&trace, &more);
    assert!(findings.contains(
        &"recipient V1: stored row of royalties: taxable: expected 0.00, found 0.01".to_owned()
    ));
    let skipped = Kept {
        rows: Vec::new(),
        skipped: Some("flag_never".to_owned()),
        ..kept
    };
    let findings = told(&trace, &skipped);
    assert!(findings.contains(
        &"recipient V1: stored reason of no rows: expected nothing, found flag_never".to_owned()
    ));
}

#[test]
fn a_rule_that_does_not_follow_from_the_vendor_is_found() {
    let (whole, kept) = rent();
    for (pointer, value) in [
        ("/flag_1099", json!("N")),
        ("/flag_1099", json!("D")),
        ("/vouchers/0/payments/0/standing", json!("this_year")),
        ("/vouchers/0/payments/0/standing", json!("voided")),
        ("/vouchers/0/payments/1/recipient_id", json!("V2")),
        ("/vouchers/0/payments/1/payer_id", json!("B")),
        ("/vouchers/0/lines/0/income_type", json!("royalties")),
        ("/payments/0/standing", json!("later_year")),
        ("/payments/0/method", json!("stripe")),
        ("/payments/0/payment_date", json!("2024-01-01")),
    ] {
        let mut trace = whole.clone();
        *trace.pointer_mut(pointer).unwrap() = value;
        assert!(!told(&trace, &kept).is_empty(), "{pointer}");
    }
}

#[test]
fn a_trace_that_is_missing_unreadable_or_anothers_is_a_finding() {
    let (trace, kept) = rent();
    let missing = without_trace("V1").findings;
    assert_eq!(
        missing[0].to_string(),
        "recipient V1: trace: expected a trace, found none"
    );
    let broken = check("{", &kept).findings;
    assert!(
        broken[0]
            .to_string()
            .starts_with("recipient V1: trace: expected a trace that can be read")
    );
    let other = Kept {
        recipient_id: "V2".to_owned(),
        payer_id: "B".to_owned(),
        tax_year: 2024,
        ..kept
    };
    let findings = told(&trace, &other);
    assert_eq!(
        findings[..3],
        [
            "recipient V2: trace: payer: expected B, found A",
            "recipient V2: trace: tax year: expected 2024, found 2025",
            "recipient V2: trace: recipient: expected V2, found V1",
        ]
    );
}
