//! Separation of duty: off by default; switched on, each step takes another person.

use std::time::Duration;

use formfeed::errors::Exit;
use formfeed_domain::form::FormType;
use formfeed_proto::spooler;
use formfeed_proto::spooler::job::State;
use formfeed_proto::vendor as pb;
use formfeed_proto::vendor::duty_service_client::DutyServiceClient;
use formfeed_runtime::Service;
use formfeed_runtime::access::DutySwitch;
use formfeed_tests::by_hand::edit;
use formfeed_tests::spool::{Left, forms, header};
use formfeed_tests::world::World;
use serde_json::Value;
use tonic::Code;

use crate::export;

mod second_person;

const OF: [&str; 4] = ["--payer", "TE1", "--tax-year", "2025"];

/// Makes a token; its file is named after it.
async fn person(world: &World, name: &str, role: &str) {
    let line = ["--json", "token", "add", name, "--role", role];
    let made: Value = serde_json::from_str(&world.done(&line).await).unwrap();
    let file = world.folder().join(format!("{name}.token"));
    std::fs::write(file, made["secret"].as_str().unwrap()).unwrap();
}

/// Runs a command line as somebody: how it ended, and its document.
async fn by(world: &World, name: &str, line: &[&str]) -> (Exit, Value) {
    let file = world.folder().join(format!("{name}.token"));
    let file = file.to_str().unwrap();
    let whole = [&["--json", "--token-file", file], line].concat();
    let (exit, out, err) = world.cli(&whole).await;
    let document = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{line:?}: {err}"));
    (exit, document)
}

/// Asserts that it is refused for what somebody did before, and that the way out is told.
async fn refused(world: &World, name: &str, line: &[&str], did: &str) {
    let (exit, told) = by(world, name, line).await;
    assert_eq!(exit, Exit::Refused, "{told}");
    let error = &told["error"];
    assert_eq!(error["reason"], "DUTY_NOT_SEPARATE", "{told}");
    let message = error["message"].as_str().unwrap();
    for words in [name, did, "formfeed duty set off"] {
        assert!(message.contains(words), "{message}");
    }
}

async fn done(world: &World, name: &str, line: &[&str]) -> Value {
    let (exit, document) = by(world, name, line).await;
    assert_eq!(exit, Exit::Done, "{line:?}: {document}");
    document
}

