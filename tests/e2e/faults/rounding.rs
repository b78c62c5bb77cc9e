//! Group 6: totals are sums of what is printed, not of what was rounded to it.

use formfeed_tests::ledger::Ledger;
use formfeed_tests::paper::read_pdf;
use formfeed_tests::world::World;
use serde_json::Value;

/// Two lines of 2,000.05, half paid: of each 1,000.025, which prints as 1000.03.
fn half_paid(ledger: &mut Ledger, id: &str, lines: [&str; 2]) {
    let voucher = format!("A-{id}");
    ledger.row(
        "vouchers.csv",
        &format!("{voucher},{id},INV-{id},2025-05-01,4000.10"),
    );
    for (number, line) in lines.into_iter().enumerate() {
        let row = format!("{voucher},{},2000.05,{line},6000", number + 1);
        ledger.row("voucher_lines.csv", &row);
    }
    ledger
        .row(
            "payments.csv",
            &format!("P-{id},{id},check,2025-06-01,BANK,2000.05"),
        )
        .row(
            "payment_applications.csv",
            &format!("P-{id},{voucher},2000.05"),
        );
}

/// Three forms of one box, and one of two boxes.
fn year_of_half_cents() -> Ledger {
    let mut ledger = Ledger::of_acme();
    ledger
        .vendor("N1", "987000101")
        .vendor("N2", "987000102")
        .vendor("N3", "987000103")
        .vendor("M1", "987000104");
    for id in ["N1", "N2", "N3"] {
        half_paid(&mut ledger, id, ["Y,nonemployee_compensation", "N,"]);
    }
    half_paid(&mut ledger, "M1", ["Y,rents", "Y,royalties"]);
    ledger
}

/// Prints a form of every recipient; answers how many, the total told, and how often the rounded amount is on paper.
async fn printed(world: &World, form: &str) -> (i64, String, usize) {
    let out = world.folder().join(form);
    let uri = format!("file:{}", out.display());
    world.done(&["printer", "add", form, &uri]).await;
    let line = ["--json", "print", "--payer", "ACME", "--tax-year", "2025"];
    let what = ["--form", form, "--printer", form, "--wait"];
    let job = world.done(&[&line[..], &what[..]].concat()).await;
    let job: Value = serde_json::from_str(&job).unwrap();
    let files = std::fs::read_dir(&out).unwrap();
    let mut pdfs: Vec<_> = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "pdf"))
        .collect();
    assert_eq!(pdfs.len(), 1, "{pdfs:?}");
    let pages = read_pdf(&pdfs.remove(0));
    let words = pages.iter().flat_map(|page| &page.words);
    let amounts = words.filter(|word| word.text.contains('.') && word.text.starts_with("100"));
    let amounts: Vec<_> = amounts.map(|word| word.text.as_str()).collect();
    assert!(amounts.iter().all(|it| *it == "1000.03"), "{amounts:?}");
    let total = job["total_amount"].as_str().unwrap().to_owned();
    (job["forms_printed"].as_i64().unwrap(), total, amounts.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_70_the_total_is_that_of_the_cents_on_paper_and_not_of_the_half_cents_before() {
    for world in [World::start().await, World::on_postgres().await] {
        let folder = year_of_half_cents().write();
        world
            .done(&["import", folder.path().to_str().unwrap()])
            .await;
        let calculate = ["calculate", "--payer", "ACME", "--tax-year", "2025"];
        let method = ["--method", "prorated"];
        world.done(&[&calculate[..], &method[..]].concat()).await;
        // Unrounded it would be 3000.075 and 2000.05.
        let nec = printed(&world, "nec").await;
        assert_eq!(nec, (3, "3000.09".to_owned(), 3));
        let misc = printed(&world, "misc").await;
        assert_eq!(misc, (1, "2000.06".to_owned(), 2));
    }
}
