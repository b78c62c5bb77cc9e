//! RELATE_TO on small histories, each with one thing that could go wrong.

#![allow(clippy::unwrap_used, missing_docs)]

mod ledger;

use formfeed_domain::calculation::{DecidedBy, LeftOut, Method, Skipped, Source};
use formfeed_domain::relate_to::Effect;
use formfeed_domain::vendor::{Classification, Flag1099};
use formfeed_domain::{IncomeType, Money, VendorId};
use ledger::{Ledger, by, code};

use IncomeType::{
    FederalIncomeTaxWithheld as Federal, NonemployeeCompensation as Nec, Rents, Royalties,
};

const OH: Method = Method::RelateTo { source: Source::Oh };
const BK: Method = Method::RelateTo { source: Source::Bk };
const BO: Method = Method::RelateTo { source: Source::Bo };

/// Vendor V1 with flag `Y`, and a voucher of 100.00 in one line without a code.
fn plain() -> Ledger {
    let mut ledger = Ledger::new();
    ledger.vendor("V1");
    ledger.voucher("R", "V1", &[(None, 100_00)]);
    ledger
}

/// The plain voucher, paid by one check with a code; blank is none.
fn paid(check_code: &str) -> Ledger {
    let mut ledger = plain();
    ledger
        .check("P1", Some("V1"), "2025-03-01", &[("R", 100_00)])
        .relate_to_1 = code(check_code);
    ledger
}

/// The plain voucher with codes on its line, paid in full.
fn coded(first: &str, second: &str) -> Ledger {
    let mut ledger = paid("");
    ledger.codes("R", 1, first, second);
    ledger
}

#[test]
fn the_code_of_a_check_takes_all_of_it_tax_kept_back_included() {
    let mut ledger = paid("RE");
    let payment = ledger.payment("P1");
    payment.amount = Money::from_cents(76_00);
    payment.federal_tax_withheld = Money::from_cents(24_00);
    let expected = [(Rents, 100_00, 100_00), (Federal, 24_00, 24_00)];
    assert_eq!(ledger.rows_by(BK, "V1"), expected);
    assert_eq!(ledger.rows_by(BO, "V1"), expected);
}

#[test]
fn bk_does_not_look_at_the_codes_of_invoices_nor_oh_at_those_of_checks() {
    let mut ledger = paid("RE");
    ledger.codes("R", 1, "RO", "");
    assert_eq!(ledger.rows_by(BK, "V1"), [(Rents, 100_00, 100_00)]);
    assert_eq!(ledger.rows_by(OH, "V1"), [(Royalties, 100_00, 100_00)]);
}

#[test]
fn without_a_code_flag_y_goes_to_the_default_code_then_the_default_type_then_compensation() {
    for method in [BK, OH, BO] {
        let mut ledger = paid("");
        assert_eq!(ledger.rows_by(method, "V1"), [(Nec, 100_00, 100_00)]);
        ledger.vendor("V1").default_income_type = Some(Royalties);
        assert_eq!(ledger.rows_by(method, "V1"), [(Royalties, 100_00, 100_00)]);
        ledger.vendor("V1").default_relate_to = code("RE");
        assert_eq!(ledger.rows_by(method, "V1"), [(Rents, 100_00, 100_00)]);
    }
}

#[test]
fn without_a_code_a_blank_flag_reports_nothing_and_with_one_its_transaction_alone() {
    for method in [BK, OH, BO] {
        let mut ledger = paid("");
        ledger.vendor("V1").flag_1099 = Flag1099::No;
        ledger.vendor("V1").default_relate_to = code("RE");
        let outcome = ledger.outcome_by(&by(method), "V1");
        assert_eq!(outcome.skipped(), Some(Skipped::FlagNotYes), "{method}");
        ledger.voucher("S", "V1", &[(None, 7_00)]);
        ledger.codes("S", 1, "RO", "");
        let payment = ledger.check("P2", Some("V1"), "2025-03-02", &[("S", 7_00)]);
        payment.relate_to_1 = code("RO");
        assert_eq!(ledger.rows_by(method, "V1"), [(Royalties, 7_00, 7_00)]);
    }
}

