//! DIRECT_PAYMENTS on small histories, each with one thing that could go wrong.

#![allow(clippy::unwrap_used, missing_docs)]

mod ledger;

use formfeed_domain::calculation::assemble::Page;
use formfeed_domain::calculation::{LeftOut, Method, Skipped, Standing};
use formfeed_domain::history::PaymentMethod;
use formfeed_domain::vendor::Flag1099;
use formfeed_domain::{AccountId, CashAccountId, IncomeType, Money, VendorId};
use ledger::{Ledger, by};

use IncomeType::{
    FederalIncomeTaxWithheld as Federal, NonemployeeCompensation as Nec, Rents,
    StateTaxWithheld as State,
};

const DIRECT: Method = Method::DirectPayments;

/// Account 6100 is nonemployee compensation, 6200 rents, 7000 is not mapped.
fn accounts() -> Ledger {
    let mut ledger = Ledger::new();
    ledger.account("6100", Nec);
    ledger.account("6200", Rents);
    ledger.vendor("V1");
    ledger
}

/// A voucher whose lines are cents on an account; nothing on them is marked.
fn voucher(ledger: &mut Ledger, id: &str, lines: &[(&str, i64)]) {
    let cents: Vec<_> = lines.iter().map(|(_, cents)| (None, *cents)).collect();
    ledger.voucher(id, "V1", &cents);
    for ((account, _), line) in lines.iter().zip(1..) {
        ledger.line(id, line).account_id = AccountId::new(*account).ok();
    }
}

fn rows(ledger: &Ledger) -> Vec<(IncomeType, i64, i64)> {
    ledger.rows_by(DIRECT, "V1")
}

fn exceptions(ledger: &Ledger) -> Vec<&'static str> {
    ledger.exceptions_by(DIRECT, "V1")
}

#[test]
fn card_payments_are_left_out_and_never_subtracted() {
    let mut ledger = accounts();
    voucher(&mut ledger, "R", &[("6100", 5_000_00)]);
    ledger.check("P1", Some("V1"), "2025-03-01", &[("R", 500_00)]);
    for (method, at) in [PaymentMethod::CreditCard, PaymentMethod::Paypal]
        .into_iter()
        .zip(2..)
    {
        let id = format!("P{at}");
        let applied = [("R", 2_250_00)];
        ledger.check(&id, Some("V1"), "2025-04-01", &applied).method = method;
    }
    assert_eq!(rows(&ledger), [(Nec, 500_00, 500_00)]);
    let payments = ledger.outcome_by(&by(DIRECT), "V1").trace.payments;
    assert_eq!(payments[2].standing, Standing::ReportedOn1099K);
}

#[test]
fn an_application_is_split_over_the_lines_and_the_part_on_an_unmapped_account_falls_out() {
    let mut ledger = accounts();
    let lines = [("6100", 60_00), ("7000", 30_00), ("6200", 10_00)];
    voucher(&mut ledger, "R", &lines);
    ledger.check("P1", Some("V1"), "2025-03-01", &[("R", 50_00)]);
    assert_eq!(rows(&ledger), [(Nec, 30_00, 30_00), (Rents, 5_00, 5_00)]);
    let trace = ledger.outcome_by(&by(DIRECT), "V1").trace;
    let part = &trace.vouchers[0].payments[0].parts[1];
    let unmapped = Some(LeftOut::UnmappedAccount);
    assert_eq!((part.amount.cents(), part.left_out), (15_00, unmapped));
}

#[test]
fn a_lines_own_type_and_1099_mark_play_no_part() {
    let mut ledger = accounts();
    voucher(&mut ledger, "R", &[("6100", 60_00), ("7000", 40_00)]);
    ledger.line("R", 1).income_type = Some(Rents);
    ledger.line("R", 2).reportable = true;
    ledger.check("P1", Some("V1"), "2025-03-01", &[("R", 100_00)]);
    assert_eq!(rows(&ledger), [(Nec, 60_00, 60_00)]);
}

