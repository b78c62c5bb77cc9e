//! TLS, as wanted beyond loopback.

use std::path::Path;

use formfeed_proto::forms::ListFormsRequest;
use formfeed_runtime::{Connector, Service, config::TlsFiles, reason, status::reason_of};

use crate::probe::{World, client};

/// A certificate for 127.0.0.1 that nobody trusts but these tests.
async fn world() -> World {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/serving/fixtures");
    let files = TlsFiles {
        cert: dir.join("test-only-cert.pem"),
        key: dir.join("test-only-key.pem"),
    };
    World::start_with(|config| {
        config.ca_file = Some(files.cert.clone());
        config.tls = Some(files);
    })
    .await
}

#[tokio::test]
async fn a_server_with_a_certificate_answers_over_tls() {
    let world = world().await;
    assert!(world.url.starts_with("https://"), "{}", world.url);
    let answer = world
        .client()
        .list_forms(ListFormsRequest::default())
        .await
        .unwrap();
    assert!(
        answer
            .into_inner()
            .next_page_token
            .starts_with("admin admin admin ")
    );
}

#[tokio::test]
async fn a_client_in_clear_gets_nowhere_with_a_tls_server() {
    let world = world().await;
    let in_clear = world.url.replace("https://", "http://");
    let connector = Connector::new(Service::Forms, &in_clear, world.admin(), None).unwrap();
    let failed = client(&connector)
        .list_forms(ListFormsRequest::default())
        .await
        .unwrap_err();
    let told = connector.explain(failed);
    assert_eq!(reason_of(&told).unwrap(), reason::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn a_client_for_tls_wants_an_authority_to_trust() {
    let world = world().await;
    let refused = Connector::new(Service::Forms, &world.url, world.admin(), None).unwrap_err();
    assert!(refused.to_string().contains("FORMFEED_TLS_CA"), "{refused}");
}
