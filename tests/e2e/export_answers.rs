//! What the IRS answers to an electronic file: kept, and heeded by what is filed after it.

use formfeed::errors::Exit;
use formfeed_proto::forms as pb;
use formfeed_proto::forms::export_service_client::ExportServiceClient;
use formfeed_runtime::{Service, reason};
use formfeed_tests::world::World;
use pb::export_answer::Status;
use serde_json::{Value, json};

use crate::export::set_transmitter;

const OF: [&str; 4] = ["--payer", "TE1", "--tax-year", "2025"];
const FIRST: &str = "2026-12345678901-0123abcde";
const SECOND: &str = "2026-12345678902-0123abcde";

async fn ready(world: World) -> World {
    world.import_small().await;
    world.calculate("TE1", "2025").await;
    set_transmitter(&world).await;
    world
}

async fn run(world: &World, line: &[&str]) -> (Exit, Value, String) {
    let (exit, out, err) = world.cli(&[&["--json"], line].concat()).await;
    let document = serde_json::from_str(&out).unwrap_or_default();
    (exit, document, format!("{out}{err}"))
}

async fn done(world: &World, line: &[&str]) -> Value {
    let (exit, document, said) = run(world, line).await;
    assert_eq!(exit, Exit::Done, "{line:?}: {said}");
    document
}

async fn refused(world: &World, line: &[&str]) -> String {
    let (exit, _, said) = run(world, line).await;
    assert_eq!(exit, Exit::Refused, "{line:?}: {said}");
    said
}

async fn newest(world: &World) -> Value {
    let listed = done(world, &[&["exports", "list"], &OF[..]].concat()).await;
    listed[0].clone()
}

async fn answer(world: &World, export: &str, receipt: &str, status: &str, more: &[&str]) -> Value {
    let line = [
        "exports",
        "answer",
        export,
        "--receipt",
        receipt,
        "--status",
        status,
    ];
    done(world, &[&line[..], more].concat()).await
}

async fn a_rejected_file(world: World) {
    let world = ready(world).await;
    let out = world.folder().join("file.xml").display().to_string();
    let line = [
        "export", "--form", "nec", "--format", "iris-xml", "--out", &out,
    ];
    let line = [&line[..], &OF].concat();
    done(&world, &line).await;
    let name = newest(&world).await["export"].as_str().unwrap().to_owned();
    let instead = [&line[..], &["--replaces", &name]].concat();
    let said = refused(&world, &instead).await;
    assert!(
        said.contains(reason::NOT_REJECTED),
        "no answer was kept: {said}"
    );
    answer(&world, &name, FIRST, "processing", &[]).await;
    let void = [
        "forms",
        "void",
        "--form",
        "nec",
        "--recipient",
        "V000003",
        "--reason",
        "not his",
    ];
    let void = [&void[..], &OF].concat();
    assert!(refused(&world, &void).await.contains(reason::FORM_FILED));

    let errors = [
        "--error",
        "F1099NEC-001: the payer's name",
        "--error",
        "SHAREDIRS005",
    ];
    let kept = answer(&world, &name, FIRST, "rejected", &errors).await;
    let expected = json!(["F1099NEC-001: the payer's name", "SHAREDIRS005"]);
    assert_eq!(kept["answers"][0]["errors"], expected);
    assert_eq!(
        newest(&world).await["answers"],
        kept["answers"],
        "the newest word"
    );
    let said = refused(&world, &[&["correct"], &OF[..]].concat()).await;
    assert!(said.contains(reason::NOTHING_FILED), "{said}");
    done(&world, &void).await;

    assert!(
        refused(&world, &line)
            .await
            .contains(reason::ALREADY_EXPORTED)
    );
    done(&world, &instead).await;
    let xml = std::fs::read_to_string(&out).unwrap();
    let start = xml.find("TransmissionTypeCd").unwrap_or(0);
    let head: String = xml.chars().skip(start).take(60).collect();
    assert!(head.starts_with("TransmissionTypeCd>R<"), "{head}");
    assert!(xml.contains(FIRST), "of the receipt");
    let second = newest(&world).await;
    assert_eq!(second["forms"], 6, "one is left out");
    assert!(second["again_reason"].as_str().unwrap().contains(&name));
    let said = refused(
        &world,
        &[
            &line[..],
            &["--replaces", second["export"].as_str().unwrap()],
        ]
        .concat(),
    )
    .await;
    assert!(said.contains(reason::NOT_REJECTED), "{said}");

    let second = second["export"].as_str().unwrap();
    answer(
        &world,
        second,
        SECOND,
        "accepted-with-errors",
        &["--error", "SHAREDIRS011"],
    )
    .await;
    let row = [
        "--recipient",
        "V000017",
        "--income-type",
        "nonemployee_compensation",
    ];
    let edit = [
        "info",
        "edit",
        "--amount",
        "9999.99",
        "--reason",
        "a late invoice",
    ];
    done(&world, &[&edit[..], &row, &OF].concat()).await;
    let correct = [
        "correct",
        "--format",
        "iris-xml",
        "--out",
        &out,
        "--reason",
        "as the IRS says",
    ];
    done(&world, &[&correct[..], &OF].concat()).await;
    let xml = std::fs::read_to_string(&out).unwrap();
    assert!(
        xml.contains(SECOND) && xml.contains("9999.99"),
        "by the receipt that was kept"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_file_is_replaced_by_its_receipt_and_an_accepted_one_corrected_by_its_own() {
    a_rejected_file(World::start().await).await;
    a_rejected_file(World::on_postgres().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_names_an_export_one_of_its_files_a_receipt_and_a_status() {
    let world = ready(World::start().await).await;
    let mut client = ExportServiceClient::new(world.channel(Service::Forms));
    let refused = client
        .record_answer(pb::RecordAnswerRequest::default())
        .await;
    let said = refused.unwrap_err();
    for field in ["name", "receipt_id", "status"] {
        assert!(
            crate::vendor_resources::told(&said)
                .2
                .contains(&field.to_owned()),
            "{field}"
        );
    }
    let unknown = pb::RecordAnswerRequest {
        name: "exports/0198".to_owned(),
        receipt_id: FIRST.to_owned(),
        status: Status::Accepted.into(),
        ..pb::RecordAnswerRequest::default()
    };
    let refused = client.record_answer(unknown).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::NotFound);
    let out = world.folder().join("file.txt").display().to_string();
    let line = ["export", "--form", "nec", "--format", "fire", "--out", &out];
    done(&world, &[&line[..], &OF].concat()).await;
    let name = newest(&world).await["export"].as_str().unwrap().to_owned();
    let (exit, _, said) = run(
        &world,
        &[
            "exports",
            "answer",
            &name,
            "--file",
            "2",
            "--receipt",
            "ORIG.1",
            "--status",
            "accepted",
        ],
    )
    .await;
    assert_eq!(exit, Exit::Refused, "{said}");
    assert!(said.contains("has 1 files"), "{said}");
}
