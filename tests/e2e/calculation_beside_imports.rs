//! A run beside publications sees both halves of one import, never the vendors of one and the vouchers of another.

use formfeed_proto::calculation as pb;
use formfeed_proto::vendor::vendor_import_record::Record as VendorRecord;
use formfeed_runtime::Service;
use formfeed_tests::extract::Extract;
use formfeed_tests::world::World;
use pb::calculation_service_client::CalculationServiceClient;
use pb::history_import_record::Record;
use pb::run::State;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Marks both halves of the second kind of import.
const MARK: &str = "Rents only";

/// The small case with every vendor renamed and every line income of one type.
fn marked() -> Extract {
    let mut extract = Extract::small();
    for record in &mut extract.vendor {
        if let Some(VendorRecord::Vendor(vendor)) = &mut record.record {
            MARK.clone_into(&mut vendor.short_name);
        }
    }
    for record in &mut extract.history {
        if let Some(Record::VoucherLine(line)) = &mut record.record {
            line.reportable = true;
            "rents".clone_into(&mut line.income_type);
        }
    }
    extract
}

async fn import_in_turns(world: &World, stop: &CancellationToken) {
    let extracts = [marked(), Extract::small()];
    let mut number = 0;
    while !stop.is_cancelled() {
        let id = format!("turn-{number}");
        extracts[number % 2].import(world, &id).await;
        number += 1;
    }
}

async fn runs_see_one_import(world: &World, stop: &CancellationToken) {
    let mut client = CalculationServiceClient::new(world.channel(Service::Calculation));
    for _ in 0..12 {
        let order = pb::CalculateRequest {
            payer_id: "TE1".to_owned(),
            tax_year: 2025,
            request_id: Uuid::now_v7().to_string(),
            ..pb::CalculateRequest::default()
        };
        let mut events = client.calculate(order).await.unwrap().into_inner();
        let mut run = pb::Run::default();
        while let Some(event) = events.message().await.unwrap() {
            run = event.run.unwrap();
        }
        assert_eq!(run.state(), State::Completed, "{}", run.failure);
        let request = pb::ListInformationRequest {
            payer_id: "TE1".to_owned(),
            tax_year: 2025,
            page_size: 1_000,
            ..pb::ListInformationRequest::default()
        };
        let rows = client.list_information(request).await.unwrap().into_inner();
        let rows = rows.information;
        assert!(!rows.is_empty());
        // The small case was published first: every second import is a marked one.
        let is_marked = run.import_sequence % 2 == 0;
        for row in &rows {
            let named = row.recipient_name == MARK;
            assert_eq!(named, is_marked, "{} of run {run:?}", row.name);
        }
        let others = ["rents", "federal_income_tax_withheld", "state_tax_withheld"];
        let typed = rows
            .iter()
            .all(|r| others.contains(&r.income_type.as_str()));
        assert_eq!(typed, is_marked, "{run:?}");
    }
    stop.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_beside_publications_sees_both_halves_of_one_import() {
    let world = World::start().await;
    Extract::small().import(&world, "first").await;
    let stop = CancellationToken::new();
    tokio::join!(
        import_in_turns(&world, &stop),
        runs_see_one_import(&world, &stop)
    );
}
