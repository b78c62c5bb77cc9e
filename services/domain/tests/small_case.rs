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

fn every_run() -> impl Iterator<Item = (&'static str, Method)> {
    let payers = PAYERS.into_iter();
    payers.flat_map(|payer_id| Method::ALL.map(|method| (payer_id, method)))
}

#[test]
fn every_method_equals_the_expected_information_of_both_payers() {
    for (payer_id, method) in every_run() {
        let outcomes = small::calculate_all(&context(payer_id, method));
        let expected = small::expected(&format!("{method}-{payer_id}-2025"));
        assert_eq!(small::lines(&outcomes), expected, "{method} {payer_id}");
    }
}

#[test]
fn every_row_is_the_sum_of_the_leaves_of_its_trace() {
    for (payer_id, method) in every_run() {
        for outcome in small::calculate_all(&context(payer_id, method)).values() {
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
        if let Some(share) = &payment.share
            && let (Some(income_type), None) = (share.income_type, share.left_out)
        {
            add(income_type, share.amount, share.amount);
        }
        let (federal, state) = (payment.federal_tax_withheld, payment.state_tax_withheld);
        add(IncomeType::FederalIncomeTaxWithheld, federal, federal);
        add(IncomeType::StateTaxWithheld, state, state);
    }
    sums
}

#[test]
fn a_stored_trace_reads_back_as_it_was_and_renders() {
    for (payer_id, method) in every_run() {
        for outcome in small::calculate_all(&context(payer_id, method)).values() {
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
}
