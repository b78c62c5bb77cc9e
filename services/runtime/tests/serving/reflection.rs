//! Health and reflection, open on loopback.

use prost::Message;
use tokio_stream::iter;
use tonic::transport::Channel;
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};
use tonic_reflection::pb::{v1, v1alpha};

use crate::probe::World;

const SERVICE: &str = "formfeed.forms.v1.FormsService";

fn channel(world: &World) -> Channel {
    Channel::from_shared(world.url.clone())
        .unwrap()
        .connect_lazy()
}

#[tokio::test]
async fn health_says_serving_without_a_token() {
    let world = World::start().await;
    for service in ["", SERVICE] {
        let request = HealthCheckRequest {
            service: service.to_owned(),
        };
        let answer = HealthClient::new(channel(&world))
            .check(request)
            .await
            .unwrap();
        assert_eq!(answer.into_inner().status(), ServingStatus::Serving);
    }
}

#[tokio::test]
async fn reflection_v1_lists_the_service_and_shows_its_files() {
    use v1::{
        server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
    };
    let world = World::start().await;
    let ask = |message_request| v1::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(message_request),
    };
    let questions = iter([
        ask(MessageRequest::ListServices(String::new())),
        ask(MessageRequest::FileContainingSymbol(SERVICE.to_owned())),
    ]);
    let mut client = v1::server_reflection_client::ServerReflectionClient::new(channel(&world));
    let mut answers = client
        .server_reflection_info(questions)
        .await
        .unwrap()
        .into_inner();
    let listed = answers
        .message()
        .await
        .unwrap()
        .unwrap()
        .message_response
        .unwrap();
    let MessageResponse::ListServicesResponse(services) = listed else {
        panic!("no list: {listed:?}");
    };
    let names: Vec<_> = services
        .service
        .into_iter()
        .map(|service| service.name)
        .collect();
    assert!(names.contains(&SERVICE.to_owned()), "{names:?}");
    assert!(
        !names.iter().any(|name| name.contains("vendor")),
        "{names:?}"
    );
    let shown = answers
        .message()
        .await
        .unwrap()
        .unwrap()
        .message_response
        .unwrap();
    assert!(
        matches!(shown, MessageResponse::FileDescriptorResponse(_)),
        "{shown:?}"
    );
}

#[tokio::test]
async fn reflection_shows_every_file_that_a_tool_needs_to_call_the_service() {
    use v1::{
        server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
    };
    let world = World::start().await;
    let mut client = v1::server_reflection_client::ServerReflectionClient::new(channel(&world));
    let mut wanted = vec!["formfeed/forms/v1/forms_service.proto".to_owned()];
    let mut seen = std::collections::BTreeSet::new();
    while let Some(file) = wanted.pop().filter(|file| seen.insert(file.clone())) {
        let question = v1::ServerReflectionRequest {
            host: String::new(),
            message_request: Some(MessageRequest::FileByFilename(file.clone())),
        };
        let answers = client.server_reflection_info(iter([question])).await;
        let answer = answers.unwrap().into_inner().message().await.unwrap();
        let Some(MessageResponse::FileDescriptorResponse(files)) = answer.unwrap().message_response
        else {
            panic!("{file} is not shown");
        };
        for bytes in files.file_descriptor_proto {
            let shown = prost_types::FileDescriptorProto::decode(bytes.as_slice()).unwrap();
            let new = shown
                .dependency
                .into_iter()
                .filter(|file| !seen.contains(file));
            wanted.extend(new);
        }
        wanted.sort();
        wanted.dedup();
    }
    assert!(seen.contains("google/protobuf/timestamp.proto"), "{seen:?}");
}

#[tokio::test]
async fn reflection_v1alpha_lists_the_service() {
    use v1alpha::{
        server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
    };
    let world = World::start().await;
    let question = v1alpha::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let mut client =
        v1alpha::server_reflection_client::ServerReflectionClient::new(channel(&world));
    let mut answers = client
        .server_reflection_info(iter([question]))
        .await
        .unwrap()
        .into_inner();
    let listed = answers
        .message()
        .await
        .unwrap()
        .unwrap()
        .message_response
        .unwrap();
    let MessageResponse::ListServicesResponse(services) = listed else {
        panic!("no list: {listed:?}");
    };
    assert!(
        services
            .service
            .iter()
            .any(|service| service.name == SERVICE)
    );
}