#[test]
fn flag_d_reports_nothing_whatever_a_code_says() {
    for method in [BK, OH, BO] {
        let mut ledger = paid("RE");
        ledger.codes("R", 1, "RE", "");
        ledger.payment("P1").state_tax_withheld = Money::from_cents(1);
        ledger.vendor("V1").flag_1099 = Flag1099::Never;
        let outcome = ledger.outcome_by(&by(method), "V1");
        assert_eq!(outcome.skipped(), Some(Skipped::FlagNever), "{method}");
    }
}

#[test]
fn ex_keeps_one_transaction_of_a_y_vendor_off_the_1099() {
    let mut ledger = paid("EX");
    ledger.voucher("S", "V1", &[(None, 7_00)]);
    ledger.check("P2", Some("V1"), "2025-03-02", &[("S", 7_00)]);
    assert_eq!(ledger.rows_by(BK, "V1"), [(Nec, 7_00, 7_00)]);
    // A check with EX has a code of its own: its vouchers are not looked at either.
    ledger.codes("R", 1, "RE", "");
    assert_eq!(ledger.rows_by(BO, "V1"), [(Nec, 7_00, 7_00)]);
}

#[test]
fn ex_in_either_position_wins_over_the_other_code_and_is_no_conflict() {
    for (first, second) in [
        ("EX", "RE"),
        ("RE", "EX"),
        ("EX", ""),
        ("", "EX"),
        ("ZZ", "EX"),
    ] {
        let mut ledger = coded(first, second);
        ledger.code("ZZ", Effect::None);
        let outcome = ledger.outcome_by(&by(OH), "V1");
        assert_eq!(outcome.rows(), [], "{first} {second}");
        let line = &outcome.trace.vouchers[0].lines[0];
        assert_eq!(line.left_out, Some(LeftOut::Excluded));
        assert_eq!(outcome.exceptions(), []);
    }
}

#[test]
fn a_default_of_ex_excludes_what_has_no_code_of_its_own() {
    for method in [BK, OH, BO] {
        let mut ledger = paid("");
        ledger.vendor("V1").default_relate_to = code("EX");
        ledger.vendor("V1").default_income_type = Some(Rents);
        assert_eq!(ledger.rows_by(method, "V1"), [], "{method}");
        ledger.payment("P1").relate_to_1 = code("RO");
        ledger.codes("R", 1, "RO", "");
        assert_eq!(ledger.rows_by(method, "V1"), [(Royalties, 100_00, 100_00)]);
    }
}

#[test]
fn the_first_code_of_a_line_decides_else_the_second_and_a_disagreement_is_an_exception() {
    assert_eq!(coded("RE", "").rows_by(OH, "V1"), [(Rents, 100_00, 100_00)]);
    assert_eq!(
        coded("", "RO").rows_by(OH, "V1"),
        [(Royalties, 100_00, 100_00)]
    );
    let both = coded("RE", "RO");
    assert_eq!(both.rows_by(OH, "V1"), [(Rents, 100_00, 100_00)]);
    assert_eq!(both.exceptions_by(OH, "V1"), ["conflicting_codes"]);
    assert_eq!(coded("RE", "RE").exceptions_by(OH, "V1"), [""; 0]);
}

#[test]
fn a_code_without_an_income_type_is_as_no_code() {
    for method in [BK, OH, BO] {
        let mut ledger = paid("ZZ");
        ledger.code("ZZ", Effect::None);
        ledger.codes("R", 1, "ZZ", "");
        assert_eq!(ledger.rows_by(method, "V1"), [(Nec, 100_00, 100_00)]);
        ledger.codes("R", 1, "ZZ", "RE");
        let oh = ledger.outcome_by(&by(OH), "V1");
        let line = &oh.trace.vouchers[0].lines[0];
        assert_eq!(
            (line.income_type, line.decided_by),
            (Some(Rents), Some(DecidedBy::Code2))
        );
        assert_eq!(oh.exceptions(), []);
        ledger.vendor("V1").default_relate_to = code("ZZ");
        ledger.vendor("V1").default_income_type = Some(Royalties);
        assert_eq!(ledger.rows_by(BK, "V1"), [(Royalties, 100_00, 100_00)]);
    }
}

