//! INCOME_FIRST on small histories, each with one thing that could go wrong.

#![allow(clippy::unwrap_used, missing_docs)]

mod ledger;

use formfeed_domain::calculation::assemble::{Dangling, Page};
use formfeed_domain::calculation::{LeftOut, Skipped, Standing, render};
use formfeed_domain::history::PaymentMethod;
use formfeed_domain::vendor::{Classification, Flag1099};
use formfeed_domain::{CashAccountId, IncomeType, Money, VendorId};
use ledger::{Ledger, context};
use proptest::prelude::*;

use IncomeType::{
    AttorneyGrossProceeds as Attorney, FederalIncomeTaxWithheld as Federal,
    NonemployeeCompensation as Nec, Rents, Royalties, StateTaxWithheld as State,
};

/// One vendor, one voucher of 100.00 with 70.00 of rent.
fn rent() -> Ledger {
    let mut ledger = Ledger::new();
    ledger.vendor("V1");
    ledger.voucher("R", "V1", &[(Some(Rents), 70_00), (None, 30_00)]);
    ledger
}

#[test]
fn a_voucher_paid_over_two_years_reports_only_the_rent_that_last_year_left() {
    let mut ledger = rent();
    ledger.check("P1", Some("V1"), "2024-12-31", &[("R", 40_00)]);
    ledger.check("P2", Some("V1"), "2025-01-01", &[("R", 60_00)]);
    assert_eq!(ledger.rows("V1"), [(Rents, 70_00, 30_00)]);
}

#[test]
fn a_payment_of_next_year_does_not_count_yet() {
    let mut ledger = rent();
    ledger.check("P1", Some("V1"), "2025-12-31", &[("R", 40_00)]);
    ledger.check("P2", Some("V1"), "2026-01-01", &[("R", 60_00)]);
    assert_eq!(ledger.rows("V1"), [(Rents, 70_00, 40_00)]);
}

#[test]
fn a_card_payment_is_left_out_and_the_trace_says_where_it_is_reported() {
    let mut ledger = rent();
    ledger.check("P1", Some("V1"), "2025-03-01", &[("R", 40_00)]);
    ledger
        .check("P2", Some("V1"), "2025-04-01", &[("R", 60_00)])
        .method = PaymentMethod::CreditCard;
    assert_eq!(ledger.rows("V1"), [(Rents, 70_00, 40_00)]);
    let trace = ledger.outcome("A", "V1").trace;
    assert_eq!(trace.payments[1].standing, Standing::ReportedOn1099K);
    assert!(render::render_text(&trace).contains("reported on 1099-K"));
}

#[test]
fn a_recipient_paid_by_card_alone_is_skipped_for_that_reason() {
    let mut ledger = rent();
    ledger
        .check("P2", Some("V1"), "2025-04-01", &[("R", 60_00)])
        .method = PaymentMethod::Stripe;
    assert_eq!(
        ledger.outcome("A", "V1").skipped(),
        Some(Skipped::ReportedOn1099K)
    );
}

#[test]
fn a_voided_payment_counts_in_no_year_even_if_it_was_voided_later() {
    let mut ledger = rent();
    ledger
        .check("P1", Some("V1"), "2024-12-31", &[("R", 100_00)])
        .void_date = "2026-01-05".parse().ok();
    ledger.check("P2", Some("V1"), "2025-01-01", &[("R", 100_00)]);
    assert_eq!(ledger.rows("V1"), [(Rents, 70_00, 70_00)]);
    let applied = &ledger.outcome("A", "V1").trace.vouchers[0].payments;
    assert_eq!(applied[0].standing, Standing::Voided);
}

#[test]
fn income_goes_to_the_vendor_that_received_the_money() {
    let mut ledger = rent();
    ledger.vendor("V2").pay_vendor_id = VendorId::new("V3").ok();
    ledger.vendor("V1").pay_vendor_id = VendorId::new("V2").ok();
    ledger.vendor("V3");
    ledger.check("P1", None, "2025-03-01", &[("R", 100_00)]);
    assert_eq!(ledger.rows("V2"), [(Rents, 70_00, 70_00)]);
}

