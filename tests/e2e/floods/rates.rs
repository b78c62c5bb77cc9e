//! Calls by the rules, more than a token may make.

use std::time::Duration;

use formfeed_proto::spooler as pb;
use formfeed_runtime::access::{self, read_token};
use formfeed_runtime::{Connector, Role, Service, TokenStore, reason, status::reason_of};
use formfeed_tests::command::Up;
use pb::job_service_client::JobServiceClient;
use tonic::Code;

use super::{Caller, address};

#[tokio::test(flavor = "multi_thread")]
async fn who_calls_too_often_is_told_when_to_go_on_and_others_are_served() {
    use tonic_types::StatusExt as _;
    let folder = tempfile::tempdir().unwrap();
    let settings = "max_calls_per_second = 20\n";
    std::fs::write(folder.path().join("formfeed.toml"), settings).unwrap();
    let up = Up::start_on(folder, &[]);
    let address = address(&up);
    let tokens = TokenStore::open(up.folder.path());
    let (_, eager) = tokens.create("eager", Role::Auditor, None).unwrap();
    let connector = Connector::new(Service::Spooler, &address, eager, None).unwrap();
    let mut jobs = JobServiceClient::new(connector.channel());
    let mut refused = None;
    for _ in 0..1_000 {
        match jobs.list_jobs(pb::ListJobsRequest::default()).await {
            Ok(_) => {}
            Err(status) => {
                refused = Some(status);
                break;
            }
        }
    }
    let refused = refused.expect("a limit");
    assert_eq!(refused.code(), Code::ResourceExhausted);
    assert_eq!(reason_of(&refused).unwrap(), reason::RATE_LIMITED);
    let wait = refused
        .get_details_retry_info()
        .unwrap()
        .retry_delay
        .unwrap();
    assert!(wait <= Duration::from_secs(1), "{wait:?}");
    let admin = read_token(&access::admin_token_path(up.folder.path())).unwrap();
    let another = Caller {
        address,
        trust: None,
        token: admin,
    };
    another.call().await;
    tokio::time::sleep(wait + Duration::from_millis(50)).await;
    jobs.list_jobs(pb::ListJobsRequest::default())
        .await
        .unwrap();
}
