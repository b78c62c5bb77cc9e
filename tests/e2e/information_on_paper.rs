//! Edits reach the paper: the amount and the address that were edited print, a deleted row does not.

use formfeed_tests::paper::{Page, read_pdf};
use formfeed_tests::world::World;
use serde_json::Value;

const OF: [&str; 4] = ["--payer", "TE1", "--tax-year", "2025"];

async fn info(world: &World, verb: &str, more: &[&str]) -> Value {
    let line = [&["--json", "info", verb], &OF[..], more].concat();
    serde_json::from_str(&world.done(&line).await).unwrap()
}

/// Prints every 1099-NEC to a folder; answers the job and its pages.
async fn printed(world: &World) -> (Value, Vec<Page>) {
    let out = world.folder().join("printed");
    std::fs::create_dir_all(&out).unwrap();
    let uri = format!("file:{}", out.display());
    world.done(&["printer", "add", "file", &uri]).await;
    let more = ["--form", "nec", "--printer", "file", "--wait"];
    let line = [&["--json", "print"], &OF[..], &more].concat();
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
    let edited = info(world, "edit", &[&recipient[..], &nec, &new, &why].concat()).await;
    assert_eq!(edited[0]["taxable_amount"], "4321.09");
    assert_eq!(edited[0]["address_code"], "HQ");
    // Calculated 4762.41.
    let recipient = ["--recipient", "V000017"];
    info(world, "delete", &[&recipient[..], &nec, &why].concat()).await;
    let (job, pages) = printed(world).await;
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