#[test]
fn two_recipients_and_two_payers_share_a_voucher_to_the_cent() {
    let mut ledger = Ledger::new();
    ledger.vendor("V1");
    ledger.vendor("V2");
    ledger.voucher("R", "V1", &[(Some(Rents), 50), (Some(Royalties), 50)]);
    ledger.check("P1", Some("V1"), "2025-03-01", &[("R", 33)]);
    ledger.check("P2", Some("V2"), "2025-03-01", &[("R", 33)]);
    ledger
        .check("P3", Some("V2"), "2025-03-01", &[("R", 33)])
        .cash_account_id = CashAccountId::new("B").unwrap();
    assert_eq!(ledger.rows("V1"), [(Rents, 17, 17), (Royalties, 17, 16)]);
    assert_eq!(ledger.rows("V2"), [(Rents, 17, 17), (Royalties, 16, 16)]);
    assert_eq!(
        ledger.rows_of("B", "V2"),
        [(Rents, 17, 17), (Royalties, 16, 16)]
    );
    assert_eq!(ledger.outcome("A", "V1").trace.vouchers[0].pairs.len(), 3);
}

#[test]
fn a_corporation_keeps_its_attorney_proceeds_alone() {
    let mut ledger = Ledger::new();
    ledger.vendor("V1").classification = Some(Classification::CCorporation);
    ledger.voucher("R", "V1", &[(Some(Nec), 50_00), (Some(Attorney), 50_00)]);
    ledger.check("P1", Some("V1"), "2025-03-01", &[("R", 80_00)]);
    assert_eq!(ledger.rows("V1"), [(Attorney, 50_00, 40_00)]);
    let shares = &ledger.outcome("A", "V1").trace.vouchers[0].shares;
    assert_eq!(shares[0].left_out, Some(LeftOut::ExemptClassification));
    // Tax withheld in the year: the classification exempts no longer.
    let payment = ledger.records.payments.last_mut().unwrap();
    (payment.amount, payment.federal_tax_withheld) =
        (Money::from_cents(60_80), Money::from_cents(19_20));
    assert_eq!(
        ledger.rows("V1"),
        [
            (Nec, 50_00, 40_00),
            (Federal, 19_20, 19_20),
            (Attorney, 50_00, 40_00)
        ]
    );
}

#[test]
fn an_exempt_recipient_is_skipped_for_its_classification() {
    let mut ledger = rent();
    ledger.vendor("V1").classification = Some(Classification::Government);
    ledger.check("P1", Some("V1"), "2025-03-01", &[("R", 100_00)]);
    assert_eq!(
        ledger.outcome("A", "V1").skipped(),
        Some(Skipped::ExemptClassification)
    );
}

#[test]
fn flag_d_gets_nothing_and_a_blank_flag_its_withheld_tax_only() {
    let mut ledger = rent();
    let payment = ledger.check("P1", Some("V1"), "2025-03-01", &[("R", 100_00)]);
    (payment.amount, payment.state_tax_withheld) =
        (Money::from_cents(95_00), Money::from_cents(5_00));
    ledger.vendor("V1").flag_1099 = Flag1099::No;
    assert_eq!(ledger.rows("V1"), [(State, 5_00, 5_00)]);
    ledger.vendor("V1").flag_1099 = Flag1099::Never;
    assert_eq!(
        ledger.outcome("A", "V1").skipped(),
        Some(Skipped::FlagNever)
    );
}

#[test]
fn tax_withheld_from_a_payment_without_pay_vendor_is_split_by_its_applications() {
    let mut ledger = rent();
    ledger.vendor("V2");
    ledger.voucher("S", "V2", &[(Some(Nec), 100_00)]);
    let payment = ledger.check("P1", None, "2025-03-01", &[("R", 50_00), ("S", 100_00)]);
    (payment.amount, payment.federal_tax_withheld) =
        (Money::from_cents(149_00), Money::from_cents(1_00));
    assert_eq!(
        ledger.rows("V1"),
        [(Rents, 70_00, 50_00), (Federal, 33, 33)]
    );
    assert_eq!(
        ledger.rows("V2"),
        [(Nec, 100_00, 100_00), (Federal, 67, 67)]
    );
}

