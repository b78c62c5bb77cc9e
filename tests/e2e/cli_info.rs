//! The 1099 information on the command line: edited, added, deleted, reverted, and its history.

use formfeed::errors::Exit;
use formfeed_tests::world::World;
use serde_json::Value;

const OF: [&str; 4] = ["--payer", "TE1", "--tax-year", "2025"];
const NEC: [&str; 4] = [
    "--recipient",
    "V000004",
    "--income-type",
    "nonemployee_compensation",
];

/// `formfeed info VERB` of payer TE1 in 2025, as JSON.
async fn info(world: &World, verb: &str, more: &[&str]) -> Value {
    let line = [&["--json", "info", verb], &OF[..], more].concat();
    serde_json::from_str(&world.done(&line).await).unwrap()
}

/// The reason for which it is refused.
async fn refused(world: &World, line: &[&str]) -> Value {
    let (exit, out, err) = world.cli(&[&["--json"], line].concat()).await;
    assert_eq!(exit, Exit::Refused, "{err}");
    let document: Value = serde_json::from_str(&out).unwrap();
    document["error"]["reason"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_edits_and_reverts_a_row_and_the_list_says_so() {
    let world = World::start().await;
    world.import_small().await;
    world.calculate("TE1", "2025").await;
    let before = info(&world, "list", &NEC).await;
    assert_eq!(before[0]["edited"], false);
    assert_eq!(before[0]["edit"], Value::Null);
    let why = ["--reason", "a credit was missing"];
    let to_700 = [&NEC[..], &["--amount", "700.10"], &why].concat();
    let edited = info(&world, "edit", &to_700).await;
    assert_eq!(edited[0]["taxable_amount"], "700.10");
    assert_eq!(edited[0]["calculated_taxable_amount"], "600.00");
    assert_eq!(edited[0]["edit"]["reason"], "a credit was missing");
    let listed = info(&world, "list", &["--edited"]).await;
    assert_eq!(listed, edited);
    let line = [&["info", "list"], &OF[..], &["--edited"]].concat();
    let table = world.done(&line).await;
    assert!(table.contains("was 600.00"), "{table}");

    // A row read before the edit is stale, and says so by its etag.
    let etag = ["--etag", before[0]["etag"].as_str().unwrap()];
    let line = [&["info", "edit"], &OF[..], &to_700, &etag].concat();
    assert_eq!(refused(&world, &line).await, "ETAG_MISMATCH");
    let line = [&["info", "edit"], &OF[..], &NEC, &["--amount", "-1"], &why].concat();
    assert_eq!(refused(&world, &line).await, "FIELDS_INVALID");
    let tips = ["--cash-tips", "5.00", "--occupation-code", "101"];
    let line = [&["info", "edit"], &OF[..], &NEC, &tips, &why].concat();
    assert_eq!(refused(&world, &line).await, "FIELDS_INVALID");
    let line = [&["info", "edit"], &OF[..], &NEC, &why].concat();
    assert_eq!(world.cli(&line).await.0, Exit::Usage, "nothing to change");
    let line = [&["info", "edit"], &OF[..], &NEC, &["--amount", "1"]].concat();
    assert_eq!(world.cli(&line).await.0, Exit::Usage, "no reason");

    let reverted = info(&world, "revert", &[&NEC[..], &why].concat()).await;
    assert_eq!(reverted, before);
    let history = info(&world, "history", &["--recipient", "V000004"]).await;
    let changes: Vec<_> = history
        .as_array()
        .unwrap()
        .iter()
        .map(|c| &c["change"])
        .collect();
    assert_eq!(changes, ["reverted", "edited"]);
    assert_eq!(history[1]["before"]["taxable_amount"], "600.00");
    assert_eq!(history[1]["after"]["taxable_amount"], "700.10");
    assert_eq!(history[1]["user"], "admin");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_adds_and_deletes_rows_and_enters_tips_from_2026_on() {
    let world = World::start().await;
    world.import_small().await;
    world.calculate("TE1", "2025").await;
    let why = ["--reason", "paid in cash"];
    let rents = ["--recipient", "V000013", "--income-type", "rents"];
    let added = info(
        &world,
        "add",
        &[&rents[..], &["--amount", "12"], &why].concat(),
    )
    .await;
    assert_eq!(added[0]["added_by_hand"], true);
    let gone = info(&world, "delete", &[&rents[..], &why].concat()).await;
    assert_eq!(gone[0]["deleted"], true);
    assert_eq!(info(&world, "list", &rents).await, Value::Array(vec![]));
    info(&world, "delete", &[&NEC[..], &why].concat()).await;
    let shown = info(&world, "list", &[&NEC[..], &["--deleted"]].concat()).await;
    assert_eq!(shown[0]["deleted"], true);

    let of_2026 = ["--payer", "TE1", "--tax-year", "2026"];
    let line = |verb: &'static str, more: &[&'static str]| {
        [&["--json", "info", verb], &of_2026[..], &NEC, more, &why].concat()
    };
    let add = line("add", &["--amount", "3000", "--cash-tips", "100.00"]);
    world.done(&add).await;
    let codes = ["--occupation-code", "101", "--occupation-code", "000"];
    let edit = line("edit", &[&codes[..], &["--overtime", "200"]].concat());
    let edited: Value = serde_json::from_str(&world.done(&edit).await).unwrap();
    assert_eq!(edited[0]["taxable_amount"], "3000.00");
    let parts = &edited[0]["parts"];
    assert_eq!(
        (&parts["cash_tips"], &parts["overtime"]),
        (&"100.00".into(), &"200.00".into())
    );
    assert_eq!(parts["occupation_codes"], serde_json::json!(["101", "000"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_code_is_edited_and_reverted_without_naming_a_row() {
    let world = World::start().await;
    world.import_small().await;
    world.calculate("TE1", "2025").await;
    let why = ["--reason", "moved"];
    let recipient = ["--recipient", "V000002"];
    let edited = info(
        &world,
        "edit",
        &[&recipient[..], &["--address-code", "HQ"], &why].concat(),
    )
    .await;
    assert_eq!(edited.as_array().map(Vec::len), Some(2));
    assert_eq!(edited[0]["address_code"], "HQ");
    assert_eq!(
        edited[0]["address_code_edit"]["calculated_address_code"],
        "REMIT"
    );
    let back = info(
        &world,
        "revert",
        &[&recipient[..], &["--address-code"], &why].concat(),
    )
    .await;
    assert_eq!(back[1]["address_code"], "REMIT");
    assert_eq!(back[1]["edited"], false);
}
