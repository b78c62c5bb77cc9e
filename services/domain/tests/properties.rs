//! What must hold of any history whatever, in every method.

#![allow(clippy::unwrap_used, missing_docs)]

mod any_ledger;
mod ledger;
mod proof;

use std::collections::BTreeMap;

use any_ledger::any_ledger;
use formfeed_domain::calculation::trace::{AppliedTrace, VoucherTrace};
use formfeed_domain::calculation::{Method, Outcome, RunContext, Standing};
use formfeed_domain::{CashAccountId, IncomeType, Money, PayerId, PaymentId, TaxYear, VendorId};
use ledger::{Ledger, rows};
use proptest::prelude::*;

const YEARS: [i32; 3] = [2024, 2025, 2026];

/// What every payer's run comes to for a year.
fn all(ledger: &Ledger, method: Method, year: i32) -> Vec<Outcome> {
    let context = |payer_id: PayerId| RunContext {
        payer_id,
        tax_year: TaxYear::new(year).unwrap(),
        method,
    };
    let payers = ledger.payers().into_iter().map(context);
    payers
        .flat_map(|context| ledger.outcomes(&context))
        .collect()
}

/// All payments drawn on accounts that belong to a payer, so that every part of a voucher is somebody's.
fn with_payers(mut ledger: Ledger) -> Ledger {
    for payment in &mut ledger.records.payments {
        if payment.cash_account_id.as_str() == "N" {
            payment.cash_account_id = CashAccountId::new("B").unwrap();
        }
    }
    ledger
}

/// Who gets what, without the explanations.
type Rows = Vec<(PayerId, VendorId, Vec<(IncomeType, i64, i64)>)>;

fn all_rows(ledger: &Ledger, method: Method) -> Rows {
    let outcomes = all(ledger, method, 2025);
    let row = |o: &Outcome| {
        (
            o.trace.payer_id.clone(),
            o.trace.recipient_id.clone(),
            rows(o),
        )
    };
    outcomes
        .iter()
        .map(row)
        .filter(|(.., rows)| !rows.is_empty())
        .collect()
}

/// Vouchers by key, as each of the outcomes shows them.
fn by_voucher(outcomes: &[Outcome]) -> BTreeMap<String, Vec<&VoucherTrace>> {
    let mut vouchers = BTreeMap::<_, Vec<_>>::new();
    for voucher in outcomes.iter().flat_map(|o| &o.trace.vouchers) {
        let seen = vouchers.entry(voucher.voucher_id.to_string()).or_default();
        seen.push(voucher);
    }
    vouchers
}

fn turn_by<T>(records: &mut [T], turn: usize) {
    let by = turn % records.len().max(1);
    records.rotate_left(by);
}

