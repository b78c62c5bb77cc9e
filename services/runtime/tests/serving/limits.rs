//! Sizes and numbers a server keeps to, and what a panic looks like from outside.

use std::time::Duration;

use formfeed_proto::forms::{
    GetPrintingRequest, ListFormsRequest, ListPrintingsRequest, PrintFormsRequest,
};
use formfeed_runtime::config::Limits;
use formfeed_runtime::{Server, Service, ServiceConfig, TokenStore, reason, status::reason_of};
use tonic::{Code, Request};

use crate::probe::World;

#[tokio::test]
async fn a_message_beyond_the_limit_is_refused_either_way() {
    let world = World::start_with(|config| config.limits.max_message_bytes = 64 * 1024).await;
    let mut client = world.client();
    let big = ListFormsRequest {
        payer_id: "x".repeat(65 * 1024),
        ..ListFormsRequest::default()
    };
    let refused = client.list_forms(big).await.unwrap_err();
    assert_eq!(refused.code(), Code::OutOfRange);
    let asks_much = ListPrintingsRequest {
        page_size: 65 * 1024,
        ..ListPrintingsRequest::default()
    };
    assert_eq!(
        client.list_printings(asks_much).await.unwrap_err().code(),
        Code::OutOfRange
    );
    client
        .list_forms(ListFormsRequest::default())
        .await
        .unwrap();
}

#[tokio::test]
async fn more_calls_at_once_than_allowed_are_refused() {
    let world = World::start_with(|config| config.limits.calls_per_connection = 1).await;
    let mut client = world.client();
    let mut second = client.clone();
    let slow = ListFormsRequest {
        tax_year: 1000,
        ..ListFormsRequest::default()
    };
    let first = tokio::spawn(async move { client.list_forms(slow).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let refused = second
        .list_forms(ListFormsRequest::default())
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    assert_eq!(reason_of(&refused).unwrap(), reason::OVERLOADED);
    first.await.unwrap().unwrap();
    second
        .list_forms(ListFormsRequest::default())
        .await
        .unwrap();
}

#[tokio::test]
async fn headers_beyond_the_limit_are_refused_and_the_connection_goes_on() {
    let world = World::start().await;
    let mut client = world.client();
    let with_header = |bytes: usize| {
        let mut request = Request::new(ListFormsRequest::default());
        let filler = "x".repeat(bytes).parse().unwrap();
        request.metadata_mut().insert("x-filler", filler);
        request
    };
    assert!(client.list_forms(with_header(20 * 1024)).await.is_err());
    client.list_forms(with_header(12 * 1024)).await.unwrap();
}

#[tokio::test]
async fn one_connection_holds_so_many_streams_and_the_next_call_waits_for_one_to_end() {
    let world = World::start().await;
    let mut client = world.client();
    let mut open = Vec::new();
    for _ in 0..256 {
        let stream = client.print_forms(PrintFormsRequest::default()).await;
        open.push(stream.unwrap());
    }
    let mut request = Request::new(ListFormsRequest::default());
    request.set_timeout(Duration::from_millis(300));
    assert!(client.list_forms(request).await.is_err(), "no room");
    open.pop();
    client
        .list_forms(ListFormsRequest::default())
        .await
        .unwrap();
}

#[test]
fn limits_that_contradict_each_other_are_refused_by_name() {
    let usual = Limits::default();
    let zero = Duration::ZERO;
    for (setting, limits) in [
        (
            "FORMFEED_MAX_MESSAGE_BYTES",
            Limits {
                max_message_bytes: 1024,
                ..usual
            },
        ),
        (
            "FORMFEED_MAX_REQUEST_MEMORY_BYTES",
            Limits {
                max_request_memory_bytes: 8 * usual.max_message_bytes - 1,
                ..usual
            },
        ),
        (
            "FORMFEED_MAX_CALLS_PER_CONNECTION",
            Limits {
                calls_per_connection: 0,
                ..usual
            },
        ),
        (
            "FORMFEED_DEFAULT_DEADLINE_SECONDS",
            Limits {
                default_deadline: zero,
                ..usual
            },
        ),
        (
            "FORMFEED_DEFAULT_DEADLINE_SECONDS",
            Limits {
                max_deadline: zero,
                ..usual
            },
        ),
        (
            "FORMFEED_MAX_STREAM_SECONDS",
            Limits {
                max_stream: zero,
                ..usual
            },
        ),
    ] {
        let refused = limits.check().unwrap_err();
        assert!(refused.to_string().contains(setting), "{refused}");
    }
    usual.check().unwrap();
}

#[tokio::test]
async fn a_panic_shows_an_incident_id_and_not_its_cause() {
    let world = World::start().await;
    let refused = world
        .client()
        .get_printing(GetPrintingRequest::default())
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::Internal);
    assert_eq!(reason_of(&refused).unwrap(), reason::INTERNAL);
    assert!(!refused.message().contains("secret"), "{refused}");
}

#[tokio::test]
async fn no_server_listens_beyond_loopback_without_tls() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = ServiceConfig::local(Service::Vendor, dir.path());
    config.listen = "0.0.0.0:0".parse().unwrap();
    let refused = Server::new(&config, TokenStore::open(dir.path()))
        .bind()
        .await
        .err()
        .unwrap();
    assert!(
        refused.to_string().contains("FORMFEED_TLS_CERT"),
        "{refused}"
    );
    let listener = tokio::net::TcpListener::bind("0.0.0.0:0").await.unwrap();
    assert!(
        Server::new(&config, TokenStore::open(dir.path()))
            .listen(listener)
            .is_err()
    );
}