#[test]
fn a_credit_alone_is_skipped_and_beside_income_it_is_deducted() {
    let mut ledger = rent();
    ledger.voucher("C", "V1", &[(Some(Rents), -80_00)]);
    ledger.voucher("N", "V1", &[(None, 100_00)]);
    ledger.check(
        "P1",
        Some("V1"),
        "2025-03-01",
        &[("C", -80_00), ("N", 100_00)],
    );
    assert_eq!(
        ledger.outcome("A", "V1").skipped(),
        Some(Skipped::IncomeNotPositive)
    );
    ledger.check("P2", Some("V1"), "2025-03-02", &[("R", 100_00)]);
    ledger.voucher("O", "V1", &[(Some(Nec), 50_00)]);
    ledger.check("P3", Some("V1"), "2025-03-03", &[("O", 50_00)]);
    assert_eq!(
        ledger.rows("V1"),
        [(Nec, 50_00, 50_00), (Rents, -10_00, -10_00)]
    );
    assert_eq!(kinds(&ledger), ["negative_row"]);
}

fn kinds(ledger: &Ledger) -> Vec<&'static str> {
    let outcome = ledger.outcome("A", "V1");
    outcome.exceptions().iter().map(|e| e.kind()).collect()
}

#[test]
fn what_a_person_should_look_at_is_an_exception() {
    let mut ledger = rent();
    ledger.voucher("C", "V1", &[(Some(Rents), -10_00)]);
    ledger.voucher("Z", "V1", &[(Some(Rents), 10_00)]);
    ledger.check("P1", Some("V1"), "2025-03-01", &[]).amount = Money::from_cents(5_00);
    ledger.check(
        "P2",
        Some("V1"),
        "2025-03-02",
        &[("R", -5_00), ("C", 7_00), ("Z", 1_00)],
    );
    ledger
        .check("P3", Some("V1"), "2025-03-03", &[("Z", -1_00)])
        .amount = Money::from_cents(2_00);
    let expected = [
        "payment_without_vouchers",
        "applications_do_not_add_up",
        "credit_paid",
        "negative_cash",
        "no_net_cash",
    ];
    assert_eq!(kinds(&ledger), expected);
    assert_eq!(
        ledger.outcome("A", "V1").skipped(),
        Some(Skipped::IncomeNotPositive)
    );
}

#[test]
fn a_payment_that_reached_nobody_is_an_exception_of_the_run() {
    let mut ledger = Ledger::new();
    let payment = ledger.check("P1", None, "2025-03-01", &[]);
    (payment.amount, payment.federal_tax_withheld) = (Money::from_cents(76), Money::from_cents(24));
    let context = context("A");
    let page = Page::new(&context, &ledger.directory, &ledger.records).unwrap();
    assert_eq!(page.recipients().count(), 0);
    let kinds: Vec<_> = page.exceptions().iter().map(|e| e.kind()).collect();
    assert_eq!(
        kinds,
        ["payment_without_vouchers", "withholding_without_recipient"]
    );
}

#[test]
fn a_page_that_lacks_a_record_is_refused_and_names_it() {
    let mut ledger = rent();
    ledger.check("P1", Some("V1"), "2025-03-01", &[("R", 1_00)]);
    ledger.records.payments.clear();
    let page = Page::new(&context("A"), &ledger.directory, &ledger.records);
    assert!(matches!(page.unwrap_err(), Dangling::Payment(id) if id.as_str() == "P1"));
}

