use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::assembly::{RecipientFacts, assemble};
use crate::eligibility::{self, Content, Incomes, decide, decide_together};
use crate::form::{BoxId, Copy, FormType};
use crate::layout;
use crate::payer::{Payer, PostalAddress};
use crate::rules::{self, YearRules};
use crate::vendor::{Classification, Flag1099};
use crate::{IncomeType, Money, PayerId, TaxYear, TinKind, TinWarning, VendorId};

fn rules() -> &'static YearRules {
    rules::for_year(TaxYear::new(2025).unwrap()).unwrap()
}

fn incomes(amounts: &[(IncomeType, i64)]) -> Incomes {
    let amount =
        |(income_type, cents): &(IncomeType, i64)| (*income_type, Money::from_cents(*cents));
    amounts.iter().map(amount).collect()
}

fn facts() -> RecipientFacts {
    RecipientFacts {
        vendor_id: VendorId::new("V1").unwrap(),
        name: "Ada Pump".to_owned(),
        short_name: String::new(),
        tin: None,
        address: Some(PostalAddress {
            line_1: "1 Quay".to_owned(),
            city: "Dover".to_owned(),
            state: "DE".to_owned(),
            postal_code: "19901".to_owned(),
            ..PostalAddress::default()
        }),
        second_tin_notice: false,
        fatca: false,
    }
}

