//! One full TIN for a person: by permission, with a reason, so many within an hour, each in the audit trail first.

use formfeed::errors::Exit;
use formfeed_proto::audit as audit_pb;
use formfeed_proto::audit::audit_service_client::AuditServiceClient;
use formfeed_proto::vendor as pb;
use formfeed_proto::vendor::tin_service_client::TinServiceClient;
use formfeed_proto::vendor::token::Permission;
use formfeed_runtime::access::{NewToken, Permission as May, Secret};
use formfeed_runtime::client::AuthChannel;
use formfeed_runtime::status::reason_of;
use formfeed_runtime::{Role, Service};
use formfeed_tests::command::Up;
use formfeed_tests::screen::Screen;
use formfeed_tests::vendor_alone::VendorAlone;
use formfeed_tests::world::World;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

const TIN: &str = "900700001";

/// A client with a token of its own.
fn client(
    world: &VendorAlone,
    name: &str,
    role: Role,
    may: &[May],
) -> TinServiceClient<AuthChannel> {
    let new = NewToken {
        permissions: may,
        ..NewToken::new(name, role)
    };
    let secret = world.secret(new);
    TinServiceClient::new(world.channel(secret))
}

async fn vendor(world: &VendorAlone, id: &str, tin: &str) {
    let request = pb::CreateVendorRequest {
        vendor: Some(pb::Vendor {
            vendor_id: id.to_owned(),
            display_name: "Ada Pump".to_owned(),
            tin: tin.to_owned(),
            tin_type: if tin.is_empty() { "" } else { "itin" }.to_owned(),
            classification: "individual".to_owned(),
            flag_1099: "Y".to_owned(),
            ..pb::Vendor::default()
        }),
        request_id: format!("make-{id}"),
    };
    world.vendors().create_vendor(request).await.unwrap();
}

async fn reveal(
    client: &mut TinServiceClient<AuthChannel>,
    id: &str,
    reason: &str,
) -> Result<pb::ReleasedTin, Status> {
    let request = pb::RevealTinRequest {
        name: format!("vendors/{id}"),
        reason: reason.to_owned(),
    };
    client
        .reveal_tin(request)
        .await
        .map(tonic::Response::into_inner)
}

