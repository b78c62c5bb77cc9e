use proptest::prelude::*;

use super::*;
use crate::vendor::{Classification, W9, W9Status};
use crate::{BNoticeId, FurtherTypeId, OrderId, TaxYear, VendorId};

fn day(y: i32, m: u32, d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(y, m, d).unwrap()
}

fn vendor(flag_1099: Flag1099) -> Vendor {
    Vendor {
        vendor_id: VendorId::new("V1").unwrap(),
        name: "Ada Pump".to_owned(),
        short_name: String::new(),
        tin: None,
        classification: Some(Classification::Individual),
        flag_1099,
        default_income_type: None,
        default_relate_to: None,
        pay_vendor_id: None,
        address_code: None,
        second_tin_notice: false,
        fatca: false,
        first_name: String::new(),
        middle_name: String::new(),
        last_name: String::new(),
        suffix: String::new(),
        w9: W9::default(),
    }
}

fn paying(cents: i64, paid_on: NaiveDate) -> Disbursement {
    Disbursement {
        payer_id: PayerId::new("A").unwrap(),
        gross: Money::from_cents(cents),
        paid_on,
        income_type: IncomeType::NonemployeeCompensation,
        aggregate: Aggregate::default(),
    }
}

fn payee(vendor: &Vendor, has_tin: bool) -> Payee<'_> {
    Payee {
        vendor,
        has_tin,
        notices: &[],
        orders: &[],
    }
}

fn decide(disbursement: &Disbursement, payee: Payee<'_>) -> Withholding {
    compute(disbursement, payee, None).unwrap()
}

fn configuration() -> Configuration {
    Configuration {
        effective_date: day(2026, 1, 1),
        rate_basis_points: None,
        remit_to_vendor_id: None,
        posting_code: "BWH".to_owned(),
        object_code: "2190".to_owned(),
        further_types: vec![FurtherType {
            further_type_id: FurtherTypeId::new("CA").unwrap(),
            description: "California".to_owned(),
            rate_basis_points: 700,
            remit_to_vendor_id: None,
            posting_code: String::new(),
            object_code: String::new(),
        }],
    }
}

#[test]
fn flag_y_without_a_tin_is_withheld_from_at_24_percent() {
    let flagged = vendor(Flag1099::Yes);
    let answer = decide(&paying(1_000_00, day(2026, 3, 2)), payee(&flagged, false));
    assert!(answer.is_due);
    assert_eq!(
        (answer.withheld.cents(), answer.net.cents()),
        (240_00, 760_00)
    );
    assert_eq!(
        answer.reasons,
        [
            Reason::NoTin,
            Reason::AggregateUnknown,
            Reason::NotConfigured
        ]
    );
    let answer = decide(&paying(1_000_00, day(2026, 3, 2)), payee(&flagged, true));
    assert!(!answer.is_due && answer.withheld.is_zero());
    assert_eq!(answer.reasons, [Reason::NoCause]);
    let unflagged = vendor(Flag1099::No);
    let answer = decide(&paying(1_000_00, day(2026, 3, 2)), payee(&unflagged, false));
    assert_eq!(answer.reasons, [Reason::NoCause]);
}

#[test]
fn the_mark_of_the_second_notice_alone_withholds_nothing() {
    let mut marked = vendor(Flag1099::Yes);
    marked.second_tin_notice = true;
    assert!(!decide(&paying(1_000_00, day(2026, 3, 2)), payee(&marked, true)).is_due);
}

#[test]
fn half_a_cent_of_tax_goes_away_from_zero() {
    let flagged = vendor(Flag1099::Yes);
    for (gross, withheld) in [(1, 0), (2, 0), (3, 1), (10, 2), (1_004, 241), (6_25, 1_50)] {
        let answer = decide(&paying(gross, day(2025, 3, 2)), payee(&flagged, false));
        assert_eq!(answer.withheld.cents(), withheld, "{gross}");
    }
    let mut half = configuration();
    half.rate_basis_points = Some(5_000);
    half.further_types.clear();
    let answer = compute(
        &paying(1, day(2026, 3, 2)),
        payee(&flagged, false),
        Some(&half),
    );
    assert_eq!(answer.unwrap().withheld.cents(), 1);
}

