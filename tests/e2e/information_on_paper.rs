//! Edits reach the paper: the amount and the address that were edited print, a deleted row does not.

use formfeed_tests::paper::{Page, read_pdf};
use formfeed_tests::world::World;
use serde_json::Value;

const OF: [&str; 4] = ["--payer", "TE1", "--tax-year", "2025"];
const OF_2026: [&str; 4] = ["--payer", "TE1", "--tax-year", "2026"];

async fn info(world: &World, verb: &str, more: &[&str]) -> Value {
    let line = [&["--json", "info", verb], more].concat();
    serde_json::from_str(&world.done(&line).await).unwrap()
}

/// Prints every 1099-NEC of a year to a folder; answers the job and its pages.
async fn printed(world: &World, of: [&str; 4]) -> (Value, Vec<Page>) {
    let out = world.folder().join("printed");
    std::fs::create_dir_all(&out).unwrap();
    let uri = format!("file:{}", out.display());
    world.done(&["printer", "add", "file", &uri]).await;
    let more = ["--form", "nec", "--printer", "file", "--wait"];
    let line = [&["--json", "print"], &of[..], &more].concat();
    let job = serde_json::from_str(&world.done(&line).await).unwrap();
    let files = std::fs::read_dir(&out).unwrap();
    let mut pdfs: Vec<_> = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "pdf"))
        .collect();
    assert_eq!(pdfs.len(), 1, "{pdfs:?}");
    (job, read_pdf(&pdfs.remove(0)))
}

fn says(pages: &[Page], words: &str) -> bool {
    let line = |page: &Page| {
        let words = page.words.iter().map(|word| word.text.as_str());
        words.collect::<Vec<_>>().join(" ")
    };
    pages.iter().any(|page| line(page).contains(words))
}

async fn what_was_edited_prints(world: &World) {
    world.import_small().await;
    world.calculate("TE1", "2025").await;
    let why = ["--reason", "as the bank says"];
    let nec = ["--income-type", "nonemployee_compensation"];
    // Calculated 1.85, below the threshold, to the address REMIT.
    let recipient = ["--recipient", "V000002"];
    let new = ["--amount", "4321.09", "--address-code", "HQ"];
    let edited = info(
        world,
        "edit",
        &[&OF[..], &recipient, &nec, &new, &why].concat(),
    )
    .await;
    assert_eq!(edited[0]["taxable_amount"], "4321.09");
    assert_eq!(edited[0]["address_code"], "HQ");
    // Calculated 4762.41.
    let recipient = ["--recipient", "V000017"];
    info(world, "delete", &[&OF[..], &recipient, &nec, &why].concat()).await;
    let (job, pages) = printed(world, OF).await;
    assert_eq!(job["forms_printed"], 7, "one more, one less");
    let total = 13_421_91 + 4_321_09 - 4_762_41;
    assert_eq!(
        job["total_amount"],
        format!("{}.{:02}", total / 100, total % 100)
    );
    assert!(says(&pages, "4321.09"));
    assert!(says(&pages, "858 Elm Ave"), "the street of HQ");
    assert!(!says(&pages, "277 County Rd 12"), "the street of REMIT");
    assert!(!says(&pages, "4762.41") && !says(&pages, "V000017"));
    let line = [&["--json", "forms", "list"], &OF[..]].concat();
    let forms: Value = serde_json::from_str(&world.done(&line).await).unwrap();
    let of_deleted: Vec<_> = forms
        .as_array()
        .unwrap()
        .iter()
        .filter(|form| form["recipient_id"] == "V000017")
        .collect();
    assert_eq!(of_deleted.len(), 1, "{of_deleted:?}");
    assert_eq!(of_deleted[0]["reason"], "deleted_by_hand");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_edited_prints_on_either_database() {
    what_was_edited_prints(&World::start().await).await;
    what_was_edited_prints(&World::on_postgres().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tips_and_overtime_of_2026_print_in_boxes_of_their_own_on_the_two_form_stock() {
    let world = World::start().await;
    world.import_small().await;
    let row = [
        "--recipient",
        "V000017",
        "--income-type",
        "nonemployee_compensation",
    ];
    let amounts = [
        "--amount",
        "9000",
        "--cash-tips",
        "120.00",
        "--overtime",
        "77.05",
    ];
    let codes = ["--occupation-code", "101", "--occupation-code", "102"];
    let why = ["--reason", "by the time sheets"];
    let added = [&OF_2026[..], &row, &amounts, &codes, &why].concat();
    info(&world, "add", &added).await;
    let (job, pages) = printed(&world, OF_2026).await;
    assert_eq!(job["forms_printed"], 1);
    assert_eq!(job["stock"], "nec-2up");
    assert_eq!(
        job["total_amount"], "9000.00",
        "the parts are in it already"
    );
    for words in ["9000.00", "120.00", "101", "102", "77.05", "2026"] {
        assert!(says(&pages, words), "{words}");
    }
}
