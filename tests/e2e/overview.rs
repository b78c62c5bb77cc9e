//! How far a year is, from a year nobody has calculated to forms on paper that no longer say what the information says.

use formfeed_proto::Date;
use formfeed_proto::forms as pb;
use formfeed_proto::forms::overview_service_client::OverviewServiceClient;
use formfeed_runtime::{Service, reason};
use formfeed_tests::world::World;
use pb::copy_overview::State;
use serde_json::{Value, json};
use tonic::{Code, Status};

use crate::vendor_resources::told;

async fn overview(
    world: &World,
    payer_id: &str,
    tax_year: i32,
) -> Result<pb::YearOverview, Status> {
    let request = pb::GetYearOverviewRequest {
        payer_id: payer_id.to_owned(),
        tax_year,
        as_of: Some(Date {
            year: 2026,
            month: 1,
            day: 30,
        }),
        ..pb::GetYearOverviewRequest::default()
    };
    let mut client = OverviewServiceClient::new(world.channel(Service::Forms));
    let found = client.get_year_overview(request).await;
    found.map(tonic::Response::into_inner)
}

async fn print(world: &World, more: &[&str]) {
    let line = [
        "print",
        "--payer",
        "TE1",
        "--tax-year",
        "2025",
        "--form",
        "nec",
        "--printer",
        "file",
        "--wait",
    ];
    world.done(&[&line, more].concat()).await;
}

/// Where the copies of the 1099-NEC stand, each with its number of printings and forms on paper.
fn copies(found: &pb::YearOverview) -> Vec<(State, i32, i64)> {
    let copies = found.forms[0].copies.iter();
    copies
        .map(|copy| (copy.state(), copy.printings, copy.forms_printed))
        .collect()
}

async fn from_nothing_to_paper(world: &World) {
    world.import_small().await;
    let before = overview(world, "TE1", 2025).await.unwrap();
    assert_eq!((before.recipients, before.returns), (0, 0));
    assert!(!before.efile_required);

    world.calculate("TE1", "2025").await;
    let listed: Vec<Value> = {
        let line = [
            "--json",
            "forms",
            "list",
            "--payer",
            "TE1",
            "--tax-year",
            "2025",
        ];
        let out = world.done(&line).await;
        serde_json::from_str(&out).unwrap()
    };
    let is_form = |row: &&Value, form: &str| row["form"] == form && row["has_form"] == true;
    let found = overview(world, "TE1", 2025).await.unwrap();
    for (form, at) in [("nec", 0), ("misc", 1)] {
        let expected = listed.iter().filter(|row| is_form(row, form)).count();
        assert_eq!(
            found.forms[at].forms,
            i64::try_from(expected).unwrap(),
            "{form}"
        );
        assert!(expected > 0);
    }
    assert_eq!(found.forms[0].total_amount_cents, 13_421_91);
    assert_eq!(found.returns, found.forms[0].forms + found.forms[1].forms);
    assert!(found.efile_required, "{} returns", found.returns);
    let recipients: std::collections::BTreeSet<_> = listed
        .iter()
        .map(|row| row["recipient_id"].to_string())
        .collect();
    let with_form: std::collections::BTreeSet<_> = listed
        .iter()
        .filter(|row| row["has_form"] == true)
        .map(|row| row["recipient_id"].to_string())
        .collect();
    let without: i64 = found
        .without_form
        .iter()
        .map(|count| count.recipients)
        .sum();
    assert_eq!(found.recipients, i64::try_from(recipients.len()).unwrap());
    assert_eq!(
        found.recipients - without,
        i64::try_from(with_form.len()).unwrap(),
        "everybody of the year is accounted for"
    );
    let due = &found.due_dates[0];
    assert_eq!(due.due_date.as_ref().unwrap().date, "2026-02-02");
    assert_eq!(due.days_left, 3);
    assert_eq!(copies(&found), []);

    let out = world.folder().join("printed");
    std::fs::create_dir_all(&out).unwrap();
    let uri = format!("file:{}", out.display());
    world.done(&["printer", "add", "file", &uri]).await;
    print(world, &[]).await;
    let found = overview(world, "TE1", 2025).await.unwrap();
    assert_eq!(copies(&found), [(State::Done, 1, found.forms[0].forms)]);
    print(world, &["--again", "the first lot got wet"]).await;
    let found = overview(world, "TE1", 2025).await.unwrap();
    assert_eq!(copies(&found), [(State::Done, 2, found.forms[0].forms)]);
}

async fn an_edit_after_printing_shows(world: &World) {
    let line = [
        "--json",
        "forms",
        "list",
        "--payer",
        "TE1",
        "--tax-year",
        "2025",
        "--form",
        "nec",
    ];
    let listed: Vec<Value> = serde_json::from_str(&world.done(&line).await).unwrap();
    let recipient = listed.iter().find(|row| row["has_form"] == true).unwrap();
    let recipient = recipient["recipient_id"].as_str().unwrap();
    let edit = [
        "info",
        "edit",
        "--payer",
        "TE1",
        "--tax-year",
        "2025",
        "--recipient",
        recipient,
        "--income-type",
        "nonemployee_compensation",
        "--amount",
        "9999.99",
        "--reason",
        "a late invoice",
    ];
    world.done(&edit).await;
    let found = overview(world, "TE1", 2025).await.unwrap();
    assert_eq!(found.forms[0].copies[0].state(), State::Changed);
    let line = [
        "--json",
        "overview",
        "--payer",
        "TE1",
        "--tax-year",
        "2025",
        "--as-of",
        "2026-02-05",
    ];
    let shown: Value = serde_json::from_str(&world.done(&line).await).unwrap();
    assert_eq!(shown["forms"][0]["copies"][0]["state"], "changed");
    assert_eq!(shown["forms"][0]["copies"][0]["copy"], "a");
    assert_eq!(shown["due_dates"][0]["days_left"], json!(-3));
    let line = [
        "overview",
        "--payer",
        "TE1",
        "--tax-year",
        "2025",
        "--as-of",
        "2026-02-05",
    ];
    let text = world.done(&line).await;
    assert!(
        text.contains("3 overdue") && text.contains("changed"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_is_followed_from_nothing_to_paper_and_a_late_edit_shows_on_either_database() {
    for world in [World::start().await, World::on_postgres().await] {
        from_nothing_to_paper(&world).await;
        an_edit_after_printing_shows(&world).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_payer_and_a_year_without_rules_are_refused() {
    let world = World::start().await;
    world.import_small().await;
    let unknown = overview(&world, "NOBODY", 2025).await.unwrap_err();
    let (code, reason, _) = told(&unknown);
    assert_eq!(
        (code, reason.as_str()),
        (Code::NotFound, reason::PAYER_NOT_FOUND)
    );
    let without_rules = overview(&world, "TE1", 2031).await.unwrap_err();
    assert_eq!(told(&without_rules).1, reason::NO_RULE_FOR_YEAR);
}
