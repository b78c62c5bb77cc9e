use super::*;
use crate::{TaxYear, rules};

fn year(year: i32) -> &'static YearRules {
    rules::for_year(TaxYear::new(year).unwrap()).unwrap()
}

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

fn value(amount: &str) -> Value {
    Value::of(money(amount))
}

fn parts(cash_tips: &str, overtime: &str, codes: &[&str]) -> Parts {
    Parts {
        cash_tips: money(cash_tips),
        overtime: money(overtime),
        occupation_codes: codes.iter().map(|code| code.parse().unwrap()).collect(),
    }
}

fn calculated(amount: &str) -> Row {
    Row {
        calculated: Some(money(amount)),
        edit: None,
    }
}

fn with(row: Row, edit: Edit) -> Row {
    Row {
        edit: Some(edit),
        ..row
    }
}

fn amount_of(text: &str) -> Wish {
    Wish {
        amount: Some(money(text)),
        parts: None,
    }
}

use IncomeType::{NonemployeeCompensation as Nec, OtherIncome, Rents};

#[test]
fn an_edit_stands_beside_the_calculated_amount_until_it_is_reverted() {
    let row = calculated("500.00");
    let edit = row.change(Rents, amount_of("600.00"), year(2025)).unwrap();
    assert_eq!(edit, Edit::Changed(value("600.00")));
    let row = with(row, edit);
    assert_eq!(row.standing(), Some(value("600.00")));
    assert_eq!(row.calculated, Some(money("500.00")));
    assert_eq!(row.revert(), Ok(()));
    assert_eq!(calculated("500.00").revert(), Err(EditError::NotEdited));
}

#[test]
fn a_row_that_is_not_there_can_be_added_once_and_only_then_edited_or_deleted() {
    let nothing = Row::default();
    assert_eq!(
        nothing.change(Rents, amount_of("1.00"), year(2025)),
        Err(EditError::NoSuchRow)
    );
    assert_eq!(nothing.delete(), Err(EditError::NoSuchRow));
    assert_eq!(nothing.revert(), Err(EditError::NoSuchRow));
    let added = nothing.add(Rents, value("0.00"), year(2025)).unwrap();
    let row = with(nothing, added);
    assert_eq!(
        row.add(Rents, value("1.00"), year(2025)),
        Err(EditError::Exists)
    );
    let changed = row.change(Rents, amount_of("2.00"), year(2025)).unwrap();
    assert_eq!(
        changed,
        Edit::Added(value("2.00")),
        "it stays one added by hand"
    );
    assert_eq!(row.delete(), Ok(None), "nothing is left of it");
}

#[test]
fn an_added_row_that_was_calculated_since_is_deleted_as_a_calculated_one() {
    let row = with(calculated("5.00"), Edit::Added(value("7.00")));
    assert_eq!(row.delete(), Ok(Some(Edit::Deleted)));
}

#[test]
fn a_deleted_row_reports_nothing_and_wants_reverting_first() {
    let row = calculated("500.00");
    let edit = row.delete().unwrap().unwrap();
    let row = with(row, edit);
    assert_eq!(row.standing(), None);
    assert_eq!(row.delete(), Err(EditError::Deleted));
    assert_eq!(
        row.change(Rents, amount_of("1.00"), year(2025)),
        Err(EditError::Deleted)
    );
    assert_eq!(
        row.add(Rents, value("1.00"), year(2025)),
        Err(EditError::Deleted)
    );
    assert_eq!(row.revert(), Ok(()));
}

#[test]
fn tax_withheld_may_be_edited_like_income() {
    let row = calculated("10.00");
    let withheld = IncomeType::FederalIncomeTaxWithheld;
    assert!(row.change(withheld, amount_of("0.00"), year(2025)).is_ok());
}