/// `kind severity` of what is found about an individual with an SSN, after a change.
fn found(
    amounts: &[(IncomeType, i64)],
    change: impl FnOnce(&mut RecipientFacts, &mut Standing<'_>),
) -> Vec<String> {
    let decisions = decide(&incomes(amounts), rules(), eligibility::Options::default());
    let mut facts = facts();
    let unchanged = facts.clone();
    let mut standing = Standing {
        facts: &unchanged,
        tin: Some((TinKind::Ssn, "0001")),
        tin_warnings: &[],
        classification: Some(Classification::Individual),
        flag: Flag1099::Yes,
        decisions: &decisions,
        apart: &decisions,
        twins: &[],
        skipped: None,
    };
    change(&mut facts, &mut standing);
    let standing = Standing {
        facts: &facts,
        ..standing
    };
    words(&of_recipient(&standing))
}

fn words(findings: &[Finding]) -> Vec<String> {
    let word =
        |finding: &Finding| format!("{} {}", finding.kind.as_str(), finding.severity.as_str());
    findings.iter().map(word).collect()
}

const PAID: &[(IncomeType, i64)] = &[(IncomeType::NonemployeeCompensation, 700_00)];

#[test]
fn nothing_is_found_about_a_recipient_in_order() {
    assert_eq!(found(PAID, |_, _| {}), Vec::<String>::new());
}

#[test]
fn a_missing_or_impossible_number_is_a_warning_where_a_form_comes_out() {
    assert_eq!(found(PAID, |_, s| s.tin = None), ["missing_tin warning"]);
    let zeros = Some((TinKind::Ssn, "0000"));
    assert_eq!(found(PAID, |_, s| s.tin = zeros), ["malformed_tin warning"]);
    const WARNINGS: &[TinWarning] = &[TinWarning::SsnPlaceholder];
    let doubtful = ["doubtful_tin warning"];
    assert_eq!(found(PAID, |_, s| s.tin_warnings = WARNINGS), doubtful);
    let ein = Some((TinKind::Ein, "0000"));
    assert_eq!(found(PAID, |_, s| s.tin = ein), Vec::<String>::new());
    let little = [(IncomeType::Rents, 100_00)];
    assert_eq!(found(&little, |_, s| s.tin = None), Vec::<String>::new());
    let near = [(IncomeType::Rents, 540_00)];
    assert_eq!(
        found(&near, |_, s| s.tin = None),
        ["missing_tin note", "near_threshold note"]
    );
    assert_eq!(
        found(&[(IncomeType::Rents, 539_99)], |_, _| {}),
        Vec::<String>::new()
    );
}

#[test]
fn what_an_address_lacks_is_told_and_a_foreign_one_needs_no_state() {
    assert_eq!(
        found(PAID, |f, _| f.address = None),
        ["blank_address warning"]
    );
    let change =
        |change: fn(&mut PostalAddress)| found(PAID, |f, _| change(f.address.as_mut().unwrap()));
    assert_eq!(change(|a| a.postal_code.clear()), ["blank_address warning"]);
    assert_eq!(
        change(|a| a.state = "ZZ".to_owned()),
        ["unknown_state warning"]
    );
    assert_eq!(
        change(|a| {
            a.state.clear();
            a.postal_code.clear();
            a.country = "Poland".to_owned();
        }),
        Vec::<String>::new()
    );
}

#[test]
fn flag_classification_and_number_that_contradict_each_other_are_told() {
    let conflict = ["classification_conflict warning"];
    let with = |classification, kind, skipped| {
        found(PAID, move |_, s| {
            s.classification = classification;
            s.tin = Some((kind, "0001"));
            s.skipped = skipped;
            if skipped.is_some_and(|reason| reason.starts_with("flag")) {
                s.flag = Flag1099::No;
            }
        })
    };
    let exempt = with(
        Some(Classification::CCorporation),
        TinKind::Ein,
        Some("exempt_classification"),
    );
    assert_eq!(exempt, conflict);
    assert_eq!(
        with(Some(Classification::Government), TinKind::Ein, None),
        ["classification_conflict note"]
    );
    assert_eq!(
        with(Some(Classification::Partnership), TinKind::Ssn, None),
        conflict
    );
    assert_eq!(
        with(Some(Classification::Partnership), TinKind::Ein, None),
        Vec::<String>::new()
    );
    assert_eq!(
        with(
            Some(Classification::Individual),
            TinKind::Ssn,
            Some("flag_not_yes")
        ),
        conflict
    );
    assert_eq!(
        with(
            Some(Classification::Individual),
            TinKind::Ssn,
            Some("flag_never")
        ),
        Vec::<String>::new()
    );
    assert_eq!(with(None, TinKind::Ein, None), ["no_classification note"]);
}

#[test]
fn negative_rows_and_state_tax_alone_are_told() {
    let amounts = [
        (IncomeType::NonemployeeCompensation, 700_00),
        (IncomeType::Rents, -1_00),
    ];
    assert_eq!(found(&amounts, |_, _| {}), ["negative_row warning"]);
    assert_eq!(
        found(&[(IncomeType::StateTaxWithheld, 5_00)], |_, _| {}),
        ["state_tax_alone warning"]
    );
}

#[test]
fn one_person_under_two_ids_is_named_and_louder_where_only_both_reach_the_threshold() {
    let twins = [VendorId::new("V2").unwrap()];
    for (own, both, expected) in [
        (400_00, 650_00, "same_tin_reaches_threshold warning"),
        (700_00, 900_00, "same_tin note"),
        (100_00, 200_00, "same_tin note"),
    ] {
        let own = incomes(&[(IncomeType::Rents, own)]);
        let both = incomes(&[(IncomeType::Rents, both)]);
        let apart = decide(&own, rules(), eligibility::Options::default());
        let together = decide_together(&own, &both, rules(), eligibility::Options::default());
        let facts = facts();
        let standing = Standing {
            facts: &facts,
            tin: Some((TinKind::Ssn, "0001")),
            tin_warnings: &[],
            classification: Some(Classification::Individual),
            flag: Flag1099::Yes,
            decisions: &together,
            apart: &apart,
            twins: &twins,
            skipped: None,
        };
        let found = of_recipient(&standing);
        assert_eq!(words(&found), [expected]);
        assert_eq!(found[0].related, ["vendors/V2"]);
    }
}

#[test]
fn every_finding_names_its_record_its_effect_and_a_way_out() {
    let decisions = BTreeMap::new();
    let facts = facts();
    let standing = Standing {
        facts: &facts,
        tin: None,
        tin_warnings: &[],
        classification: Some(Classification::Individual),
        flag: Flag1099::No,
        decisions: &decisions,
        apart: &decisions,
        twins: &[],
        skipped: Some("flag_not_yes"),
    };
    let found = of_recipient(&standing);
    assert_eq!(found[0].record, "vendors/V1");
    assert!(found[0].kind.way_out().ends_with('.') && !found[0].effect.is_empty());
}

#[test]
fn a_payer_without_number_is_blocking_and_without_street_a_warning() {
    let mut payer = Payer {
        payer_id: PayerId::new("TE1").unwrap(),
        name: "Acme".to_owned(),
        tin: None,
        address: facts().address.unwrap(),
        phone: String::new(),
        contact_name: String::new(),
        contact_email: String::new(),
        contact_fax: String::new(),
    };
    assert_eq!(of_payer(&payer, true), []);
    payer.address.line_1.clear();
    let found = words(&of_payer(&payer, false));
    assert_eq!(
        found,
        ["payer_without_tin blocking", "payer_blank_address warning"]
    );
}

#[test]
fn ten_returns_bring_the_laws_wish_for_electronic_files() {
    let filing = &rules().filing;
    let year = TaxYear::new(2025).unwrap();
    assert_eq!(efile_limit("TE1", 9, year, filing), None);
    let found = efile_limit("TE1", 10, year, filing).unwrap();
    assert_eq!(
        (found.kind, found.severity),
        (Kind::EfileLimit, Severity::Note)
    );
}

#[test]
fn what_one_stock_takes_is_a_warning_and_what_none_takes_is_blocking() {
    let year = TaxYear::new(2025).unwrap();
    let of_misc = |layout: &&layout::Layout| {
        layout.form_type == FormType::Misc && layout.tax_years.contains(&year)
    };
    let wide = layout::all().iter().find(of_misc).unwrap();
    let mut narrow = wide.clone();
    let mut fields = narrow.fields.iter_mut();
    let street = fields.find(|field| field.name == "street").unwrap();
    street.max_characters = Some(10);
    let layouts = [wide, &narrow];
    let content = Content {
        boxes: BTreeMap::from([(BoxId::from("1"), Money::from_cents(700_00))]),
        ..Content::default()
    };
    let payer = Payer {
        payer_id: PayerId::new("TE1").unwrap(),
        name: "Acme".to_owned(),
        tin: None,
        address: PostalAddress::default(),
        phone: String::new(),
        contact_name: String::new(),
        contact_email: String::new(),
        contact_fax: String::new(),
    };
    let of_street = |length: usize| {
        let mut facts = facts();
        facts.address.as_mut().unwrap().line_1 = "x".repeat(length);
        let misc = rules().form(FormType::Misc).unwrap();
        let form = (FormType::Misc, year);
        let form = assemble(
            &payer,
            &[],
            &facts,
            form,
            &content,
            misc,
            Default::default(),
        );
        words(&of_form(&form, Copy::A, &layouts, "TE1"))
    };
    let found: Vec<_> = (1..200).map(of_street).collect();
    assert!(found[0].is_empty());
    let expected: BTreeSet<_> = [
        vec![],
        vec!["does_not_fit warning".to_owned()],
        vec!["does_not_fit blocking".to_owned()],
    ]
    .into();
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected);
}