prop_compose! {
    /// A voucher of a few lines, and checks of three years to two vendors from two payers.
    fn any_history()(
        lines in prop::collection::vec((0_usize..4, -200_i64..2_000), 1..5),
        checks in prop::collection::vec((0..3, 0..2, 0..2, 1_i64..1_500, prop::bool::weighted(0.2)), 1..8),
    ) -> Ledger {
        let mut ledger = Ledger::new();
        ledger.vendor("V0");
        ledger.vendor("V1");
        let kinds = [None, Some(Nec), Some(Rents), Some(Royalties)];
        let lines: Vec<_> = lines.iter().map(|(kind, cents)| (kinds[*kind], *cents)).collect();
        ledger.voucher("R", "V0", &lines);
        for (at, (year, vendor, payer, cents, voided)) in checks.into_iter().enumerate() {
            let (to, date) = (format!("V{vendor}"), format!("{}-06-30", 2024 + year));
            let payment = ledger.check(&format!("P{at}"), Some(&to), &date, &[("R", cents)]);
            payment.cash_account_id = CashAccountId::new(["A", "B"][payer as usize]).unwrap();
            payment.void_date = voided.then(|| "2025-07-01".parse().unwrap());
        }
        ledger
    }
}

/// Σ of (total, taxable) over everybody who was paid, in cents.
fn sum_over_all(ledger: &Ledger) -> (i64, i64) {
    let mut sum = (0, 0);
    for payer_id in ["A", "B"] {
        let context = context(payer_id);
        let page = Page::new(&context, &ledger.directory, &ledger.records).unwrap();
        for recipient_id in page.recipients() {
            for (_, total, taxable) in ledger.rows_of(payer_id, recipient_id.as_str()) {
                sum = (sum.0 + total, sum.1 + taxable);
            }
        }
    }
    sum
}

proptest! {
    #[test]
    fn box_totals_never_exceed_the_cash_of_the_year(ledger in any_history()) {
        let in_play = |p: &&formfeed_domain::history::Payment| {
            p.void_date.is_none() && context("A").tax_year.contains(p.payment_date)
        };
        let cash: Money = ledger.records.payments.iter().filter(in_play).map(|p| p.amount).sum();
        prop_assert!(sum_over_all(&ledger).1 <= cash.cents());
    }

    #[test]
    fn the_shares_of_all_payers_and_recipients_add_up_to_the_voucher(ledger in any_history()) {
        let mut whole = None;
        for payer_id in ["A", "B"] {
            let context = context(payer_id);
            let page = Page::new(&context, &ledger.directory, &ledger.records).unwrap();
            for recipient_id in page.recipients() {
                for voucher in ledger.outcome(payer_id, recipient_id.as_str()).trace.vouchers {
                    whole = Some((voucher.reportable.cents(), voucher.income.cents()));
                }
            }
        }
        // A voucher of which nothing is income leaves its total, unless everybody is skipped for it.
        match whole {
            Some((reportable, income)) if income > 0 && reportable > 0 => {
                let (_, taxable) = sum_over_all(&ledger);
                prop_assert_eq!(taxable, income);
            }
            _ => prop_assert_eq!(sum_over_all(&ledger).1, 0),
        }
    }

    #[test]
    fn a_check_voided_and_issued_again_changes_nothing(ledger in any_history()) {
        let before: Vec<_> = sum_of_each(&ledger);
        let mut reissued = ledger;
        let first = reissued.records.payments[0].clone();
        if first.void_date.is_none() {
            let again = reissued.check("P99", None, "2025-01-01", &[("R", first.amount.cents())]);
            let payment_id = again.payment_id.clone();
            *again = formfeed_domain::history::Payment { payment_id, ..first };
            reissued.records.payments[0].void_date = "2025-08-01".parse().ok();
        }
        prop_assert_eq!(before, sum_of_each(&reissued));
    }
}

fn sum_of_each(ledger: &Ledger) -> Vec<(IncomeType, i64, i64)> {
    let mut rows = Vec::new();
    for payer_id in ["A", "B"] {
        let context = context(payer_id);
        let page = Page::new(&context, &ledger.directory, &ledger.records).unwrap();
        for recipient_id in page.recipients() {
            rows.extend(ledger.rows_of(payer_id, recipient_id.as_str()));
        }
    }
    rows
}
