//! The policy laboratory: methods side by side, what stands untouched, and what changed between two runs because of what.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use formfeed_proto::calculation as pb;
use formfeed_runtime::{Service, reason, status::reason_of};
use formfeed_tests::tools::workspace;
use formfeed_tests::world::World;
use pb::lab_service_client::LabServiceClient;
use serde_json::Value;
use tonic::Code;
use uuid::Uuid;

const TE1: [&str; 4] = ["--payer", "TE1", "--tax-year", "2025"];
const METHODS: [(&str, &str); 7] = [
    ("income-first", "INCOME_FIRST"),
    ("prorated", "PRORATED"),
    ("prorated-as-documented", "PRORATED-AS_DOCUMENTED"),
    ("direct-payments", "DIRECT_PAYMENTS"),
    ("relate-to-oh", "RELATE_TO-OH"),
    ("relate-to-bk", "RELATE_TO-BK"),
    ("relate-to-bo", "RELATE_TO-BO"),
];

fn small() -> PathBuf {
    workspace().join("tests/fixtures/small")
}

async fn json(world: &World, line: &[&str]) -> Value {
    let line = [&["--json"], line].concat();
    serde_json::from_str(&world.done(&line).await).unwrap()
}

/// Taxable amount by recipient and income type, as the case expects it of a method.
fn expected(name: &str) -> BTreeMap<(String, String), String> {
    let path = small().join(format!("expected/{name}-TE1-2025.json"));
    let rows: Vec<BTreeMap<String, String>> =
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let row = |row: BTreeMap<String, String>| {
        let key = (row["recipient_id"].clone(), row["income_type"].clone());
        (key, row["taxable_amount"].clone())
    };
    rows.into_iter().map(row).collect()
}