fn print(form: &'static str) -> Vec<&'static str> {
    let what = [
        "--form",
        form,
        "--copy",
        "b",
        "--printer",
        "files",
        "--wait",
    ];
    [&["print"], &OF[..], &what].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_92_who_calculated_may_not_print_and_who_printed_may_not_decide() {
    for world in [World::start().await, World::on_postgres().await] {
        world.import_small().await;
        let uri = format!("file://{}", world.folder().join("printed").display());
        world.done(&["printer", "add", "files", &uri]).await;
        for (name, role) in [
            ("carl", "admin"),
            ("edda", "clerk"),
            ("rita", "admin"),
            ("olga", "operator"),
        ] {
            person(&world, name, role).await;
        }
        let switch = ["duty", "set", "on", "--reason", "year end"];
        let (exit, told) = by(&world, "edda", &switch).await;
        assert_eq!(
            (exit, &told["error"]["code"]),
            (Exit::Refused, &"PERMISSION_DENIED".into())
        );
        assert_eq!(done(&world, "rita", &switch).await["separate"], true);
        let approve = ["printer", "approve", "files", "--change", "1"];
        done(&world, "olga", &approve).await;

        done(&world, "carl", &[&["calculate"], &OF[..]].concat()).await;
        refused(&world, "carl", &print("nec"), "calculated TE1 for 2025").await;
        let row = [
            "--recipient",
            "V000004",
            "--income-type",
            "nonemployee_compensation",
        ];
        let edit = ["--amount", "700.10", "--reason", "recount"];
        done(
            &world,
            "edda",
            &[&["info", "edit"], &OF[..], &row, &edit].concat(),
        )
        .await;
        refused(
            &world,
            "edda",
            &print("nec"),
            "edited the 1099 information of TE1",
        )
        .await;

        let printed = done(&world, "rita", &print("nec")).await;
        let job = printed["job"].as_str().unwrap();
        let reprint = ["job", "reprint", job, "--sheet", "1", "--reason", "smeared"];
        refused(&world, "rita", &reprint, "printed").await;
        let correct = [
            "job", "correct", job, "--sheet", "1", "--reason", "torn", "spoiled",
        ];
        refused(&world, "rita", &correct, "printed").await;
        done(&world, "olga", &reprint).await;

        // Switched off, one person may do everything; who switched stands in the trail.
        done(
            &world,
            "rita",
            &["duty", "set", "off", "--reason", "she is alone"],
        )
        .await;
        let printed = done(&world, "carl", &print("misc")).await;
        let job = printed["job"].as_str().unwrap();
        let reprint = ["job", "reprint", job, "--sheet", "1", "--reason", "smeared"];
        done(&world, "carl", &reprint).await;
        let switched = done(&world, "rita", &["audit", "list", "--action", "duty.set"]).await;
        let told = |entry: &Value| (entry["user"].clone(), entry["details"]["separate"].clone());
        let told: Vec<_> = switched.as_array().unwrap().iter().map(told).collect();
        assert_eq!(
            told,
            [("rita".into(), "off".into()), ("rita".into(), "on".into())]
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switch_that_cannot_be_read_lets_nothing_through() {
    let world = World::start().await;
    world.import_small().await;
    world.calculate("TE1", "2025").await;
    let mut duties = DutyServiceClient::new(world.channel(Service::Vendor));
    let off = duties.get_duty(pb::GetDutyRequest {}).await.unwrap();
    assert!(!off.into_inner().separate);
    let request = pb::SetDutyRequest {
        separate: true,
        reason: "  ".to_owned(),
        sheets_alone: None,
    };
    let refused = duties.set_duty(request).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument, "a reason is wanted");
    std::fs::write(world.folder().join("duty.toml"), "separate = perhaps").unwrap();
    let uri = format!("file://{}", world.folder().join("printed").display());
    world.done(&["printer", "add", "files", &uri]).await;
    let (exit, _, err) = world.cli(&print("nec")).await;
    assert_eq!(exit, Exit::Unreachable, "{err}");
    assert!(err.contains("duty.toml"), "{err}");
}

/// Separated, with people for each step; carl calculated all of it, and rita one recipient of it again.
async fn calculated_by_two(world: &World) {
    world.import_small().await;
    export::set_transmitter(world).await;
    for (name, role) in [
        ("carl", "admin"),
        ("rita", "admin"),
        ("paul", "admin"),
        ("olga", "operator"),
    ] {
        person(world, name, role).await;
    }
    let switch = ["duty", "set", "on", "--reason", "year end"];
    done(world, "olga-s-admin", &switch).await;
    done(world, "carl", &[&["calculate"], &OF[..]].concat()).await;
    let range = ["--from", "V000004", "--to", "V000004"];
    done(world, "rita", &[&["calculate"], &OF[..], &range].concat()).await;
    // What is only compared is in no form.
    let compare = ["--method", "income-first", "--method", "prorated"];
    done(
        world,
        "paul",
        &[&["lab", "compare"], &OF[..], &compare].concat(),
    )
    .await;
}

fn to_file(out: &str) -> Vec<&str> {
    let what = ["--form", "nec", "--format", "iris-xml", "--out", out];
    [&["export"], &OF[..], &what].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_92_every_run_counts_whose_figures_are_in_the_forms_and_every_way_that_they_leave() {
    for world in [World::start().await, World::on_postgres().await] {
        person(&world, "olga-s-admin", "admin").await;
        calculated_by_two(&world).await;
        let uri = format!("file://{}", world.folder().join("printed").display());
        world.done(&["printer", "add", "files", &uri]).await;
        let approve = ["printer", "approve", "files", "--change", "1"];
        done(&world, "olga", &approve).await;
        let out = world.folder().join("files").display().to_string();
        let copy_a = [
            &["print"],
            &OF[..],
            &["--form", "nec", "--printer", "files"],
        ]
        .concat();
        let transmittal = [
            &["transmittal"],
            &OF[..],
            &["--form", "nec", "--printer", "files"],
        ]
        .concat();
        let did = "calculated TE1 for 2025";
        for maker in ["carl", "rita"] {
            refused(&world, maker, &copy_a, did).await;
            refused(&world, maker, &to_file(&out), did).await;
            refused(&world, maker, &transmittal, did).await;
        }
        let wait = [&copy_a[..], &["--wait"]].concat();
        done(&world, "paul", &wait).await;
        refused(&world, "rita", &transmittal, did).await;
        done(&world, "paul", &transmittal).await;
        done(&world, "paul", &to_file(&out)).await;

        // Calculated anew by one, the other's figures are gone; an edit counts for ever.
        done(&world, "rita", &[&["calculate"], &OF[..]].concat()).await;
        let again = [&print("nec")[..], &["--again", "more"]].concat();
        refused(&world, "rita", &again, did).await;
        done(&world, "carl", &again).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_92_who_had_them_printed_cancels_only_what_was_not_sent() {
    let world = World::start().await;
    person(&world, "olga-s-admin", "admin").await;
    calculated_by_two(&world).await;
    let uri = format!("file://{}", world.folder().join("printed").display());
    let add = ["printer", "add", "files", &uri, "--evidence", "operator"];
    world.done(&add).await;
    let approve = ["printer", "approve", "files", "--change", "1"];
    done(&world, "olga", &approve).await;
    let pause = ["printer", "pause", "files", "--reason", "not yet"];
    world.done(&pause).await;
    let line = [
        &["print"],
        &OF[..],
        &["--form", "nec", "--copy", "b", "--printer", "files"],
    ]
    .concat();
    let job = done(&world, "paul", &line).await["job"].clone();
    let cancel = |job: &Value| {
        let job = job.as_str().unwrap().to_owned();
        ["job", "cancel", &job, "--reason", "wrong paper"].map(str::to_owned)
    };
    let words = cancel(&job);
    done(&world, "paul", &words.each_ref().map(String::as_str)).await;

    world.done(&["printer", "resume", "files"]).await;
    let again = [&line[..], &["--again", "once more"]].concat();
    let job = done(&world, "paul", &again).await["job"].clone();
    let show = ["job", "show", job.as_str().unwrap()];
    let sent = async {
        while done(&world, "olga", &show).await["state"] != "awaiting-confirmation" {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let sent = tokio::time::timeout(Duration::from_secs(30), sent).await;
    sent.expect("the sheets were sent");
    let words = cancel(&job);
    let words = words.each_ref().map(String::as_str);
    refused(&world, "paul", &words, "printed").await;
    let shown = done(&world, "olga", &show).await;
    assert_eq!(shown["state"], "awaiting-confirmation", "{shown}");
    done(&world, "olga", &words).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_92_a_sheet_that_begins_beside_the_cancel_of_who_had_it_printed_is_not_let_through() {
    for left in Left::on_both() {
        let database = left.database_url().to_owned();
        let spool = left.start().await.with_file_printer().await;
        // The admin who submits added the printer too: another stands for it.
        let approved = "UPDATE printers SET approved_by = 'olga'";
        edit(&database, Service::Spooler, approved);
        let duty = DutySwitch::open(spool.folder());
        duty.set(true, None, "olga").unwrap();
        for wait_ms in 0..12 {
            let forms = forms(FormType::Nec, 3);
            let header = spooler::JobHeader {
                on_behalf_of: "admin".to_owned(),
                ..header(&format!("r{wait_ms}"), "files", &forms)
            };
            let name = spool.submit(header, &forms).await.unwrap().name;
            tokio::time::sleep(Duration::from_millis(wait_ms)).await;
            let cancel = spooler::CancelJobRequest {
                name: name.clone(),
                reason: "wrong paper".to_owned(),
            };
            let canceled = spool.jobs().cancel_job(cancel).await;
            let ended = |job: &spooler::Job| {
                let state = job.state();
                state == State::Canceled || state == State::Completed
            };
            let job = spool.until_job(&name, "at its end", ended).await;
            let printed = job.report.clone().unwrap_or_default().sheets_printed;
            match canceled {
                Ok(_) => assert_eq!((job.state(), printed), (State::Canceled, 0), "{job:?}"),
                Err(refused) => {
                    assert_eq!(refused.code(), Code::FailedPrecondition, "{refused:?}");
                    assert_eq!(job.state(), State::Completed, "{job:?}");
                }
            }
        }
        spool.stop().await;
    }
}