async fn trail(world: &VendorAlone, action: &str) -> Vec<audit_pb::Entry> {
    let mut audit = AuditServiceClient::new(world.admin());
    let request = audit_pb::ListEntriesRequest {
        page_size: 1_000,
        action: action.to_owned(),
        ..audit_pb::ListEntriesRequest::default()
    };
    audit
        .list_entries(request)
        .await
        .unwrap()
        .into_inner()
        .entries
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tin_is_revealed_to_who_may_with_a_reason_that_stands_in_the_trail() {
    for world in VendorAlone::on_both().await {
        vendor(&world, "V1", TIN).await;
        vendor(&world, "V2", "").await;
        for (name, role) in [("root", Role::Admin), ("clara", Role::Clerk)] {
            let refused = reveal(&mut client(&world, name, role, &[]), "V1", "the bank asks").await;
            let refused = refused.unwrap_err();
            assert_eq!(refused.code(), Code::PermissionDenied);
            assert_eq!(reason_of(&refused).as_deref(), Some("PERMISSION_MISSING"));
            assert!(refused.message().contains("--may reveal-tin"), "{refused}");
        }
        let mut auditor = client(&world, "otto", Role::Auditor, &[May::RevealTin]);
        let refused = reveal(&mut auditor, "V1", "the bank asks")
            .await
            .unwrap_err();
        assert_eq!(reason_of(&refused).as_deref(), Some("ROLE_NOT_ALLOWED"));

        let mut mia = client(&world, "mia", Role::Clerk, &[May::RevealTin]);
        for reason in ["", "   ", "why", "a\u{1b}[2Jbcdef", &"x".repeat(201)] {
            let refused = reveal(&mut mia, "V1", reason).await.unwrap_err();
            assert_eq!(refused.code(), Code::InvalidArgument, "{reason:?}");
        }
        let refused = reveal(&mut mia, "V9", "the bank asks").await.unwrap_err();
        assert_eq!(refused.code(), Code::NotFound);
        let refused = reveal(&mut mia, "V2", "the bank asks").await.unwrap_err();
        assert_eq!(reason_of(&refused).as_deref(), Some("NO_TIN"));
        assert!(
            trail(&world, "tin.reveal").await.is_empty(),
            "nothing was revealed"
        );

        let seen = reveal(&mut mia, "V1", "the bank asks").await.unwrap();
        assert_eq!(
            (seen.digits.as_str(), seen.tin_type.as_str()),
            (TIN, "itin")
        );
        let told = trail(&world, "tin.reveal").await;
        assert_eq!(told.len(), 1);
        assert_eq!(
            (told[0].user.as_str(), told[0].subject.as_str()),
            ("mia", "vendors/V1")
        );
        assert!(told[0].details.contains("the bank asks"), "{told:?}");
        assert!(!format!("{:?}", trail(&world, "").await).contains(TIN));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_91_the_twenty_first_reveal_within_an_hour_is_refused_and_a_restart_forgets_none() {
    for mut world in VendorAlone::on_both().await {
        vendor(&world, "V1", TIN).await;
        let new = NewToken {
            permissions: &[May::RevealTin],
            ..NewToken::new("mia", Role::Clerk)
        };
        let secret = world.secret(new);
        let again = |world: &VendorAlone| {
            TinServiceClient::new(world.channel(Secret::new(secret.expose())))
        };
        let mut mia = again(&world);
        let mut seen = 0;
        for n in 0..1_000 {
            match reveal(&mut mia, "V1", "curiosity").await {
                Ok(_) => seen += 1,
                Err(refused) if n < 30 => is_too_many(&refused),
                Err(refused) => {
                    is_too_many(&refused);
                    break;
                }
            }
        }
        assert_eq!(seen, 20);
        assert_eq!(trail(&world, "tin.reveal").await.len(), 20);
        let alarms = trail(&world, "tin.alarm").await;
        assert_eq!(alarms.len(), 1, "one for all that is refused");
        assert_eq!(alarms[0].user, "mia");

        world.restart().await;
        is_too_many(
            &reveal(&mut again(&world), "V1", "curiosity")
                .await
                .unwrap_err(),
        );
        let mut other = client(&world, "nina", Role::Admin, &[May::RevealTin]);
        reveal(&mut other, "V1", "the bank asks").await.unwrap();
    }
}

fn is_too_many(refused: &Status) {
    assert_eq!(refused.code(), Code::ResourceExhausted, "{refused}");
    let wait = refused
        .get_details_retry_info()
        .unwrap()
        .retry_delay
        .unwrap();
    assert!((3_500..=3_600).contains(&wait.as_secs()), "{wait:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_ask_at_once_no_more_are_told_than_may_be() {
    for world in VendorAlone::on_both().await {
        vendor(&world, "V1", TIN).await;
        let mia = client(&world, "mia", Role::Clerk, &[May::RevealTin]);
        let asked = (0..40).map(|_| {
            let mut mia = mia.clone();
            async move { reveal(&mut mia, "V1", "curiosity").await.is_ok() }
        });
        let told = futures::future::join_all(asked).await;
        assert_eq!(told.iter().filter(|told| **told).count(), 20);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn vendors_are_found_by_a_tin_that_is_never_answered() {
    for world in VendorAlone::on_both().await {
        vendor(&world, "V1", TIN).await;
        vendor(&world, "V2", TIN).await;
        vendor(&world, "V3", "900700003").await;
        let mut clara = client(&world, "clara", Role::Clerk, &[]);
        let request = |tin: &str| pb::FindVendorsByTinRequest {
            tin: tin.to_owned(),
        };
        for shown in ["900-70-0001", "90-0700001", TIN] {
            let found = clara.find_vendors_by_tin(request(shown)).await.unwrap();
            let found = found.into_inner();
            let names: Vec<_> = found.vendors.iter().map(|v| v.name.as_str()).collect();
            assert_eq!(names, ["vendors/V1", "vendors/V2"]);
            assert_eq!(found.vendors[0].versions, [1]);
            assert!(!format!("{found:?}").contains(TIN));
        }
        let none = clara.find_vendors_by_tin(request("900700009")).await;
        assert!(none.unwrap().into_inner().vendors.is_empty());
        let bad = clara.find_vendors_by_tin(request("90070000")).await;
        assert_eq!(bad.unwrap_err().code(), Code::InvalidArgument);
        let mut olga = client(&world, "olga", Role::Operator, &[]);
        let refused = olga.find_vendors_by_tin(request(TIN)).await.unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied);
        assert!(!format!("{:?}", request(TIN)).contains(TIN), "nor in a log");
        let told = trail(&world, "tin.find").await;
        assert_eq!((told.len(), told[0].user.as_str()), (4, "clara"));
        assert!(!format!("{told:?}").contains(TIN));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_makes_the_token_that_may() {
    let world = World::start().await;
    world
        .done(&[
            "token",
            "add",
            "mia",
            "--role",
            "clerk",
            "--may",
            "reveal-tin",
        ])
        .await;
    let tokens = world.done(&["--json", "token", "list"]).await;
    assert!(tokens.contains("reveal-tin"), "{tokens}");
    let line = [
        "token",
        "add",
        "nina",
        "--role",
        "clerk",
        "--may",
        "everything",
    ];
    assert_eq!(world.cli(&line).await.0, Exit::Usage);
    let mut tokens = formfeed_proto::vendor::token_service_client::TokenServiceClient::new(
        world.channel(Service::Vendor),
    );
    let request = pb::CreateTokenRequest {
        token_id: "nina".to_owned(),
        role: pb::token::Role::Clerk.into(),
        permissions: vec![Permission::Unspecified.into()],
        ..pb::CreateTokenRequest::default()
    };
    let refused = tokens.create_token(request).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
}

#[test]
fn the_number_comes_to_the_terminal_and_into_no_file() {
    let up = Up::start();
    let extract = formfeed_tests::tools::workspace().join("tests/fixtures/small/extract");
    up.run(&["import", extract.to_str().unwrap()]).ok();
    let add = [
        "--json",
        "token",
        "add",
        "mia",
        "--role",
        "clerk",
        "--may",
        "reveal-tin",
    ];
    let made = up.run(&add).ok().json();
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("mia.token");
    std::fs::write(&token, made["secret"].as_str().unwrap()).unwrap();
    let (token, out) = (token.display().to_string(), folder.path().join("out"));
    let screen = Screen::start(
        up.folder.path(),
        (100, 30),
        &[("FORMFEED_TOKEN_FILE", &token)],
    );
    let line = format!(
        "f vendor reveal-tin V000000 --reason 'the bank asks' > {} ; echo done",
        out.display()
    );
    screen.types(&line);
    screen.keys(&["Enter"]);
    let text = screen.until_it("the number", |text| text.contains("ein 898520163"));
    assert!(text.contains("audit trail"), "{text}");
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "");

    // Where there is no terminal, nothing is asked for.
    let program = formfeed_tests::command::program();
    let mut alone = std::process::Command::new("setsid");
    alone
        .arg("--wait")
        .arg(program)
        .arg("--data-dir")
        .arg(up.folder.path());
    alone.args(["--token-file", &token]);
    alone.args([
        "vendor",
        "reveal-tin",
        "V000000",
        "--reason",
        "the bank asks",
    ]);
    let refused = alone.output().unwrap();
    assert_eq!(refused.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("terminal"));
    let seen = up
        .run(&["--json", "audit", "list", "--action", "tin.reveal"])
        .ok()
        .json();
    assert_eq!(seen.as_array().unwrap().len(), 1);
}
