//! B-notices through the command line: entered, listed with what they come to, withdrawn.

use formfeed::errors::Exit;
use formfeed_runtime::reason;
use formfeed_tests::world::World;
use serde_json::{Value, json};

const ADD: [&str; 7] = [
    "vendor", "b-notice", "add", "--vendor", "V000003", "--payer", "TE1",
];
const LIST: [&str; 5] = ["vendor", "b-notice", "list", "--vendor", "V000003"];
const ON: [&str; 2] = ["--as-of", "2025-09-02"];

async fn json(world: &World, line: &[&str], more: &[&str]) -> Value {
    let told = world.done(&[&["--json"], line, more].concat()).await;
    serde_json::from_str(&told).unwrap()
}

fn days(notice: &Value) -> [&Value; 3] {
    ["kind", "send_by", "withhold_from"].map(|key| &notice[key])
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_are_entered_listed_with_what_they_come_to_and_withdrawn() {
    for world in [World::start().await, World::on_postgres().await] {
        world.import_small().await;
        let of_2024 = [
            "--date",
            "2024-09-03",
            "--tax-year",
            "2022",
            "--request-id",
            "one",
        ];
        let first = json(&world, &ADD, &of_2024).await;
        assert_eq!(first["notice"]["notice"], "TE1-2024-09-03-2022");
        assert_eq!(
            days(&first["notice"]),
            ["first", "2024-09-24", "2024-10-17"]
        );
        assert_eq!(
            json(&world, &ADD, &of_2024).await["notice"],
            first["notice"],
            "a retry"
        );
        let (exit, out, err) = world.cli(&[&ADD[..], &of_2024[..4]].concat()).await;
        assert_eq!(exit, Exit::Refused, "{out} {err}");

        let received = ["--date", "2025-08-29", "--received", "2025-09-02"];
        let of_2025 = [
            "--tax-year",
            "2024",
            "--notice",
            "CP2100A-2025",
            "--note",
            "by mail",
        ];
        let told = world.done(&[&ADD[..], &received, &of_2025].concat()).await;
        assert!(
            told.contains("the second within three calendar years"),
            "{told}"
        );
        assert!(
            told.contains("2nd TIN not.") && told.contains("should stand"),
            "{told}"
        );
        let listed = json(&world, &LIST, &ON).await;
        assert_eq!(
            days(&listed["notices"][0]),
            ["second", "2025-09-23", "2025-09-02"]
        );
        assert_eq!(listed["notices"][0]["note"], "by mail");
        let standing = &listed["standings"][0];
        assert_eq!(standing["suggested_second_tin_notice"], true);
        let of_payer = json!({
            "payer": "TE1",
            "latest_notice": "vendors/V000003/bNotices/CP2100A-2025",
            "kind": "second",
            "is_second_in_three_years": true,
            "answered": false,
            "withholding": true,
        });
        assert_eq!(standing["payers"], json!([of_payer]));
        let told = world.done(&[&LIST[..], &ON].concat()).await;
        assert!(
            told.contains("V000003, payer TE1: told in two of three calendar years"),
            "{told}"
        );
        assert!(told.contains("CP2100A-2025"), "{told}");
        let all = json(&world, &["vendor", "b-notice", "list"], &[]).await;
        assert_eq!(all["notices"].as_array().map(Vec::len), Some(2));

        let withdraw = ["vendor", "b-notice", "withdraw", "--vendor", "V000003"];
        let which = ["--notice", "CP2100A-2025"];
        world.done(&[&withdraw[..], &which].concat()).await;
        let listed = json(&world, &LIST, &ON).await;
        assert_eq!(listed["notices"].as_array().map(Vec::len), Some(1));
        assert_eq!(
            listed["standings"][0]["payers"][0]["is_second_in_three_years"],
            false
        );
        let line = [&["--json"], &withdraw[..], &which].concat();
        let (exit, out, err) = world.cli(&line).await;
        assert_eq!(exit, Exit::Refused);
        assert!(
            format!("{out}{err}").contains(reason::B_NOTICE_NOT_FOUND),
            "{out} {err}"
        );
    }
}
