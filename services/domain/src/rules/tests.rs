use super::*;
use crate::form::{BoxId, FormType};
use crate::{IncomeType, Money};

fn year(year: i32) -> TaxYear {
    TaxYear::new(year).unwrap()
}

fn rules(of: i32) -> &'static YearRules {
    for_year(year(of)).unwrap()
}

fn places(of: i32, income_type: IncomeType) -> Vec<String> {
    rules(of)
        .places(income_type)
        .map(|(form, rule)| format!("{} {}", form.form_type, rule.id))
        .collect()
}

fn total_boxes(of: i32, form_type: FormType) -> String {
    let form = rules(of).form(form_type).unwrap();
    let ids: Vec<_> = form.total_boxes().map(|id| id.0.as_str()).collect();
    ids.join(" ")
}

#[test]
fn every_year_from_2019_to_2026_has_rules_that_fit_together() {
    let years: Vec<_> = RuleBook::built_in()
        .years()
        .map(|rules| rules.tax_year.year())
        .collect();
    assert_eq!(years, (2019..=2026).collect::<Vec<_>>());
}

#[test]
fn a_year_without_a_rule_is_an_error_and_never_last_years_rule() {
    for missing in [2018, 2027] {
        let error = for_year(year(missing)).unwrap_err();
        assert_eq!(error.reason(), "NO_RULE_FOR_YEAR");
        assert_eq!(
            error.to_string(),
            format!("there are no rules for tax year {missing}; rules exist for 2019 to 2026")
        );
    }
}

#[test]
fn income_prints_in_the_box_of_its_own_year() {
    use IncomeType::*;
    for (of, income_type, expected) in [
        (2019, NonemployeeCompensation, vec!["1099-MISC 7"]),
        (2020, NonemployeeCompensation, vec!["1099-NEC 1"]),
        (2025, NonemployeeCompensation, vec!["1099-NEC 1"]),
        (2026, NonemployeeCompensation, vec!["1099-NEC 1a"]),
        (2019, DirectSales, vec!["1099-MISC 9"]),
        (2020, DirectSales, vec!["1099-MISC 7"]),
        (2021, DirectSales, vec!["1099-NEC 2", "1099-MISC 7"]),
        (2019, CropInsurance, vec!["1099-MISC 10"]),
        (2020, CropInsurance, vec!["1099-MISC 9"]),
        (2019, AttorneyGrossProceeds, vec!["1099-MISC 14"]),
        (2020, AttorneyGrossProceeds, vec!["1099-MISC 10"]),
        (2019, ExcessGoldenParachute, vec!["1099-MISC 13"]),
        (2021, ExcessGoldenParachute, vec!["1099-MISC 13"]),
        (2022, ExcessGoldenParachute, vec!["1099-MISC 14"]),
        (2024, ExcessGoldenParachute, vec!["1099-MISC 14"]),
        (2025, ExcessGoldenParachute, vec!["1099-NEC 3"]),
        (2019, Section409aDeferrals, vec!["1099-MISC 15a"]),
        (2020, Section409aDeferrals, vec!["1099-MISC 12"]),
        (
            2019,
            NonqualifiedDeferredCompensation,
            vec!["1099-MISC 15b"],
        ),
        (2021, NonqualifiedDeferredCompensation, vec!["1099-MISC 14"]),
        (2022, NonqualifiedDeferredCompensation, vec!["1099-MISC 15"]),
        (2020, FishPurchased, vec!["1099-NEC 1"]),
        (2021, FishPurchased, vec!["1099-MISC 11"]),
        (2019, StateTaxWithheld, vec!["1099-MISC 16"]),
        (2021, StateTaxWithheld, vec!["1099-NEC 5", "1099-MISC 15"]),
        (2022, StateTaxWithheld, vec!["1099-NEC 5", "1099-MISC 16"]),
        (
            2026,
            FederalIncomeTaxWithheld,
            vec!["1099-NEC 4", "1099-MISC 4"],
        ),
    ] {
        assert_eq!(places(of, income_type), expected, "{income_type} in {of}");
    }
}

