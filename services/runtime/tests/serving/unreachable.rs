//! A service that is down is named.

use formfeed_proto::forms::{ListFormsRequest, PrintFormsRequest};
use formfeed_runtime::{Connector, Service, access::Secret, reason};
use tonic::Code;
use tonic_types::StatusExt;

use crate::probe::{World, client};

#[tokio::test]
async fn a_service_that_is_down_is_unavailable_by_name() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    let secret = Secret::generate().unwrap();
    let connector = Connector::new(Service::Forms, &address, secret, None).unwrap();
    let down = client(&connector)
        .list_forms(ListFormsRequest::default())
        .await
        .unwrap_err();
    let told = connector.explain(down);
    assert_eq!(told.code(), Code::Unavailable);
    let info = told.get_details_error_info().unwrap();
    assert_eq!(info.reason, reason::SERVICE_UNAVAILABLE);
    assert_eq!(info.metadata["service"], "forms");
}

#[tokio::test]
async fn a_service_whose_token_is_refused_does_not_blame_its_user() {
    let world = World::start().await;
    let stranger = world.connector(Secret::generate().unwrap()).from_service();
    let refused = client(&stranger)
        .list_forms(ListFormsRequest::default())
        .await
        .unwrap_err();
    let told = stranger.explain(refused);
    assert_eq!(told.code(), Code::Unavailable);
    let info = told.get_details_error_info().unwrap();
    assert_eq!(info.metadata["service"], "forms");
}

#[tokio::test]
async fn what_the_service_itself_answers_stays() {
    let world = World::start().await;
    let stranger = world.connector(Secret::generate().unwrap());
    let refused = client(&stranger)
        .print_forms(PrintFormsRequest::default())
        .await
        .unwrap_err();
    let told = stranger.explain(refused.clone());
    assert_eq!(told.code(), refused.code());
    assert_eq!(told.details(), refused.details());
}
