//! The audit trail: what stands in it, who may read it, and what is seen of somebody who changes it behind the services.

use chrono::{DateTime, Utc};
use formfeed::errors::Exit;
use formfeed_proto::audit as pb;
use formfeed_proto::audit::audit_service_client::AuditServiceClient;
use formfeed_proto::vendor::token::Role;
use formfeed_proto::vendor::token_service_client::TokenServiceClient;
use formfeed_proto::vendor::{CreateTokenRequest, ListTokensRequest, RevokeTokenRequest};
use formfeed_runtime::access::Secret;
use formfeed_runtime::client::AuthChannel;
use formfeed_runtime::endpoints::Endpoints;
use formfeed_runtime::{Connector, Service};
use formfeed_tests::world::World;
use serde_json::Value;
use tonic::Code;

mod killed;
mod roles;
mod tampered;
mod written;

/// The services on each database.
async fn worlds() -> [World; 2] {
    [World::start().await, World::on_postgres().await]
}

/// What a command with `--json` answers.
async fn asked(world: &World, line: &[&str]) -> Value {
    let line = [&["--json"], line].concat();
    serde_json::from_str(&world.done(&line).await).unwrap()
}

/// Makes a token and answers a channel with it.
async fn token(world: &World, name: &str, role: &str, service: Service) -> AuthChannel {
    let made = asked(world, &["token", "add", name, "--role", role]).await;
    let secret = Secret::new(made["secret"].as_str().unwrap());
    let endpoints = Endpoints::find(world.folder()).unwrap();
    Connector::new(service, endpoints.address(service), secret, None)
        .unwrap()
        .channel()
}

/// Entries of a service, the oldest first.
async fn entries(world: &World, service: Service) -> Vec<pb::Entry> {
    let mut client = AuditServiceClient::new(world.channel(service));
    let request = pb::ListEntriesRequest {
        page_size: 1_000,
        ..pb::ListEntriesRequest::default()
    };
    let page = client.list_entries(request).await.unwrap().into_inner();
    assert!(page.next_page_token.is_empty());
    page.entries
}

