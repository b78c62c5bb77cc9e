//! The quick calculator, from the command line and over the wire.

use formfeed_proto::calculation as pb;
use formfeed_proto::calculation::quick_service_client::QuickServiceClient;
use formfeed_runtime::{Service, reason};
use formfeed_tests::command::Up;
use formfeed_tests::status::{bad_fields, code_and_reason};
use formfeed_tests::world::World;
use serde_json::json;
use tonic::Code;

#[test]
fn the_two_worked_examples_come_out_as_the_document_has_them() {
    let up = Up::start();
    let quick = |flags: &[&str]| {
        let line = [&["--json", "quick", "--tax-year", "2025"], flags].concat();
        up.run(&line).ok().json()
    };
    let direct = quick(&["--check", "8000", "--ach", "2000", "--credit-card", "0"]);
    assert_eq!(direct["reportable_amount"], "10000.00");
    assert_eq!(direct["required"], true);
    let mixed = quick(&["--check", "500.00", "--credit-card", "4500.00"]);
    let expected = json!({
        "methods": [
            {"method": "check", "amount": "500.00", "reportable": true, "reason": ""},
            {"method": "credit_card", "amount": "4500.00", "reportable": false, "reason": "reported on 1099-K"},
        ],
        "total_paid": "5000.00",
        "reportable_amount": "500.00",
        "left_out": "4500.00",
        "income_type": "nonemployee_compensation",
        "form": "nec",
        "box": "1",
        "box_title": mixed["box_title"],
        "threshold": "600.00",
        "threshold_source": "IRC § 6041A(a)(2)",
        "required": false,
        "reason": "below_threshold",
        "explanation": "No Form 1099-NEC is required: 500.00 was paid directly, which is less than the threshold of 600.00",
    });
    assert_eq!(mixed, expected);
    let line = [
        "quick",
        "--tax-year",
        "2025",
        "--check",
        "500.00",
        "--credit-card",
        "4500.00",
    ];
    let people = up.run(&line).ok();
    for text in [
        "credit_card  4500.00  no: reported on 1099-K",
        "reportable    500.00",
        "threshold 600.00 (IRC § 6041A(a)(2))",
        "less than the threshold of 600.00",
    ] {
        assert!(people.out.contains(text), "{text}: {}", people.out);
    }
}

#[test]
fn the_year_the_kind_of_income_and_the_classification_decide() {
    let up = Up::start();
    let quick = |flags: &[&str]| up.run(&[&["--json", "quick"], flags].concat());
    let reason = |flags: &[&str]| quick(flags).ok().json()["reason"].clone();
    for (year, amount, expected) in [
        ("2025", "599.99", "below_threshold"),
        ("2025", "600.00", "required"),
        ("2026", "1999.99", "below_threshold"),
        ("2026", "2000.00", "required"),
    ] {
        assert_eq!(reason(&["--tax-year", year, "--zelle", amount]), expected);
    }
    let corporation = ["--tax-year", "2025", "--classification", "c_corporation"];
    let paid = ["--wire", "5000"];
    let services = [&corporation[..], &paid].concat();
    assert_eq!(reason(&services), "exempt_classification");
    let fees = [&services[..], &["--income-type", "attorney_gross_proceeds"]].concat();
    assert_eq!(reason(&fees), "required");
    assert_eq!(
        reason(&["--tax-year", "2025", "--paypal", "9000"]),
        "nothing_direct"
    );
    assert_eq!(reason(&["--tax-year", "2025"]), "nothing_paid");
    let refused = quick(&["--tax-year", "2030", "--check", "1"]);
    assert_eq!(refused.code, 3, "{refused:?}");
    let error = &refused.json()["error"];
    assert_eq!(error["code"], "FAILED_PRECONDITION");
    assert_eq!(error["reason"], "NO_RULE_FOR_YEAR");
}

#[test]
fn every_bad_field_of_a_command_line_is_listed() {
    let up = Up::start();
    let line = [
        "quick",
        "--tax-year",
        "25",
        "--income-type",
        "rent",
        "--classification",
        "company",
        "--check",
        "-5",
        "--ach",
        "1.005",
        "--wire",
        "10000000000",
        "--cash",
        "$5",
        "--stripe",
        "7",
    ];
    let refused = up.run(&[&["--json"], &line[..]].concat());
    assert_eq!(refused.code, 3, "{refused:?}");
    let error = refused.json()["error"].clone();
    assert_eq!(error["code"], "INVALID_ARGUMENT");
    let bad = error["violations"].as_array().unwrap().iter();
    let fields: Vec<_> = bad.map(|bad| bad["field"].as_str().unwrap()).collect();
    let expected = [
        "check",
        "ach",
        "wire",
        "cash",
        "tax_year",
        "income_type",
        "classification",
    ];
    assert_eq!(fields, expected);
    let people = up.run(&line);
    for field in expected {
        assert!(people.err.contains(&format!("\n  {field}: ")), "{people:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn over_the_wire_every_bad_field_is_listed_and_a_year_without_rules_is_refused() {
    let world = World::start().await;
    let mut quick = QuickServiceClient::new(world.channel(Service::Calculation));
    let paid = |method: &str, amount_cents| pb::MethodAmount {
        method: method.to_owned(),
        amount_cents,
    };
    let request = pb::QuickCalculateRequest {
        income_type: "federal_income_tax_withheld".to_owned(),
        classification: "llc".to_owned(),
        paid: vec![
            paid("check", -1),
            paid("check", 1),
            paid("cash", 1_000_000_000_000),
            paid("barter", 1),
        ],
        ..pb::QuickCalculateRequest::default()
    };
    let refused = quick.quick_calculate(request).await.unwrap_err();
    let expected = [
        "classification",
        "income_type",
        "paid[0].amount_cents",
        "paid[1].method",
        "paid[2].amount_cents",
        "paid[3].method",
        "tax_year",
    ];
    assert_eq!(bad_fields(&refused), expected);
    let request = pb::QuickCalculateRequest {
        tax_year: 2030,
        paid: vec![paid("check", 1)],
        ..pb::QuickCalculateRequest::default()
    };
    let refused = quick.quick_calculate(request.clone()).await.unwrap_err();
    let no_rule = (
        Code::FailedPrecondition,
        reason::NO_RULE_FOR_YEAR.to_owned(),
    );
    assert_eq!(code_and_reason(&refused), no_rule);
    let request = pb::QuickCalculateRequest {
        tax_year: 2026,
        paid: vec![
            paid("check", 999_999_999_999),
            paid("paypal", 999_999_999_999),
        ],
        ..request
    };
    let answer = quick.quick_calculate(request).await.unwrap().into_inner();
    assert_eq!(answer.total_paid_cents, 1_999_999_999_998);
    assert_eq!(answer.reportable_amount_cents, 999_999_999_999);
    assert_eq!((answer.r#box.as_str(), answer.required), ("1a", true));
}
