use serde::Deserialize;

use super::*;
use crate::{TaxYear, rules};

#[derive(Deserialize)]
struct Fixture {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    combined: bool,
    #[serde(default)]
    report_all_boxes: bool,
    amounts: BTreeMap<String, String>,
    expect: Vec<String>,
}

fn year(year: i32) -> &'static YearRules {
    rules::for_year(TaxYear::new(year).unwrap()).unwrap()
}

fn incomes(amounts: &[(IncomeType, i64)]) -> Incomes {
    amounts
        .iter()
        .map(|(income_type, cents)| (*income_type, Money::from_cents(*cents)))
        .collect()
}

/// `1099-NEC: 1=600.00 X direct_sales state=5.00; box 3: 1.00 is less than 600.00`
fn in_words((form_type, decision): (FormType, Decision)) -> String {
    let content = match decision {
        Decision::NoForm(none) => return format!("{form_type} none: {none}"),
        Decision::Form(content) => content,
    };
    let mut words = format!("{form_type}:");
    let order = |id: &crate::form::BoxId| (id.0.len(), id.0.clone());
    let mut boxes: Vec<_> = content.boxes.iter().collect();
    boxes.sort_by_key(|(id, _)| order(id));
    for (id, amount) in boxes {
        words += &format!(" {id}={amount}");
    }
    for mark in &content.marks {
        words += &format!(" X {}", mark.as_str());
    }
    if content.state_withheld.is_positive() {
        words += &format!(" state={}", content.state_withheld);
    }
    for left_off in &content.left_off {
        words += &format!("; {left_off}");
    }
    words
}

#[test]
fn the_cases_of_every_year_come_out_as_an_accountant_would_have_them() {
    for (of, text) in [
        (2019, include_str!("../../tests/fixtures/rules/2019.toml")),
        (2020, include_str!("../../tests/fixtures/rules/2020.toml")),
        (2025, include_str!("../../tests/fixtures/rules/2025.toml")),
        (2026, include_str!("../../tests/fixtures/rules/2026.toml")),
    ] {
        let fixture: Fixture = toml::from_str(text).unwrap();
        for case in fixture.case {
            let amounts = case
                .amounts
                .iter()
                .map(|(word, amount)| (word.parse().unwrap(), amount.parse().unwrap()))
                .collect();
            let options = Options {
                combined: case.combined,
                report_all_boxes: case.report_all_boxes,
                ..Options::default()
            };
            let decided: Vec<_> = decide(&amounts, year(of), options)
                .into_iter()
                .map(in_words)
                .collect();
            assert_eq!(decided, case.expect, "{of}: {}", case.name);
        }
    }
}

#[test]
fn one_person_under_two_vendor_ids_is_tested_by_the_sum_and_printed_apart() {
    let own = incomes(&[(IncomeType::Rents, 400_00)]);
    let tested = incomes(&[(IncomeType::Rents, 650_00)]);
    let decided = decide_together(&own, &tested, year(2025), Options::default());
    let Decision::Form(content) = &decided[&FormType::Misc] else {
        panic!("a form is due: {decided:?}");
    };
    assert_eq!(
        content.boxes.values().copied().sum::<Money>(),
        Money::from_cents(400_00)
    );
}

#[test]
fn a_recipient_with_nothing_on_a_form_is_not_asked_about_it() {
    assert!(decide(&Incomes::new(), year(2025), Options::default()).is_empty());
    let decided = decide(
        &incomes(&[(IncomeType::Royalties, 0)]),
        year(2025),
        Options::default(),
    );
    let Decision::NoForm(none) = &decided[&FormType::Misc] else {
        panic!("no form is due");
    };
    assert_eq!(none.reason.as_str(), "nothing_to_report");
}

proptest::proptest! {
    #[test]
    fn no_cent_is_lost_between_the_information_and_the_decisions(
        cents in proptest::collection::btree_map(0_usize..16, -1_000_00_i64..10_000_00, 0..16),
        combined: bool,
        report_all_boxes: bool,
        of in 2019_i32..=2026,
    ) {
        let amounts: Incomes = cents
            .into_iter()
            .map(|(index, cents)| (IncomeType::ALL[index], Money::from_cents(cents)))
            .collect();
        let options = Options { combined, report_all_boxes, ..Options::default() };
        let mut found = Money::ZERO;
        for decision in decide(&amounts, year(of), options).into_values() {
            let (shown, left_off) = match decision {
                Decision::Form(content) => {
                    let marked = content.marks.contains(&Mark::DirectSales);
                    let sales = amounts.get(&IncomeType::DirectSales).copied();
                    found += sales.filter(|_| marked).unwrap_or_default();
                    (content.boxes.values().sum::<Money>() + content.state_withheld, content.left_off)
                }
                Decision::NoForm(none) => (Money::ZERO, none.amounts),
            };
            found += shown + left_off.iter().map(|left| left.amount).sum();
        }
        proptest::prop_assert_eq!(found, amounts.values().sum::<Money>());
    }
}

#[test]
fn parts_are_reported_in_boxes_of_their_own_where_the_form_shows_their_whole() {
    use crate::edit::Parts;
    let parts = Parts {
        cash_tips: Money::from_cents(120_00),
        overtime: Money::from_cents(77_05),
        occupation_codes: vec!["101".parse().unwrap()],
    };
    let shown = |of: i32, income_type: IncomeType, cents: i64| {
        let rules = year(of);
        let (form, _) = rules.places(income_type).next().unwrap();
        let mut decisions = decide(&incomes(&[(income_type, cents)]), rules, Options::default());
        let Some(Decision::Form(mut content)) = decisions.remove(&form.form_type) else {
            return String::new();
        };
        content.report_apart(income_type, &parts, form);
        content.report_apart(IncomeType::FishPurchased, &parts, form);
        let boxes = content
            .boxes
            .iter()
            .map(|(id, amount)| format!("{id}={amount}"));
        let codes = content.occupation_codes.iter().map(ToString::to_string);
        boxes.chain(codes).collect::<Vec<_>>().join(" ")
    };
    for (of, income_type, cents, expected) in [
        (
            2026,
            IncomeType::NonemployeeCompensation,
            9_000_00,
            "1a=9000.00 1b=120.00 1d=77.05 101",
        ),
        (2026, IncomeType::NonemployeeCompensation, 1_999_99, ""),
        (
            2026,
            IncomeType::OtherIncome,
            9_000_00,
            "3=9000.00 13a=120.00 14=77.05 101",
        ),
        (2026, IncomeType::Rents, 9_000_00, "1=9000.00"),
        (
            2025,
            IncomeType::NonemployeeCompensation,
            9_000_00,
            "1=9000.00",
        ),
    ] {
        assert_eq!(
            shown(of, income_type, cents),
            expected,
            "{income_type} {of}"
        );
    }
}
