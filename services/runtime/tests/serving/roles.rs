//! What each role may do, through the guard.

use formfeed_proto::forms::{ListFormsRequest, PrintFormsRequest};
use formfeed_runtime::{Role, Service, access, reason, status::reason_of};
use tonic::Code;
use tonic_types::StatusExt;

use crate::probe::{World, client};

#[tokio::test]
async fn an_auditor_reads_but_does_not_print() {
    let world = World::start().await;
    let (_, secret) = world.tokens.create("audit", Role::Auditor, None).unwrap();
    let mut auditor = client(&world.connector(secret));
    auditor
        .list_forms(ListFormsRequest::default())
        .await
        .unwrap();
    let refused = auditor
        .print_forms(PrintFormsRequest::default())
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let info = refused.get_details_error_info().unwrap();
    assert_eq!(info.reason, reason::ROLE_NOT_ALLOWED);
    assert_eq!(info.domain, "formfeed");
    assert_eq!(info.metadata["role"], "auditor");
    assert_eq!(info.metadata["allowed"], "admin, clerk");
}

#[tokio::test]
async fn a_service_that_has_no_business_here_is_refused() {
    let world = World::start().await;
    let path = access::service_token_path(world.dir.path(), Service::Spooler);
    let spooler = world.connector(access::read_token(&path).unwrap());
    let refused = client(&spooler)
        .list_forms(ListFormsRequest::default())
        .await
        .unwrap_err();
    assert_eq!(reason_of(&refused).unwrap(), reason::ROLE_NOT_ALLOWED);
}
