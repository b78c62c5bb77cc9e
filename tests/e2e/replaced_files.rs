//! A file that the IRS rejected is replaced, whatever it held and in every format, and never what stands.

use std::fs;
use std::path::PathBuf;

use formfeed::errors::Exit;
use formfeed_runtime::reason;
use formfeed_tests::ledger::Ledger;
use formfeed_tests::world::World;
use serde_json::Value;

use crate::export::set_transmitter;

const RECEIPTS: [&str; 2] = ["2026-12345678901-0123abcde", "2026-12345678902-0123abcde"];

/// A payer's year with so many 1099-NEC, and somebody to send them.
struct Year {
    world: World,
    tax_year: &'static str,
}

impl Year {
    async fn of(world: World, tax_year: &'static str, forms: u32) -> Self {
        let mut ledger = Ledger::of_acme();
        for number in 1..=forms {
            let id = format!("V{number:03}");
            let ein = format!("00000{:04}", 1000 + number);
            let day = format!("{tax_year}-06-01");
            ledger.vendor(&id, &ein);
            ledger
                .row(
                    "vouchers.csv",
                    &format!("A{number},{id},INV{number},{day},700.00"),
                )
                .row(
                    "voucher_lines.csv",
                    &format!("A{number},1,700.00,Y,nonemployee_compensation,6000"),
                )
                .row(
                    "payments.csv",
                    &format!("P{number},{id},check,{day},BANK,700.00"),
                )
                .row(
                    "payment_applications.csv",
                    &format!("P{number},A{number},700.00"),
                );
        }
        let year = Self { world, tax_year };
        year.import(&ledger).await;
        set_transmitter(&year.world).await;
        year
    }

    fn whose(&self) -> [&str; 4] {
        ["--payer", "ACME", "--tax-year", self.tax_year]
    }

    async fn import(&self, ledger: &Ledger) {
        let folder = ledger.write();
        let folder = folder.path().to_str().unwrap().to_owned();
        self.world.done(&["import", &folder]).await;
        self.world.calculate("ACME", self.tax_year).await;
    }

    async fn run(&self, line: &[&str], more: &[&str]) -> (Exit, Value, String) {
        let line = [&["--json"], line, &self.whose(), more].concat();
        let (exit, out, err) = self.world.cli(&line).await;
        let document: Value = serde_json::from_str(&out).unwrap_or_default();
        (exit, document, format!("{out}{err}"))
    }

    async fn refused(&self, line: &[&str], more: &[&str]) -> String {
        let (exit, _, said) = self.run(line, more).await;
        assert_eq!(exit, Exit::Refused, "{line:?} {more:?}: {said}");
        assert!(said.contains(reason::NOT_REJECTED), "{said}");
        said
    }

    /// Makes files; answers the export's id, its document and the files.
    async fn made(&self, line: &[&str], more: &[&str]) -> (String, Value, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out.txt").display().to_string();
        let more = [&["--form", "nec", "--out", &out], more].concat();
        let (exit, document, said) = self.run(line, &more).await;
        assert_eq!(exit, Exit::Done, "{line:?} {more:?}: {said}");
        let document = document.get(0).unwrap_or(&document).clone();
        let id = document["export"].as_str().unwrap().to_owned();
        let paths = document["files"].as_array().unwrap().iter();
        let paths: Vec<_> = paths.map(|p| PathBuf::from(p.as_str().unwrap())).collect();
        let files = paths.iter().map(|path| fs::read_to_string(path).unwrap());
        (id, document, files.collect())
    }

    async fn answer(&self, export: &str, file: usize, status: &str) {
        let file_number = file.to_string();
        let receipt = RECEIPTS[file - 1];
        let line = ["exports", "answer", export, "--file", &file_number];
        let what = ["--receipt", receipt, "--status", status];
        self.world.done(&[&line[..], &what].concat()).await;
    }

    async fn reason_of(&self, export: &str) -> String {
        let (_, listed, _) = self.run(&["exports", "list"], &[]).await;
        let mut exports = listed.as_array().unwrap().iter();
        let found = exports
            .find(|listed| listed["export"] == format!("exports/{export}"))
            .unwrap();
        found["again_reason"].as_str().unwrap().to_owned()
    }

    async fn edit(&self, vendor: &str, amount: &str) {
        let row = ["--income-type", "nonemployee_compensation", "--recipient"];
        let what = [vendor, "--amount", amount, "--reason", "a late invoice"];
        let line = [&["info", "edit"], &row[..], &what].concat();
        self.world.done(&[&line[..], &self.whose()].concat()).await;
    }

    /// Gives a vendor another number.
    async fn renumber(&self, vendor: &str, ein: &str) {
        self.import(Ledger::of_acme().vendor(vendor, ein)).await;
    }
}

/// What stands in the first element of that name.
fn element<'a>(xml: &'a str, name: &str) -> &'a str {
    let (open, close) = (format!("<n1:{name}>"), format!("</n1:{name}>"));
    let rest = xml.split_once(&open).map(|(_, rest)| rest);
    rest.and_then(|rest| rest.split_once(&close)).unwrap().0
}

const FIRE: [&str; 3] = ["export", "--format", "fire"];
const CSV: [&str; 3] = ["export", "--format", "iris-csv"];
const CORRECT: [&str; 3] = ["correct", "--reason", "as it is"];

