//! Who calls, and what becomes of those nobody knows.

use std::time::Duration;

use chrono::Utc;
use formfeed_proto::forms::{
    ListFormsRequest, PrintFormsRequest, forms_service_client::FormsServiceClient,
    print_forms_event::Event,
};
use formfeed_runtime::{
    Role, Service, access,
    access::{Caller, Secret},
    context::{self, Context},
    reason,
    status::reason_of,
};
use tonic::{Code, Request, transport::Channel};

use crate::probe::{World, client};

#[tokio::test]
async fn a_call_without_a_token_is_refused() {
    let world = World::start().await;
    let channel = Channel::from_shared(world.url.clone())
        .unwrap()
        .connect_lazy();
    let mut client = FormsServiceClient::new(channel);
    let refused = client
        .list_forms(ListFormsRequest::default())
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::Unauthenticated);
    assert_eq!(reason_of(&refused).unwrap(), reason::TOKEN_MISSING);
}

#[tokio::test]
async fn a_call_with_an_unknown_token_is_refused() {
    let world = World::start().await;
    let stranger = world.connector(Secret::generate().unwrap());
    let refused = client(&stranger)
        .list_forms(ListFormsRequest::default())
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::Unauthenticated);
    assert_eq!(reason_of(&refused).unwrap(), reason::TOKEN_UNKNOWN);
}

#[tokio::test]
async fn the_token_names_the_user() {
    let world = World::start().await;
    let (_, secret) = world.tokens.create("ada", Role::Clerk, None).unwrap();
    let mut request = Request::new(ListFormsRequest::default());
    request
        .metadata_mut()
        .insert("x-request-id", "call-1".parse().unwrap());
    let answer = client(&world.connector(secret))
        .list_forms(request)
        .await
        .unwrap();
    assert_eq!(answer.metadata().get("x-request-id").unwrap(), "call-1");
    assert_eq!(answer.into_inner().next_page_token, "ada clerk ada call-1");
}

#[tokio::test]
async fn a_stream_knows_the_user_of_its_call() {
    let world = World::start().await;
    let request = PrintFormsRequest::default();
    let mut events = world
        .client()
        .print_forms(request)
        .await
        .unwrap()
        .into_inner();
    let event = events.message().await.unwrap().unwrap().event.unwrap();
    let Event::Submitted(printing) = event else {
        panic!("not submitted: {event:?}");
    };
    assert_eq!(printing.user, "admin");
}

#[tokio::test]
async fn an_unsafe_request_id_is_replaced() {
    let world = World::start().await;
    let mut request = Request::new(ListFormsRequest::default());
    request
        .metadata_mut()
        .insert("x-request-id", "a b\"c".parse().unwrap());
    let answer = world.client().list_forms(request).await.unwrap();
    let id = answer
        .metadata()
        .get("x-request-id")
        .unwrap()
        .to_str()
        .unwrap();
    assert_eq!(id.len(), 36, "{id}");
}

#[tokio::test]
async fn a_token_revoked_by_another_process_ends_within_a_second() {
    let world = World::start().await;
    let (_, secret) = world.tokens.create("ada", Role::Clerk, None).unwrap();
    let mut ada = client(&world.connector(secret));
    ada.list_forms(ListFormsRequest::default()).await.unwrap();
    let elsewhere = access::TokenStore::open(world.dir.path());
    elsewhere.revoke("ada").unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let refused = ada
        .list_forms(ListFormsRequest::default())
        .await
        .unwrap_err();
    assert_eq!(reason_of(&refused).unwrap(), reason::TOKEN_UNKNOWN);
}

#[tokio::test]
async fn a_stream_ends_soon_after_its_token_was_revoked_or_is_over() {
    let world = World::start().await;
    let soon = Some(Utc::now() + Duration::from_secs(1));
    let (_, revoked) = world.tokens.create("ada", Role::Clerk, None).unwrap();
    let (_, over) = world.tokens.create("bo", Role::Clerk, soon).unwrap();
    let mut streams = Vec::new();
    for secret in [revoked, over.clone(), world.admin()] {
        let mut client = client(&world.connector(secret));
        let request = PrintFormsRequest::default();
        let mut stream = client.print_forms(request).await.unwrap().into_inner();
        stream.message().await.unwrap().expect("a first event");
        streams.push(stream);
    }
    world.tokens.revoke("ada").unwrap();
    for stream in &mut streams[..2] {
        let end = tokio::time::timeout(Duration::from_secs(15), stream.message());
        let refused = end.await.expect("an end").unwrap_err();
        assert_eq!(refused.code(), Code::Unauthenticated, "{refused:?}");
    }
    let more = tokio::time::timeout(Duration::from_millis(300), streams[2].message()).await;
    assert!(more.is_err(), "another's stream ended: {more:?}");
    let mut late = client(&world.connector(over));
    let refused = late.list_forms(ListFormsRequest::default()).await;
    let reason = reason_of(&refused.unwrap_err()).unwrap();
    assert_eq!(reason, reason::TOKEN_EXPIRED);
}

#[tokio::test]
async fn only_a_service_may_act_for_a_user() {
    let world = World::start().await;
    let mut request = Request::new(ListFormsRequest::default());
    request
        .metadata_mut()
        .insert("x-formfeed-user", "ada".parse().unwrap());
    let refused = world.client().list_forms(request).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    assert_eq!(reason_of(&refused).unwrap(), reason::USER_NOT_ALLOWED);
}

#[tokio::test]
async fn a_service_passes_on_the_user_and_the_request_id_of_the_call_it_works_for() {
    let dir = tempfile::tempdir().unwrap();
    let tokens = access::ensure(dir.path()).unwrap();
    let path = access::service_token_path(dir.path(), Service::Forms);
    let secret = access::read_token(&path).unwrap();
    let mut headers =
        formfeed_runtime::Connector::new(Service::Vendor, "127.0.0.1:1", secret, None)
            .unwrap()
            .headers();
    let context = Context {
        request_id: "call-7".to_owned(),
        user: Some("ada".to_owned()),
        trace: Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned()),
        ..Context::default()
    };
    let sent = context::scope(context, async move {
        tonic::service::Interceptor::call(&mut headers, Request::new(())).unwrap()
    })
    .await;
    let headers = sent.metadata().clone().into_headers();
    assert_eq!(headers["x-request-id"], "call-7");
    let method = "/formfeed.vendor.v1.VendorService/ReleaseTins";
    let (caller, _) = access::authenticate(&tokens, method, &headers, &access::Door::default())
        .unwrap()
        .unwrap();
    let expected = Caller {
        name: "forms".to_owned(),
        role: Role::Service,
        on_behalf_of: Some("ada".to_owned()),
    };
    assert_eq!(caller, expected);
    assert_eq!(caller.acting_user(), "ada");
}