#[test]
fn the_part_on_sales_tax_falls_out_and_a_tied_cent_goes_to_the_net_part() {
    let mut ledger = accounts();
    voucher(&mut ledger, "R", &[("6100", 107_00)]);
    ledger.line("R", 1).sales_tax = Money::from_cents(7_00);
    voucher(&mut ledger, "S", &[("6200", 2_00)]);
    ledger.line("S", 1).sales_tax = Money::from_cents(1_00);
    let applied = [("R", 107_00), ("S", 1)];
    ledger.check("P1", Some("V1"), "2025-03-01", &applied);
    assert_eq!(rows(&ledger), [(Nec, 100_00, 100_00), (Rents, 1, 1)]);
}

#[test]
fn a_reimbursement_carries_weight_and_then_falls_out() {
    let mut ledger = accounts();
    voucher(&mut ledger, "R", &[("6100", 60_00), ("6100", 40_00)]);
    ledger.line("R", 2).accountable_plan = true;
    ledger.check("P1", Some("V1"), "2025-03-01", &[("R", 50_00)]);
    assert_eq!(rows(&ledger), [(Nec, 30_00, 30_00)]);
}

#[test]
fn a_payment_without_vouchers_goes_by_its_own_account() {
    let mut ledger = accounts();
    for (id, account) in [("P1", Some("6100")), ("P2", Some("7000")), ("P3", None)] {
        let payment = ledger.check(id, Some("V1"), "2025-03-01", &[]);
        payment.amount = Money::from_cents(50_00);
        payment.account_id = account.and_then(|account| AccountId::new(account).ok());
    }
    assert_eq!(rows(&ledger), [(Nec, 50_00, 50_00)]);
    assert_eq!(exceptions(&ledger), [""; 0]);
    ledger.records.payments.remove(0);
    let skipped = ledger.outcome_by(&by(DIRECT), "V1").skipped();
    assert_eq!(skipped, Some(Skipped::NothingReportable));
}

#[test]
fn a_payment_without_vouchers_and_pay_vendor_is_reported_to_nobody() {
    let mut ledger = accounts();
    let payment = ledger.check("P1", None, "2025-03-01", &[]);
    payment.amount = Money::from_cents(50_00);
    payment.account_id = AccountId::new("6100").ok();
    let page = Page::new(&by(DIRECT), &ledger.directory, &ledger.records).unwrap();
    assert_eq!(page.recipients().count(), 0);
    let kinds: Vec<_> = page.exceptions().iter().map(|e| e.kind()).collect();
    assert_eq!(kinds, ["payment_without_recipient"]);
}

#[test]
fn tax_kept_back_was_paid_too_and_is_reported_beside() {
    let mut ledger = accounts();
    voucher(&mut ledger, "R", &[("6100", 100_00)]);
    let payment = ledger.check("P1", Some("V1"), "2025-03-01", &[("R", 100_00)]);
    payment.amount = Money::from_cents(71_00);
    payment.federal_tax_withheld = Money::from_cents(24_00);
    payment.state_tax_withheld = Money::from_cents(5_00);
    let payment = ledger.check("P2", Some("V1"), "2025-03-02", &[]);
    payment.account_id = AccountId::new("6200").ok();
    payment.amount = Money::from_cents(76_00);
    payment.federal_tax_withheld = Money::from_cents(24_00);
    let expected = [
        (Nec, 100_00, 100_00),
        (Rents, 100_00, 100_00),
        (Federal, 48_00, 48_00),
        (State, 5_00, 5_00),
    ];
    assert_eq!(rows(&ledger), expected);
}

#[test]
fn flags_other_than_y_get_withheld_tax_or_nothing() {
    let mut ledger = accounts();
    voucher(&mut ledger, "R", &[("6100", 100_00)]);
    let payment = ledger.check("P1", Some("V1"), "2025-03-01", &[("R", 100_00)]);
    payment.amount = Money::from_cents(76_00);
    payment.federal_tax_withheld = Money::from_cents(24_00);
    ledger.vendor("V1").flag_1099 = Flag1099::No;
    assert_eq!(rows(&ledger), [(Federal, 24_00, 24_00)]);
    ledger.vendor("V1").flag_1099 = Flag1099::Never;
    assert_eq!(rows(&ledger), []);
}