#[test]
fn the_total_of_form_1096_counts_the_boxes_of_the_year() {
    for (of, form_type, expected) in [
        (2019, FormType::Misc, "1 2 3 5 6 7 8 10 13 14"),
        (2020, FormType::Nec, "1"),
        (2024, FormType::Nec, "1"),
        (2024, FormType::Misc, "1 2 3 5 6 8 9 10 11 14"),
        (2025, FormType::Nec, "1 3"),
        (2025, FormType::Misc, "1 2 3 5 6 8 9 10 11"),
        (2026, FormType::Nec, "1a 3"),
    ] {
        assert_eq!(total_boxes(of, form_type), expected, "{form_type} {of}");
    }
}

#[test]
fn a_threshold_counts_itself_and_changes_with_the_year() {
    use IncomeType::*;
    for (of, income_type, below, reached) in [
        (2019, NonemployeeCompensation, 599_99, 600_00),
        (2025, NonemployeeCompensation, 599_99, 600_00),
        (2026, NonemployeeCompensation, 1_999_99, 2_000_00),
        (2025, Rents, 599_99, 600_00),
        (2026, Rents, 1_999_99, 2_000_00),
        (2026, Royalties, 9_99, 10_00),
        (2026, SubstitutePayments, 9_99, 10_00),
        (2025, AttorneyGrossProceeds, 599_99, 600_00),
        (2026, AttorneyGrossProceeds, 599_99, 600_00),
        (2026, FishPurchased, 599_99, 600_00),
        (2026, DirectSales, 4_999_99, 5_000_00),
        (2026, FishingBoatProceeds, 0, 1),
    ] {
        let threshold = rules(of).threshold(income_type).unwrap();
        assert!(
            !threshold.reached_by(Money::from_cents(below)),
            "{income_type} {of}"
        );
        assert!(
            threshold.reached_by(Money::from_cents(reached)),
            "{income_type} {of}"
        );
    }
    assert_eq!(rules(2025).threshold(FederalIncomeTaxWithheld), None);
}

#[test]
fn backup_withholding_is_28_percent_to_the_end_of_2017_and_24_after() {
    let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
    let hundred = Money::from_cents(100_00);
    let withheld = |date| backup_withholding_rate(date).unwrap().of(hundred).cents();
    assert_eq!(withheld(day(2017, 12, 31)), 28_00);
    assert_eq!(withheld(day(2018, 1, 1)), 24_00);
    assert_eq!(rules(2026).backup_withholding.of(hundred).cents(), 24_00);
    assert!(backup_withholding_rate(day(1999, 1, 1)).is_err());
}

#[test]
fn a_return_that_did_not_exist_is_refused_by_name() {
    let error = rules(2019).form(FormType::Nec).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Form 1099-NEC does not exist for tax year 2019"
    );
}

#[test]
fn the_irs_sheet_holds_three_1099_nec_from_2021_to_2025_and_always_two_1099_misc() {
    let slots = |of, form_type| rules(of).form(form_type).unwrap().slots_per_sheet;
    let nec: Vec<_> = (2020..=2026).map(|of| slots(of, FormType::Nec)).collect();
    assert_eq!(nec, [2, 3, 3, 3, 3, 3, 2]);
    assert!((2019..=2026).all(|of| slots(of, FormType::Misc) == 2));
}

#[test]
fn forms_are_due_on_business_days_and_electronic_filing_starts_at_ten() {
    use chrono::{Datelike, Weekday};
    for rules in RuleBook::built_in().years() {
        let filing = &rules.filing;
        for date in [
            filing.nec_due.unwrap_or(filing.misc_recipient),
            filing.misc_recipient,
            filing.misc_recipient_late,
            filing.misc_irs_paper,
            filing.misc_irs_efile,
            filing.form_945,
        ] {
            assert!(
                !matches!(date.weekday(), Weekday::Sat | Weekday::Sun),
                "{date}"
            );
            assert_eq!(date.year(), rules.tax_year.year() + 1);
        }
    }
    assert_eq!(rules(2022).filing.efile_limit, 250);
    assert_eq!(rules(2023).filing.efile_limit, 10);
}

