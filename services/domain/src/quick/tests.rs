use std::collections::BTreeMap;

use serde::Deserialize;

use super::*;
use crate::eligibility::{self, Decision, Incomes};
use crate::{TaxYear, rules};

#[derive(Deserialize)]
struct Fixture {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    tax_year: i32,
    #[serde(default = "services")]
    income_type: String,
    classification: Option<String>,
    paid: BTreeMap<String, String>,
    total_paid: String,
    reportable: String,
    left_out: String,
    place: String,
    why: String,
}

fn services() -> String {
    IncomeType::NonemployeeCompensation.to_string()
}

fn cases() -> Vec<Case> {
    let text = include_str!("../../tests/fixtures/quick/cases.toml");
    toml::from_str::<Fixture>(text).unwrap().case
}

fn year(year: i32) -> &'static YearRules {
    rules::for_year(TaxYear::new(year).unwrap()).unwrap()
}

fn question(case: &Case) -> Question {
    let paid = case.paid.iter().map(|(method, text)| Paid {
        method: method.parse().unwrap(),
        amount: amount(text).unwrap(),
    });
    let classification = case.classification.as_ref().map(|c| c.parse().unwrap());
    let income_type = case.income_type.parse().unwrap();
    Question::new(income_type, classification, paid.collect()).unwrap()
}

#[test]
fn every_case_comes_out_as_it_is_written_down() {
    for case in cases() {
        let answer = question(&case).answer(year(case.tax_year));
        let place = format!(
            "{} box {} from {} on",
            answer.form_type, answer.place.id, answer.threshold.amount
        );
        let found = [
            answer.total_paid.to_string(),
            answer.reportable.to_string(),
            answer.left_out.to_string(),
            place,
            answer.to_string(),
        ];
        let expected = [
            case.total_paid,
            case.reportable,
            case.left_out,
            case.place,
            case.why,
        ];
        assert_eq!(found, expected, "{}", case.name);
        assert!(!answer.threshold.source.is_empty());
    }
}

#[test]
fn the_calculator_says_what_the_forms_of_the_same_amount_say() {
    for case in cases() {
        let question = question(&case);
        let answer = question.answer(year(case.tax_year));
        if matches!(answer.verdict, Verdict::ExemptClassification(_)) {
            continue; // such a recipient has no 1099 information to decide about
        }
        let incomes = Incomes::from([(question.income_type, answer.reportable)]);
        let decided = eligibility::decide(&incomes, year(case.tax_year), Default::default());
        let is_due = matches!(decided.get(&answer.form_type), Some(Decision::Form(_)));
        assert_eq!(is_due, answer.verdict == Verdict::Required, "{}", case.name);
    }
}

#[test]
fn an_amount_has_two_decimals_at_most_ten_digits_before_them_and_no_sign() {
    for (text, cents) in [
        ("0", 0),
        ("500", 500_00),
        ("4500.5", 4_500_50),
        ("9999999999.99", MAX_CENTS),
    ] {
        assert_eq!(amount(text), Ok(Money::from_cents(cents)));
    }
    for (text, error) in [
        ("-0.01", QuickError::Negative),
        ("-10000000000000000000", QuickError::Negative),
        ("10000000000", QuickError::TooLarge),
        ("10000000000000000000", QuickError::TooLarge),
        ("1.005", MoneyError::FractionOfACent.into()),
        ("1,000", MoneyError::Malformed.into()),
        ("$5", MoneyError::Malformed.into()),
        ("1e3", MoneyError::Malformed.into()),
        ("", MoneyError::Malformed.into()),
    ] {
        assert_eq!(amount(text), Err(error), "{text}");
    }
}

#[test]
fn tax_withheld_is_nothing_to_ask_about() {
    for income_type in IncomeType::ALL {
        let asked = Question::new(income_type, None, Vec::new());
        assert_eq!(asked.is_err(), income_type.is_withheld(), "{income_type}");
    }
}

proptest::proptest! {
    #[test]
    fn what_is_reportable_and_what_is_left_out_are_what_was_paid(
        cents in proptest::collection::vec(0..=MAX_CENTS, 12),
        of in 2019_i32..=2026,
    ) {
        let paid = PaymentMethod::ALL.into_iter().zip(&cents).map(|(method, cents)| Paid {
            method,
            amount: Money::from_cents(*cents),
        });
        let asked = Question::new(IncomeType::NonemployeeCompensation, None, paid.collect());
        let asked = asked.unwrap();
        let answer = asked.answer(year(of));
        let sum: i64 = cents.iter().sum();
        proptest::prop_assert_eq!(answer.total_paid, Money::from_cents(sum));
        proptest::prop_assert_eq!(answer.reportable, Money::from_cents(cents[..6].iter().sum()));
        proptest::prop_assert_eq!(answer.left_out, Money::from_cents(cents[6..].iter().sum()));
    }
}