async fn a_fire_file(world: World) {
    let year = Year::of(world, "2025", 3).await;
    let (first, _, files) = year.made(&FIRE, &[]).await;
    let out = ["--form", "nec", "--replaces", &first];
    year.refused(&FIRE, &out).await;
    year.answer(&first, 1, "rejected").await;
    let said = year.refused(&CSV, &out).await;
    assert!(said.contains("another format"), "{said}");
    let (second, document, again) = year.made(&FIRE, &["--replaces", &first]).await;
    assert_eq!(again, files, "the same records");
    let warnings = document["warnings"].to_string();
    assert!(
        warnings.contains("replacement") && warnings.contains(RECEIPTS[0]),
        "{warnings}"
    );
    let why = year.reason_of(&second).await;
    assert!(why.contains(&first) && why.contains("rejected"), "{why}");
    let said = year.refused(&FIRE, &out).await;
    assert!(said.contains(&second), "it stands: {said}");
    year.answer(&second, 1, "rejected").await;
    year.made(&FIRE, &["--replaces", &second]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_fire_file_is_made_once_more_until_one_stands() {
    a_fire_file(World::start().await).await;
    a_fire_file(World::on_postgres().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_csv_in_two_files_the_rejected_one_alone_is_filed_late_and_a_wholly_rejected_one_replaced()
 {
    let year = Year::of(World::start().await, "2023", 103).await;
    let (first, _, files) = year.made(&CSV, &[]).await;
    assert_eq!(files.len(), 2);
    year.answer(&first, 1, "accepted").await;
    year.answer(&first, 2, "rejected").await;
    let out = ["--form", "nec", "--replaces", &first];
    let said = year.refused(&CSV, &out).await;
    assert!(
        said.contains("only 2") && said.contains("formfeed correct"),
        "{said}"
    );
    let (_, listed, _) = year.run(&["correct"], &[]).await;
    let listed = listed.as_array().unwrap();
    let late = |row: &&Value| row["action"] == "late-original";
    assert_eq!(
        (listed.len(), listed.iter().filter(late).count()),
        (3, 3),
        "{listed:?}"
    );
    let line = [&CORRECT[..], &["--format", "iris-csv"]].concat();
    let (_, document, again) = year.made(&line, &[]).await;
    assert_eq!((&document["forms"], again.len()), (&3.into(), 1));
    assert_eq!(again[0], files[1], "its rows");

    let year = Year::of(World::start().await, "2023", 103).await;
    let (first, _, files) = year.made(&CSV, &[]).await;
    for file in [1, 2] {
        year.answer(&first, file, "rejected").await;
    }
    let (_, document, again) = year.made(&CSV, &["--replaces", &first]).await;
    assert_eq!((&document["forms"], again), (&103.into(), files));
}

async fn corrections_as_xml(world: World) {
    let year = Year::of(world, "2025", 3).await;
    let (first, _, _) = year.made(&["export", "--format", "iris-xml"], &[]).await;
    year.answer(&first, 1, "accepted").await;
    year.edit("V001", "900.00").await;
    year.renumber("V002", "000001999").await;
    let line = [&CORRECT[..], &["--format", "iris-xml"]].concat();
    let (second, _, files) = year.made(&line, &[]).await;
    assert_eq!(files.len(), 2, "corrections, and what follows them");
    let as_originals = ["export", "--format", "iris-xml"];
    let replaced = ["--form", "nec", "--replaces", &second];
    year.refused(&line, &replaced).await;
    year.answer(&second, 1, "rejected").await;
    year.answer(&second, 2, "rejected").await;
    let said = year.refused(&as_originals, &replaced).await;
    assert!(said.contains("formfeed correct replaces"), "{said}");
    let of_originals = ["--form", "nec", "--replaces", &first];
    let said = year.refused(&line, &of_originals).await;
    assert!(said.contains("holds no corrections"), "{said}");

    let (third, _, again) = year.made(&line, &["--replaces", &second]).await;
    assert_eq!(element(&again[0], "TransmissionTypeCd"), "C");
    let unique = format!("{}|1|1", RECEIPTS[0]);
    assert_eq!(element(&again[0], "UniqueRecordId"), unique, "of the first");
    assert!(!again[0].contains("OriginalReceiptId"));
    assert_eq!(element(&again[1], "TransmissionTypeCd"), "R");
    assert_eq!(element(&again[1], "OriginalReceiptId"), RECEIPTS[1]);
    let why = year.reason_of(&third).await;
    assert!(
        why.starts_with("as it is (replaces") && why.contains(&second),
        "{why}"
    );
    assert_eq!(year.run(&["correct"], &[]).await.1, serde_json::json!([]));

    // Only what followed the corrections is rejected this time.
    year.answer(&third, 2, "rejected").await;
    let (_, document, last) = year.made(&line, &["--replaces", &third]).await;
    assert_eq!((&document["forms"], last.len()), (&1.into(), 1));
    assert_eq!(element(&last[0], "TransmissionTypeCd"), "R");
    assert!(last[0].contains("<n1:TIN>000001999</n1:TIN>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn rejected_corrections_go_to_iris_as_corrections_again_and_what_followed_them_as_a_replacement()
 {
    corrections_as_xml(World::start().await).await;
    corrections_as_xml(World::on_postgres().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rejected_corrections_go_to_fire_once_more() {
    let year = Year::of(World::start().await, "2025", 3).await;
    let (first, _, _) = year.made(&FIRE, &[]).await;
    year.answer(&first, 1, "accepted").await;
    year.edit("V001", "900.00").await;
    let line = [&CORRECT[..], &["--format", "fire"]].concat();
    let (second, _, files) = year.made(&line, &[]).await;
    year.answer(&second, 1, "rejected").await;
    let (_, document, again) = year.made(&line, &["--replaces", &second]).await;
    assert_eq!(again, files);
    let warnings = document["warnings"].to_string();
    assert!(warnings.contains(RECEIPTS[0]), "{warnings}");
}