#[test]
fn a_code_that_is_not_defined_any_more_counts_as_none_and_is_an_exception() {
    for method in [BK, BO] {
        let ledger = paid("QQ");
        assert_eq!(ledger.rows_by(method, "V1"), [(Nec, 100_00, 100_00)]);
        assert_eq!(ledger.exceptions_by(method, "V1"), ["undefined_code"]);
    }
}

#[test]
fn a_lines_own_type_and_1099_mark_play_no_part() {
    let mut ledger = coded("RE", "");
    let line = ledger.line("R", 1);
    (line.reportable, line.income_type) = (false, Some(Royalties));
    assert_eq!(ledger.rows_by(OH, "V1"), [(Rents, 100_00, 100_00)]);
}

#[test]
fn sales_tax_and_reimbursements_carry_weight_and_then_fall_out() {
    let mut ledger = plain();
    let lines = [(None, 107_00), (None, 53_00), (None, 40_00)];
    ledger.voucher("S", "V1", &lines);
    ledger.line("S", 1).sales_tax = Money::from_cents(7_00);
    ledger.line("S", 2).accountable_plan = true;
    ledger.codes("S", 2, "RE", "");
    ledger.codes("S", 3, "RO", "");
    ledger.check("P1", Some("V1"), "2025-03-01", &[("S", 100_00)]);
    let expected = [(Nec, 50_00, 50_00), (Royalties, 20_00, 20_00)];
    assert_eq!(ledger.rows_by(OH, "V1"), expected);
    assert_eq!(ledger.rows_by(BO, "V1"), expected);
}

#[test]
fn invoices_are_reported_to_their_vendor_of_record_and_checks_to_the_vendor_paid() {
    let mut ledger = paid("");
    ledger.vendor("SHOP").default_relate_to = code("RE");
    ledger.voucher_of("R").vendor_of_record_id = VendorId::new("SHOP").ok();
    for method in [OH, BO] {
        assert_eq!(ledger.rows_by(method, "SHOP"), [(Rents, 100_00, 100_00)]);
        let skipped = ledger.outcome_by(&by(method), "V1").skipped();
        assert_eq!(skipped, Some(Skipped::VendorOfRecord), "{method}");
    }
    assert_eq!(ledger.rows_by(BK, "V1"), [(Nec, 100_00, 100_00)]);
    // With a code of its own the check is the paid vendor's in BO as well, and nobody else's.
    ledger.payment("P1").relate_to_1 = code("RO");
    assert_eq!(ledger.rows_by(BO, "V1"), [(Royalties, 100_00, 100_00)]);
    assert_eq!(ledger.rows_by(BO, "SHOP"), []);
}

#[test]
fn what_was_withheld_stays_the_pay_vendors_where_the_vendor_of_record_is_reported() {
    let mut ledger = paid("");
    ledger.vendor("SHOP");
    ledger.voucher_of("R").vendor_of_record_id = VendorId::new("SHOP").ok();
    let payment = ledger.payment("P1");
    payment.amount = Money::from_cents(76_00);
    payment.federal_tax_withheld = Money::from_cents(24_00);
    assert_eq!(ledger.rows_by(OH, "SHOP"), [(Nec, 100_00, 100_00)]);
    assert_eq!(ledger.rows_by(OH, "V1"), [(Federal, 24_00, 24_00)]);
}