#[test]
fn a_rule_file_with_a_gap_or_an_unknown_word_is_refused_by_name() {
    let error = RuleBook::read([("mine.toml", "[[threshold]]\nwrong = 1")]).unwrap_err();
    assert!(
        error.to_string().starts_with("rule file mine.toml: "),
        "{error}"
    );
    let filing = include_str!("../../rules/filing.toml");
    let error = RuleBook::read([("filing.toml", filing)]).unwrap_err();
    assert!(error.to_string().contains("2019"), "{error}");
}

#[test]
fn a_box_is_found_by_its_number() {
    let misc = rules(2025).form(FormType::Misc).unwrap();
    assert_eq!(
        misc.find(&BoxId::from("10")).unwrap().title,
        "Gross proceeds paid to an attorney"
    );
    assert_eq!(
        misc.find(&BoxId::from("14")).unwrap().kind,
        BoxKind::Reserved
    );
    assert_eq!(
        (misc.scan_id.as_str(), misc.transmittal_code.as_str()),
        ("9595", "95")
    );
}

#[test]
fn tips_and_overtime_have_boxes_of_their_own_from_2026_on_as_parts_of_their_box() {
    use crate::edit::Part::{CashTips, OccupationCodes, Overtime};
    let boxes = |of, income_type| {
        [CashTips, OccupationCodes, Overtime].map(|part| {
            let found = rules(of).part_box(income_type, part);
            found.map(|(form, rule)| format!("{} {}", form.form_type, rule.id))
        })
    };
    let nec = ["1099-NEC 1b", "1099-NEC 1c", "1099-NEC 1d"].map(|b| Some(b.to_owned()));
    let misc = ["1099-MISC 13a", "1099-MISC 13b", "1099-MISC 14"].map(|b| Some(b.to_owned()));
    assert_eq!(boxes(2026, IncomeType::NonemployeeCompensation), nec);
    assert_eq!(boxes(2026, IncomeType::OtherIncome), misc);
    for income_type in IncomeType::ALL {
        for of in 2019..=2025 {
            assert_eq!(
                boxes(of, income_type),
                [None, None, None],
                "{income_type} {of}"
            );
        }
    }
    assert_eq!(boxes(2026, IncomeType::Rents), [None, None, None]);
}

#[test]
fn a_part_of_no_box_or_of_a_box_that_has_it_already_is_refused() {
    let misc = include_str!("../../rules/misc_rev_2026_12.toml");
    let filing = include_str!("../../rules/filing.toml");
    let filing_2026 = &filing[filing.rfind("[[year]]").unwrap()..];
    for (from, to) in [
        (
            r#"part = "overtime", of = "3""#,
            r#"part = "overtime", of = "4""#,
        ),
        (
            r#"part = "overtime", of = "3""#,
            r#"part = "cash_tips", of = "3""#,
        ),
        (r#"part = "overtime", of = "3""#, r#"part = "overtime""#),
    ] {
        let changed = misc.replace(from, to);
        assert_ne!(misc, changed);
        let files = [
            (
                "thresholds.toml",
                include_str!("../../rules/thresholds.toml"),
            ),
            (
                "backup_withholding.toml",
                include_str!("../../rules/backup_withholding.toml"),
            ),
            ("nec.toml", include_str!("../../rules/nec_rev_2026_12.toml")),
            ("misc.toml", &changed),
            ("filing.toml", filing_2026),
        ];
        let error = RuleBook::read(files).unwrap_err();
        assert!(error.to_string().contains("14"), "{error}");
    }
}
