//! Every proof is added up again by code of its own, and a cent planted in the database does not stay hidden.

use formfeed::errors::Exit;
use formfeed_proto::calculation as pb;
use formfeed_runtime::status::reason_of;
use formfeed_runtime::{Service, reason};
use formfeed_tests::world::World;
use pb::verify_information_event::Event;
use pb::verify_service_client::VerifyServiceClient;
use serde_json::Value;
use tonic::Code;

const PAYERS: [&str; 2] = ["TE1", "TE2"];

/// Every method with every option, as the command line names them.
const METHODS: [&[&str]; 7] = [
    &["--method", "income-first"],
    &["--method", "prorated"],
    &["--method", "prorated", "--basis", "as-documented"],
    &["--method", "direct-payments"],
    &["--method", "relate-to", "--source", "oh"],
    &["--method", "relate-to", "--source", "bk"],
    &["--method", "relate-to", "--source", "bo"],
];

async fn both() -> [World; 2] {
    [World::start().await, World::on_postgres().await]
}

fn of<'a>(verb: &[&'a str], payer_id: &'a str) -> Vec<&'a str> {
    [verb, &["--payer", payer_id, "--tax-year", "2025"]].concat()
}

/// Verifies a payer's year: how it ended, and its report.
async fn verify(world: &World, payer_id: &str) -> (Exit, Value) {
    let (exit, out, err) = world.cli(&of(&["--json", "verify"], payer_id)).await;
    let report = serde_json::from_str(&out).unwrap_or_else(|bad| panic!("{bad}: {out} {err}"));
    (exit, report)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_proof_of_the_small_case_holds_in_every_method_on_either_database() {
    for world in both().await {
        world.import_small().await;
        for method in METHODS {
            for payer_id in PAYERS {
                let line = [of(&["calculate"], payer_id), method.to_vec()].concat();
                world.done(&line).await;
                let (exit, report) = verify(&world, payer_id).await;
                assert_eq!(exit, Exit::Done, "{method:?} {report}");
                assert_eq!(report["holds"], true);
                assert_eq!(report["findings"], serde_json::json!([]));
                let rows = world.done(&of(&["--json", "info", "list"], payer_id)).await;
                let rows: Vec<Value> = serde_json::from_str(&rows).unwrap();
                assert_eq!(report["rows"], rows.len());
                assert!(report["recipients"].as_u64() > Some(10), "{report}");
                assert!(report["amounts"].as_u64() > Some(100), "{report}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cent_planted_in_the_database_is_found_and_named_on_either_database() {
    for world in both().await {
        world.import_small().await;
        world.calculate("TE1", "2025").await;
        let rows = world.done(&of(&["--json", "info", "list"], "TE1")).await;
        let rows: Vec<Value> = serde_json::from_str(&rows).unwrap();
        let text = |field: &str| rows[3][field].as_str().unwrap().to_owned();
        let (recipient_id, income_type) = (text("recipient_id"), text("income_type"));
        let wanted = format!("recipient_id = '{recipient_id}' AND income_type = '{income_type}'");
        let plant = "taxable_amount_cents = taxable_amount_cents + 1";
        let plant = format!("UPDATE information SET {plant} WHERE {wanted}");
        world.edit(Service::Calculation, &plant);
        let (exit, report) = verify(&world, "TE1").await;
        assert_eq!(exit, Exit::Failed, "{report}");
        assert_eq!(report["holds"], false);
        let findings = report["findings"].as_array().unwrap();
        let [finding] = findings.as_slice() else {
            panic!("one cent, one finding: {findings:#?}");
        };
        assert_eq!(finding["recipient_id"], recipient_id);
        assert_eq!(
            finding["what"],
            format!("stored row of {income_type}: taxable")
        );
        assert_eq!(finding["expected"], rows[3]["taxable_amount"]);
        let (_, out, _) = world.cli(&of(&["verify"], "TE1")).await;
        let expected = format!("expected {}", text("taxable_amount"));
        assert!(
            out.contains(&expected) && out.contains("1 finding"),
            "{out}"
        );
        // A row that is gone is no less loud.
        world.edit(
            Service::Calculation,
            &format!("DELETE FROM information WHERE recipient_id = '{recipient_id}'"),
        );
        let (exit, report) = verify(&world, "TE1").await;
        assert_eq!(exit, Exit::Failed);
        let counted = format!("{}", report["findings"]);
        assert!(counted.contains("number of stored rows"), "{counted}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stream_ends_with_the_counts_and_what_was_never_calculated_is_refused() {
    let world = World::start().await;
    world.import_small().await;
    let mut client = VerifyServiceClient::new(world.channel(Service::Calculation));
    let asked = pb::VerifyInformationRequest {
        payer_id: "TE1".to_owned(),
        tax_year: 2025,
    };
    let refused = client.verify_information(asked.clone()).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    let not_found = reason_of(&refused);
    assert_eq!(not_found.as_deref(), Some(reason::INFORMATION_NOT_FOUND));
    let (exit, ..) = world.cli(&of(&["verify"], "TE1")).await;
    assert_eq!(exit, Exit::Refused);
    let blank = pb::VerifyInformationRequest::default();
    let refused = client.verify_information(blank).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    for field in ["payer_id", "tax_year"] {
        assert!(refused.message().contains(field), "{refused}");
    }
    world.calculate("TE1", "2025").await;
    let events = client.verify_information(asked).await.unwrap();
    let mut events = events.into_inner();
    let mut told = Vec::new();
    while let Some(event) = events.message().await.unwrap() {
        told.push(event.event.unwrap());
    }
    let Some(Event::Counts(counts)) = told.pop() else {
        panic!("the last event carries the counts: {told:?}");
    };
    assert_eq!(counts.findings, 0);
    let Some(Event::Progress(first)) = told.first() else {
        panic!("progress is told: {told:?}");
    };
    assert_eq!(first.recipients_total, counts.recipients);
}