/// Whether a service's trail is sound, and what is wrong with it: kind and number of the first entry concerned.
async fn verified(world: &World, service: Service) -> (Exit, Vec<(String, i64)>) {
    let line = ["--json", "audit", "verify", "--service", service.name()];
    let (exit, out, err) = world.cli(&line).await;
    let answer: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{err}"));
    let finding = |finding: &Value| {
        let kind = finding["kind"].as_str().unwrap().to_owned();
        (kind, finding["sequence"].as_i64().unwrap())
    };
    let found = answer[0]["findings"].as_array().unwrap();
    (exit, found.iter().map(finding).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trail_is_read_by_admins_and_auditors_and_lists_lead_on_by_page() {
    let world = World::start().await;
    for name in ["a", "b", "c", "d"] {
        token(&world, name, "clerk", Service::Vendor).await;
    }
    let clerk = token(&world, "clara", "clerk", Service::Vendor).await;
    let auditor = token(&world, "otto", "auditor", Service::Vendor).await;
    let refused = AuditServiceClient::new(clerk)
        .list_entries(pb::ListEntriesRequest::default())
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let mut audit = AuditServiceClient::new(auditor);
    let verdict = audit.verify_chain(pb::VerifyChainRequest::default()).await;
    let verdict = verdict.unwrap().into_inner();
    assert_eq!(verdict.findings, vec![]);
    assert!(verdict.sound_entries >= 6, "that of the refusal may follow");

    let mut request = pb::ListEntriesRequest {
        page_size: 4,
        action: "token.*".to_owned(),
        newest_first: true,
        ..pb::ListEntriesRequest::default()
    };
    let first = audit.list_entries(request.clone()).await.unwrap();
    let first = first.into_inner();
    request.page_token = first.next_page_token;
    let second = audit.list_entries(request.clone()).await.unwrap();
    let second = second.into_inner();
    let numbers = |page: &[pb::Entry]| page.iter().map(|e| e.sequence).collect::<Vec<_>>();
    assert_eq!(numbers(&first.entries), [6, 5, 4, 3]);
    assert_eq!(numbers(&second.entries), [2, 1]);
    request.newest_first = false;
    let other = audit.list_entries(request).await.unwrap_err();
    assert_eq!(other.code(), Code::InvalidArgument, "another query's token");

    let mine = asked(&world, &["audit", "list", "--subject", "tokens/c"]).await;
    assert_eq!(mine.as_array().unwrap().len(), 1);
    assert_eq!(mine[0]["user"], "admin");
    let none = asked(&world, &["audit", "list", "--since", "2999-01-01"]).await;
    assert_eq!(none, Value::Array(vec![]));
    let none = asked(&world, &["audit", "list", "--actor", "otto"]).await;
    assert_eq!(none, Value::Array(vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_calls_are_in_the_trail_and_a_flood_of_them_is_one_number() {
    for world in worlds().await {
        let clerk = token(&world, "clara", "clerk", Service::Vendor).await;
        let mut tokens = TokenServiceClient::new(clerk);
        for _ in 0..200 {
            let refused = tokens.list_tokens(ListTokensRequest {}).await.unwrap_err();
            assert_eq!(refused.code(), Code::PermissionDenied);
        }
        let begin = std::time::Instant::now();
        let refused = loop {
            let all = entries(&world, Service::Vendor).await;
            let refused: Vec<_> = all
                .into_iter()
                .filter(|entry| entry.action == "call.refuse")
                .collect();
            if !refused.is_empty() || begin.elapsed().as_secs() > 10 {
                break refused;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        };
        assert!((1..=2).contains(&refused.len()), "{refused:?}");
        let entry = &refused[0];
        assert_eq!(entry.subject, "formfeed.vendor.v1.TokenService/ListTokens");
        assert_eq!(
            (entry.user.as_str(), entry.token.as_str()),
            ("clara", "clara")
        );
        assert!(!entry.request_id.is_empty());
        assert_eq!(
            verified(&world, Service::Vendor).await,
            (Exit::Done, vec![])
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_not_revoked_after_all_is_said_so() {
    let world = World::start().await;
    let mut tokens = TokenServiceClient::new(world.channel(Service::Vendor));
    let name = "tokens/admin".to_owned();
    let refused = tokens.revoke_token(RevokeTokenRequest { name }).await;
    assert_eq!(refused.unwrap_err().code(), Code::FailedPrecondition);
    let entries = entries(&world, Service::Vendor).await;
    let told: Vec<_> = entries.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(told, ["token.revoke", "token.fail"]);
    assert!(entries[1].details.contains("last admin"), "{entries:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditors_file_holds_every_entry_and_no_formula() {
    let world = World::start().await;
    world.import_small().await;
    let request = CreateTokenRequest {
        token_id: "-2.2".to_owned(),
        role: Role::Admin.into(),
        ..CreateTokenRequest::default()
    };
    let mut tokens = TokenServiceClient::new(world.channel(Service::Vendor));
    let made = tokens.create_token(request).await.unwrap().into_inner();
    let file = world.folder().join("odd.token");
    std::fs::write(&file, made.secret).unwrap();
    let file = file.to_str().unwrap();
    world
        .done(&[
            "--token-file",
            file,
            "token",
            "add",
            "mia",
            "--role",
            "clerk",
        ])
        .await;
    let rows = world.folder().join("trail.csv");
    let lines = world.folder().join("trail.jsonl");
    for (format, file) in [("csv", &rows), ("jsonl", &lines)] {
        let out = file.to_str().unwrap();
        let line = ["audit", "export", "--format", format, "--out", out];
        world.done(&line).await;
        assert_ne!(world.cli(&line).await.0, Exit::Done, "it is there already");
    }
    let rows = std::fs::read_to_string(rows).unwrap();
    let lines = std::fs::read_to_string(lines).unwrap();
    let mut all = 0;
    for service in Service::ALL {
        all += entries(&world, service).await.len();
    }
    assert_eq!(
        (rows.lines().count(), lines.lines().count()),
        (all + 1, all)
    );
    let mut csv = csv::Reader::from_reader(rows.as_bytes());
    for row in csv.records() {
        let row = row.unwrap();
        let risky = |cell: &str| cell.starts_with(['=', '+', '-', '@']);
        assert!(!row.iter().any(risky), "{row:?}");
    }
    assert!(rows.contains("'-2.2"), "the name is told all the same");
    for line in lines.lines() {
        let entry: Value = serde_json::from_str(line).unwrap();
        let time = entry["time"].as_str().unwrap();
        assert!(DateTime::parse_from_rfc3339(time).unwrap() <= Utc::now());
    }
}
