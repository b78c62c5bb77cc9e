//! The edit report: every row with its place, every sum the sum of its parts, whatever it is printed on.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use formfeed::errors::Exit;
use formfeed_domain::Money;
use formfeed_proto::forms as pb;
use formfeed_proto::forms::report_service_client::ReportServiceClient;
use formfeed_runtime::Service;
use formfeed_tests::tools::run;
use formfeed_tests::world::World;
use serde_json::Value;
use tonic::Code;
use tonic_types::StatusExt as _;

const OF_TE1: [&str; 4] = ["--payer", "TE1", "--tax-year", "2025"];

async fn calculated() -> World {
    let world = World::start().await;
    world.import_small().await;
    world.calculate("TE1", "2025").await;
    world
}

fn edit<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["report", "edit"], &OF_TE1[..], more].concat()
}

fn money(text: &str) -> Money {
    text.parse()
        .unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

/// The lines of the CSV report, by heads.
fn lines_of_csv(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

const AMOUNTS: [&str; 3] = ["total_1099_amount", "taxable_amount", "amount_on_form"];

/// Adds up the amounts of lines of one kind, by a key; withheld taxes apart from income.
fn sums(
    lines: &[BTreeMap<String, String>],
    kind: &str,
    key: impl Fn(&BTreeMap<String, String>) -> String,
) -> BTreeMap<String, [Money; 3]> {
    let mut sums: BTreeMap<String, [Money; 3]> = BTreeMap::new();
    for line in lines.iter().filter(|line| line["line"] == kind) {
        let sum = sums.entry(key(line)).or_default();
        for (sum, amount) in sum.iter_mut().zip(AMOUNTS) {
            *sum += money(&line[amount]);
        }
    }
    sums
}

/// `income`, or the tax withheld: a row tells it by its income type, a total in words.
fn nature(line: &BTreeMap<String, String>) -> &'static str {
    match line["income_type"].as_str() {
        "federal_income_tax_withheld" | "federal tax withheld" => "federal",
        "state_tax_withheld" | "state tax withheld" => "state",
        _ => "income",
    }
}

#[tokio::test]
async fn every_sum_of_the_csv_is_the_sum_of_its_parts() {
    let world = calculated().await;
    let lines = lines_of_csv(&world.done(&edit(&["--format", "csv"])).await);
    let by_box = |line: &BTreeMap<String, String>| {
        format!("{} {} {}", line["form"], line["box"], nature(line))
    };
    let by_form = |line: &BTreeMap<String, String>| format!("{} {}", line["form"], nature(line));
    let of_payer = |line: &BTreeMap<String, String>| nature(line).to_owned();
    assert_eq!(
        sums(&lines, "row", by_box),
        sums(&lines, "box_total", by_box)
    );
    assert_eq!(
        sums(&lines, "box_total", by_form),
        sums(&lines, "form_total", by_form)
    );
    assert_eq!(
        sums(&lines, "form_total", of_payer),
        sums(&lines, "payer_total", of_payer)
    );
    let payer = sums(&lines, "payer_total", of_payer);
    assert_eq!(payer["income"][1], money("29938.38"), "as the run has told");
    assert_eq!(payer["federal"][1], money("767.32"));
    let count = |kind| lines.iter().filter(|line| line["line"] == kind).count();
    assert_eq!(
        (count("row"), count("exception"), count("skipped")),
        (28, 6, 7)
    );
}

#[tokio::test]
async fn the_report_has_the_rows_of_the_information_and_the_forms_have_its_amounts() {
    let world = calculated().await;
    let json = |text: String| serde_json::from_str::<Value>(&text).unwrap();
    let report = json(world.done(&[&["--json"], &edit(&[])[..]].concat()).await);
    let rows = report["rows"].as_array().unwrap();
    let info = world
        .done(&[&["--json", "info", "list"], &OF_TE1[..]].concat())
        .await;
    let info = json(info);
    let keys = [
        "recipient_id",
        "income_type",
        "total_1099_amount",
        "taxable_amount",
        "edited",
    ];
    let picked = |rows: &[Value]| -> Vec<Vec<Value>> {
        rows.iter()
            .map(|row| keys.map(|key| row[key].clone()).to_vec())
            .collect()
    };
    assert_eq!(picked(rows), picked(info.as_array().unwrap()));
    let forms = world
        .done(&[&["--json", "forms", "list"], &OF_TE1[..]].concat())
        .await;
    let mut on_forms = BTreeMap::new();
    for form in json(forms).as_array().unwrap() {
        if form["has_form"] == true {
            for (number, amount) in form["boxes"].as_object().unwrap() {
                let key = format!("{} {} {number}", form["recipient_id"], form["form"]);
                on_forms.insert(key, money(amount.as_str().unwrap()));
            }
        }
    }
    let mut reported: BTreeMap<String, Money> = BTreeMap::new();
    for row in rows.iter().filter(|row| row["on_form"] == true) {
        let key = format!(
            "{} {} {}",
            row["recipient_id"],
            row["form"],
            row["box"].as_str().unwrap()
        );
        *reported.entry(key).or_default() += money(row["on_form_amount"].as_str().unwrap());
    }
    assert_eq!(reported, on_forms);
}

/// The amounts at the end of a line of text.
fn amounts(line: &str) -> Vec<Money> {
    let is_amount = |word: &&str| word.contains('.') && word.parse::<Money>().is_ok();
    line.split_whitespace()
        .filter(is_amount)
        .map(money)
        .collect()
}

/// The second amount of a line, the taxable one, added up over lines.
fn taxable<'a>(lines: impl Iterator<Item = &'a str>) -> Money {
    lines.map(|line| amounts(line)[1]).sum()
}

