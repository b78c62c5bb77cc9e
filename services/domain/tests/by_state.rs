//! Which state's the rows are, by the states that the payments name.

#![allow(clippy::unwrap_used, missing_docs)]

mod ledger;

use formfeed_domain::calculation::{Basis, Method, Source};
use formfeed_domain::relate_to::Effect;
use formfeed_domain::{AccountId, IncomeType, Money};
use ledger::{Ledger, by, code};

use IncomeType::{NonemployeeCompensation as Nec, Rents, StateTaxWithheld as State};

const METHODS: [Method; 4] = [
    Method::IncomeFirst,
    Method::Prorated {
        basis: Basis::PercentPaid,
    },
    Method::DirectPayments,
    Method::RelateTo { source: Source::Oh },
];

/// One vendor, one voucher of 100.00, 70.00 of it rent, by mark, account and code alike.
fn rent() -> Ledger {
    let mut ledger = Ledger::new();
    ledger.vendor("V1");
    ledger.account("6200", Rents);
    ledger.code("XX", Effect::Excludes);
    ledger.voucher("R", "V1", &[(Some(Rents), 70_00), (None, 30_00)]);
    ledger.line("R", 1).account_id = AccountId::new("6200").ok();
    ledger.codes("R", 1, "RE", "");
    ledger.codes("R", 2, "XX", "");
    ledger
}

/// A check of 2025 that settles some of the voucher in a state.
fn check(ledger: &mut Ledger, id: &str, state: &str, cents: i64) {
    let payment = ledger.check(id, Some("V1"), "2025-06-30", &[("R", cents)]);
    payment.state = state.to_owned();
}

/// `ME 35.00` of every type that is no rent with its name before it.
fn told(ledger: &Ledger, method: Method) -> Vec<String> {
    let (_, shares) = ledger.by_state(&by(method)).remove(0);
    let tell = |share: &formfeed_domain::calculation::StateShare| {
        let state = if share.state.is_empty() {
            "-"
        } else {
            &share.state
        };
        match share.income_type {
            Rents => format!("{state} {}", share.amount),
            other => format!("{other} {state} {}", share.amount),
        }
    };
    shares.iter().map(tell).collect()
}

#[test]
fn a_voucher_paid_in_two_states_belongs_to_each_by_what_was_paid_there() {
    let mut ledger = rent();
    check(&mut ledger, "P1", "ME", 50_00);
    check(&mut ledger, "P2", "NH", 50_00);
    for method in METHODS {
        assert_eq!(told(&ledger, method), ["ME 35.00", "NH 35.00"], "{method}");
    }
}

#[test]
fn a_cent_that_cannot_be_split_goes_to_one_state_and_is_not_lost() {
    let mut ledger = rent();
    for (id, state) in [("P1", "ME"), ("P2", "NH"), ("P3", "VT")] {
        check(&mut ledger, id, state, 33_33);
    }
    assert_eq!(
        told(&ledger, Method::IncomeFirst),
        ["ME 23.34", "NH 23.33", "VT 23.33"]
    );
}

#[test]
fn what_was_paid_without_a_state_is_kept_apart() {
    let mut ledger = rent();
    check(&mut ledger, "P1", "", 20_00);
    check(&mut ledger, "P2", "ME", 80_00);
    assert_eq!(told(&ledger, Method::IncomeFirst), ["- 14.00", "ME 56.00"]);
}

#[test]
fn nothing_is_said_where_no_payment_names_a_state() {
    let mut ledger = rent();
    check(&mut ledger, "P1", "", 100_00);
    for method in METHODS {
        assert!(told(&ledger, method).is_empty(), "{method}");
    }
}

#[test]
fn only_payments_of_the_year_that_stand_say_whose_the_income_is() {
    let mut ledger = rent();
    check(&mut ledger, "P1", "ME", 40_00);
    check(&mut ledger, "P2", "NH", 60_00);
    ledger.payment("P2").void_date = "2025-12-31".parse().ok();
    check(&mut ledger, "P3", "VT", 60_00);
    ledger.payment("P3").payment_date = "2024-06-30".parse().unwrap();
    for method in METHODS {
        let told = told(&ledger, method);
        assert_eq!(told.len(), 1, "{method}: {told:?}");
        assert!(told[0].starts_with("ME "), "{method}: {told:?}");
    }
}

#[test]
fn what_was_kept_back_and_a_payment_that_counts_whole_are_their_payments_states() {
    let mut ledger = rent();
    check(&mut ledger, "P1", "ME", 40_00);
    check(&mut ledger, "P2", "NH", 60_00);
    for (id, cents) in [("P1", 2_00), ("P2", 3_05)] {
        let payment = ledger.payment(id);
        payment.state_tax_withheld = Money::from_cents(cents);
        payment.amount = Money::from_cents(payment.amount.cents() - cents);
    }
    let checks = Method::RelateTo { source: Source::Bk };
    ledger.payment("P1").relate_to_1 = code("CC");
    ledger.payment("P2").relate_to_1 = code("RE");
    let (_, shares) = ledger.by_state(&by(checks)).remove(0);
    let found: Vec<_> = shares
        .iter()
        .map(|s| (s.income_type, s.state.as_str(), s.amount.cents()))
        .collect();
    assert_eq!(
        found,
        [
            (Nec, "ME", 40_00),
            (Rents, "NH", 60_00),
            (State, "ME", 2_00),
            (State, "NH", 3_05)
        ]
    );
}

#[test]
fn a_credit_is_split_as_its_mirror_image() {
    let mut ledger = Ledger::new();
    ledger.vendor("V1");
    ledger.voucher("N", "V1", &[(Some(Rents), 500_00)]);
    ledger.voucher("R", "V1", &[(Some(Rents), -100_00)]);
    let first = ledger.check(
        "P1",
        Some("V1"),
        "2025-06-30",
        &[("N", 250_00), ("R", -50_00)],
    );
    first.state = "ME".to_owned();
    let second = ledger.check(
        "P2",
        Some("V1"),
        "2025-07-01",
        &[("N", 250_00), ("R", -50_00)],
    );
    second.state = "NH".to_owned();
    assert_eq!(
        told(&ledger, Method::IncomeFirst),
        ["ME 200.00", "NH 200.00"]
    );
}
