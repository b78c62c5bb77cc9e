//! Which forms put which error right.

use super::*;
use crate::form::{BoxId, Form, FormType, Mark, PayerBlock, RecipientBlock, StateRow};
use crate::{Money, TaxYear};

fn form(form_type: FormType, cents: i64) -> Form {
    Form {
        form_type,
        tax_year: TaxYear::new(2025).unwrap(),
        account_number: "V1".to_owned(),
        payer: PayerBlock {
            name: "Acme".to_owned(),
            street: "1 Basin Road".to_owned(),
            city_line: "Dover, DE 19901".to_owned(),
            parts: None,
            phone: String::new(),
            tin: None,
        },
        recipient: RecipientBlock {
            name: "Ada Pump".to_owned(),
            name_2: String::new(),
            street: "1 Quay".to_owned(),
            city_line: "Reno, NV 89501".to_owned(),
            parts: None,
            tin: None,
        },
        boxes: [(BoxId::from("1"), Money::from_cents(cents))].into(),
        occupation_codes: Vec::new(),
        marks: [].into(),
        states: Vec::new(),
    }
}

fn nec() -> Form {
    form(FormType::Nec, 600_00)
}

fn with(change: impl FnOnce(&mut Form)) -> Form {
    let mut form = nec();
    change(&mut form);
    form
}

/// What is to be done about a 1099-NEC, filed as an original with the same number.
fn action(filed: &Form, today: Option<&Form>) -> Option<Action> {
    of_step((filed, Step::Original, true), today)
}

fn of_step((form, step, is_same_tin): (&Form, Step, bool), today: Option<&Form>) -> Option<Action> {
    let filed = Filed {
        form,
        step,
        is_same_tin,
    };
    let recipient = Recipient {
        filed: [(FormType::Nec, filed)].into(),
        today: today
            .map(|today| (FormType::Nec, Today(today)))
            .into_iter()
            .collect(),
        begun: [FormType::Nec].into(),
    };
    decide(&recipient).remove(&FormType::Nec)
}

fn steps(action: &Action, filed: &Form, today: Option<&Form>) -> Vec<(Step, bool, Money)> {
    let key = ("f".to_owned(), 3);
    forms(action, Some((&key, filed)), today)
        .into_iter()
        .map(|made| {
            let is_marked = made.form.marks.contains(&Mark::Corrected);
            assert_eq!(is_marked, made.step.is_marked());
            let amount = made.form.boxes.values().copied().sum();
            (made.step, made.has_filed_tin, amount)
        })
        .collect()
}

#[test]
fn each_wrong_field_is_put_right_by_one_form_or_by_two() {
    let rows: [(&str, Form, ErrorType); 8] = [
        ("amount", form(FormType::Nec, 700_00), ErrorType::One),
        (
            "another box",
            with(|f| {
                f.boxes.insert("4".into(), Money::from_cents(1));
            }),
            ErrorType::One,
        ),
        (
            "checkbox",
            with(|f| {
                f.marks.insert(Mark::DirectSales);
            }),
            ErrorType::One,
        ),
        (
            "code",
            with(|f| f.occupation_codes = vec!["101".parse().unwrap()]),
            ErrorType::One,
        ),
        (
            "street",
            with(|f| f.recipient.street = "2 Quay".to_owned()),
            ErrorType::One,
        ),
        (
            "name",
            with(|f| f.recipient.name = "Ada Pumpe".to_owned()),
            ErrorType::Two,
        ),
        (
            "name and address",
            with(|f| {
                f.recipient.name = "Ada Pumpe".to_owned();
                f.recipient.street = "2 Quay".to_owned();
            }),
            ErrorType::Two,
        ),
        (
            "state tax alone",
            with(|f| f.states = vec![StateRow::default()]),
            ErrorType::StateOnly,
        ),
    ];
    for (what, today, expected) in rows {
        let found = match action(&nec(), Some(&today)) {
            Some(Action::TypeOne(_)) => ErrorType::One,
            Some(Action::TypeTwo(_)) => ErrorType::Two,
            Some(Action::StateOnly(_)) => ErrorType::StateOnly,
            other => panic!("{what}: {other:?}"),
        };
        assert_eq!(found, expected, "{what}");
    }
    let tin = of_step((&nec(), Step::Original, false), Some(&nec()));
    assert_eq!(tin, Some(Action::TypeTwo(vec![Change::Tin])));
}