fn parts_of(applied: &AppliedTrace) -> Money {
    applied.parts.iter().map(|part| part.amount).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_amount_follows_from_the_leaves_of_its_trace(ledger in any_ledger()) {
        for method in Method::ALL {
            for outcome in all(&ledger, method, 2025) {
                let found: Vec<_> = proof::findings(&outcome).iter().map(ToString::to_string).collect();
                prop_assert!(found.is_empty(), "{}: {:#?}", method, found);
            }
        }
    }

    #[test]
    fn the_shares_of_a_voucher_add_up_to_the_whole_over_all_payers_and_recipients(ledger in any_ledger()) {
        let ledger = with_payers(ledger);
        for method in &Method::ALL[..3] {
            let outcomes = all(&ledger, *method, 2025);
            for (voucher_id, seen) in by_voucher(&outcomes) {
                let shares = seen.iter().flat_map(|voucher| &voucher.shares);
                let (mut total, mut taxable) = (Money::ZERO, Money::ZERO);
                for share in shares {
                    total += share.total_1099_amount;
                    taxable += share.taxable_amount;
                }
                prop_assert_eq!(taxable, seen[0].income, "{} {}", method, voucher_id);
                let whole = seen[0].reportable;
                prop_assert!(total == whole || total.is_zero(), "{} {}", method, voucher_id);
            }
        }
    }

    #[test]
    fn an_application_that_is_split_over_lines_is_split_whole(ledger in any_ledger()) {
        for method in &Method::ALL[3..] {
            for outcome in all(&ledger, *method, 2025) {
                for applied in outcome.trace.vouchers.iter().flat_map(|v| &v.payments) {
                    let split = !applied.parts.is_empty();
                    prop_assert!(!split || parts_of(applied) == applied.applied);
                }
            }
        }
    }

    #[test]
    fn nothing_counts_twice_where_codes_of_checks_and_of_invoices_are_read(ledger in any_ledger()) {
        let method = Method::ALL[6];
        let outcomes = all(&ledger, method, 2025);
        for payment in &ledger.records.payments {
            let applications = ledger.records.applications.iter();
            let mine = applications.filter(|a| a.payment_id == payment.payment_id);
            let mine: Vec<_> = mine.map(|a| a.amount).collect();
            let sum: Money = mine.iter().copied().sum();
            if mine.iter().any(|amount| amount.is_negative()) || sum != payment.gross() {
                continue;
            }
            let over_lines = outcomes.iter().flat_map(|o| &o.trace.vouchers).flat_map(|v| &v.payments);
            let over_lines = over_lines.filter(|a| a.payment_id == payment.payment_id).map(parts_of);
            let whole = outcomes.iter().flat_map(|o| &o.trace.payments);
            let whole = whole.filter(|p| p.payment_id == payment.payment_id);
            let whole = whole.filter_map(|p| p.share.as_ref()).map(|share| share.amount);
            let counted: Money = over_lines.chain(whole).sum();
            prop_assert!(counted <= payment.gross(), "{}", payment.payment_id);
        }
    }

    #[test]
    fn over_all_years_the_income_of_a_voucher_never_exceeds_its_1099_lines(ledger in any_ledger()) {
        let mut sums = BTreeMap::<String, (Money, Money, bool)>::new();
        for year in YEARS {
            let outcomes = all(&ledger, Method::IncomeFirst, year);
            for (voucher_id, seen) in by_voucher(&outcomes) {
                let sum = sums.entry(voucher_id).or_default();
                sum.0 += seen[0].income;
                sum.1 = seen[0].reportable;
                sum.2 |= seen[0].cash.is_negative() || seen[0].prior.is_negative();
            }
        }
        for (voucher_id, (income, lines, came_back)) in sums {
            let within = income.abs() <= lines.abs() || came_back;
            prop_assert!(within, "{}: {} of {}", voucher_id, income, lines);
        }
    }

    #[test]
    fn the_order_in_which_records_come_in_changes_nothing(ledger in any_ledger(), turn in 0_usize..10) {
        let mut turned = ledger.clone();
        let records = &mut turned.records;
        records.vouchers.reverse();
        records.lines.reverse();
        records.payments.reverse();
        records.applications.reverse();
        turn_by(&mut records.lines, turn);
        turn_by(&mut records.payments, turn);
        turn_by(&mut records.applications, turn);
        for method in Method::ALL {
            let (before, after) = (all(&ledger, method, 2025), all(&turned, method, 2025));
            for (before, after) in before.iter().zip(&after) {
                let sorted = |outcome: &Outcome| {
                    let mut trace = outcome.trace.clone();
                    trace.exceptions.sort_by_key(ToString::to_string);
                    trace
                };
                prop_assert_eq!(sorted(before), sorted(after), "{}", method);
            }
            prop_assert_eq!(before.len(), after.len());
        }
    }

    #[test]
    fn a_payment_voided_and_issued_again_nets_to_zero(ledger in any_ledger(), which: prop::sample::Index) {
        let mut reissued = ledger.clone();
        let at = which.index(ledger.records.payments.len());
        let first = ledger.records.payments[at].clone();
        prop_assume!(first.void_date.is_none());
        let payment_id = PaymentId::new("P99").unwrap();
        let applications = ledger.records.applications.iter();
        let again = applications.filter(|a| a.payment_id == first.payment_id);
        let again: Vec<_> = again.cloned().map(|mut application| {
            application.payment_id = payment_id.clone();
            application
        }).collect();
        reissued.records.applications.extend(again);
        reissued.records.payments[at].void_date = "2025-12-31".parse().ok();
        reissued.records.payments.push(formfeed_domain::history::Payment { payment_id, ..first });
        for method in Method::ALL {
            prop_assert_eq!(all_rows(&ledger, method), all_rows(&reissued, method), "{}", method);
        }
    }

    #[test]
    fn the_parts_of_the_states_add_up_to_each_row(ledger in any_ledger()) {
        for method in Method::ALL {
            for payer_id in ledger.payers() {
                let context = RunContext { payer_id, tax_year: TaxYear::new(2025).unwrap(), method };
                for (outcome, shares) in ledger.by_state(&context) {
                    if shares.is_empty() {
                        continue;
                    }
                    for row in outcome.rows() {
                        let of_row = shares.iter().filter(|s| s.income_type == row.income_type);
                        let sum: Money = of_row.map(|share| share.amount).sum();
                        prop_assert_eq!(sum, row.taxable_amount, "{} {:?}", method, row);
                    }
                    let is_of_a_row = |t: IncomeType| outcome.rows().iter().any(|row| row.income_type == t);
                    prop_assert!(shares.iter().all(|share| is_of_a_row(share.income_type)));
                }
            }
        }
    }

    #[test]
    fn to_calculate_again_changes_nothing(ledger in any_ledger()) {
        for method in Method::ALL {
            prop_assert_eq!(all(&ledger, method, 2025), all(&ledger, method, 2025));
        }
    }

    #[test]
    fn what_is_not_paid_in_the_year_is_not_reported(ledger in any_ledger()) {
        for method in Method::ALL {
            for outcome in all(&ledger, method, 2025) {
                let paid = |p: &formfeed_domain::calculation::trace::PaymentTrace| p.standing == Standing::ThisYear;
                let none = !outcome.trace.payments.iter().any(paid);
                prop_assert!(!none || outcome.rows().is_empty(), "{}", method);
            }
        }
    }
}