/// The words of every refused value.
fn refused(row: &Row, income_type: IncomeType, wish: Wish, of: i32) -> Vec<String> {
    match row.change(income_type, wish, year(of)) {
        Err(EditError::Values(bad)) => bad.iter().map(ToString::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_amount_has_at_most_ten_digits_before_the_point_and_no_sign() {
    let row = calculated("1.00");
    assert!(
        row.change(Rents, amount_of("9999999999.99"), year(2025))
            .is_ok()
    );
    let beyond = Wish {
        amount: Some(Money::from_cents(value::MAX_CENTS + 1)),
        parts: None,
    };
    let too_large = refused(&row, Rents, beyond, 2025);
    assert_eq!(
        too_large,
        ["the amount: has more than ten digits before the point"]
    );
    let negative = refused(&row, Rents, amount_of("-0.01"), 2025);
    assert!(negative[0].contains("takes no sign"), "{negative:?}");
}

#[test]
fn parts_without_an_amount_keep_the_amount_and_an_amount_keeps_the_parts() {
    let row = calculated("5000.00");
    let wish = Wish {
        amount: None,
        parts: Some(parts("300.00", "200.00", &["101", "000"])),
    };
    let edit = row.change(Nec, wish.clone(), year(2026)).unwrap();
    let kept = edit.value().unwrap();
    assert_eq!(kept.amount, money("5000.00"));
    assert!(row.change(OtherIncome, wish, year(2026)).is_ok());
    let row = with(row, edit.clone());
    let less = row.change(Nec, amount_of("500.00"), year(2026)).unwrap();
    assert_eq!(less.value().unwrap().parts, kept.parts);
    let too_little = refused(&row, Nec, amount_of("499.99"), 2026);
    assert_eq!(
        too_little,
        [
            "overtime: with the other part comes to 500.00, more than the row's 499.99, which they are parts of"
        ]
    );
}

#[test]
fn a_part_is_never_more_than_its_row_and_never_negative() {
    let row = calculated("100.00");
    let wish = Wish {
        amount: None,
        parts: Some(parts("100.01", "-1.00", &["101", "102", "101"])),
    };
    let bad = refused(&row, Nec, wish, 2026);
    assert_eq!(
        bad,
        [
            "cash tips: is more than the row's 100.00, which it is a part of",
            "overtime: is negative; 0.00 means that there is no such part",
            "occupation code: has room for two codes",
            "occupation code: names a code twice",
        ]
    );
}

#[test]
fn a_year_or_income_type_without_a_box_for_tips_refuses_them() {
    let row = calculated("100.00");
    let wish = |parts| Wish {
        amount: None,
        parts: Some(parts),
    };
    let before = refused(&row, Nec, wish(parts("1.00", "1.00", &["101"])), 2025);
    assert_eq!(
        before,
        [
            "cash tips: has no box on the forms of 2025 for nonemployee_compensation",
            "occupation code: has no box on the forms of 2025 for nonemployee_compensation",
            "overtime: has no box on the forms of 2025 for nonemployee_compensation",
        ]
    );
    let rents = refused(&row, Rents, wish(parts("1.00", "0.00", &[])), 2026);
    assert_eq!(rents.len(), 1, "{rents:?}");
}

#[test]
fn an_occupation_code_is_three_digits() {
    for bad in ["", "1", "12a", "1234", "١٢٣"] {
        assert!(bad.parse::<OccupationCode>().is_err(), "{bad}");
    }
    assert_eq!("007".parse::<OccupationCode>().unwrap().as_str(), "007");
}

#[test]
fn a_kept_edit_is_told_with_both_amounts() {
    let edit = Edit::Changed(value("600.00"));
    let kept = Kept {
        income_type: Rents,
        calculated: Some(money("500.00")),
        edit: &edit,
        user: "ada",
    };
    assert_eq!(
        kept.to_string(),
        "rents: calculated 500.00, kept at 600.00 as edited by ada; revert the edit to let the calculation stand"
    );
    let vanished = Kept {
        calculated: None,
        ..kept
    };
    assert!(vanished.to_string().contains("no longer calculated"));
    let address = KeptAddressCode {
        calculated: Some("HQ"),
        edited: "REMIT",
        user: "ada",
    };
    assert!(address.to_string().contains("the vendor's is HQ"));
}

#[test]
fn what_stood_before_and_after_is_written_with_amounts_as_text() {
    let snapshot = Snapshot {
        value: Some(Value {
            amount: money("5.00"),
            parts: parts("1.00", "0.00", &["101"]),
        }),
        address_code: None,
    };
    let json = serde_json::to_string(&snapshot).unwrap();
    assert_eq!(
        json,
        r#"{"value":{"amount":"5.00","parts":{"cash_tips":"1.00","overtime":"0.00","occupation_codes":["101"]}}}"#
    );
    assert_eq!(serde_json::from_str::<Snapshot>(&json).unwrap(), snapshot);
    for kind in ChangeKind::ALL {
        assert_eq!(kind.as_str().parse(), Ok(kind));
    }
}
