//! Form 1096 is what lies on paper: quantity without voids, total and withheld tax of the sheets that are good.

mod cut_off;
mod history;
mod paper;
mod refusals;
mod submission;

use formfeed::errors::Exit;
use formfeed_tests::world::World;
use serde_json::Value;

use crate::export::set_transmitter;

/// The history of [`history`] calculated for its payers, and a printer that prints into the folder `printed`.
async fn ready(world: World) -> World {
    let folder = world.folder().join("extract");
    std::fs::create_dir(&folder).unwrap();
    history::write(&folder);
    world.done(&["import", folder.to_str().unwrap()]).await;
    for count in history::COUNTS {
        world.calculate(&format!("P{count}"), "2025").await;
    }
    let out = world.folder().join("printed");
    std::fs::create_dir(&out).unwrap();
    let uri = format!("file:{}", out.display());
    world.done(&["printer", "add", "file", &uri]).await;
    world
}

/// Runs a command of a payer's forms of 2025: how it ended, its document, what it remarked.
async fn run(
    world: &World,
    command: &str,
    of: (&str, &str),
    more: &[&str],
) -> (Exit, Value, String) {
    let (payer, form) = of;
    let line = [
        "--json",
        command,
        "--payer",
        payer,
        "--tax-year",
        "2025",
        "--form",
        form,
    ];
    let (exit, out, err) = world.cli(&[&line, more].concat()).await;
    (exit, serde_json::from_str(&out).unwrap_or_default(), err)
}

/// The same, done.
async fn done(world: &World, command: &str, of: (&str, &str), more: &[&str]) -> Value {
    let (exit, document, err) = run(world, command, of, more).await;
    assert_eq!(
        exit,
        Exit::Done,
        "{command} {of:?} {more:?}: {err} {document}"
    );
    document
}

/// The same, refused: reason and sentence.
async fn refused(
    world: &World,
    command: &str,
    of: (&str, &str),
    more: &[&str],
) -> (String, String) {
    let (exit, document, err) = run(world, command, of, more).await;
    assert_eq!(
        exit,
        Exit::Refused,
        "{command} {of:?} {more:?}: {err} {document}"
    );
    let error = &document["error"];
    let text = |key: &str| error[key].as_str().unwrap_or_default().to_owned();
    (text("reason"), text("message"))
}

/// The job that printed a payer's forms to the file printer.
async fn print(world: &World, of: (&str, &str), more: &[&str]) -> Value {
    done(
        world,
        "print",
        of,
        &[&["--printer", "file", "--wait"], more].concat(),
    )
    .await
}

fn figures(document: &Value) -> (i64, &str, &str) {
    (
        document["forms_printed"].as_i64().unwrap(),
        document["total_amount"].as_str().unwrap(),
        document["federal_tax_withheld"].as_str().unwrap(),
    )
}

async fn sheets_voids_and_totals_are_those_of_form_1096_and_of_the_electronic_file(world: World) {
    let world = ready(world).await;
    set_transmitter(&world).await;
    for (form, stock, slots) in [("nec", "nec-3up", 3), ("misc", "misc-2up", 2)] {
        for count in history::COUNTS {
            let payer = format!("P{count}");
            let of = (payer.as_str(), form);
            let job = print(&world, of, &["--stock", stock]).await;
            let (total, withheld) = history::expected(form, count);
            let sheets = (count + slots - 1) / slots;
            assert_eq!(
                figures(&job),
                (count, total.as_str(), withheld.as_str()),
                "{of:?}"
            );
            assert_eq!(
                (&job["sheets_printed"], &job["forms_void"]),
                (&sheets.into(), &(sheets * slots - count).into()),
                "{of:?}"
            );

            let shown = done(&world, "transmittal", of, &[]).await;
            assert_eq!(figures(&shown), figures(&job), "{of:?}");
            assert_eq!(shown["jobs"].as_array().unwrap().len(), 1);
            assert_eq!(shown["jobs"][0]["job"], job["job"]);
            assert_eq!(shown["jobs"][0]["forms_void"], job["forms_void"]);

            let file = world.folder().join(format!("{payer}-{form}.fire"));
            let out = ["--format", "fire", "--out", file.to_str().unwrap()];
            let sent = done(&world, "export", of, &out).await;
            assert_eq!(sent["forms"], shown["forms_printed"]);
            assert_eq!(sent["total_amount"], shown["total_amount"]);
            assert_eq!(sent["federal_tax_withheld"], shown["federal_tax_withheld"]);
            let after = done(&world, "transmittal", of, &[]).await;
            let warning = after["warnings"][0].as_str().unwrap();
            assert!(
                warning.contains(sent["export"].as_str().unwrap()),
                "{warning}"
            );
        }
    }
    assert_eq!(world_jobs(&world).await.len(), 2 * history::COUNTS.len());
}

