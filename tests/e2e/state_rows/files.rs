//! What the electronic files say, against paper.

use std::fs;

use formfeed_tests::world::World;
use serde_json::Value;

use super::{OF_ACME, PAID, extract, ready};
use crate::export::set_transmitter;

/// Makes a test file with the states in combined filing: the record of it, and the file.
async fn export(world: &World, format: &str) -> (Value, String) {
    let path = world.folder().join(format!("out.{format}"));
    let out = path.to_str().unwrap();
    let line = ["--json", "export", "--form", "nec", "--format", format];
    let more = ["--out", out, "--test", "--combined-filing"];
    let made = world.done(&[&line, &OF_ACME[..], &more].concat()).await;
    let made = serde_json::from_str(&made).unwrap();
    (made, fs::read_to_string(path).unwrap())
}

/// The texts of an element, in order.
fn texts<'x>(xml: &'x str, element: &str) -> Vec<&'x str> {
    let open = format!("{element}>");
    let parts = xml.split(&open).skip(1).step_by(2);
    parts.filter_map(|part| part.split("</").next()).collect()
}

fn sum(amounts: &[&str]) -> i64 {
    let cents = |text: &&str| text.replace('.', "").parse::<i64>().unwrap();
    amounts.iter().map(cents).sum()
}

async fn files_agree_with_paper(world: World) {
    let world = ready(world, &PAID).await;
    set_transmitter(&world).await;
    let (made, xml) = export(&world, "iris-xml").await;
    assert_eq!(
        (&made["forms"], &made["warnings"]),
        (&4.into(), &Value::Array(Vec::new()))
    );
    let details: Vec<_> = xml.split("Form1099NECDetail>").skip(1).step_by(2).collect();
    assert_eq!(details.len(), 4);
    let both = details.iter().find(|form| form.contains("BOTH")).unwrap();
    assert_eq!(texts(both, "StateIncomeAmt"), ["300.00", "700.00"]);
    assert_eq!(texts(both, "StateTaxWithheldAmt"), ["30.00", "10.00"]);
    assert_eq!(texts(both, "StateIdNum"), ["DE-100", "ME7"]);
    let of_forms: Vec<_> = details
        .iter()
        .flat_map(|form| texts(form, "StateTaxWithheldAmt"))
        .collect();
    assert_eq!(sum(&of_forms), 82_00, "as on paper");
    let totals: Vec<_> = xml.split("TotalByStateGrp>").skip(1).step_by(2).collect();
    let total = |state: &str| {
        let group = totals
            .iter()
            .find(|group| group.contains(&format!(">{state}<")));
        texts(group.unwrap(), "StateTaxWithheldAmt")
    };
    assert_eq!(total("DE"), ["39.00"]);
    assert_eq!(total("ME"), ["43.00"]);

    let (made, fire) = export(&world, "fire").await;
    let warned = made["warnings"].to_string();
    assert!(warned.contains("1 (BOTH ME)"), "{warned}");
    let records: Vec<&str> = (0..fire.len() / 750)
        .map(|at| &fire[750 * at..][..750])
        .collect();
    let of_kind = |kind: char| {
        records
            .iter()
            .filter(move |record| record.starts_with(kind))
    };
    let tax = |record: &&&str, from: usize, to: usize| record[from - 1..to].parse::<i64>().unwrap();
    let payees: Vec<_> = of_kind('B')
        .map(|record| (&record[746..748], tax(&record, 723, 734)))
        .collect();
    assert_eq!(
        payees,
        [("10", 30_00), ("23", 8_00), ("10", 9_00), ("23", 25_00)]
    );
    let states: Vec<_> = of_kind('K')
        .map(|record| (&record[746..748], &record[1..9], tax(&record, 707, 724)))
        .collect();
    assert_eq!(
        states,
        [("10", "00000002", 39_00), ("23", "00000002", 33_00)]
    );
}

/// The same payments, made in 2023, whose template the portal's CSV is known by.
#[tokio::test(flavor = "multi_thread")]
async fn both_states_of_a_year_with_a_template_go_into_the_portals_csv() {
    let world = World::start().await;
    let folder = extract(&PAID);
    for file in ["payments.csv", "vouchers.csv"] {
        let path = folder.path().join(file);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, text.replace("2025-", "2023-")).unwrap();
    }
    world
        .done(&["import", folder.path().to_str().unwrap()])
        .await;
    world.calculate("ACME", "2023").await;
    set_transmitter(&world).await;
    let path = world.folder().join("out.csv");
    let of = ["--payer", "ACME", "--tax-year", "2023", "--form", "nec"];
    let more = ["--format", "iris-csv", "--out", path.to_str().unwrap()];
    world.done(&[&["export"], &of[..], &more].concat()).await;
    let mut file = csv::Reader::from_path(path).unwrap();
    let header = file.headers().unwrap().clone();
    let rows: Vec<_> = file.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 4);
    let both = rows
        .iter()
        .find(|row| row.iter().any(|text| text == "BOTH"));
    let text = |column: &str| {
        let at = header.iter().position(|name| name == column).unwrap();
        both.unwrap()[at].to_owned()
    };
    let state = |number: &str| {
        [
            text(&format!("State {number}")),
            text(&format!("State {number} - State Tax Withheld")),
            text(&format!("State {number} - State/Payer state number")),
            text(&format!("State {number} - State income")),
        ]
    };
    assert_eq!(state("1"), ["DE", "30.00", "DE-100", "300.00"]);
    assert_eq!(state("2"), ["ME", "10.00", "ME7", "700.00"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn both_states_go_into_the_files_with_the_totals_of_paper_on_either_database() {
    files_agree_with_paper(World::start().await).await;
    files_agree_with_paper(World::on_postgres().await).await;
}
