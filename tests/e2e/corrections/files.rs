//! Corrections in electronic files.

use std::fs;

use formfeed::errors::Exit;
use formfeed_proto::forms as pb;
use formfeed_proto::forms::export_forms_event::Event;
use formfeed_proto::forms::export_forms_request::Format;
use formfeed_proto::spooler::FormType;
use formfeed_runtime::{reason, request_id};
use formfeed_tests::world::World;
use serde_json::{Value, json};

use super::reclassify;
use super::{OF, calculated, change, client, correct, edit, filed, listed, new_tin, parsed};
use crate::export::set_transmitter;

const NEC: &str = "nonemployee_compensation";
const RECEIPT: &str = "2026-12345678901-0123abcde";

/// Files the year's 1099-NEC electronically; answers the export's id.
async fn exported(world: World, format: &str) -> (World, String) {
    let world = calculated(world).await;
    set_transmitter(&world).await;
    let out = world.folder().join("first");
    let how = [
        "--format",
        format,
        "--form",
        "nec",
        "--out",
        out.to_str().unwrap(),
    ];
    let made = world
        .done(&[&["--json", "export"], &OF[..], &how].concat())
        .await;
    let id = parsed(&made)["export"].as_str().unwrap().to_owned();
    (world, id)
}

/// Corrects in a file: how it ended, the document, what was said, and the files.
async fn in_files(
    world: &World,
    format: &str,
    more: &[&str],
) -> (Exit, Value, String, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.txt");
    let how = [
        "--format",
        format,
        "--form",
        "nec",
        "--out",
        out.to_str().unwrap(),
    ];
    let (exit, made, said) = correct(world, &[&how[..], more].concat()).await;
    let mut names: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|f| f.unwrap().path())
        .collect();
    names.sort_by_key(|name| name.as_os_str().len());
    let files = names.iter().map(|name| fs::read_to_string(name).unwrap());
    (exit, made, said, files.collect())
}

