//! How long calls may take.

use std::time::{Duration, Instant};

use formfeed_proto::forms::{GetTaxYearRulesRequest, ListFormsRequest, PrintFormsRequest};
use formfeed_runtime::{Service, access::Secret, client, reason, status::reason_of};
use tonic::{Code, Request, Status};

use crate::probe::World;

const SLOW: i32 = 60_000;

fn slow() -> ListFormsRequest {
    ListFormsRequest {
        tax_year: SLOW,
        ..ListFormsRequest::default()
    }
}

#[tokio::test]
async fn a_unary_call_that_names_no_deadline_has_the_servers_default() {
    let world = World::start_with(|config| {
        config.limits.default_deadline = Duration::from_millis(200);
    })
    .await;
    let refused = raw(&world).await.unwrap_err();
    assert_eq!(refused.code(), Code::DeadlineExceeded);
    assert_eq!(reason_of(&refused).unwrap(), reason::DEADLINE_EXCEEDED);
}

// A client of tonic's own, which sends no deadline.
async fn raw(world: &World) -> Result<(), Status> {
    let channel = tonic::transport::Channel::from_shared(world.url.clone())
        .unwrap()
        .connect_lazy();
    let mut client = formfeed_proto::forms::forms_service_client::FormsServiceClient::new(channel);
    let mut request = Request::new(slow());
    let bearer = format!("Bearer {}", Secret::expose(&world.admin()));
    request
        .metadata_mut()
        .insert("authorization", bearer.parse().unwrap());
    client.list_forms(request).await.map(drop)
}

#[tokio::test]
async fn a_unary_call_gets_no_more_than_the_servers_most() {
    let world = World::start_with(|config| {
        config.limits.default_deadline = Duration::from_millis(100);
        config.limits.max_deadline = Duration::from_millis(200);
    })
    .await;
    let mut request = Request::new(slow());
    request.set_timeout(Duration::from_secs(50));
    let refused = world.client().list_forms(request).await.unwrap_err();
    assert_eq!(reason_of(&refused).unwrap(), reason::DEADLINE_EXCEEDED);
}

#[tokio::test]
async fn a_callers_own_deadline_is_honoured_and_told_in_our_words() {
    let world = World::start().await;
    let started = Instant::now();
    let mut request = Request::new(slow());
    request.set_timeout(Duration::from_millis(200));
    let ended = world.client().list_forms(request).await.unwrap_err();
    let ended = client::explain(Service::Forms, ended);
    assert_eq!(ended.code(), Code::DeadlineExceeded);
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_stream_ends_with_its_deadline_and_its_work_is_dropped() {
    let world = World::start().await;
    let mut request = Request::new(PrintFormsRequest::default());
    request.set_timeout(Duration::from_millis(300));
    let mut events = world
        .client()
        .print_forms(request)
        .await
        .unwrap()
        .into_inner();
    assert!(events.message().await.unwrap().is_some());
    let ended = events.message().await.unwrap_err();
    assert_eq!(reason_of(&ended).unwrap(), reason::DEADLINE_EXCEEDED);
    world.seen.stream_dropped.notified().await;
}

#[tokio::test]
async fn a_stream_without_a_deadline_outlives_the_unary_default() {
    let world = World::start_with(|config| {
        config.limits.default_deadline = Duration::from_millis(100);
    })
    .await;
    let mut client = world.client();
    let mut events = client
        .print_forms(PrintFormsRequest::default())
        .await
        .unwrap()
        .into_inner();
    assert!(events.message().await.unwrap().is_some());
    let more = tokio::time::timeout(Duration::from_millis(400), events.message()).await;
    assert!(more.is_err(), "the stream ended: {more:?}");
}

#[tokio::test]
async fn a_stream_gets_no_more_than_the_servers_most_also_when_it_names_none() {
    let world = World::start_with(|config| {
        config.limits.max_stream = Duration::from_millis(300);
    })
    .await;
    for asked in [None, Some(Duration::from_secs(50))] {
        let mut request = Request::new(PrintFormsRequest::default());
        if let Some(asked) = asked {
            request.set_timeout(asked);
        }
        let events = world.client().print_forms(request).await;
        let mut events = events.unwrap().into_inner();
        assert!(events.message().await.unwrap().is_some());
        let ended = events.message().await.unwrap_err();
        assert_eq!(reason_of(&ended).unwrap(), reason::DEADLINE_EXCEEDED);
    }
}

#[tokio::test]
async fn work_that_changes_state_ends_even_when_its_caller_leaves() {
    let world = World::start().await;
    let mut client = world.client();
    let request = GetTaxYearRulesRequest { tax_year: 400 };
    let call = tokio::spawn(async move { client.get_tax_year_rules(request).await });
    tokio::time::sleep(Duration::from_millis(150)).await;
    call.abort();
    let ended =
        tokio::time::timeout(Duration::from_secs(5), world.seen.work_ended.notified()).await;
    assert!(ended.is_ok(), "the work was lost with its caller");
}