#[test]
fn what_is_as_filed_is_no_correction_and_neither_is_a_notice_or_the_payer() {
    assert_eq!(action(&nec(), Some(&nec())), None);
    let notice = with(|f| {
        f.marks.insert(Mark::SecondTinNotice);
    });
    assert_eq!(action(&nec(), Some(&notice)), None);
    let moved = with(|f| f.payer.street = "2 Basin Road".to_owned());
    assert_eq!(action(&nec(), Some(&moved)), None);
    let corrected = with(|f| {
        f.marks.insert(Mark::Corrected);
    });
    assert_eq!(
        action(&corrected, Some(&nec())),
        None,
        "a correction is not corrected for its mark"
    );
}

#[test]
fn an_amount_is_told_with_its_old_and_new_value() {
    let today = form(FormType::Nec, 700_00);
    let change = Change::Amount {
        box_id: "1".into(),
        old: Money::from_cents(600_00),
        new: Money::from_cents(700_00),
    };
    assert_eq!(
        action(&nec(), Some(&today)),
        Some(Action::TypeOne(vec![change]))
    );
}

#[test]
fn type_one_is_one_marked_form_and_type_two_a_marked_one_of_zeros_and_a_plain_one() {
    let today = form(FormType::Nec, 700_00);
    let one = action(&nec(), Some(&today)).unwrap();
    let amount = Money::from_cents(700_00);
    assert_eq!(
        steps(&one, &nec(), Some(&today)),
        [(Step::TypeOne, false, amount)]
    );
    let two = Action::TypeTwo(vec![Change::Tin]);
    assert_eq!(
        steps(&two, &nec(), Some(&today)),
        [
            (Step::TypeTwoFirst, true, Money::ZERO),
            (Step::TypeTwoSecond, false, amount)
        ]
    );
}

#[test]
fn a_form_filed_in_error_is_taken_back_once() {
    let back = action(&nec(), None).unwrap();
    assert_eq!(
        back,
        Action::TakeBack {
            is_wrong_type: false
        }
    );
    assert_eq!(
        steps(&back, &nec(), None),
        [(Step::TypeOne, true, Money::ZERO)]
    );
    let taken = taken_back(&nec());
    assert!(is_taken_back(&taken) && !is_taken_back(&nec()));
    assert_eq!(of_step((&taken, Step::TypeOne, true), None), None);
    assert!(matches!(
        of_step((&taken, Step::TypeOne, true), Some(&nec())),
        Some(Action::TypeOne(_))
    ));
    let second = of_step((&taken, Step::TypeTwoFirst, false), Some(&nec()));
    assert_eq!(
        second,
        Some(Action::New { is_second: true }),
        "the first of two was filed, the second was not"
    );
}

#[test]
fn the_wrong_type_is_taken_back_and_the_right_one_is_new() {
    let (filed, today) = (nec(), form(FormType::Misc, 600_00));
    let mut recipient = Recipient {
        filed: [(
            FormType::Nec,
            Filed {
                form: &filed,
                step: Step::Original,
                is_same_tin: true,
            },
        )]
        .into(),
        today: [(FormType::Misc, Today(&today))].into(),
        begun: [FormType::Nec, FormType::Misc].into(),
    };
    let back = Action::TakeBack {
        is_wrong_type: true,
    };
    let right = Action::New { is_second: true };
    assert_eq!(
        decide(&recipient),
        [(FormType::Nec, back.clone()), (FormType::Misc, right)].into()
    );
    recipient.begun.remove(&FormType::Misc);
    assert_eq!(
        decide(&recipient),
        [(FormType::Nec, back)].into(),
        "it goes with the year's forms of its type, which are not filed yet"
    );
}

#[test]
fn a_form_never_filed_is_late_once_its_type_was_filed() {
    let today = nec();
    let mut recipient = Recipient {
        today: [(FormType::Nec, Today(&today))].into(),
        ..Recipient::default()
    };
    assert_eq!(decide(&recipient), [].into());
    recipient.begun.insert(FormType::Nec);
    let late = Action::New { is_second: false };
    assert_eq!(decide(&recipient), [(FormType::Nec, late)].into());
}

#[test]
fn direct_sales_are_taken_back_with_the_amounts_and_the_state_keeps_its_number() {
    let filed = with(|f| {
        f.marks.insert(Mark::DirectSales);
        f.states = vec![StateRow {
            tax_withheld: Money::from_cents(5),
            state_and_number: "MO 12".to_owned(),
            income: Money::from_cents(7),
        }];
    });
    let taken = taken_back(&filed);
    assert_eq!(taken.marks, [Mark::Corrected].into());
    assert_eq!(taken.states[0].state_and_number, "MO 12");
    assert_eq!(taken.states[0].tax_withheld, Money::ZERO);
    assert_eq!(taken.account_number, filed.account_number);
}
