//! PRORATED on small histories, each with one thing that could go wrong.

#![allow(clippy::unwrap_used, missing_docs)]

mod ledger;

use formfeed_domain::calculation::{Basis, LeftOut, Method, Skipped, render};
use formfeed_domain::vendor::Classification;
use formfeed_domain::{CashAccountId, IncomeType, Money, VendorId};
use ledger::{Ledger, by, context, rows};

use IncomeType::{
    AttorneyGrossProceeds as Attorney, NonemployeeCompensation as Nec, Rents, Royalties,
};

const PERCENT_PAID: Method = Method::Prorated {
    basis: Basis::PercentPaid,
};
const AS_DOCUMENTED: Method = Method::Prorated {
    basis: Basis::AsDocumented,
};

/// An invoice of 1,000.00 of vendor V1, 800.00 of it reportable.
fn invoice() -> Ledger {
    let mut ledger = Ledger::new();
    ledger.vendor("V1");
    ledger.voucher("R", "V1", &[(Some(Nec), 800_00), (None, 200_00)]);
    ledger
}

#[test]
fn a_discount_taken_lowers_the_percent_paid_and_the_letter_of_the_document_does_not_care() {
    let mut ledger = invoice();
    ledger.check("P1", Some("V1"), "2025-03-01", &[("R", 490_00)]);
    ledger.application("P1", "R").discount = Money::from_cents(10_00);
    assert_eq!(ledger.rows_by(PERCENT_PAID, "V1"), [(Nec, 800_00, 392_00)]);
    assert_eq!(ledger.rows_by(AS_DOCUMENTED, "V1"), [(Nec, 800_00, 640_00)]);
}

#[test]
fn cash_of_prior_years_plays_no_part() {
    let mut ledger = invoice();
    ledger.check("P1", Some("V1"), "2024-12-31", &[("R", 500_00)]);
    ledger.check("P2", Some("V1"), "2025-01-01", &[("R", 500_00)]);
    assert_eq!(ledger.rows_by(PERCENT_PAID, "V1"), [(Nec, 800_00, 400_00)]);
}

#[test]
fn each_type_is_rounded_for_itself_and_then_split_over_payers_and_recipients() {
    let mut ledger = Ledger::new();
    ledger.vendor("V1");
    ledger.vendor("V2");
    ledger.voucher("R", "V1", &[(Some(Rents), 50), (Some(Royalties), 50)]);
    ledger.check("P1", Some("V1"), "2025-03-01", &[("R", 33)]);
    ledger.check("P2", Some("V2"), "2025-03-01", &[("R", 33)]);
    ledger
        .check("P3", Some("V2"), "2025-03-01", &[("R", 33)])
        .cash_account_id = CashAccountId::new("B").unwrap();
    // 0.50 × 99 % is half a cent short of 0.50: away from zero, then 17, 17 and 16 cents.
    let of = |payer_id: &str, recipient_id: &str| {
        let context = formfeed_domain::calculation::RunContext {
            method: PERCENT_PAID,
            ..context(payer_id)
        };
        rows(&ledger.outcome_by(&context, recipient_id))
    };
    assert_eq!(of("A", "V1"), [(Rents, 17, 17), (Royalties, 17, 17)]);
    assert_eq!(of("A", "V2"), [(Rents, 17, 17), (Royalties, 17, 17)]);
    assert_eq!(of("B", "V2"), [(Rents, 16, 16), (Royalties, 16, 16)]);
}

#[test]
fn a_void_payment_is_shown_counted_and_deducted() {
    let mut ledger = invoice();
    ledger
        .check("P1", Some("V1"), "2025-03-01", &[("R", 1_000_00)])
        .void_date = "2026-02-01".parse().ok();
    ledger.check("P2", Some("V1"), "2025-04-01", &[("R", 250_00)]);
    let outcome = ledger.outcome_by(&by(PERCENT_PAID), "V1");
    assert_eq!(rows(&outcome), [(Nec, 800_00, 200_00)]);
    assert_eq!(
        outcome.trace.vouchers[0].voided,
        Money::from_cents(1_000_00)
    );
    let text = render::render_text(&outcome.trace);
    let shown = "1000.00 first counted, then deducted: 1250.00 less 1000.00 is 250.00";
    assert!(text.contains(shown), "{text}");
}

#[test]
fn a_recipient_whose_checks_were_all_voided_is_skipped_for_that_reason() {
    let mut ledger = invoice();
    ledger
        .check("P1", Some("V1"), "2025-03-01", &[("R", 1_000_00)])
        .void_date = "2025-03-02".parse().ok();
    for method in [PERCENT_PAID, AS_DOCUMENTED] {
        let outcome = ledger.outcome_by(&by(method), "V1");
        assert_eq!(outcome.skipped(), Some(Skipped::Voided));
    }
}

#[test]
fn more_applied_than_the_invoice_is_of_counts_as_applied_and_is_an_exception() {
    let mut ledger = invoice();
    ledger.check("P1", Some("V1"), "2025-03-01", &[("R", 1_250_00)]);
    let expected = [(Nec, 800_00, 1_000_00)];
    assert_eq!(ledger.rows_by(PERCENT_PAID, "V1"), expected);
    let exceptions = ledger.exceptions_by(PERCENT_PAID, "V1");
    assert_eq!(exceptions, ["applied_beyond_voucher"]);
}