async fn methods_are_compared_and_nothing_that_stands_is_touched(world: &World) {
    world.import_small().await;
    world.calculate("TE1", "2025").await;
    let stood = json(world, &[&["info", "list"], &TE1[..]].concat()).await;
    let compared = json(world, &[&["lab", "compare"], &TE1[..]].concat()).await;
    assert_eq!(
        json(world, &[&["info", "list"], &TE1[..]].concat()).await,
        stood
    );

    let runs = compared["runs"].as_array().unwrap();
    let expected: Vec<_> = METHODS.iter().map(|(_, name)| expected(name)).collect();
    for ((run, (word, _)), expected) in runs.iter().zip(METHODS).zip(&expected) {
        assert_eq!(run["method"], word);
        assert_eq!(run["rows"], expected.len(), "{word}");
    }
    let rows = compared["differences"].as_array().unwrap();
    assert!(rows.len() > 20, "{rows:#?}");
    for row in rows {
        let text = |key: &str| row[key].as_str().unwrap().to_owned();
        let key = (text("recipient_id"), text("income_type"));
        let amounts = row["taxable_amounts"].as_array().unwrap();
        for (amount, of_method) in amounts.iter().zip(&expected) {
            let none = "0.00".to_owned();
            assert_eq!(amount, of_method.get(&key).unwrap_or(&none), "{key:?}");
        }
        assert!(!row["reasons"].as_array().unwrap().is_empty(), "{row:#}");
    }
    // Every row that differs anywhere is there.
    let keys: std::collections::BTreeSet<_> = expected.iter().flat_map(BTreeMap::keys).collect();
    let differ = keys.into_iter().filter(|key| {
        expected
            .iter()
            .any(|e| e.get(*key) != expected[0].get(*key))
    });
    assert_eq!(differ.count(), rows.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn methods_are_compared_without_touching_what_stands_on_sqlite() {
    methods_are_compared_and_nothing_that_stands_is_touched(&World::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn methods_are_compared_without_touching_what_stands_on_postgresql() {
    methods_are_compared_and_nothing_that_stands_is_touched(&World::on_postgres().await).await;
}

/// The small extract with one file changed.
fn changed(file: &str, from: &str, to: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(small().join("extract")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    let path = folder.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from} is not in {file}");
    fs::write(path, text.replace(from, to)).unwrap();
    folder
}

async fn import(world: &World, folder: &Path, id: &str) {
    let folder = folder.to_str().unwrap();
    world.done(&["import", folder, "--import-id", id]).await;
}

async fn calculated(world: &World) -> String {
    let run = json(world, &[&["calculate"], &TE1[..]].concat()).await;
    run["run"].as_str().unwrap().to_owned()
}

async fn a_change_between_two_runs_names_its_cause(world: &World) {
    world.import_small().await;
    let first = calculated(world).await;
    // The one check that tax was withheld from is voided since.
    let text = fs::read_to_string(small().join("extract/payments.csv")).unwrap();
    let line = text.lines().find(|l| l.starts_with("P00000105,")).unwrap();
    let mut cells: Vec<_> = line.split(',').collect();
    let mut columns = text.lines().next().unwrap().split(',');
    let void = columns.position(|column| column == "void_date").unwrap();
    cells[void] = "2025-09-01";
    let folder = changed("payments.csv", line, &cells.join(","));
    import(world, folder.path(), "voided").await;
    let second = calculated(world).await;

    let changes = json(world, &["lab", "diff", &first, &second]).await;
    let changes = changes.as_array().unwrap();
    assert_eq!(changes.len(), 1, "{changes:#?}");
    let change = &changes[0];
    assert_eq!(change["recipient_id"], "V000030");
    assert_eq!(change["income_type"], "federal_income_tax_withheld");
    assert_eq!(change["first_taxable_amount"], "767.32");
    assert_eq!(change["second_taxable_amount"], "0.00");
    let causes = change["causes"].as_array().unwrap();
    let named = |cause: &&Value| cause["payment_id"] == "P00000105";
    let cause = causes.iter().find(named).unwrap();
    assert_eq!(cause["imports"], serde_json::json!(["imports/voided"]));

    // The proof of the first run is what it was; that of the second shows the void.
    let explained = [&["info", "explain", "--recipient", "V000030"], &TE1[..]].concat();
    assert!(world.done(&explained).await.contains("voided"));
    assert_eq!(
        json(world, &["lab", "diff", &first, &first]).await,
        serde_json::json!([])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_between_two_runs_names_payment_and_import_on_sqlite() {
    a_change_between_two_runs_names_its_cause(&World::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_between_two_runs_names_payment_and_import_on_postgresql() {
    a_change_between_two_runs_names_its_cause(&World::on_postgres().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_compared_is_refused_with_every_bad_field() {
    let world = World::start().await;
    let mut lab = LabServiceClient::new(world.channel(Service::Calculation));
    let choice = pb::MethodChoice {
        method: pb::Method::IncomeFirst.into(),
        source: pb::Source::Bk.into(),
        ..pb::MethodChoice::default()
    };
    let request = pb::CompareMethodsRequest {
        methods: vec![choice],
        ..pb::CompareMethodsRequest::default()
    };
    let refused = lab.compare_methods(request).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    for field in ["payer_id", "tax_year", "methods", "source", "request_id"] {
        assert!(refused.message().contains(field), "{refused}");
    }
    let nowhere = format!("runs/{}", Uuid::now_v7());
    let request = pb::ListDifferencesRequest {
        first_run: nowhere.clone(),
        second_run: nowhere,
        ..pb::ListDifferencesRequest::default()
    };
    let refused = lab.list_differences(request).await.unwrap_err();
    assert_eq!(reason_of(&refused), Some(reason::RUN_NOT_FOUND.to_owned()));

    world.import_small().await;
    world.calculate("TE1", "2025").await;
    world.calculate("TE2", "2025").await;
    let runs = json(
        &world,
        &[
            "lab",
            "compare",
            "--payer",
            "TE2",
            "--tax-year",
            "2025",
            "--method",
            "prorated",
            "--method",
            "income-first",
        ],
    )
    .await;
    let of_two = runs["runs"][0]["run"].as_str().unwrap().to_owned();
    let of_one = calculated(&world).await;
    let request = pb::ListDifferencesRequest {
        first_run: of_one,
        second_run: of_two,
        ..pb::ListDifferencesRequest::default()
    };
    let refused = lab.list_differences(request).await.unwrap_err();
    assert!(refused.message().contains("second_run"), "{refused}");
}
