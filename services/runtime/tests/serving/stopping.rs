//! A clean stop.

use std::time::{Duration, Instant};

use formfeed_proto::forms::{ListFormsRequest, PrintFormsRequest};
use formfeed_runtime::{reason, status::reason_of};

use crate::probe::World;

#[tokio::test]
async fn a_call_at_work_ends_before_the_server_does() {
    let world = World::start().await;
    let mut client = world.client();
    let slow = ListFormsRequest {
        tax_year: 500,
        ..ListFormsRequest::default()
    };
    let call = tokio::spawn(async move { client.list_forms(slow).await });
    tokio::time::sleep(Duration::from_millis(150)).await;
    world.shutdown.cancel();
    world.serving.await.unwrap();
    call.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_call_that_outlasts_the_grace_period_is_told_that_the_server_stops() {
    let world = World::start_with(|config| {
        config.limits.shutdown_grace = Duration::from_millis(200);
    })
    .await;
    let mut client = world.client();
    let slow = ListFormsRequest {
        tax_year: 60_000,
        ..ListFormsRequest::default()
    };
    let call = tokio::spawn(async move { client.list_forms(slow).await });
    tokio::time::sleep(Duration::from_millis(150)).await;
    world.shutdown.cancel();
    let refused = call.await.unwrap().unwrap_err();
    assert_eq!(reason_of(&refused).unwrap(), reason::SHUTTING_DOWN);
    world.serving.await.unwrap();
}

#[tokio::test]
async fn a_stream_that_never_ends_is_cut_off_after_the_grace_period() {
    let world = World::start_with(|config| {
        config.limits.shutdown_grace = Duration::from_millis(200);
    })
    .await;
    let mut client = world.client();
    let mut events = client
        .print_forms(PrintFormsRequest::default())
        .await
        .unwrap()
        .into_inner();
    events.message().await.unwrap();
    let started = Instant::now();
    world.shutdown.cancel();
    let ended = events.message().await.unwrap_err();
    assert_eq!(reason_of(&ended).unwrap(), reason::SHUTTING_DOWN);
    world.serving.await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(5));
}
