//! Publications cut off between the two halves of an import: finished, or left to be discarded, never half there.

use std::time::Duration;

use formfeed_proto::calculation as pb;
use formfeed_runtime::status::reason_of;
use formfeed_runtime::{Service, access, reason};
use formfeed_store::calculation::CalculationStore;
use formfeed_tests::extract::{Extract, publish};
use formfeed_tests::world::World;
use pb::import_service_client::ImportServiceClient;
use tokio_util::sync::CancellationToken;
use tonic::Code;

#[tokio::test(flavor = "multi_thread")]
async fn a_publication_cut_off_between_the_halves_is_finished_by_repeating_the_import() {
    let world = World::start().await;
    let small = Extract::small();
    cut_off_between_the_halves(&world, &small).await;
    let import = small.import(&world, "cut").await;
    let vouchers = import
        .files
        .iter()
        .find(|f| f.file == "vouchers.csv")
        .unwrap();
    assert_eq!(vouchers.new_records, 139);
    world.calculate("TE1", "2025").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publication_cut_off_between_the_halves_is_kept_and_finished_by_the_restarted_service() {
    let world = World::start().await;
    cut_off_between_the_halves(&world, &Extract::small()).await;
    let mut imports = ImportServiceClient::new(world.channel(Service::Calculation));
    let discard = pb::DiscardImportRequest {
        import_id: "cut".to_owned(),
    };
    let refused = imports.discard_import(discard).await.unwrap_err();
    assert_eq!(
        reason_of(&refused).as_deref(),
        Some(reason::IMPORT_PUBLISHED)
    );
    let config = world.config(Service::Calculation);
    let (tokens, stop) = (
        access::ensure(world.folder()).unwrap(),
        CancellationToken::new(),
    );
    let running = formfeed_calculation::start(&config, tokens, stop.clone())
        .await
        .unwrap();
    let published = async {
        loop {
            let listed = imports
                .list_imports(pb::ListImportsRequest::default())
                .await
                .unwrap();
            match listed.into_inner().imports.pop() {
                Some(import) => return import,
                None => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    };
    let published = tokio::time::timeout(Duration::from_secs(60), published).await;
    assert_eq!(published.unwrap().name, "imports/cut");
    stop.cancel();
    running.ended().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publication_that_the_vendor_service_refuses_leaves_an_import_to_discard() {
    let world = World::start().await;
    Extract::small().import(&world, "small").await;
    // All it refers to is there, but its vendor half was never staged.
    Extract::small()
        .stage_history(&world, "lonely")
        .await
        .unwrap();
    let refused = publish(&world, "lonely").await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound, "{refused}");
    let mut imports = ImportServiceClient::new(world.channel(Service::Calculation));
    let discard = pb::DiscardImportRequest {
        import_id: "lonely".to_owned(),
    };
    imports.discard_import(discard).await.unwrap();
}

/// Stages an import `cut`, and publishes its vendor half only.
async fn cut_off_between_the_halves(world: &World, extract: &Extract) {
    extract.stage_vendor(world, "cut").await.unwrap();
    extract.stage_history(world, "cut").await.unwrap();
    let config = world.config(Service::Calculation);
    let key = world.folder().join("keys/calculation-audit.key");
    let store = CalculationStore::open(&config.database_url.parse().unwrap(), &key)
        .await
        .unwrap();
    store.begin_publication("cut").await.unwrap();
    let connector = config.connector(Service::Vendor).unwrap();
    let mut vendor =
        formfeed_proto::vendor::vendor_import_service_client::VendorImportServiceClient::new(
            connector.channel(),
        );
    let request = formfeed_proto::vendor::PublishVendorImportRequest {
        import_id: "cut".to_owned(),
    };
    vendor.publish_vendor_import(request).await.unwrap();
}