#[tokio::test]
async fn the_sums_on_paper_are_the_sums_of_the_lines_on_paper() {
    let world = calculated().await;
    let path = world.folder().join("edit.pdf");
    let line = edit(&["--format", "pdf", "--out", path.to_str().unwrap()]);
    world.done(&line).await;
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let text = text_of_pdf(&path);
    let (rows, rest) = text.split_once("Totals").unwrap();
    let (totals, rest) = rest.split_once("Exceptions").unwrap();
    let is_income = |line: &&str| !line.contains("withheld");
    let income_rows: Vec<_> = rows
        .lines()
        .filter(|line| line.starts_with("V0"))
        .filter(is_income)
        .collect();
    assert_eq!(income_rows.len(), 25);
    let sum_of_rows = rows.lines().find(|line| line.contains("25 rows")).unwrap();
    assert_eq!(taxable(income_rows.into_iter()), amounts(sum_of_rows)[1]);
    let of = |what: &'static str| {
        totals
            .lines()
            .filter(is_income)
            .filter(move |line| line.contains(what))
    };
    let boxes = totals
        .lines()
        .filter(is_income)
        .filter(|line| line.starts_with("1099-"));
    let boxes = boxes.filter(|line| !line.contains("all boxes"));
    let all_forms = taxable(of("all forms"));
    assert_eq!(taxable(boxes), taxable(of("all boxes")));
    assert_eq!(taxable(of("all boxes")), all_forms);
    assert_eq!(all_forms, money("29938.38"));
    assert!(rest.contains("payment_without_vouchers") && rest.contains("exempt_classification"));
    for page in 1..=text.matches('\u{c}').count() {
        assert!(text.contains(&format!("Page {page} of ")));
    }
    for name in [
        "Nils Nguyễn",
        "Élodie Okafor",
        "Kim Ångström",
        "Harbor & Pine Holdings, Inc.",
    ] {
        assert!(text.contains(name), "{name}");
    }
}

fn text_of_pdf(path: &Path) -> String {
    run(Command::new("qpdf").arg("--check").arg(path));
    let output = run(Command::new("pdftotext")
        .args(["-layout"])
        .arg(path)
        .arg("-"));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn full_numbers_are_for_administrators_alone() {
    let world = calculated().await;
    let truncated = world.done(&edit(&[])).await;
    assert!(
        truncated.contains("XX-XXX2124") && !truncated.contains("-2124 "),
        "{truncated}"
    );
    let full = world.done(&edit(&["--show-tins"])).await;
    assert!(!full.contains("XX-XXX"), "{full}");
    let row = full
        .lines()
        .find(|line| line.starts_with("V000003"))
        .unwrap();
    let shown = row
        .split_whitespace()
        .find(|word| word.ends_with("2124"))
        .unwrap();
    assert_eq!(shown.len(), "12-3452124".len());
    for role in ["clerk", "auditor"] {
        let made = world
            .done(&["--json", "token", "add", role, "--role", role])
            .await;
        let made: Value = serde_json::from_str(&made).unwrap();
        let file = world.folder().join(format!("{role}.token"));
        std::fs::write(&file, made["secret"].as_str().unwrap()).unwrap();
        let as_role = ["--token-file", file.to_str().unwrap()];
        let refused = world
            .cli(&[&as_role, &edit(&["--show-tins"])[..]].concat())
            .await;
        assert_eq!(refused.0, Exit::Refused, "{role}: {}", refused.2);
        assert!(refused.2.contains("administrators only"), "{}", refused.2);
        assert_eq!(refused.1, "");
        let allowed = world.cli(&[&as_role, &edit(&[])[..]].concat()).await;
        assert_eq!(
            (allowed.0, allowed.1.contains("XX-XXX2124")),
            (Exit::Done, true),
            "{role}"
        );
    }
}

#[tokio::test]
async fn a_year_without_calculation_is_refused_and_a_pdf_wants_a_file() {
    let world = World::start().await;
    world.import_small().await;
    let mut reports = ReportServiceClient::new(world.channel(Service::Forms));
    let request = pb::GetEditReportRequest {
        payer_id: "TE1".to_owned(),
        tax_year: 2025,
        ..pb::GetEditReportRequest::default()
    };
    let refused = reports.get_edit_report(request.clone()).await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition);
    assert_eq!(
        refused.get_details_error_info().unwrap().reason,
        "NOT_CALCULATED"
    );
    let nobody = pb::GetEditReportRequest {
        payer_id: "NOBODY".to_owned(),
        ..request
    };
    let refused = reports.get_edit_report(nobody).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    let (exit, _, err) = world.cli(&edit(&["--format", "pdf"])).await;
    assert_eq!(exit, Exit::Usage);
    assert!(err.contains("--out"), "{err}");
}