#[test]
fn never_and_exempt_vendors_are_left_alone_whatever_else_is_so() {
    let order = WithholdingOrder {
        vendor_id: VendorId::new("V1").unwrap(),
        order_id: OrderId::new("1").unwrap(),
        payer_id: None,
        from: day(2026, 1, 1),
        until: None,
        why: "IRS".to_owned(),
    };
    let mut corporation = vendor(Flag1099::Yes);
    corporation.classification = Some(Classification::CCorporation);
    let under_order = |vendor: &Vendor, income_type| {
        let mut paid = paying(5_000_00, day(2026, 3, 2));
        paid.income_type = income_type;
        let payee = Payee {
            orders: std::slice::from_ref(&order),
            ..payee(vendor, false)
        };
        decide(&paid, payee).reasons[0]
    };
    let services = IncomeType::NonemployeeCompensation;
    assert_eq!(
        under_order(&vendor(Flag1099::Never), services),
        Reason::NeverReported
    );
    assert_eq!(under_order(&corporation, services), Reason::Exempt);
    let fees = IncomeType::AttorneyGrossProceeds;
    assert_eq!(under_order(&corporation, fees), Reason::NoTin);
    let goods = IncomeType::DirectSales;
    assert_eq!(
        under_order(&vendor(Flag1099::Yes), goods),
        Reason::NotAPayment
    );
    assert_eq!(under_order(&vendor(Flag1099::No), services), Reason::Order);
}

#[test]
fn an_order_holds_from_its_first_day_to_its_last_for_its_payer() {
    let flagged = vendor(Flag1099::Yes);
    let order = WithholdingOrder {
        vendor_id: VendorId::new("V1").unwrap(),
        order_id: OrderId::new("1").unwrap(),
        payer_id: PayerId::new("A").ok(),
        from: day(2026, 2, 1),
        until: Some(day(2026, 3, 31)),
        why: "IRS".to_owned(),
    };
    let is_due = |paid_on, payer: &str| {
        let mut paid = paying(5_000_00, paid_on);
        paid.payer_id = PayerId::new(payer).unwrap();
        let payee = Payee {
            orders: std::slice::from_ref(&order),
            ..payee(&flagged, true)
        };
        decide(&paid, payee).is_due
    };
    assert!(!is_due(day(2026, 1, 31), "A") && is_due(day(2026, 2, 1), "A"));
    assert!(is_due(day(2026, 3, 31), "A") && !is_due(day(2026, 4, 1), "A"));
    assert!(!is_due(day(2026, 3, 1), "B"));
}

#[test]
fn a_second_notice_withholds_until_the_number_is_confirmed() {
    let notice = |id: &str, year, tax_year| BNotice {
        vendor_id: VendorId::new("V1").unwrap(),
        notice_id: BNoticeId::new(id).unwrap(),
        payer_id: PayerId::new("A").unwrap(),
        notice_date: day(year, 9, 2),
        received_date: day(year, 9, 2),
        tax_year: TaxYear::new(tax_year).unwrap(),
        note: String::new(),
    };
    let notices = [notice("1", 2024, 2022), notice("2", 2025, 2023)];
    let told = |w9, notices, paid_on| {
        let mut vendor = vendor(Flag1099::Yes);
        vendor.w9 = w9;
        let payee = Payee {
            notices,
            ..payee(&vendor, true)
        };
        decide(&paying(5_000_00, paid_on), payee).reasons[0]
    };
    let none = W9::default();
    assert_eq!(told(none, &notices, day(2025, 9, 2)), Reason::SecondBNotice);
    let confirmed = W9::new(W9Status::Confirmed, Some(day(2025, 11, 3))).unwrap();
    assert_eq!(
        told(confirmed, &notices, day(2025, 11, 2)),
        Reason::SecondBNotice
    );
    assert_eq!(told(confirmed, &notices, day(2025, 11, 3)), Reason::NoCause);
    let first = &notices[..1];
    assert_eq!(told(none, first, day(2024, 10, 15)), Reason::NoCause);
    assert_eq!(told(none, first, day(2024, 10, 16)), Reason::FirstBNotice);
    let certified = W9::new(W9Status::Certified, Some(day(2024, 10, 1))).unwrap();
    assert_eq!(told(certified, first, day(2024, 10, 16)), Reason::NoCause);
}

