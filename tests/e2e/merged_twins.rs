//! One person under several vendor ids on one form, by choice: counted once everywhere, and corrected as it was filed.

use std::path::PathBuf;

use formfeed::errors::Exit;
use formfeed_runtime::reason;
use formfeed_tests::ledger::Ledger;
use formfeed_tests::paper::read_pdf;
use formfeed_tests::world::World;
use serde_json::{Value, json};

use crate::export::set_transmitter;

const OF: [&str; 4] = ["--payer", "ACME", "--tax-year", "2025"];
const MERGED: [&str; 2] = ["--twins", "merged"];
const WHY: [&str; 2] = ["--reason", "a late invoice"];

/// A1 and C1 are one person with 600.00 together, B1 another one.
fn ledger() -> Ledger {
    let mut ledger = Ledger::of_acme();
    for (id, ein, amount) in [
        ("A1", "000000111", "400.00"),
        ("B1", "000000112", "900.00"),
        ("C1", "000000111", "200.00"),
    ] {
        ledger.vendor(id, ein).paid(id, amount);
    }
    ledger
}

async fn import(world: &World, ledger: &Ledger) {
    let folder = ledger.write();
    let folder = folder.path().to_str().unwrap().to_owned();
    world.done(&["import", &folder]).await;
    world.calculate("ACME", "2025").await;
}

async fn ready(world: World) -> World {
    import(&world, &ledger()).await;
    let out = world.folder().join("printed");
    std::fs::create_dir(&out).unwrap();
    let uri = format!("file:{}", out.display());
    world.done(&["printer", "add", "file", &uri]).await;
    world
}

async fn run(world: &World, line: &[&str], more: &[&str]) -> (Exit, Value, String) {
    let (exit, out, err) = world
        .cli(&[&["--json"], line, &OF[..], more].concat())
        .await;
    let document = serde_json::from_str(&out).unwrap_or_default();
    (exit, document, format!("{out}{err}"))
}

async fn done(world: &World, line: &[&str], more: &[&str]) -> (Value, String) {
    let (exit, document, said) = run(world, line, more).await;
    assert_eq!(exit, Exit::Done, "{line:?} {more:?}: {said}");
    (document, said)
}

async fn refused(world: &World, line: &[&str], more: &[&str]) -> String {
    let (exit, _, said) = run(world, line, more).await;
    assert_eq!(exit, Exit::Refused, "{line:?} {more:?}: {said}");
    said
}

const PRINT: [&str; 6] = ["print", "--form", "nec", "--printer", "file", "--wait"];

fn newest(world: &World) -> PathBuf {
    let files = std::fs::read_dir(world.folder().join("printed")).unwrap();
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "pdf"));
    files.sort_by_key(|path| path.metadata().unwrap().modified().unwrap());
    files.pop().unwrap()
}

#[tokio::test]
async fn a_print_and_a_file_at_once_do_not_treat_a_person_both_ways() {
    let world = ready(World::start().await).await;
    set_transmitter(&world).await;
    let out = world.folder().join("out.txt").display().to_string();
    let file = ["export", "--form", "nec", "--format", "fire", "--out", &out];
    let apart = ["--twins", "apart"];
    let ((printed, _, print_said), (exported, _, export_said)) =
        tokio::join!(run(&world, &PRINT, &MERGED), run(&world, &file, &apart));
    let done = [printed, exported]
        .iter()
        .filter(|exit| **exit == Exit::Done)
        .count();
    assert_eq!(done, 1, "{print_said}\n{export_said}");
}

/// The words of the last document that was printed.
fn printed_words(world: &World) -> Vec<String> {
    let pages = read_pdf(&newest(world)).into_iter();
    pages
        .flat_map(|page| page.words)
        .map(|word| word.text)
        .collect()
}

async fn accounts(world: &World, job: &Value) -> Value {
    let line = [
        "--json",
        "job",
        "show",
        job["job"].as_str().unwrap(),
        "--sheets",
    ];
    let shown: Value = serde_json::from_str(&world.done(&line).await).unwrap();
    shown["sheets"][0]["accounts"].clone()
}

