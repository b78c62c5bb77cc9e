//! What a payment would mean before it is made, through all services, on both databases.

use formfeed_proto::calculation as pb;
use formfeed_proto::calculation::history_import_record::Record;
use formfeed_proto::calculation::payment_preview_service_client::PaymentPreviewServiceClient;
use formfeed_proto::{Date, vendor};
use formfeed_runtime::Service;
use formfeed_tests::extract::Extract;
use formfeed_tests::world::World;
use vendor::vendor_import_record::Record as VendorRecord;

use crate::vendor_resources::told;

fn date(year: i32, month: i32, day: i32) -> Option<Date> {
    Some(Date { year, month, day })
}

fn payment(id: &str, cents: i64, method: &str, on: Option<Date>) -> pb::Payment {
    pb::Payment {
        payment_id: id.to_owned(),
        pay_vendor_id: "ADA".to_owned(),
        method: method.to_owned(),
        payment_date: on,
        cash_account_id: "CASH1".to_owned(),
        amount_cents: cents,
        ..pb::Payment::default()
    }
}

/// One payer; ADA without a TIN, and BO whose money goes to ADA. ADA was paid 1,400.00 by check in 2026, and 100.00 in 2025.
async fn history(world: &World) {
    let vendor = |id: &str, pay_vendor_id: &str| vendor::Vendor {
        vendor_id: id.to_owned(),
        display_name: format!("Vendor {id}"),
        flag_1099: "Y".to_owned(),
        pay_vendor_id: pay_vendor_id.to_owned(),
        ..vendor::Vendor::default()
    };
    let mut of_another = payment("P6", 9_000_00, "check", date(2026, 2, 2));
    of_another.cash_account_id = "CASH2".to_owned();
    let mut voided = payment("P7", 9_000_00, "check", date(2026, 2, 2));
    voided.void_date = date(2026, 2, 3);
    let mut withheld = payment("P3", 380_00, "ach", date(2026, 3, 2));
    withheld.federal_tax_withheld_cents = 120_00;
    let payments = [
        payment("P1", 100_00, "check", date(2025, 12, 31)),
        payment("P2", 900_00, "check", date(2026, 1, 2)),
        withheld,
        payment("P4", 9_000_00, "credit_card", date(2026, 3, 2)),
        payment("P5", 9_000_00, "check", date(2026, 12, 1)),
        of_another,
        voided,
    ];
    let mut extract = Extract::of_history(payments.map(Record::Payment));
    let payer = |id: &str| vendor::Payer {
        payer_id: id.to_owned(),
        display_name: format!("Payer {id}"),
        ..vendor::Payer::default()
    };
    let organization = |id: &str| vendor::Organization {
        org_id: id.to_owned(),
        payer_id: id.to_owned(),
        ..vendor::Organization::default()
    };
    let cash = |id: &str, org: &str| vendor::CashAccount {
        cash_account_id: id.to_owned(),
        org_id: org.to_owned(),
        ..vendor::CashAccount::default()
    };
    let records = [
        VendorRecord::Payer(payer("TE1")),
        VendorRecord::Payer(payer("TE2")),
        VendorRecord::Organization(organization("TE1")),
        VendorRecord::Organization(organization("TE2")),
        VendorRecord::CashAccount(cash("CASH1", "TE1")),
        VendorRecord::CashAccount(cash("CASH2", "TE2")),
        VendorRecord::Vendor(vendor("ADA", "")),
        VendorRecord::Vendor(vendor("BO", "ADA")),
    ];
    let record = |(line, record)| vendor::VendorImportRecord {
        line,
        record: Some(record),
    };
    extract.vendor = (2..).zip(records).map(record).collect();
    extract.import(world, "I1").await;
}

