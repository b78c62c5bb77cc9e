//! The small case to the cent: extract → history → 1099 information.

#![allow(clippy::unwrap_used, missing_docs)]

mod small;

use std::collections::BTreeMap;

use formfeed_domain::calculation::{Method, RunContext, Trace, render};
use formfeed_domain::{IncomeType, Money, PayerId, TaxYear};

const PAYERS: [&str; 2] = ["TE1", "TE2"];

fn context(payer_id: &str, method: Method) -> RunContext {
    RunContext {
        payer_id: PayerId::new(payer_id).unwrap(),
        tax_year: TaxYear::new(2025).unwrap(),
        method,
    }
}

#[test]
fn income_first_equals_the_expected_information_of_both_payers() {
    for payer_id in PAYERS {
        let outcomes = small::calculate_all(&context(payer_id, Method::IncomeFirst));
        let expected = small::expected(&format!("INCOME_FIRST-{payer_id}-2025"));
        assert_eq!(small::lines(&outcomes), expected, "{payer_id}");
    }
}

#[test]
fn every_row_is_the_sum_of_the_leaves_of_its_trace() {
    for payer_id in PAYERS {
        for outcome in small::calculate_all(&context(payer_id, Method::IncomeFirst)).values() {
            let leaves = leaves(&outcome.trace);
            for row in outcome.rows() {
                let sum = (row.total_1099_amount, row.taxable_amount);
                assert_eq!(leaves.get(&row.income_type), Some(&sum));
            }
            assert_eq!(outcome.rows().is_empty(), outcome.skipped().is_some());
        }
    }
}

fn leaves(trace: &Trace) -> BTreeMap<IncomeType, (Money, Money)> {
    let mut sums = BTreeMap::<IncomeType, (Money, Money)>::new();
    let mut add = |income_type, total, taxable| {
        let sum = sums.entry(income_type).or_default();
        sum.0 += total;
        sum.1 += taxable;
    };
    let shares = trace.vouchers.iter().flat_map(|v| &v.shares);
    for share in shares.filter(|s| s.left_out.is_none()) {
        add(
            share.income_type,
            share.total_1099_amount,
            share.taxable_amount,
        );
    }
    for payment in &trace.payments {
        let (federal, state) = (payment.federal_tax_withheld, payment.state_tax_withheld);
        add(IncomeType::FederalIncomeTaxWithheld, federal, federal);
        add(IncomeType::StateTaxWithheld, state, state);
    }
    sums
}

#[test]
fn a_stored_trace_reads_back_as_it_was_and_renders() {
    for outcome in small::calculate_all(&context("TE1", Method::IncomeFirst)).values() {
        let json = serde_json::to_string(&outcome.trace).unwrap();
        let back: Trace = serde_json::from_str(&json).unwrap();
        assert_eq!(back, outcome.trace);
        let text = render::render_text(&back);
        for payment in &back.payments {
            assert!(text.contains(payment.payment_id.as_str()));
        }
        for voucher in &back.vouchers {
            assert!(text.contains(voucher.voucher_id.as_str()));
        }
    }
}
