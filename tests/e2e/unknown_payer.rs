//! A payer that does not exist is told so; that there is nothing of a payer is said of one that exists.

use formfeed_proto::calculation as pb;
use formfeed_proto::calculation::calculation_service_client::CalculationServiceClient;
use formfeed_runtime::client::AuthChannel;
use formfeed_runtime::{Connector, Service, access, reason};
use formfeed_tests::command::Up;
use formfeed_tests::status::code_and_reason;
use formfeed_tests::tools::workspace;
use formfeed_tests::world::World;
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

type Client = CalculationServiceClient<AuthChannel>;

/// What is answered about a payer and a year by each method that could answer nothing: how many entries, or why none.
async fn asked(client: &mut Client, payer_id: &str) -> [Result<usize, Status>; 4] {
    let (payer_id, tax_year) = (payer_id.to_owned(), 2025);
    let information = pb::ListInformationRequest {
        payer_id: payer_id.clone(),
        tax_year,
        ..pb::ListInformationRequest::default()
    };
    let skipped = pb::ListSkippedRecipientsRequest {
        payer_id: payer_id.clone(),
        tax_year,
        ..pb::ListSkippedRecipientsRequest::default()
    };
    let exceptions = pb::ListExceptionsRequest {
        payer_id: payer_id.clone(),
        tax_year,
        ..pb::ListExceptionsRequest::default()
    };
    let explained = pb::ExplainInformationRequest {
        payer_id,
        tax_year,
        recipient_id: "V000001".to_owned(),
        ..pb::ExplainInformationRequest::default()
    };
    let information = client.list_information(information).await;
    let skipped = client.list_skipped_recipients(skipped).await;
    let exceptions = client.list_exceptions(exceptions).await;
    let explained = client.explain_information(explained).await;
    [
        information.map(|page| page.into_inner().information.len()),
        skipped.map(|page| page.into_inner().skipped.len()),
        exceptions.map(|page| page.into_inner().exceptions.len()),
        explained.map(|answer| answer.into_inner().information.len()),
    ]
}

async fn an_unknown_payer_is_named_with_the_way_out(world: World) {
    world.import_small().await;
    let mut client = Client::new(world.channel(Service::Calculation));
    let not_found = (Code::NotFound, reason::PAYER_NOT_FOUND.to_owned());
    for answer in asked(&mut client, "NOBODY").await {
        let refused = answer.unwrap_err();
        assert_eq!(code_and_reason(&refused), not_found);
        let bad = refused.get_details_bad_request().unwrap().field_violations;
        assert_eq!(bad[0].field, "payer_id");
        assert!(bad[0].description.contains("formfeed import"), "{bad:?}");
    }
    let [information, skipped, exceptions, explained] = asked(&mut client, "TE1").await;
    for nothing_yet in [information, skipped, exceptions] {
        assert_eq!(nothing_yet.unwrap(), 0);
    }
    let not_calculated = (Code::NotFound, reason::INFORMATION_NOT_FOUND.to_owned());
    assert_eq!(code_and_reason(&explained.unwrap_err()), not_calculated);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_payer_is_named_with_the_way_out_on_sqlite() {
    an_unknown_payer_is_named_with_the_way_out(World::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_payer_is_named_with_the_way_out_on_postgresql() {
    an_unknown_payer_is_named_with_the_way_out(World::on_postgres().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_vendor_service_is_asked_only_when_there_is_nothing_and_named_when_it_is_down() {
    let world = World::start().await;
    world.import_small().await;
    world.calculate("TE1", "2025").await;
    let mut config = world.config(Service::Calculation);
    config.peers.set(Service::Vendor, "http://127.0.0.1:1"); // nobody listens there
    let (tokens, stop) = (
        access::ensure(world.folder()).unwrap(),
        CancellationToken::new(),
    );
    let running = formfeed_calculation::start(&config, tokens, stop.clone())
        .await
        .unwrap();
    let token = access::read_token(&access::admin_token_path(world.folder())).unwrap();
    let connector = Connector::new(Service::Calculation, running.url(), token, None).unwrap();
    let mut client = Client::new(connector.channel());
    for answer in asked(&mut client, "NOBODY").await {
        let refused = answer.unwrap_err();
        let away = (Code::Unavailable, reason::SERVICE_UNAVAILABLE.to_owned());
        assert_eq!(code_and_reason(&refused), away);
        let info = refused.get_details_error_info().unwrap();
        assert_eq!(info.metadata["service"], "vendor");
    }
    let [information, skipped, ..] = asked(&mut client, "TE1").await;
    assert!(information.unwrap() > 0 && skipped.unwrap() > 0);
    stop.cancel();
    running.ended().await.unwrap();
}

#[test]
fn the_command_line_says_that_there_is_no_such_payer() {
    let up = Up::start();
    let extract = workspace().join("tests/fixtures/small/extract");
    up.run(&["import", extract.to_str().unwrap()]).ok();
    let list = |payer| {
        let of = ["--payer", payer, "--tax-year", "2025"];
        up.run(&[&["--json", "info", "list"], &of[..]].concat())
    };
    let refused = list("NOBODY");
    assert_eq!(refused.code, 3, "{refused:?}");
    let error = &refused.json()["error"];
    assert_eq!(error["reason"], "PAYER_NOT_FOUND");
    assert_eq!(error["violations"][0]["field"], "payer_id");
    assert_eq!(list("TE1").ok().json(), serde_json::json!([]));
}