/// What stands in the first element of that name.
fn element<'a>(xml: &'a str, name: &str) -> &'a str {
    let (open, close) = (format!("<n1:{name}>"), format!("</n1:{name}>"));
    let (_, rest) = xml
        .split_once(&open)
        .unwrap_or_else(|| panic!("{name}: {xml}"));
    rest.split_once(&close).unwrap().0
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_exported_is_corrected_by_its_iris_record_on_either_database() {
    for world in [World::start().await, World::on_postgres().await] {
        let (world, first) = exported(world, "iris-xml").await;
        edit(&world, "V000003", NEC, "9999.99").await;
        change(
            &world,
            "V000004",
            new_tin("900700001"),
            &["tin", "tin_type"],
        )
        .await;
        let (exit, _, said, files) = in_files(&world, "iris-xml", &[]).await;
        assert_eq!((exit, files.len()), (Exit::Refused, 0));
        assert!(
            said.contains(reason::RECEIPT_MISSING) && said.contains(&first),
            "{said}"
        );

        let receipt = format!("{first}={RECEIPT}");
        let (exit, made, said, files) =
            in_files(&world, "iris-xml", &["--receipt", &receipt]).await;
        assert_eq!(exit, Exit::Done, "{said}");
        assert_eq!((&made[0]["forms"], files.len()), (&3.into(), 2));
        let (corrections, originals) = (&files[0], &files[1]);
        assert_eq!(element(corrections, "TransmissionTypeCd"), "C");
        assert_eq!(
            corrections
                .matches("<n1:CorrectedInd>1</n1:CorrectedInd>")
                .count(),
            2
        );
        assert!(corrections.contains(&format!("<n1:UniqueRecordId>{RECEIPT}|1|")));
        let totals = element(corrections, "IRSubmission1FormTotals");
        assert_eq!(element(totals, "NonemployeeCompensationAmt"), "9999.99");
        assert_eq!(element(originals, "TransmissionTypeCd"), "O");
        assert!(originals.contains("<n1:TIN>900700001</n1:TIN>"));
        assert!(
            corrections.contains("<n1:TIN>793571294</n1:TIN>"),
            "as filed"
        );
        assert_ne!(
            element(corrections, "UniqueTransmissionId"),
            element(originals, "UniqueTransmissionId")
        );
        assert_eq!(listed(&world).await, json!([]));

        edit(&world, "V000004", NEC, "6500.00").await;
        let (exit, _, said, _) = in_files(&world, "iris-xml", &["--receipt", &receipt]).await;
        assert_eq!(exit, Exit::Refused);
        let second = made[0]["export"].as_str().unwrap();
        assert!(said.contains(&format!("exports/{second} file 2")), "{said}");
        let receipt = format!("{second}/2={RECEIPT}");
        let (exit, made, said, files) =
            in_files(&world, "iris-xml", &["--receipt", &receipt]).await;
        assert_eq!(exit, Exit::Done, "{said}");
        assert_eq!(
            (&made[0]["total_amount"], files.len()),
            (&"6500.00".into(), 1)
        );
        assert_eq!(
            element(&files[0], "UniqueRecordId"),
            format!("{RECEIPT}|1|1")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fire_file_takes_back_the_wrong_type_and_files_the_right_one() {
    let (world, _) = exported(World::start().await, "fire").await;
    let line = ["print", "--form", "misc", "--printer", "file", "--wait"];
    world.done(&[&line[..], &OF].concat()).await;
    reclassify(&world, "V000017", NEC, "rents", "4762.41").await;
    edit(&world, "V000003", NEC, "9999.99").await;
    let (exit, made, said, files) = in_files(&world, "fire", &[]).await;
    assert_eq!(exit, Exit::Done, "{said}");
    assert_eq!(made[0]["total_amount"], "14762.40");
    let records: Vec<_> = files[0].as_bytes().chunks(750).collect();
    let kinds: String = records.iter().map(|record| char::from(record[0])).collect();
    assert_eq!(kinds, "TABBCABCF");
    let marks: Vec<_> = [2, 3, 6].map(|at: usize| char::from(records[at][5])).into();
    assert_eq!(marks, ['G', 'G', 'C']);
    assert_eq!(listed(&world).await, json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_went_out_on_paper_has_no_iris_record_and_no_csv_takes_corrections() {
    let world = filed(World::start().await, &["nec"]).await;
    set_transmitter(&world).await;
    edit(&world, "V000003", NEC, "9999.99").await;
    let (exit, _, said, _) = in_files(&world, "iris-xml", &[]).await;
    assert_eq!(exit, Exit::Refused);
    assert!(
        said.contains(reason::NO_IRIS_RECORD) && said.contains("V000003"),
        "{said}"
    );
    let (exit, _, said, files) = in_files(&world, "iris-csv", &[]).await;
    assert_eq!((exit, files.len()), (Exit::Refused, 0), "{said}");
    assert_eq!(
        listed(&world).await.as_array().unwrap().len(),
        1,
        "still to do"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_makes_the_same_file_of_corrections_and_a_test_files_nothing() {
    let (world, _) = exported(World::start().await, "fire").await;
    edit(&world, "V000003", NEC, "9999.99").await;
    let (exit, made, said, _) = in_files(&world, "fire", &["--test"]).await;
    assert_eq!(
        (exit, &made[0]["test"]),
        (Exit::Done, &true.into()),
        "{said}"
    );
    let request = pb::ExportCorrectionsRequest {
        request_id: request_id::new(),
        payer_id: "TE1".to_owned(),
        tax_year: 2025,
        form_type: FormType::Nec.into(),
        format: Format::Fire.into(),
        reason: "a late invoice".to_owned(),
        ..pb::ExportCorrectionsRequest::default()
    };
    let first = call(&world, &request).await;
    assert_eq!(listed(&world).await, json!([]));
    assert_eq!(call(&world, &request).await, first);
    assert!(matches!(first.last(), Some(Event::Finished(export)) if export.forms == 1));
}

async fn call(world: &World, request: &pb::ExportCorrectionsRequest) -> Vec<Event> {
    let stream = client(world).export_corrections(request.clone()).await;
    let mut stream = stream.unwrap().into_inner();
    let mut events = Vec::new();
    while let Some(message) = stream.message().await.unwrap() {
        events.extend(message.event);
    }
    events
}