/// Recipient, action, changes and covered vendor ids of all corrections.
async fn listed(world: &World) -> Vec<(String, String, Value, Value)> {
    let (found, _) = done(world, &["correct"], &[]).await;
    let word = |entry: &Value, key: &str| entry[key].as_str().unwrap().to_owned();
    let entries = found.as_array().unwrap().iter();
    let brief = entries.map(|entry| {
        (
            word(entry, "recipient_id"),
            word(entry, "action"),
            entry["changes"].clone(),
            entry["covers"].clone(),
        )
    });
    brief.collect()
}

fn candidate(action: &str, old: &str, new: &str, covers: Value) -> (String, String, Value, Value) {
    let changes = json!([{ "field": "box 1", "old": old, "new": new }]);
    ("A1".to_owned(), action.to_owned(), changes, covers)
}

async fn counted_once(world: World) {
    let world = ready(world).await;
    let (forms, _) = done(&world, &["forms", "list"], &MERGED).await;
    let told: Vec<_> = forms
        .as_array()
        .unwrap()
        .iter()
        .map(|form| {
            json!([
                form["recipient_id"],
                form["boxes"],
                form["covers"],
                form["merged_into"]
            ])
        })
        .collect();
    assert_eq!(
        told,
        [
            json!(["A1", { "1": "600.00" }, ["C1"], ""]),
            json!(["B1", { "1": "900.00" }, [], ""]),
            json!(["C1", {}, [], "A1"]),
        ]
    );
    assert_eq!(forms[2]["reason"], "merged");
    assert_eq!(forms[2]["explanation"], "on the form of A1: the same TIN");
    let (seen, _) = done(&world, &["overview"], &MERGED).await;
    assert_eq!(seen["forms"][0]["forms"], 2, "{seen}");

    let (job, said) = done(&world, &PRINT, &MERGED).await;
    assert_eq!(
        (&job["forms_printed"], &job["total_amount"]),
        (&2.into(), &"1500.00".into())
    );
    assert!(
        said.contains("persons with several vendor ids on one form: 1 (A1 with C1)"),
        "{said}"
    );
    assert_eq!(accounts(&world, &job).await, json!(["A1", "B1"]));
    let words = printed_words(&world);
    assert!(words.contains(&"600.00".to_owned()) && !words.contains(&"C1".to_owned()));
    assert_eq!(
        words.iter().filter(|word| *word == "00-0000111").count(),
        1,
        "{words:?}"
    );
    let (form_1096, _) = done(&world, &["transmittal", "--form", "nec"], &[]).await;
    assert_eq!(
        (&form_1096["forms_printed"], &form_1096["total_amount"]),
        (&2.into(), &"1500.00".into()),
        "{form_1096}"
    );
    set_transmitter(&world).await;
    let out = world.folder().join("out.txt").display().to_string();
    let export = ["export", "--form", "nec", "--format", "fire", "--out", &out];
    let said = refused(&world, &export, &[]).await;
    assert!(
        said.contains(reason::TWINS_MIXED) && said.contains("--twins merged"),
        "{said}"
    );
    let said = refused(&world, &PRINT, &["--again", "torn"]).await;
    assert!(said.contains(reason::TWINS_MIXED), "{said}");
    let (file, _) = done(&world, &export, &MERGED).await;
    assert_eq!(
        (&file["forms"], &file["total_amount"]),
        (&2.into(), &"1500.00".into()),
        "{file}"
    );
    let (copy_b, said) = done(&world, &PRINT, &["--copy", "b"]).await;
    assert_eq!(copy_b["forms_printed"], 3);
    assert!(said.contains("what was filed stands"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_on_one_form_is_counted_once_on_paper_in_files_and_on_form_1096_on_sqlite() {
    counted_once(World::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_on_one_form_is_counted_once_on_paper_in_files_and_on_form_1096_on_postgresql() {
    counted_once(World::on_postgres().await).await;
}

async fn corrected_as_filed(world: World) {
    let world = ready(world).await;
    done(&world, &PRINT, &MERGED).await;
    assert_eq!(listed(&world).await, [], "as filed");
    let void = ["forms", "void", "--form", "nec", "--recipient", "C1"];
    let said = refused(&world, &void, &WHY).await;
    assert!(
        said.contains(reason::FORM_FILED),
        "C1 is on the form of A1: {said}"
    );

    let row = [
        "--recipient",
        "C1",
        "--income-type",
        "nonemployee_compensation",
    ];
    done(
        &world,
        &["info", "edit", "--amount", "350.00"],
        &[&row[..], &WHY].concat(),
    )
    .await;
    let changed = candidate("type-one", "600.00", "750.00", json!(["C1"]));
    assert_eq!(listed(&world).await, [changed]);
    let correct = [
        "correct",
        "--printer",
        "file",
        "--wait",
        "--recipient",
        "C1",
    ];
    let (jobs, _) = done(&world, &correct, &WHY).await;
    assert_eq!(
        (&jobs[0]["forms_printed"], &jobs[0]["total_amount"]),
        (&1.into(), &"750.00".into())
    );
    assert_eq!(accounts(&world, &jobs[0]).await, json!(["A1"]));
    assert_eq!(listed(&world).await, [], "put right");

    let mut more = ledger();
    more.vendor("A0", "000000111").paid("A0", "1000.00");
    import(&world, &more).await;
    let changed = candidate("type-one", "750.00", "1750.00", json!(["A0", "C1"]));
    assert_eq!(
        listed(&world).await,
        [changed],
        "under the account it was filed under"
    );

    let mut apart = Ledger::of_acme();
    apart.vendor("A0", "000000118").vendor("C1", "000000119");
    import(&world, &apart).await;
    let found = listed(&world).await;
    let told: Vec<_> = found
        .iter()
        .map(|(id, action, ..)| (id.as_str(), action.as_str()))
        .collect();
    assert_eq!(
        told,
        [("A0", "late-original"), ("A1", "take-back")],
        "A1 and C1 alone are below the threshold: {found:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merged_form_is_corrected_under_the_account_it_was_filed_under_on_sqlite() {
    corrected_as_filed(World::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merged_form_is_corrected_under_the_account_it_was_filed_under_on_postgresql() {
    corrected_as_filed(World::on_postgres().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_filed_apart_is_not_filed_merged_until_it_was_never_sent() {
    let world = ready(World::start().await).await;
    done(&world, &PRINT, &[]).await;
    let again = [&MERGED[..], &["--again", "one form each"]].concat();
    let said = refused(&world, &PRINT, &again).await;
    assert!(
        said.contains(reason::TWINS_MIXED) && said.contains("--twins apart"),
        "{said}"
    );
    let filed = said.split("printings/").nth(1).unwrap();
    let id: String = filed
        .chars()
        .take_while(|c| c.is_ascii_hexdigit() || *c == '-')
        .collect();
    let not_sent = ["forms", "not-sent", "--printing", &id];
    world.done(&[&not_sent[..], &WHY].concat()).await;
    let (job, _) = done(&world, &PRINT, &again).await;
    assert_eq!(job["forms_printed"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_left_out_stays_out_of_the_sum() {
    let world = ready(World::start().await).await;
    let mut more = ledger();
    more.vendor("D1", "000000111").paid("D1", "50.00");
    import(&world, &more).await;
    let void = ["forms", "void", "--form", "nec", "--recipient", "C1"];
    done(&world, &void, &WHY).await;
    let (forms, _) = done(&world, &["forms", "list"], &MERGED).await;
    let told: Vec<_> = forms
        .as_array()
        .unwrap()
        .iter()
        .map(|form| json!([form["recipient_id"], form["boxes"]["1"], form["reason"]]))
        .collect();
    assert_eq!(
        told,
        [
            json!(["A1", "450.00", ""]),
            json!(["B1", "900.00", ""]),
            json!(["C1", null, "voided"]),
            json!(["D1", null, "merged"]),
        ]
    );
}