#[test]
fn below_the_years_amount_only_a_known_clean_year_before_spares_a_payment() {
    let flagged = vendor(Flag1099::Yes);
    let with = |paid_on, gross, before, required, withheld| {
        let mut paid = paying(gross, paid_on);
        paid.aggregate = Aggregate {
            paid_before: Some(Money::from_cents(before)),
            required_last_year: required,
            withheld_last_year: withheld,
        };
        let answer = decide(&paid, payee(&flagged, false));
        (answer.is_due, answer.reasons[1])
    };
    let (no, yes) = (Some(false), Some(true));
    let (last, first) = (day(2025, 12, 31), day(2026, 1, 1));
    assert_eq!(
        with(first, 500_00, 1_499_99, no, no),
        (false, Reason::AggregateNotReached)
    );
    assert_eq!(
        with(first, 500_00, 1_500_00, no, no),
        (true, Reason::AggregateReached)
    );
    assert_eq!(
        with(last, 500_00, 100_00, no, no),
        (true, Reason::AggregateReached)
    );
    assert_eq!(
        with(last, 500_00, 99_99, no, no),
        (false, Reason::AggregateNotReached)
    );
    assert_eq!(
        with(first, 500_00, 0, yes, no),
        (true, Reason::RequiredLastYear)
    );
    assert_eq!(
        with(first, 500_00, 0, no, yes),
        (true, Reason::WithheldLastYear)
    );
    assert_eq!(
        with(first, 500_00, 0, None, no),
        (true, Reason::LastYearUnknown)
    );
    assert_eq!(
        with(first, 500_00, 0, no, None),
        (true, Reason::LastYearUnknown)
    );
}

#[test]
fn income_outside_section_6041_is_withheld_from_the_first_cent() {
    let flagged = vendor(Flag1099::Yes);
    let mut paid = paying(100, day(2026, 3, 2));
    paid.income_type = IncomeType::Royalties;
    paid.aggregate.paid_before = Some(Money::ZERO);
    assert!(decide(&paid, payee(&flagged, false)).is_due);
}

#[test]
fn a_year_without_a_rule_is_loud_only_where_the_rule_is_needed() {
    let flagged = vendor(Flag1099::Yes);
    let mut paid = paying(100_00, day(2027, 1, 4));
    assert!(decide(&paid, payee(&flagged, false)).is_due);
    paid.aggregate.paid_before = Some(Money::ZERO);
    let error = compute(&paid, payee(&flagged, false), None).unwrap_err();
    assert_eq!(error.reason(), "NO_RULE_FOR_YEAR");
}

#[test]
fn rates_that_take_more_than_everything_are_refused() {
    let law = crate::rules::backup_withholding_rate(day(2026, 1, 1)).unwrap();
    let mut configured = configuration();
    assert_eq!(configured.check_together(law), Ok(()));
    configured.rate_basis_points = Some(9_301);
    assert!(configured.check_together(law).is_err());
    assert!(Configuration::check_rate(0).is_err());
    assert!(Configuration::check_rate(10_001).is_err());
    assert!(Configuration::check_rate(2_400).is_ok());
}

proptest! {
    #[test]
    fn no_cent_is_made_or_lost_and_nobody_pays_more_than_the_gross(
        gross in 1_i64..=999_999_999_999,
        own in 1_i32..=10_000,
        further in 0_i32..=10_000,
    ) {
        let mut configured = configuration();
        configured.rate_basis_points = Some(own);
        configured.further_types[0].rate_basis_points = further.min(10_000 - own);
        let flagged = vendor(Flag1099::Yes);
        let answer = compute(&paying(gross, day(2026, 5, 5)), payee(&flagged, false), Some(&configured)).unwrap();
        let kept_back: i64 = answer.further.iter().map(|part| part.withheld.cents()).sum();
        prop_assert_eq!(answer.net.cents() + answer.withheld.cents() + kept_back, gross);
        prop_assert!(!answer.net.is_negative() && !answer.withheld.is_negative());
        let exact = i128::from(gross) * i128::from(own);
        let nearest = (exact + 5_000) / 10_000;
        prop_assert_eq!(i128::from(answer.withheld.cents()), nearest);
    }
}