fn asked(vendor_id: &str, gross_cents: i64, method: &str) -> pb::PreviewPaymentRequest {
    pb::PreviewPaymentRequest {
        payer_id: "TE1".to_owned(),
        vendor_id: vendor_id.to_owned(),
        gross_cents,
        method: method.to_owned(),
        payment_date: date(2026, 6, 1),
        income_type: String::new(),
    }
}

async fn previews(world: &World) {
    history(world).await;
    let client = || PaymentPreviewServiceClient::new(world.channel(Service::Calculation));
    let preview = async |request| {
        let seen = client().preview_payment(request).await;
        seen.unwrap().into_inner()
    };
    let words = |seen: &pb::PaymentPreview| -> Vec<String> {
        seen.warnings.iter().map(|w| w.warning.clone()).collect()
    };

    let seen = preview(asked("ADA", 599_99, "check")).await;
    assert!(seen.counts && seen.crossed.is_empty());
    assert_eq!(
        (seen.tax_year, seen.income_type.as_str()),
        (2026, "nonemployee_compensation")
    );
    assert_eq!(
        (seen.year_to_date_cents, seen.year_to_date_after_cents),
        (1_400_00, 1_999_99)
    );
    assert_eq!(words(&seen), ["TIN_MISSING"]);
    let withholding = seen.withholding.unwrap();
    assert!(!withholding.due, "below 2,000.00, and a clean year before");
    assert_eq!(withholding.reasons[1].reason, "AGGREGATE_NOT_REACHED");

    let seen = preview(asked("BO", 600_00, "check")).await;
    assert_eq!(
        (seen.recipient_id.as_str(), seen.year_to_date_after_cents),
        ("ADA", 2_000_00)
    );
    let crossed = &seen.crossed[0];
    assert_eq!(
        (crossed.threshold_cents, crossed.boxes.as_slice()),
        (2_000_00, &["1099-NEC 1a".to_owned()][..])
    );
    assert_eq!(
        words(&seen),
        ["TIN_MISSING", "WITHHOLDING_DUE", "PAID_TO_PAY_VENDOR"]
    );
    let withholding = seen.withholding.unwrap();
    assert_eq!(
        (withholding.withheld_cents, withholding.net_cents),
        (144_00, 456_00)
    );

    let seen = preview(asked("ADA", 5_000_00, "credit_card")).await;
    assert!(!seen.counts && seen.withholding.is_none() && seen.crossed.is_empty());
    assert_eq!(
        (seen.year_to_date_after_cents, words(&seen)),
        (1_400_00, vec!["REPORTED_ON_1099_K".to_owned()])
    );

    let other_payer = pb::PreviewPaymentRequest {
        payer_id: "TE2".to_owned(),
        ..asked("ADA", 1_00, "check")
    };
    let seen = preview(other_payer).await;
    assert_eq!((seen.year_to_date_cents, seen.crossed.len()), (9_000_00, 0));

    let wrong = pb::PreviewPaymentRequest {
        payer_id: String::new(),
        method: "cheque".to_owned(),
        payment_date: date(1989, 1, 1),
        ..asked("ADA", 0, "")
    };
    let refused = client().preview_payment(wrong).await.unwrap_err();
    assert_eq!(
        told(&refused).2,
        ["payer_id", "gross_cents", "method", "payment_date"]
    );
    let late = pb::PreviewPaymentRequest {
        payment_date: date(2030, 1, 1),
        ..asked("ADA", 1_00, "check")
    };
    let refused = client().preview_payment(late).await.unwrap_err();
    assert_eq!(told(&refused).1, "NO_RULE_FOR_YEAR");
    let refused = client()
        .preview_payment(asked("NOBODY", 1_00, "check"))
        .await;
    assert_eq!(told(&refused.unwrap_err()).1, "VENDOR_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_adds_up_the_year_and_tells_the_threshold_and_the_withholding_on_sqlite() {
    previews(&World::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_adds_up_the_year_and_tells_the_threshold_and_the_withholding_on_postgresql() {
    previews(&World::on_postgres().await).await;
}