/// Every job there is.
async fn world_jobs(world: &World) -> Vec<Value> {
    let listed = world.done(&["--json", "job", "list"]).await;
    serde_json::from_str(&listed).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn seven_six_eight_one_two_three_forms_make_the_form_1096_that_is_theirs() {
    let world = World::start().await;
    sheets_voids_and_totals_are_those_of_form_1096_and_of_the_electronic_file(world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn seven_six_eight_one_two_three_forms_make_the_form_1096_that_is_theirs_on_postgresql() {
    let world = World::on_postgres().await;
    sheets_voids_and_totals_are_those_of_form_1096_and_of_the_electronic_file(world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_1096_on_paper_is_a_job_of_its_own_and_no_form_of_its_payer() {
    for world in [World::start().await, World::on_postgres().await] {
        let world = ready(world).await;
        let of = ("P7", "nec");
        let forms = print(&world, of, &[]).await;
        let overview = ["--json", "overview", "--payer", "P7", "--tax-year", "2025"];
        let before = world.done(&overview).await;

        let to_file = ["--printer", "file", "--wait", "--request-id", "r-1"];
        let printed = done(&world, "transmittal", of, &to_file).await;
        assert_eq!(figures(&printed), figures(&forms));
        let job = &printed["printed_by"];
        assert_eq!(
            (&job["kind"], &job["state"]),
            (&"transmittal".into(), &"completed".into())
        );
        assert_eq!(
            (&job["stock"], &job["report"]),
            (&"1096-1up".into(), &"final".into())
        );
        assert_eq!(
            (&job["sheets_printed"], &job["forms_printed"]),
            (&1.into(), &0.into())
        );
        assert_eq!(
            (&job["forms_in_job"], &job["total_amount"]),
            (&0.into(), &"0.00".into())
        );
        let note = job["notes"][0].as_str().unwrap();
        assert!(note.contains(forms["job"].as_str().unwrap()), "{note}");
        assert!(note.contains("7 forms"), "{note}");

        assert_eq!(
            world.done(&overview).await,
            before,
            "it is no printing of the forms"
        );
        let jobs = world_jobs(&world).await;
        let kinds: Vec<_> = jobs
            .iter()
            .map(|job| job["kind"].as_str().unwrap())
            .collect();
        assert_eq!(kinds, ["transmittal", "forms"]);
        let id = job["job"].as_str().unwrap();
        let shown = world.done(&["job", "show", id, "--sheets"]).await;
        assert_eq!(
            shown.lines().last(),
            Some("printed Form 1096 on 1 sheets"),
            "{shown}"
        );
        assert!(shown.contains("Form 1096 of 2025 for P7"), "{shown}");

        // The same request is answered, another one wants a reason, and the first is named.
        let again = done(&world, "transmittal", of, &to_file).await;
        assert_eq!(again["printed_by"]["job"], job["job"]);
        let (reason, sentence) = refused(&world, "transmittal", of, &["--printer", "file"]).await;
        assert_eq!(reason, "ALREADY_PRINTED");
        assert!(sentence.contains(id), "{sentence}");
        let preview = done(&world, "transmittal", of, &[]).await;
        assert_eq!(preview["printed_before"], job["job"]);
        let more = ["--printer", "file", "--wait", "--again", "torn"];
        let torn = done(&world, "transmittal", of, &more).await;
        assert_ne!(torn["printed_by"]["job"], job["job"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_printing_replaces_the_first_and_wants_a_form_1096_of_its_own() {
    let world = ready(World::start().await).await;
    let of = ("P7", "nec");
    let first = print(&world, of, &[]).await;
    done(&world, "transmittal", of, &["--printer", "file", "--wait"]).await;
    let edit = [
        "info",
        "edit",
        "--payer",
        "P7",
        "--tax-year",
        "2025",
        "--recipient",
        "N01",
        "--income-type",
        "nonemployee_compensation",
        "--amount",
        "5000.00",
        "--reason",
        "one more bill",
    ];
    world.done(&edit).await;
    assert_eq!(
        figures(&done(&world, "transmittal", of, &[]).await),
        figures(&first),
        "what was printed counts, not what the information says now"
    );
    let second = print(&world, of, &["--again", "an amount changed"]).await;
    assert_ne!(second["total_amount"], first["total_amount"]);
    let printed = done(&world, "transmittal", of, &["--printer", "file", "--wait"]).await;
    assert_eq!(figures(&printed), figures(&second));
    assert_eq!(printed["jobs"][0]["job"], second["job"]);
    // The paper of the first may still be named.
    let job = first["job"].as_str().unwrap();
    let named = done(&world, "transmittal", of, &["--job", job]).await;
    assert_eq!(figures(&named), figures(&first));
}