#[test]
fn letters_that_print_as_others_are_told_once_of_each_record() {
    let year = TaxYear::new(2025).unwrap();
    let payer = Payer {
        payer_id: PayerId::new("TE1").unwrap(),
        name: "Acme".to_owned(),
        tin: None,
        address: PostalAddress::default(),
        phone: String::new(),
        contact_name: String::new(),
        contact_email: String::new(),
        contact_fax: String::new(),
    };
    let mut facts = facts();
    let told = |payer: &Payer, facts: &RecipientFacts| {
        let misc = rules().form(FormType::Misc).unwrap();
        let form = (FormType::Misc, year);
        let content = Content::default();
        let form = assemble(payer, &[], facts, form, &content, misc, Default::default());
        replaced(&form, "TE1")
    };
    assert_eq!(told(&payer, &facts), []);
    facts.name = "Élodie Élan Straße".to_owned();
    let payer = Payer {
        name: "Ørsted".to_owned(),
        ..payer
    };
    let found = told(&payer, &facts);
    let told: Vec<_> = found
        .iter()
        .map(|it| format!("{} {}", it.record, it.effect))
        .collect();
    assert_eq!(
        told,
        [
            "vendors/V1 Preprinted stock shows É as E, ß as ss",
            "payers/TE1 Preprinted stock shows Ø as O"
        ]
    );
    assert_eq!(words(&found), ["replaced_letters note"; 2]);
}
