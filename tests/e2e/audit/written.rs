//! What is done stands in the trail, with who did it and why, and nothing is done without it.

use std::collections::BTreeSet;

use formfeed::errors::Exit;
use formfeed_proto::vendor as vendor_pb;
use formfeed_proto::vendor::account_service_client::AccountServiceClient;
use formfeed_runtime::Service;
use formfeed_tests::world::World;
use tonic::Code;

use super::{asked, entries, verified, worlds};

/// A journey by the command line: everything a year takes.
async fn journey(world: &World) {
    world.import_small().await;
    world.calculate("TE1", "2025").await;
    let of = ["--payer", "TE1", "--tax-year", "2025"];
    let row = [
        "--recipient",
        "V000004",
        "--income-type",
        "nonemployee_compensation",
    ];
    let why = ["--reason", "the TIN 900-70-0004 was typed here by mistake"];
    let edit = [
        &["info", "edit"],
        &of[..],
        &row,
        &["--amount", "700.10"],
        &why,
    ]
    .concat();
    world.done(&edit).await;
    let out = world.folder().join("printed");
    let uri = format!("file://{}", out.display());
    world.done(&["printer", "add", "files", &uri]).await;
    let what = [
        "--form",
        "nec",
        "--copy",
        "a",
        "--printer",
        "files",
        "--wait",
    ];
    world.done(&[&["print"], &of[..], &what].concat()).await;
    world
        .done(&["printer", "pause", "files", "--reason", "lunch"])
        .await;
    world.done(&["printer", "resume", "files"]).await;
    world
        .done(&["token", "add", "mia", "--role", "auditor"])
        .await;
    world.done(&["token", "revoke", "mia"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_step_of_a_year_stands_in_the_trail_of_its_service_without_a_tin() {
    for world in worlds().await {
        journey(&world).await;
        let expected: [(Service, &[&str]); 4] = [
            (
                Service::Vendor,
                &["import.publish", "token.create", "token.revoke"],
            ),
            (
                Service::Calculation,
                &[
                    "import.publish",
                    "run.calculate",
                    "run.complete",
                    "information.edit",
                ],
            ),
            (Service::Forms, &["forms.print", "forms.hand-over"]),
            (
                Service::Spooler,
                &[
                    "printer.create",
                    "job.submit",
                    "printer.pause",
                    "printer.resume",
                ],
            ),
        ];
        for (service, actions) in expected {
            let all = entries(&world, service).await;
            let told: Vec<_> = all.iter().map(|entry| entry.action.as_str()).collect();
            let wanted = |action: &&&str| !told.contains(*action);
            assert_eq!(actions.iter().find(wanted), None, "{service}: {told:?}");
            for (entry, number) in all.iter().zip(1..) {
                assert_eq!(entry.sequence, number);
                assert_eq!(entry.user, "admin", "{entry:?}");
                assert!(!entry.request_id.is_empty(), "{entry:?}");
            }
            assert_eq!(verified(&world, service).await, (Exit::Done, vec![]));
        }
        let submitted = entries(&world, Service::Spooler).await;
        let submitted = submitted.iter().find(|entry| entry.action == "job.submit");
        assert_eq!(
            submitted.unwrap().token,
            "forms",
            "by whom the forms service acts"
        );
        holds_no_tin(&world).await;
    }
}

/// Looks for every TIN of the small case, plain or with dashes, in the trails and beside them.
async fn holds_no_tin(world: &World) {
    let extract = formfeed_tests::tools::workspace().join("tests/fixtures/small/extract");
    let mut tins = BTreeSet::from(["900700004".to_owned()]);
    for file in ["vendors.csv", "payers.csv"] {
        let mut rows = csv::Reader::from_path(extract.join(file)).unwrap();
        let heads = rows.headers().unwrap().clone();
        let at = heads.iter().position(|head| head == "tin").unwrap();
        for row in rows.records() {
            let tin: String = row.unwrap()[at]
                .chars()
                .filter(char::is_ascii_digit)
                .collect();
            if tin.len() == 9 {
                tins.insert(tin);
            }
        }
    }
    assert!(tins.len() > 10, "{tins:?}");
    let file = world.folder().join("trail.jsonl");
    let out = file.to_str().unwrap();
    world
        .done(&["audit", "export", "--format", "jsonl", "--out", out])
        .await;
    let text = std::fs::read_to_string(file).unwrap();
    for tin in tins {
        for shown in [
            tin.clone(),
            format!("{}-{}-{}", &tin[..3], &tin[3..5], &tin[5..]),
            format!("{}-{}", &tin[..2], &tin[2..]),
        ] {
            assert!(!text.contains(&shown), "a TIN is in the trail");
        }
    }
    assert!(text.contains("[9 digits]"), "the reason itself is there");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_written_into_the_trail_is_not_done() {
    for world in worlds().await {
        let mut accounts = AccountServiceClient::new(world.channel(Service::Vendor));
        let create = |id: &str| vendor_pb::CreateAccountRequest {
            account: Some(vendor_pb::Account {
                account_id: id.to_owned(),
                description: "Fees".to_owned(),
                ..vendor_pb::Account::default()
            }),
            request_id: format!("make-{id}"),
        };
        accounts.create_account(create("100")).await.unwrap();
        let stop = match world.is_on_postgres() {
            true => {
                "CREATE TRIGGER no_room BEFORE INSERT ON audit_entries FOR EACH ROW EXECUTE FUNCTION audit_entries_guard()"
            }
            false => {
                "CREATE TRIGGER no_room BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, 'no'); END"
            }
        };
        world.edit(Service::Vendor, stop);
        let refused = accounts.create_account(create("200")).await.unwrap_err();
        assert_eq!(refused.code(), Code::Internal);
        let kept = world.look(Service::Vendor, "SELECT account_id FROM accounts");
        assert_eq!(kept, ["100"]);
        let line = ["token", "add", "mia", "--role", "clerk"];
        assert_ne!(world.cli(&line).await.0, Exit::Done);
        let tokens = asked(&world, &["token", "list"]).await;
        assert!(!tokens.to_string().contains("mia"), "{tokens}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_itself_refuses_to_rewrite_the_trail() {
    for world in worlds().await {
        world
            .done(&["token", "add", "mia", "--role", "clerk"])
            .await;
        for sql in [
            "UPDATE audit_entries SET user_name = 'nobody'",
            "DELETE FROM audit_entries",
            "UPDATE audit_head SET sequence = 0",
            "DELETE FROM audit_head",
            "INSERT INTO audit_entries SELECT sequence + 7, entry_time, user_name, token_name, request_id, action, subject, details, previous_hash, hash FROM audit_entries",
        ] {
            let edit = std::panic::AssertUnwindSafe(|| world.edit(Service::Vendor, sql));
            assert!(std::panic::catch_unwind(edit).is_err(), "{sql}");
        }
        assert_eq!(
            verified(&world, Service::Vendor).await,
            (Exit::Done, vec![])
        );
    }
}
