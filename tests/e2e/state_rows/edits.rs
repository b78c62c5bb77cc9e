//! What an edit does to the states of a form.

use formfeed_tests::world::World;
use serde_json::Value;

use super::paper::{print, state_rows};
use super::{OF_ACME, PAID, found, ready};

async fn edit(world: &World, recipient: &str, amount: &str) -> Value {
    let row = ["--income-type", "nonemployee_compensation"];
    let new = ["--amount", amount, "--reason", "as the bank says"];
    let whose = ["--recipient", recipient];
    let line = [
        &["--json", "info", "edit"],
        &OF_ACME[..],
        &whose,
        &row,
        &new,
    ]
    .concat();
    serde_json::from_str(&world.done(&line).await).unwrap()
}

async fn edits_follow(world: World) {
    let world = ready(world, &PAID).await;
    let edited = edit(&world, "ONE", "850.00").await;
    assert_eq!(edited[0]["states"][0]["state"], "ME");
    assert_eq!(edited[0]["states"][0]["amount"], "800.00", "as calculated");
    edit(&world, "BOTH", "2000.01").await;
    let estimated =
        "an edited amount is divided among its states in the proportion that was calculated";
    let about: Vec<_> = found(&world).await;
    let about: Vec<_> = about.iter().filter(|f| f.contains("edited")).collect();
    assert_eq!(
        about,
        [&format!(
            "states_of_edited_amount vendors/BOTH Form 1099-NEC: {estimated}"
        )]
    );
    let (said, _, pages) = print(&world, "a", &[]).await;
    assert!(said.contains(&format!("BOTH {estimated}")), "{said}");
    assert_eq!(state_rows(&pages, "ONE"), ["8.00 ME ME7 850.00"]);
    assert_eq!(
        state_rows(&pages, "BOTH"),
        ["30.00 DE DE-100 600.00", "10.00 ME ME7 1400.01"]
    );
    world.calculate("ACME", "2025").await;
    let again = ["--again", "calculated once more"];
    let (_, _, pages) = print(&world, "a", &again).await;
    assert_eq!(
        state_rows(&pages, "BOTH"),
        ["30.00 DE DE-100 600.00", "10.00 ME ME7 1400.01"],
        "a later run keeps the edit and breaks down anew"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_is_its_only_states_or_divided_and_told_on_either_database() {
    edits_follow(World::start().await).await;
    edits_follow(World::on_postgres().await).await;
}
