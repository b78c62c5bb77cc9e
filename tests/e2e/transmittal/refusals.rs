//! No Form 1096 while anybody could still be wrong about what is on paper; each refusal names the job and the way out.

use formfeed::errors::Exit;
use formfeed_proto::forms as pb;
use formfeed_proto::forms::transmittal_service_client::TransmittalServiceClient;
use formfeed_proto::spooler::FormType;
use formfeed_runtime::{Service, request_id};
use formfeed_tests::command::Up;
use formfeed_tests::ipp_printer::{IppPrinter, PRINTS};
use formfeed_tests::paper::read_pdf_bytes;
use formfeed_tests::status::{bad_fields, code_and_reason};
use formfeed_tests::world::World;
use tonic::Code;

use super::{done, figures, print, ready, refused, run};
use crate::power_cut::{queue_small, until};

const OF: (&str, &str) = ("P7", "nec");

#[tokio::test(flavor = "multi_thread")]
async fn nothing_printed_makes_no_form_1096() {
    for world in [World::start().await, World::on_postgres().await] {
        let world = ready(world).await;
        let (reason, sentence) = refused(&world, "transmittal", OF, &[]).await;
        assert_eq!(reason, "NOTHING_PRINTED");
        assert!(sentence.contains("print them first"), "{sentence}");
        // Copies for people are not what goes to the IRS.
        print(&world, OF, &["--copy", "b"]).await;
        let (reason, _) = refused(&world, "transmittal", OF, &["--printer", "file"]).await;
        assert_eq!(reason, "NOTHING_PRINTED");

        world
            .done(&["printer", "pause", "file", "--reason", "lunch"])
            .await;
        let job = done(&world, "print", OF, &["--printer", "file"]).await;
        let job = job["job"].as_str().unwrap();
        let (reason, sentence) = refused(&world, "transmittal", OF, &[]).await;
        assert_eq!(reason, "PRINTING_NOT_ENDED");
        assert!(
            sentence.contains(job) && sentence.contains("job watch"),
            "{sentence}"
        );
        world
            .done(&["job", "cancel", job, "--reason", "wrong year"])
            .await;
        let (reason, sentence) = refused(&world, "transmittal", OF, &["--printer", "file"]).await;
        assert_eq!(reason, "NOTHING_PRINTED");
        assert!(sentence.contains(job), "{sentence}");
        world.done(&["printer", "resume", "file"]).await;
        let again = print(&world, OF, &["--again", "canceled the first"]).await;
        assert_eq!(
            figures(&done(&world, "transmittal", OF, &[]).await),
            figures(&again)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_open_again_makes_no_form_1096_and_the_newest_final_report_makes_the_next() {
    for world in [World::start().await, World::on_postgres().await] {
        let world = ready(world).await;
        let printed = print(&world, OF, &[]).await;
        let job = printed["job"].as_str().unwrap();
        let decide = async |verb: &str, more: &[&str]| {
            let line = [&["job", verb, job, "--reason", "coffee", "--sheet"], more].concat();
            world.done(&line).await;
        };
        let pause = ["printer", "pause", "file", "--reason", "to look"];
        world.done(&pause).await;
        decide("reprint", &["2"]).await;
        let (reason, sentence) = refused(&world, "transmittal", OF, &[]).await;
        assert_eq!(reason, "PRINTING_NOT_ENDED");
        assert!(sentence.contains(job), "{sentence}");
        world.done(&["printer", "resume", "file"]).await;
        world.done(&["job", "watch", job]).await;
        let same = done(&world, "transmittal", OF, &[]).await;
        assert_eq!(figures(&same), figures(&printed));

        decide("correct", &["3", "lost"]).await;
        let (reason, _) = refused(&world, "transmittal", OF, &["--printer", "file"]).await;
        assert_eq!(reason, "PRINTING_NOT_ENDED");
        decide("abandon", &["3"]).await;
        let shown = world.done(&["--json", "job", "show", job]).await;
        let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
        assert_eq!(
            (&shown["report"], &shown["report_version"]),
            (&"final".into(), &3.into())
        );
        assert_eq!(shown["forms_printed"], 6, "{shown}");
        let less = done(&world, "transmittal", OF, &["--printer", "file", "--wait"]).await;
        assert_eq!(less["forms_printed"], 6, "{less}");
        let now = done(&world, "transmittal", OF, &[]).await;
        assert_eq!(figures(&now), figures(&shown));
    }
}

/// A printer whose sheets a person vouches for.
async fn add_vouched(world: &World) {
    let uri = format!("file:{}", world.folder().join("vouched").display());
    std::fs::create_dir(world.folder().join("vouched")).unwrap();
    world
        .done(&["printer", "add", "vouched", &uri, "--evidence", "operator"])
        .await;
}

/// Prints on it and waits until the sheets await a word.
async fn sent(world: &World, more: &[&str]) -> String {
    let more = [&["--printer", "vouched", "--wait"], more].concat();
    let (exit, job, err) = run(world, "print", OF, &more).await;
    assert_eq!(exit, Exit::Failed, "{err}");
    assert_eq!(job["state"], "awaiting-confirmation");
    job["job"].as_str().unwrap().to_owned()
}

/// Confirms some sheets, spoils one, and ends the job without it.
async fn end_without(world: &World, job: &str, spoiled: &str) {
    world
        .done(&[
            "job", "confirm", job, "--sheets", "1-3", "--except", spoiled,
        ])
        .await;
    let resolve = [
        "job", "resolve", job, "--sheet", spoiled, "spoiled", "--reason", "smeared",
    ];
    world.done(&resolve).await;
    world
        .done(&["job", "cancel", job, "--reason", "no stock left"])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_good_sheets_count_and_two_broken_printings_want_a_choice() {
    let world = ready(World::start().await).await;
    add_vouched(&world).await;
    let first = sent(&world, &[]).await;
    let (reason, sentence) = refused(&world, "transmittal", OF, &[]).await;
    assert_eq!(reason, "PRINTING_UNDECIDED");
    assert!(
        sentence.contains(&first) && sentence.contains("job confirm"),
        "{sentence}"
    );

    end_without(&world, &first, "3").await;
    let counted = done(&world, "transmittal", OF, &[]).await;
    assert_eq!(counted["forms_printed"], 6);
    assert_eq!(
        counted["total_amount"],
        super::history::expected("nec", 6).0
    );
    let warning = counted["warnings"][0].as_str().unwrap();
    assert!(warning.contains("1 of the 7 forms"), "{warning}");

    let second = sent(&world, &["--again", "the last sheet was smeared"]).await;
    end_without(&world, &second, "1").await;
    let (reason, sentence) = refused(&world, "transmittal", OF, &["--printer", "file"]).await;
    assert_eq!(reason, "PRINTING_AMBIGUOUS");
    assert!(
        sentence.contains(&first) && sentence.contains(&second),
        "{sentence}"
    );
    for (job, forms) in [(&first, 6), (&second, 4)] {
        let named = done(&world, "transmittal", OF, &["--job", job]).await;
        assert_eq!(named["forms_printed"], forms);
    }
    let whole = print(&world, OF, &["--again", "once more, whole"]).await;
    let found = done(&world, "transmittal", OF, &[]).await;
    assert_eq!(figures(&found), figures(&whole));
}

const SMALL: [&str; 6] = ["--payer", "TE1", "--tax-year", "2025", "--form", "nec"];

#[test]
fn a_sheet_in_doubt_holds_form_1096_back_and_its_own_sheet_is_recovered_like_any_other() {
    let laser = IppPrinter::start(PRINTS);
    let up = Up::start_doomed("after-intent:2");
    let job = queue_small(&up, &laser);
    // Restarted so that the next cut falls on the third attempt from here: two sheets of forms, then Form 1096.
    let up = Up::start_doomed_on(up.die(), "after-intent:3");
    until(&up, &job, |shown| shown["state"] == "needs-decision");
    let refused = up.run(&[&["--json", "transmittal"], &SMALL[..]].concat());
    assert_eq!(refused.code, 3, "{refused:?}");
    let error = refused.json()["error"].clone();
    assert_eq!(error["reason"], "PRINTING_UNDECIDED");
    let sentence = error["message"].as_str().unwrap();
    assert!(
        sentence.contains(&job) && sentence.contains("job resolve"),
        "{sentence}"
    );

    let reason = ["not-printed", "--reason", "the tray is blank"];
    let resolve = |job| ["job", "resolve", job, "--sheet"];
    up.run(&[&resolve(&job)[..], &["2"], &reason].concat()).ok();
    until(&up, &job, |shown| shown["report"] == "final");
    let on_wrong_stock = [
        &["--json", "transmittal"],
        &SMALL[..],
        &["--printer", "laser"],
    ]
    .concat();
    let refused = up.run(&on_wrong_stock);
    assert_eq!(
        refused.json()["error"]["reason"],
        "STOCK_NOT_LOADED",
        "{refused:?}"
    );
    up.run(&[
        "printer",
        "load-stock",
        "laser",
        "1096-1up",
        "--sheets",
        "5",
    ])
    .ok();
    up.run(&on_wrong_stock);
    let up = Up::start_on(up.die(), &[]);
    let jobs = up.run(&["--json", "job", "list"]).ok().json();
    assert_eq!(jobs[0]["kind"], "transmittal");
    let sheet = jobs[0]["job"].as_str().unwrap().to_owned();
    let asked = until(&up, &sheet, |shown| shown["state"] == "needs-decision");
    assert_eq!(asked["sheets"][0]["accounts"][0], "1096");
    assert_eq!(
        laser.marked().len(),
        3,
        "nothing goes out until someone has looked"
    );
    up.run(&[&resolve(&sheet)[..], &["1"], &reason].concat())
        .ok();
    let ended = until(&up, &sheet, |shown| shown["report"] == "final");
    assert_eq!(
        (&ended["state"], &ended["sheets_printed"]),
        (&"completed".into(), &1.into())
    );
    let marked = laser.marked();
    assert_eq!(marked.len(), 4, "{marked:?}");
    let page = &read_pdf_bytes(&laser.document(marked.last().unwrap()))[0];
    assert_eq!(page.word("13421.91").text, "13421.91");
    page.word("12-3456789");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_asked_is_refused_with_everything_that_is_wrong() {
    let world = ready(World::start().await).await;
    let mut client = TransmittalServiceClient::new(world.channel(Service::Forms));
    let nothing = client.preview_transmittal(pb::PreviewTransmittalRequest {
        job: "7".to_owned(),
        ..pb::PreviewTransmittalRequest::default()
    });
    let refused = nothing.await.unwrap_err();
    assert_eq!(
        bad_fields(&refused),
        ["form_type", "job", "payer_id", "tax_year"]
    );
    let request = pb::PrintTransmittalRequest {
        stock: "nec-3up".to_owned(),
        ..pb::PrintTransmittalRequest::default()
    };
    let refused = client.print_transmittal(request).await.unwrap_err();
    let expected = [
        "form_type",
        "payer_id",
        "printer",
        "request_id",
        "stock",
        "tax_year",
    ];
    assert_eq!(bad_fields(&refused), expected);

    print(&world, OF, &[]).await;
    let request = pb::PrintTransmittalRequest {
        request_id: request_id::new(),
        payer_id: "P7".to_owned(),
        tax_year: 2025,
        form_type: FormType::Nec.into(),
        printer: "printers/file".to_owned(),
        ..pb::PrintTransmittalRequest::default()
    };
    let nowhere = pb::PrintTransmittalRequest {
        printer: "printers/nowhere".to_owned(),
        ..request.clone()
    };
    let refused = client.print_transmittal(nowhere).await.unwrap_err();
    let expected = (Code::NotFound, "PRINTER_NOT_FOUND".to_owned());
    assert_eq!(code_and_reason(&refused), expected);
    let first = client
        .print_transmittal(request.clone())
        .await
        .unwrap()
        .into_inner();
    let retry = client
        .print_transmittal(request.clone())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(retry, first);
    let other = pb::PrintTransmittalRequest {
        form_type: FormType::Misc.into(),
        ..request
    };
    let refused = client.print_transmittal(other).await.unwrap_err();
    let expected = (Code::AlreadyExists, "REQUEST_ID_REUSED".to_owned());
    assert_eq!(code_and_reason(&refused), expected);

    // A Form 1096 is no printing of forms.
    let (reason, _) = super::refused(
        &world,
        "transmittal",
        ("P7", "misc"),
        &["--job", &first.job],
    )
    .await;
    assert_eq!(reason, "PRINTING_NOT_FOUND");
}