#[test]
fn applications_that_do_not_add_up_count_as_they_stand() {
    let mut ledger = accounts();
    voucher(&mut ledger, "R", &[("6100", 100_00)]);
    ledger
        .check("P1", Some("V1"), "2025-03-01", &[("R", 60_00)])
        .amount = Money::from_cents(75_00);
    assert_eq!(rows(&ledger), [(Nec, 60_00, 60_00)]);
    assert_eq!(exceptions(&ledger), ["applications_do_not_add_up"]);
}

#[test]
fn more_applied_than_the_voucher_is_of_counts_as_paid() {
    let mut ledger = accounts();
    voucher(&mut ledger, "R", &[("6100", 60_00), ("7000", 40_00)]);
    ledger.check("P1", Some("V1"), "2025-03-01", &[("R", 120_00)]);
    assert_eq!(rows(&ledger), [(Nec, 72_00, 72_00)]);
    assert_eq!(exceptions(&ledger), ["applied_beyond_voucher"]);
}

#[test]
fn several_payers_and_recipients_each_have_their_own_applications() {
    let mut ledger = accounts();
    ledger.vendor("V2");
    ledger.vendor("V3").pay_vendor_id = VendorId::new("V2").ok();
    voucher(&mut ledger, "R", &[("6100", 300_00)]);
    ledger.voucher_of("R").vendor_id = VendorId::new("V3").unwrap();
    ledger.check("P1", Some("V1"), "2025-03-01", &[("R", 10_00)]);
    ledger.check("P2", None, "2025-03-01", &[("R", 20_00)]);
    ledger
        .check("P3", Some("V1"), "2025-03-01", &[("R", 40_00)])
        .cash_account_id = CashAccountId::new("B").unwrap();
    ledger.check("P4", Some("V1"), "2024-12-31", &[("R", 80_00)]);
    assert_eq!(rows(&ledger), [(Nec, 10_00, 10_00)]);
    assert_eq!(ledger.rows_by(DIRECT, "V2"), [(Nec, 20_00, 20_00)]);
}

#[test]
fn a_credit_is_deducted_and_a_credit_line_takes_no_cash() {
    let mut ledger = accounts();
    voucher(&mut ledger, "R", &[("6100", 100_00), ("6200", -20_00)]);
    voucher(&mut ledger, "C", &[("6100", -30_00)]);
    let applied = [("R", 80_00), ("C", -30_00)];
    ledger.check("P1", Some("V1"), "2025-03-01", &applied);
    assert_eq!(rows(&ledger), [(Nec, 50_00, 50_00)]);
}

#[test]
fn cash_against_the_sign_of_a_voucher_counts_as_nothing() {
    let mut ledger = accounts();
    voucher(&mut ledger, "R", &[("6100", 100_00)]);
    voucher(&mut ledger, "S", &[("6100", 100_00)]);
    voucher(&mut ledger, "C", &[("6100", -30_00)]);
    let applied = [("R", 80_00), ("S", -20_00), ("C", 5_00)];
    ledger.check("P1", Some("V1"), "2025-03-01", &applied);
    assert_eq!(rows(&ledger), [(Nec, 80_00, 80_00)]);
    let mut kinds = exceptions(&ledger);
    kinds.sort_unstable();
    assert_eq!(kinds, ["credit_paid", "negative_cash"]);
}

#[test]
fn cash_on_a_voucher_without_an_amount_has_no_line_to_go_to() {
    let mut ledger = accounts();
    voucher(&mut ledger, "R", &[("6100", 0)]);
    voucher(&mut ledger, "S", &[("6100", 10_00)]);
    let applied = [("R", 5_00), ("S", 10_00)];
    ledger.check("P1", Some("V1"), "2025-03-01", &applied);
    assert_eq!(rows(&ledger), [(Nec, 10_00, 10_00)]);
    let kinds = exceptions(&ledger);
    assert!(kinds.contains(&"nothing_to_split_over"), "{kinds:?}");
}
