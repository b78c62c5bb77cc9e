use std::collections::BTreeMap;

use super::*;
use crate::eligibility::Content;
use crate::form::{BoxId, FormType};
use crate::payer::{Payer, PayerState, PostalAddress};
use crate::rules::{FormRules, RuleBook};
use crate::{IncomeType, Money, PayerId, TaxYear};

use IncomeType::{NonemployeeCompensation as Nec, Rents, Royalties, StateTaxWithheld as Tax};

fn money(cents: i64) -> Money {
    Money::from_cents(cents)
}

/// What Vermont wants from 100.00 on, and New Hampshire beside a federal form only.
const OWN: &str = r#"
[[state_copy]]
state = "VT"
from = 2025-01-01
cents = 100_00
source = "ours"

[[state_copy]]
state = "NH"
from = 2025-01-01
cents = 100_00
with_federal_form = true
source = "ours"
"#;

fn rules(form_type: FormType) -> FormRules {
    let book = RuleBook::with_own([("own.toml", OWN)]).unwrap();
    let rules = book.for_year(TaxYear::new(2025).unwrap()).unwrap();
    rules.form(form_type).unwrap().clone()
}

fn payer(state: &str) -> Payer {
    Payer {
        payer_id: PayerId::new("TE1").unwrap(),
        name: String::new(),
        tin: None,
        address: PostalAddress {
            state: state.to_owned(),
            ..PostalAddress::default()
        },
        phone: String::new(),
        contact_name: String::new(),
        contact_email: String::new(),
        contact_fax: String::new(),
    }
}

fn numbers(of: &[&str]) -> Vec<PayerState> {
    let number = |state: &&str| PayerState {
        payer_id: PayerId::new("TE1").unwrap(),
        state: (*state).to_owned(),
        state_id: format!("{state}-1"),
    };
    of.iter().map(number).collect()
}