#[test]
fn a_check_without_pay_vendor_is_split_by_its_applications() {
    let mut ledger = plain();
    ledger.vendor("V2").pay_vendor_id = VendorId::new("V3").ok();
    ledger.vendor("V3");
    ledger.voucher("S", "V2", &[(None, 200_00)]);
    let applied = [("R", 100_00), ("S", 200_00)];
    let payment = ledger.check("P1", None, "2025-03-01", &applied);
    payment.relate_to_1 = code("RE");
    payment.amount = Money::from_cents(300_01);
    for method in [BK, BO] {
        assert_eq!(ledger.rows_by(method, "V1"), [(Rents, 100_00, 100_00)]);
        assert_eq!(ledger.rows_by(method, "V3"), [(Rents, 200_01, 200_01)]);
    }
}

#[test]
fn a_payment_without_vouchers_counts_by_its_code_or_the_fallback_but_not_in_oh() {
    let mut ledger = plain();
    for (id, text) in [("P1", "RE"), ("P2", "")] {
        let payment = ledger.check(id, Some("V1"), "2025-03-01", &[]);
        payment.amount = Money::from_cents(50_00);
        payment.relate_to_1 = code(text);
    }
    let expected = [(Nec, 50_00, 50_00), (Rents, 50_00, 50_00)];
    assert_eq!(ledger.rows_by(BK, "V1"), expected);
    assert_eq!(ledger.rows_by(BO, "V1"), expected);
    assert_eq!(ledger.rows_by(OH, "V1"), []);
    let kinds = ledger.exceptions_by(OH, "V1");
    assert_eq!(kinds, ["payment_without_vouchers"; 2]);
}

#[test]
fn in_bo_nothing_counts_twice_and_nothing_is_lost() {
    let mut ledger = plain();
    ledger.codes("R", 1, "RE", "");
    let payment = ledger.check("P1", Some("V1"), "2025-03-01", &[("R", 30_00)]);
    payment.relate_to_1 = code("RO");
    ledger.check("P2", Some("V1"), "2025-03-02", &[("R", 70_00)]);
    let expected = [(Rents, 70_00, 70_00), (Royalties, 30_00, 30_00)];
    assert_eq!(ledger.rows_by(BO, "V1"), expected);
    let trace = ledger.outcome_by(&by(BO), "V1").trace;
    let applied = &trace.vouchers[0].payments[0];
    assert_eq!(applied.left_out, Some(LeftOut::CountsByItsCode));
}

#[test]
fn a_code_to_withheld_tax_feeds_its_box_and_lifts_the_exemption_of_the_classification() {
    let mut ledger = paid("CC");
    ledger.vendor("V1").classification = Some(Classification::SCorporation);
    let exempt = ledger.outcome_by(&by(BK), "V1").skipped();
    assert_eq!(exempt, Some(Skipped::ExemptClassification));
    ledger
        .check("P2", Some("V1"), "2025-03-02", &[])
        .relate_to_1 = code("FW");
    ledger.payment("P2").amount = Money::from_cents(24_00);
    let expected = [(Nec, 100_00, 100_00), (Federal, 24_00, 24_00)];
    assert_eq!(ledger.rows_by(BK, "V1"), expected);
    assert_eq!(ledger.rows_by(BO, "V1"), expected);
    // The same by the code of an invoice line.
    let mut ledger = paid("");
    ledger.vendor("V1").classification = Some(Classification::SCorporation);
    ledger.voucher("S", "V1", &[(None, 24_00)]);
    ledger.codes("S", 1, "", "FW");
    ledger.check("P2", Some("V1"), "2025-03-02", &[("S", 24_00)]);
    assert_eq!(ledger.rows_by(OH, "V1"), expected);
}

#[test]
fn a_credit_invoice_is_deducted_by_its_code() {
    let mut ledger = coded("RE", "");
    ledger.voucher("C", "V1", &[(None, -40_00)]);
    ledger.codes("C", 1, "RE", "");
    let applied = [("C", -40_00), ("R", 50_00)];
    ledger.check("P2", Some("V1"), "2025-03-02", &applied);
    assert_eq!(ledger.rows_by(OH, "V1"), [(Rents, 110_00, 110_00)]);
    assert_eq!(ledger.exceptions_by(OH, "V1"), ["applied_beyond_voucher"]);
}