#[test]
fn an_invoice_of_nothing_has_no_percentage_and_is_an_exception() {
    let mut ledger = invoice();
    ledger.voucher_of("R").invoice_amount = Money::ZERO;
    ledger.check("P1", Some("V1"), "2025-03-01", &[("R", 100_00)]);
    for method in [PERCENT_PAID, AS_DOCUMENTED] {
        assert_eq!(ledger.rows_by(method, "V1"), []);
        let exceptions = ledger.exceptions_by(method, "V1");
        assert!(exceptions.contains(&"invoice_of_nothing"), "{exceptions:?}");
    }
}

#[test]
fn sales_tax_and_reimbursements_are_of_the_invoice_but_not_of_the_1099() {
    let mut ledger = Ledger::new();
    ledger.vendor("V1");
    let lines = [(Some(Nec), 107_00), (Some(Nec), 93_00)];
    ledger.voucher("R", "V1", &lines);
    ledger.line("R", 1).sales_tax = Money::from_cents(7_00);
    ledger.line("R", 2).accountable_plan = true;
    ledger.check("P1", Some("V1"), "2025-03-01", &[("R", 100_00)]);
    assert_eq!(ledger.rows_by(PERCENT_PAID, "V1"), [(Nec, 100_00, 50_00)]);
    let outcome = ledger.outcome_by(&by(PERCENT_PAID), "V1");
    let left_out = outcome.trace.vouchers[0].lines[1].left_out;
    assert_eq!(left_out, Some(LeftOut::AccountablePlan));
}

#[test]
fn a_credit_line_is_deducted_from_its_type_and_a_negative_type_is_an_exception() {
    let mut ledger = Ledger::new();
    ledger.vendor("V1");
    let lines = [
        (Some(Nec), 100_00),
        (Some(Nec), -20_00),
        (Some(Rents), -30_00),
    ];
    ledger.voucher("R", "V1", &lines);
    ledger.check("P1", Some("V1"), "2025-03-01", &[("R", 25_00)]);
    let expected = [(Nec, 80_00, 40_00), (Rents, -30_00, -15_00)];
    assert_eq!(ledger.rows_by(PERCENT_PAID, "V1"), expected);
    assert_eq!(ledger.exceptions_by(PERCENT_PAID, "V1"), ["negative_row"]);
}

#[test]
fn a_credit_voucher_taken_in_full_is_deducted_in_full() {
    let mut ledger = invoice();
    ledger.voucher("C", "V1", &[(Some(Nec), -50_00)]);
    let applied = [("R", 1_000_00), ("C", -50_00)];
    ledger.check("P1", Some("V1"), "2025-03-01", &applied);
    for method in [PERCENT_PAID, AS_DOCUMENTED] {
        let whole = if method == PERCENT_PAID {
            800_00
        } else {
            640_00
        };
        let expected = [(Nec, 750_00, whole - 50_00)];
        assert_eq!(ledger.rows_by(method, "V1"), expected);
    }
}

#[test]
fn cash_that_cancels_out_or_came_back_is_no_income_but_an_exception() {
    let mut ledger = invoice();
    ledger.voucher("S", "V1", &[(Some(Nec), 500_00)]);
    ledger.voucher("T", "V1", &[(Some(Nec), 500_00)]);
    ledger.check("P1", Some("V1"), "2025-03-01", &[("S", 100_00)]);
    let applied = [("S", -100_00), ("T", -10_00), ("R", 200_00)];
    ledger.check("P2", Some("V1"), "2025-03-02", &applied);
    for method in [PERCENT_PAID, AS_DOCUMENTED] {
        let taxable = if method == PERCENT_PAID {
            160_00
        } else {
            640_00
        };
        let expected = [(Nec, 800_00, taxable)];
        assert_eq!(ledger.rows_by(method, "V1"), expected);
        let exceptions = ledger.exceptions_by(method, "V1");
        assert_eq!(exceptions, ["no_net_cash", "negative_cash"]);
    }
}

#[test]
fn types_a_corporation_is_exempt_from_fall_out_after_the_split() {
    let mut ledger = Ledger::new();
    ledger.vendor("V1").classification = Some(Classification::LlcCCorporation);
    ledger.voucher("R", "V1", &[(Some(Nec), 50_00), (Some(Attorney), 50_00)]);
    ledger.check("P1", Some("V1"), "2025-03-01", &[("R", 80_00)]);
    assert_eq!(
        ledger.rows_by(PERCENT_PAID, "V1"),
        [(Attorney, 50_00, 40_00)]
    );
}

#[test]
fn a_line_without_a_type_takes_the_default_of_the_vouchers_vendor_whoever_is_paid() {
    let mut ledger = Ledger::new();
    ledger.vendor("V1").default_income_type = Some(Rents);
    ledger.vendor("V1").pay_vendor_id = VendorId::new("V2").ok();
    ledger.vendor("V2").default_income_type = Some(Royalties);
    ledger.voucher("R", "V1", &[(None, 100_00)]);
    ledger.line("R", 1).reportable = true;
    ledger.check("P1", None, "2025-03-01", &[("R", 100_00)]);
    assert_eq!(
        ledger.rows_by(PERCENT_PAID, "V2"),
        [(Rents, 100_00, 100_00)]
    );
}

#[test]
fn a_payment_without_vouchers_is_an_exception_and_nothing_more() {
    let mut ledger = invoice();
    ledger.check("P1", Some("V1"), "2025-03-01", &[]).amount = Money::from_cents(5_00);
    assert_eq!(ledger.rows_by(PERCENT_PAID, "V1"), []);
    let exceptions = ledger.exceptions_by(PERCENT_PAID, "V1");
    assert_eq!(exceptions, ["payment_without_vouchers"]);
}
