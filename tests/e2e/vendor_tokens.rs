//! Access tokens through the vendor service.

use formfeed_proto::vendor as pb;
use formfeed_proto::vendor::token::Role;
use formfeed_proto::vendor::vendor_service_client::VendorServiceClient;
use formfeed_runtime::access::Secret;
use formfeed_tests::vendor_alone::VendorAlone;
use tonic::Code;
use tonic_types::StatusExt as _;

#[tokio::test(flavor = "multi_thread")]
async fn an_auditors_token_reads_changes_nothing_and_ends_when_it_is_revoked() {
    let world = VendorAlone::on_sqlite().await;
    let request = pb::CreateTokenRequest {
        token_id: "otto".to_owned(),
        role: Role::Auditor.into(),
        ..pb::CreateTokenRequest::default()
    };
    let made = world
        .tokens()
        .create_token(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(made.token.unwrap().name, "tokens/otto");
    let mut vendors = VendorServiceClient::new(world.channel(Secret::new(&made.secret)));
    vendors
        .list_vendors(pb::ListVendorsRequest::default())
        .await
        .unwrap();
    let refused = vendors
        .create_vendor(pb::CreateVendorRequest::default())
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let name = "tokens/otto".to_owned();
    let revoked = world
        .tokens()
        .revoke_token(pb::RevokeTokenRequest { name })
        .await
        .unwrap();
    assert!(revoked.into_inner().revoke_time.is_some());
    let refused = vendors
        .list_vendors(pb::ListVendorsRequest::default())
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::Unauthenticated);
    let listed = world
        .tokens()
        .list_tokens(pb::ListTokensRequest {})
        .await
        .unwrap()
        .into_inner();
    assert!(
        listed
            .tokens
            .iter()
            .any(|token| token.name == "tokens/otto")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_with_a_time_opens_nothing_once_it_is_over() {
    let world = VendorAlone::on_sqlite().await;
    let end = prost_types::Timestamp {
        seconds: chrono::Utc::now().timestamp() + 3,
        nanos: 0,
    };
    let request = pb::CreateTokenRequest {
        token_id: "soon".to_owned(),
        role: Role::Clerk.into(),
        expire_time: Some(end),
        ..pb::CreateTokenRequest::default()
    };
    let made = world.tokens().create_token(request).await.unwrap();
    let made = made.into_inner();
    assert_eq!(made.token.unwrap().expire_time, Some(end));
    let mut vendors = VendorServiceClient::new(world.channel(Secret::new(&made.secret)));
    let list = pb::ListVendorsRequest::default;
    vendors.list_vendors(list()).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    let refused = vendors.list_vendors(list()).await.unwrap_err();
    let why = refused.get_details_error_info().unwrap().reason;
    assert_eq!(
        (refused.code(), why.as_str()),
        (Code::Unauthenticated, "TOKEN_EXPIRED")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_without_role_or_with_a_taken_name_is_refused() {
    let world = VendorAlone::on_sqlite().await;
    let blank = pb::CreateTokenRequest {
        expire_time: Some(prost_types::Timestamp::default()),
        ..pb::CreateTokenRequest::default()
    };
    let refused = world.tokens().create_token(blank).await.unwrap_err();
    let details = refused.get_details_bad_request().unwrap();
    let fields: Vec<_> = details
        .field_violations
        .iter()
        .map(|v| v.field.as_str())
        .collect();
    assert_eq!(fields, ["token_id", "role", "expire_time"]);
    let taken = pb::CreateTokenRequest {
        token_id: "forms".to_owned(),
        role: Role::Clerk.into(),
        ..pb::CreateTokenRequest::default()
    };
    let refused = world.tokens().create_token(taken).await.unwrap_err();
    assert_eq!(refused.code(), Code::AlreadyExists);
    let name = "tokens/admin".to_owned();
    let refused = world
        .tokens()
        .revoke_token(pb::RevokeTokenRequest { name })
        .await
        .unwrap_err();
    assert_eq!(
        refused.get_details_error_info().unwrap().reason,
        "LAST_ADMIN_TOKEN"
    );
}
