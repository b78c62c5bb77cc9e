//! Every flag, classification and income type, in every method, in the order that decides.

#![allow(clippy::unwrap_used, missing_docs)]

mod ledger;

use formfeed_domain::calculation::{Method, Skipped};
use formfeed_domain::vendor::{Classification, Flag1099};
use formfeed_domain::{AccountId, IncomeType, Money};
use ledger::{Ledger, by, code};

/// 100.00 of one income type, whichever way a method looks for it, of which `withheld` was kept back.
fn paid(income_type: IncomeType, withheld: i64) -> Ledger {
    let mut ledger = Ledger::new();
    ledger.account("6100", income_type);
    ledger.vendor("V1");
    ledger.voucher("R", "V1", &[(Some(income_type), 100_00)]);
    ledger.line("R", 1).account_id = AccountId::new("6100").ok();
    ledger.codes("R", 1, income_type.default_relate_to(), "");
    let payment = ledger.check("P1", Some("V1"), "2025-03-01", &[("R", 100_00)]);
    payment.relate_to_1 = code(income_type.default_relate_to());
    payment.amount = Money::from_cents(100_00 - withheld);
    payment.federal_tax_withheld = Money::from_cents(withheld);
    ledger
}

/// The contract in one table: flag D, then the flag where no code decides, then the classification.
fn is_reported(
    method: Method,
    flag: Flag1099,
    class: Option<Classification>,
    income_type: IncomeType,
    withheld: bool,
) -> bool {
    let by_codes = method.as_str().starts_with("RELATE_TO");
    let exempt = match class.map_or("", |class| class.as_str()) {
        "tax_exempt" | "government" | "foreign" => true,
        "c_corporation" | "s_corporation" | "llc_c_corporation" | "llc_s_corporation" => ![
            "medical_payments",
            "attorney_gross_proceeds",
            "fish_purchased",
            "substitute_payments",
        ]
        .contains(&income_type.as_str()),
        _ => false,
    };
    match flag {
        Flag1099::Never => false,
        Flag1099::No if !by_codes => false,
        _ => withheld || !exempt,
    }
}

#[test]
fn flag_classification_and_tax_withheld_decide_alike_in_every_method() {
    let classes = Classification::ALL.into_iter().map(Some).chain([None]);
    let income = IncomeType::ALL.into_iter().filter(|t| !t.is_withheld());
    let cases =
        classes.flat_map(|class| income.clone().map(move |income_type| (class, income_type)));
    for (class, income_type) in cases {
        for withheld in [0, 24_00] {
            let mut ledger = paid(income_type, withheld);
            ledger.vendor("V1").classification = class;
            for flag in [Flag1099::Yes, Flag1099::No, Flag1099::Never] {
                ledger.vendor("V1").flag_1099 = flag;
                for method in Method::ALL {
                    let case = format!("{method} {flag:?} {class:?} {income_type} {withheld}");
                    let reported = is_reported(method, flag, class, income_type, withheld > 0);
                    let kept_back = withheld > 0 && flag != Flag1099::Never;
                    let mut expected = Vec::new();
                    expected.extend(reported.then_some((income_type, 100_00, 100_00)));
                    let federal = IncomeType::FederalIncomeTaxWithheld;
                    expected.extend(kept_back.then_some((federal, withheld, withheld)));
                    expected.sort_unstable();
                    assert_eq!(ledger.rows_by(method, "V1"), expected, "{case}");
                }
            }
        }
    }
}

#[test]
fn the_first_rule_in_order_is_the_reason_given() {
    let mut ledger = paid(IncomeType::Rents, 0);
    ledger.vendor("V1").classification = Some(Classification::Government);
    for method in Method::ALL {
        let by_codes = method.as_str().starts_with("RELATE_TO");
        for (flag, reason) in [
            (Flag1099::Never, Skipped::FlagNever),
            (Flag1099::No, Skipped::FlagNotYes),
            (Flag1099::Yes, Skipped::ExemptClassification),
        ] {
            ledger.vendor("V1").flag_1099 = flag;
            let coded = by_codes && flag == Flag1099::No;
            let reason = if coded {
                Skipped::ExemptClassification
            } else {
                reason
            };
            let skipped = ledger.outcome_by(&by(method), "V1").skipped();
            assert_eq!(skipped, Some(reason), "{method} {flag:?}");
        }
    }
}
