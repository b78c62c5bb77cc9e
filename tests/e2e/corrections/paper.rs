//! Corrections on paper.

use formfeed::errors::Exit;
use formfeed_proto::forms as pb;
use formfeed_proto::forms::print_forms_event::Event;
use formfeed_proto::spooler::FormType;
use formfeed_runtime::{reason, request_id};
use formfeed_tests::paper::Page;
use formfeed_tests::world::World;
use serde_json::json;

use super::{amount, brief, change, client, correct, edit, filed, listed, new_tin, on_paper, one};
use super::{reclassify, text};

const NEC: &str = "nonemployee_compensation";

/// Left edges of the marks of a page, from the top.
fn marks(page: &Page) -> Vec<f64> {
    let mut marks: Vec<_> = page.words.iter().filter(|word| word.text == "X").collect();
    marks.sort_by(|a, b| a.top.total_cmp(&b.top));
    marks.iter().map(|word| word.left).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amount_that_changes_after_printing_is_corrected_once_by_one_form_on_either_database() {
    for world in [World::start().await, World::on_postgres().await] {
        let world = filed(world, &["nec"]).await;
        assert_eq!(listed(&world).await, json!([]), "as filed");
        edit(&world, "V000003", NEC, "9999.99").await;
        let found = listed(&world).await;
        let old = found[0]["changes"][0]["old"].as_str().unwrap().to_owned();
        let changes = json!([amount("1", &old, "9999.99")]);
        assert_eq!(brief(&found), one("V000003", "nec", "type-one", changes));
        assert_ne!(old, "9999.99");
        assert!(
            found[0]["filed_as"]
                .as_str()
                .unwrap()
                .starts_with("printings/")
        );

        let (jobs, pages) = on_paper(&world, &[]).await;
        assert_eq!(
            (&jobs[0]["forms_printed"], &jobs[0]["forms_void"]),
            (&1.into(), &2.into())
        );
        assert_eq!(jobs[0]["total_amount"], "9999.99");
        assert_eq!(pages.len(), 1);
        let said = text(&pages[0]);
        assert!(
            said.contains("9999.99") && said.contains("V000003"),
            "{said}"
        );
        let marks = marks(&pages[0]);
        assert_eq!(marks.len(), 3, "{marks:?}");
        assert!(marks[0] > marks[1], "CORRECTED is right of VOID: {marks:?}");
        assert!((marks[1] - marks[2]).abs() < 1.0, "two void forms");

        assert_eq!(listed(&world).await, json!([]), "put right");
        let (exit, _, said) = correct(&world, &["--printer", "file", "--form", "nec"]).await;
        assert_eq!(exit, Exit::Refused);
        assert!(said.contains(reason::NOTHING_TO_CORRECT), "{said}");
        let line = ["--json", "overview", "--payer", "TE1", "--tax-year", "2025"];
        let seen: serde_json::Value = serde_json::from_str(&world.done(&line).await).unwrap();
        assert_eq!(seen["forms"][0]["corrected"], 1);
        let copy_a = &seen["forms"][0]["copies"][0];
        assert_eq!(
            (&copy_a["printings"], &copy_a["forms_printed"]),
            (&1.into(), &7.into()),
            "a job of corrections is no printing of the year's forms"
        );

        let (jobs, pages) = on_paper(&world, &["--form", "nec", "--copy", "b"]).await;
        assert_eq!(
            (&jobs[0]["copy"], &jobs[0]["forms_printed"]),
            (&"b".into(), &1.into())
        );
        let said = text(&pages[0]);
        assert!(
            said.contains("9999.99") && said.contains("CORRECTED"),
            "{said}"
        );
        assert_eq!(listed(&world).await, json!([]), "Copy B files nothing");

        edit(&world, "V000003", NEC, "8000.00").await;
        let changes = json!([amount("1", "9999.99", "8000.00")]);
        assert_eq!(
            brief(&listed(&world).await),
            one("V000003", "nec", "type-one", changes),
            "held against the correction"
        );
        let again = [
            "print",
            "--form",
            "nec",
            "--printer",
            "file",
            "--again",
            "torn",
        ];
        let (exit, _, said) = world.cli(&[&again[..], &super::OF].concat()).await;
        assert_eq!(exit, Exit::Done);
        assert!(said.contains("as originals again"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_tin_takes_two_forms_the_one_as_filed_with_zeros_and_a_right_one() {
    let world = filed(World::start().await, &["nec"]).await;
    change(
        &world,
        "V000003",
        new_tin("900700001"),
        &["tin", "tin_type"],
    )
    .await;
    let found = listed(&world).await;
    let tin = json!({ "field": "tin", "old": "XX-XXX2124", "new": "XXX-XX-0001" });
    assert_eq!(
        brief(&found),
        one("V000003", "nec", "type-two", json!([tin]))
    );
    assert!(!found.to_string().contains("295652124") && !found.to_string().contains("900700001"));

    let (jobs, pages) = on_paper(&world, &[]).await;
    assert_eq!(jobs[0]["forms_printed"], 2);
    let mut lines: Vec<_> = pages[0].words.iter().collect();
    lines.sort_by(|a, b| a.top.total_cmp(&b.top));
    let at = |wanted: &str| {
        let found = lines.iter().position(|word| word.text == wanted);
        found.unwrap_or_else(|| panic!("{wanted} among {}", text(&pages[0])))
    };
    let total = jobs[0]["total_amount"].as_str().unwrap();
    assert!(at("29-5652124") < at("900-70-0001"), "as filed, then right");
    assert!(at("0.00") < at("900-70-0001") && at("900-70-0001") < at(total) + 8);
    let marks = marks(&pages[0]);
    assert_eq!(
        marks.len(),
        2,
        "CORRECTED on the first, VOID on the third: {marks:?}"
    );
    assert!(marks[0] > marks[1]);
    assert_eq!(listed(&world).await, json!([]));

    let of = [&super::OF[..], &["--form", "nec"]].concat();
    let line = [&["--json", "transmittal"], &of[..]].concat();
    let shown = super::parsed(&world.done(&line).await);
    assert_eq!(shown["forms_printed"], 7, "corrections replace nothing");
    let before = super::pdfs(&world);
    let job = jobs[0]["job"].as_str().unwrap();
    let more = ["--job", job, "--printer", "file", "--wait"];
    world.done(&[&line[1..], &more].concat()).await;
    let mut new = super::pdfs(&world);
    new.retain(|path| !before.contains(path));
    let said = text(&formfeed_tests::paper::read_pdf(&new[0])[0]);
    assert!(said.contains("Filed To Correct TIN"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_should_not_have_been_filed_is_taken_back_and_one_never_filed_is_late() {
    let world = filed(World::start().await, &["nec"]).await;
    let row = ["--recipient", "V000017", "--income-type", NEC];
    let line = [&["info", "delete"], &super::OF[..], &row, &super::WHY].concat();
    world.done(&line).await;
    edit(&world, "V000002", NEC, "4321.09").await;
    let found = brief(&listed(&world).await);
    let expected = [
        one(
            "V000002",
            "nec",
            "late-original",
            json!([amount("1", "", "4321.09")]),
        ),
        one(
            "V000017",
            "nec",
            "take-back",
            json!([amount("1", "4762.41", "0.00")]),
        ),
    ];
    assert_eq!(found, expected.concat());
    let (jobs, pages) = on_paper(&world, &["--recipient", "V000017"]).await;
    assert_eq!(
        (&jobs[0]["forms_printed"], &jobs[0]["total_amount"]),
        (&1.into(), &"0.00".into())
    );
    assert!(text(&pages[0]).contains("0.00"));
    let (jobs, pages) = on_paper(&world, &[]).await;
    assert_eq!(jobs[0]["total_amount"], "4321.09");
    let marks = marks(&pages[0]);
    assert_eq!(
        marks.len(),
        2,
        "a late original has no CORRECTED: {marks:?}"
    );
    assert_eq!(listed(&world).await, json!([]));
    let line = [&["info", "revert"], &super::OF[..], &row, &super::WHY].concat();
    world.done(&line).await;
    let changes = json!([amount("1", "0.00", "4762.41")]);
    assert_eq!(
        brief(&listed(&world).await),
        one("V000017", "nec", "type-one", changes),
        "the form taken back is the one that is corrected"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_the_wrong_type_is_taken_back_and_the_right_one_filed() {
    let world = filed(World::start().await, &["nec", "misc"]).await;
    reclassify(&world, "V000017", NEC, "rents", "4762.41").await;
    let found = brief(&listed(&world).await);
    let actions: Vec<_> = found
        .iter()
        .map(|(id, form, action, _)| (id.as_str(), form.as_str(), action.as_str()))
        .collect();
    assert_eq!(
        actions,
        [
            ("V000017", "nec", "wrong-type-first"),
            ("V000017", "misc", "wrong-type-second"),
        ]
    );
    let (jobs, _) = on_paper(&world, &[]).await;
    let told: Vec<_> = jobs
        .as_array()
        .unwrap()
        .iter()
        .map(|job| {
            (
                job["form"].as_str().unwrap(),
                job["total_amount"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(told, [("nec", "0.00"), ("misc", "4762.41")]);
    assert_eq!(listed(&world).await, json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_press_at_once_correct_once_and_a_retry_answers_the_same_job() {
    for world in [World::start().await, World::on_postgres().await] {
        let world = filed(world, &["nec"]).await;
        edit(&world, "V000003", NEC, "9999.99").await;
        let line = ["--printer", "file", "--form", "nec"];
        let both = tokio::join!(correct(&world, &line), correct(&world, &line));
        let mut ends = [both.0, both.1];
        ends.sort_by_key(|(exit, ..)| *exit as u8);
        let [(first, ..), (second, _, said)] = ends;
        assert_eq!((first, second), (Exit::Done, Exit::Refused), "{said}");
        assert!(
            said.contains(reason::CORRECTED_MEANWHILE)
                || said.contains(reason::NOTHING_TO_CORRECT)
                || said.contains(reason::CORRECTION_WAITS),
            "{said}"
        );

        edit(&world, "V000004", NEC, "7777.00").await;
        let request = pb::PrintCorrectionsRequest {
            request_id: request_id::new(),
            payer_id: "TE1".to_owned(),
            tax_year: 2025,
            form_type: FormType::Nec.into(),
            recipients: vec!["V000004".to_owned()],
            printer: "printers/file".to_owned(),
            reason: "a late invoice".to_owned(),
            ..pb::PrintCorrectionsRequest::default()
        };
        let (first, second) = (print(&world, &request).await, print(&world, &request).await);
        assert_eq!(first.job, second.job);
        assert_eq!(first.forms, 1);
    }
}

async fn print(world: &World, request: &pb::PrintCorrectionsRequest) -> pb::Printing {
    let events = client(world).print_corrections(request.clone()).await;
    let event = events.unwrap().into_inner().message().await.unwrap();
    match event.and_then(|event| event.event) {
        Some(Event::Submitted(printing)) => printing,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_on_a_sheet_that_is_not_good_yet_waits_and_counts_again_once_given_up() {
    let world = filed(World::start().await, &["nec"]).await;
    edit(&world, "V000003", NEC, "9999.99").await;
    let pause = ["printer", "pause", "file", "--reason", "lunch"];
    world.done(&pause).await;
    let (exit, jobs, said) = correct(&world, &["--printer", "file"]).await;
    assert_eq!(exit, Exit::Done, "{said}");
    let job = jobs[0]["job"].as_str().unwrap().to_owned();
    assert_eq!(listed(&world).await, json!([]), "on its way");
    edit(&world, "V000003", NEC, "8888.00").await;
    let found = listed(&world).await;
    assert_eq!(found[0]["waits_for"], job.as_str());
    let (exit, _, said) = correct(&world, &["--printer", "file"]).await;
    assert_eq!(exit, Exit::Refused);
    assert!(said.contains(reason::CORRECTION_WAITS), "{said}");

    let cancel = [
        "job",
        "cancel",
        &job,
        "--reason",
        "the amount changed again",
    ];
    world.done(&cancel).await;
    world.done(&["printer", "resume", "file"]).await;
    let found = listed(&world).await;
    assert_eq!(found[0]["waits_for"], "");
    assert_eq!(found[0]["changes"][0]["new"], "8888.00");
    let (jobs, _) = on_paper(&world, &[]).await;
    assert_eq!(jobs[0]["total_amount"], "8888.00");
    assert_eq!(listed(&world).await, json!([]));
}
