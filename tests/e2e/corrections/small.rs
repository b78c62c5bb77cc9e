//! Corrections that need not be made: listed as such, left out until somebody asks.

use formfeed::errors::Exit;
use formfeed_runtime::reason;
use formfeed_tests::world::World;
use serde_json::{Value, json};

use super::{OF, WHY, correct, edit, filed, listed, on_paper, parsed};

const NEC: &str = "nonemployee_compensation";
const WITHHELD: &str = "federal_income_tax_withheld";

/// The recipients of a 1099-NEC with nothing in box 4, and box 1 in cents.
async fn recipients(world: &World) -> Vec<(String, i64)> {
    let line = [&["--json", "forms", "list", "--form", "nec"], &OF[..]].concat();
    let forms = parsed(&world.done(&line).await);
    let with_form = forms
        .as_array()
        .unwrap()
        .iter()
        .filter(|form| form["has_form"] == true && form["boxes"]["4"].is_null());
    let told = with_form.map(|form| {
        let amount = form["boxes"]["1"].as_str().unwrap().replace('.', "");
        let id = form["recipient_id"].as_str().unwrap().to_owned();
        (id, amount.parse().unwrap())
    });
    told.collect()
}

fn dollars(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// Recipients with whether what was filed of them may stand.
async fn flags(world: &World) -> Vec<Value> {
    let found = listed(world).await;
    let entries = found.as_array().unwrap().iter();
    let flags = entries.map(|c| json!([c["recipient_id"], c["need_not_be_corrected"]]));
    flags.collect()
}

async fn off_by_little(world: World) {
    let world = filed(world, &["nec"]).await;
    let recipients = recipients(&world).await;
    let [(first, of_first), (second, of_second), (third, _)] = &recipients[..3] else {
        panic!("{recipients:?}")
    };
    edit(&world, first, NEC, &dollars(of_first - 100_00)).await;
    edit(&world, second, NEC, &dollars(of_second + 100_01)).await;
    let both = [json!([first, true]), json!([second, false])];
    assert_eq!(flags(&world).await, both);
    let told = world.done(&[&["correct"], &OF[..]].concat()).await;
    assert!(told.contains("type-one, need not be corrected"), "{told}");
    assert!(
        told.contains("2 forms to correct, 1 of them off by so little"),
        "{told}"
    );

    let (jobs, _) = on_paper(&world, &[]).await;
    assert_eq!(jobs[0]["forms_printed"], 1);
    assert_eq!(jobs[0]["total_amount"], dollars(of_second + 100_01));
    assert_eq!(flags(&world).await, [json!([first, true])], "still told");
    for more in [&["--form", "nec"][..], &[]] {
        let line = [&["--printer", "file"], more].concat();
        let (exit, document, said) = correct(&world, &line).await;
        assert_eq!(exit, Exit::Refused);
        let said = format!("{said} {document}");
        assert!(said.contains("--include-small"), "{said}");
        assert_eq!(
            said.contains(reason::NOTHING_TO_CORRECT),
            !more.is_empty(),
            "{said}"
        );
    }
    let (jobs, _) = on_paper(&world, &["--recipient", first]).await;
    assert_eq!(jobs[0]["forms_printed"], 1, "its recipient asked");
    assert!(flags(&world).await.is_empty());

    let row = [
        "--recipient",
        third,
        "--income-type",
        WITHHELD,
        "--amount",
        "25.01",
    ];
    world
        .done(&[&["info", "add"], &OF[..], &row, &WHY].concat())
        .await;
    assert_eq!(
        flags(&world).await,
        [json!([third, false])],
        "tax is held more strictly"
    );
    edit(&world, third, WITHHELD, "25.00").await;
    assert_eq!(flags(&world).await, [json!([third, true])]);
    let (jobs, _) = on_paper(&world, &["--include-small"]).await;
    assert_eq!(jobs[0]["federal_tax_withheld"], "25.00");
    assert!(flags(&world).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amount_off_by_a_hundred_dollars_stands_until_its_recipient_asks_on_sqlite() {
    off_by_little(World::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amount_off_by_a_hundred_dollars_stands_until_its_recipient_asks_on_postgresql() {
    off_by_little(World::on_postgres().await).await;
}