/// `income_type, standing, calculated, states` in cents.
type Row<'a> = (IncomeType, i64, i64, &'a [(&'a str, i64)]);

fn amounts(rows: &[Row<'_>]) -> StateAmounts {
    let mut amounts = StateAmounts::default();
    for (income_type, standing, calculated, states) in rows {
        let parts = states
            .iter()
            .map(|(state, cents)| ((*state).to_owned(), money(*cents)));
        let both = (money(*standing), money(*calculated));
        amounts.add(*income_type, both, parts.collect());
    }
    amounts
}

/// A form whose boxes show all the income of the rows, and their state tax.
fn content(form: &FormRules, rows: &[Row<'_>]) -> Content {
    let mut boxes = BTreeMap::<BoxId, Money>::new();
    let mut state_withheld = Money::ZERO;
    for (income_type, standing, ..) in rows {
        match income_type {
            Tax => state_withheld += money(*standing),
            _ => {
                if let Some(rule) = form.place(*income_type) {
                    *boxes.entry(rule.id.clone()).or_default() += money(*standing);
                }
            }
        }
    }
    let content = Content {
        boxes,
        state_withheld,
        ..Content::default()
    };
    Content {
        states: amounts(rows).of_form(&content, form),
        ..content
    }
}

/// `ME ME-1 withheld income`, and what is remarked, of a payer in Maine with numbers there and in New Hampshire.
fn told(rows: &[Row<'_>]) -> (Vec<String>, Vec<String>) {
    let form = rules(FormType::Nec);
    told_of(&content(&form, rows), &form)
}

fn told_of(content: &Content, form: &FormRules) -> (Vec<String>, Vec<String>) {
    let rows = StateRows::of(&payer("ME"), &numbers(&["ME", "NH"]), content, form);
    let printed = rows.printed();
    let row = |row: &crate::form::StateRow| {
        format!(
            "{} {} {}",
            row.state_and_number, row.tax_withheld, row.income
        )
    };
    let remarks = rows.remarks().iter().map(ToString::to_string);
    (printed.iter().map(row).collect(), remarks.collect())
}

#[test]
fn a_state_has_a_row_where_tax_was_withheld_and_most_tax_comes_first() {
    let (rows, remarks) = told(&[
        (Nec, 900_00, 900_00, &[("ME", 500_00), ("NH", 400_00)]),
        (Tax, 30_00, 30_00, &[("ME", 10_00), ("NH", 20_00)]),
    ]);
    assert_eq!(rows, ["NH NH-1 20.00 400.00", "ME ME-1 10.00 500.00"]);
    assert!(remarks.is_empty(), "{remarks:?}");
}

#[test]
fn a_state_without_withheld_tax_has_a_row_only_where_its_rule_wants_it() {
    let (rows, remarks) = told(&[
        (Nec, 600_00, 600_00, &[("ME", 500_00), ("VT", 100_00)]),
        (Tax, 10_00, 10_00, &[("ME", 10_00)]),
    ]);
    assert_eq!(rows, ["ME ME-1 10.00 500.00", "VT 0.00 100.00"]);
    assert_eq!(
        remarks,
        ["VT wants the form and the payer has no number there"]
    );
    let (rows, _) = told(&[(Nec, 600_00, 600_00, &[("ME", 500_01), ("VT", 99_99)])]);
    assert!(rows.is_empty(), "{rows:?}");
}

#[test]
fn a_rule_may_ask_for_the_copy_of_a_federal_form_only() {
    let form = rules(FormType::Nec);
    let federal = content(&form, &[(Nec, 600_00, 600_00, &[("NH", 600_00)])]);
    assert_eq!(told_of(&federal, &form).0, ["NH NH-1 0.00 600.00"]);
    let alone = Content {
        for_states_only: true,
        ..federal
    };
    assert!(told_of(&alone, &form).0.is_empty());
}

#[test]
fn a_third_state_is_named_and_not_dropped_in_silence() {
    let (rows, remarks) = told(&[
        (
            Nec,
            900_00,
            900_00,
            &[("AL", 300_00), ("ME", 300_00), ("NH", 300_00)],
        ),
        (Tax, 9_00, 9_00, &[("AL", 3_00), ("ME", 3_00), ("NH", 3_00)]),
    ]);
    assert_eq!(rows, ["AL 3.00 300.00", "ME ME-1 3.00 300.00"]);
    assert_eq!(
        remarks,
        [
            "state tax of 3.00 was withheld for AL and the payer has no number there",
            "no room in the two state rows for NH (withheld 3.00, income 300.00)",
        ]
    );
}

#[test]
fn tax_that_names_no_state_is_the_payers_own_states_and_income_stays_apart() {
    let (rows, remarks) = told(&[
        (Nec, 900_00, 900_00, &[("NH", 400_00)]),
        (Tax, 12_00, 12_00, &[("NH", 2_00)]),
    ]);
    assert_eq!(rows, ["ME ME-1 10.00 0.00", "NH NH-1 2.00 400.00"]);
    assert_eq!(
        remarks,
        ["income of 500.00 names no state and is in no state row"]
    );
    let (rows, remarks) = told(&[(Nec, 900_00, 900_00, &[]), (Tax, 12_00, 12_00, &[])]);
    assert_eq!(rows, ["ME ME-1 12.00 0.00"]);
    assert!(remarks.is_empty(), "{remarks:?}");
}

#[test]
fn the_only_state_that_the_payer_has_a_number_with_is_its_own() {
    let form = rules(FormType::Nec);
    let content = content(&form, &[(Tax, 5_00, 5_00, &[])]);
    let row = |payer: &Payer, of: &[&str]| {
        let rows = StateRows::of(payer, &numbers(of), &content, &form).printed();
        rows[0].state_and_number.clone()
    };
    assert_eq!(row(&payer("ME"), &["NH"]), "NH NH-1");
    assert_eq!(row(&payer("ME"), &["ME", "NH"]), "ME ME-1");
    assert_eq!(row(&payer("ME"), &["AL", "NH"]), "ME");
    assert_eq!(row(&payer(""), &[]), "");
}

#[test]
fn an_edit_of_an_amount_of_one_state_is_that_states() {
    let (rows, remarks) = told(&[
        (Nec, 700_00, 900_00, &[("NH", 900_00)]),
        (Tax, 8_00, 9_00, &[("NH", 9_00)]),
    ]);
    assert_eq!(rows, ["NH NH-1 8.00 700.00"]);
    assert!(remarks.is_empty(), "{remarks:?}");
}

#[test]
fn an_edit_of_an_amount_that_states_share_is_divided_and_said_to_be() {
    let (rows, remarks) = told(&[
        (Nec, 100_01, 900_00, &[("ME", 450_00), ("NH", 450_00)]),
        (Tax, 5_00, 5_00, &[("ME", 5_00)]),
    ]);
    assert_eq!(rows, ["ME ME-1 5.00 50.01"]);
    assert_eq!(remarks.len(), 1);
    assert!(remarks[0].starts_with("an edited amount is divided"));
}

#[test]
fn only_the_income_in_the_forms_own_boxes_is_its_states() {
    let form = rules(FormType::Misc);
    let rows: &[Row<'_>] = &[
        (Nec, 900_00, 900_00, &[("NH", 900_00)]),
        (Rents, 700_00, 700_00, &[("NH", 600_00), ("ME", 100_00)]),
        (Royalties, 20_00, 20_00, &[("ME", 20_00)]),
        (Tax, 7_00, 7_00, &[("NH", 5_00), ("ME", 2_00)]),
    ];
    let (printed, _) = told_of(&content(&form, rows), &form);
    assert_eq!(printed, ["NH NH-1 5.00 600.00", "ME ME-1 2.00 120.00"]);
}

#[test]
fn no_row_takes_a_sign_and_the_rows_still_come_to_the_tax_withheld() {
    let (rows, remarks) = told(&[
        (Nec, 800_00, 800_00, &[("ME", 900_00), ("NH", -100_00)]),
        (Tax, 8_00, 8_00, &[("ME", 9_00), ("NH", -1_00)]),
    ]);
    assert_eq!(rows, ["ME ME-1 8.00 900.00"]);
    assert_eq!(remarks.len(), 2, "{remarks:?}");
    assert_eq!(remarks[0], "income of -100.00 for NH is left off");
}

proptest::proptest! {
    #[test]
    fn the_tax_of_all_rows_is_what_the_form_withheld(
        calculated in proptest::collection::btree_map("[A-E]{2}", -50_00_i64..900_00, 0..5),
        rest in -10_00_i64..500_00,
        standing in 1_i64..2_000_00,
        is_edited: bool,
    ) {
        let form = rules(FormType::Nec);
        let sum = calculated.values().sum::<i64>() + rest;
        let standing = if is_edited { standing } else { sum };
        proptest::prop_assume!(standing > 0);
        let states: Vec<_> = calculated.iter().map(|(state, cents)| (state.as_str(), *cents)).collect();
        let content = content(&form, &[(Tax, standing, sum, &states)]);
        let rows = StateRows::of(&payer("ME"), &[], &content, &form);
        let withheld: Money = rows.states().map(|row| row.part.withheld).sum();
        proptest::prop_assert_eq!(withheld, money(standing));
    }
}
