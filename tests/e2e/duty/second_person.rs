//! What takes two where duty is separated: a printer, and many sheets that are called spoiled or lost.

use std::time::Duration;

use formfeed::errors::Exit;
use formfeed_proto::spooler as pb;
use formfeed_runtime::Service;
use formfeed_runtime::status::reason_of;
use formfeed_tests::ipp_printer::{IppPrinter, PRINTS};
use formfeed_tests::status::bad_fields;
use formfeed_tests::world::World;
use pb::job_service_client::JobServiceClient;
use pb::printer_service_client::PrinterServiceClient;
use serde_json::Value;

use super::{OF, by, done, person};

const SWITCH_ON: [&str; 5] = ["duty", "set", "on", "--reason", "year end"];

/// Asserts how it is refused, and answers the message.
async fn refused_as(world: &World, name: &str, line: &[&str], reason: &str) -> String {
    let (exit, told) = by(world, name, line).await;
    assert_eq!(exit, Exit::Refused, "{line:?}: {told}");
    assert_eq!(told["error"]["reason"], reason, "{told}");
    told["error"]["message"].as_str().unwrap().to_owned()
}

fn print<'a>(form: &'a str, printer: &'a str) -> Vec<&'a str> {
    let what = ["--form", form, "--printer", printer];
    [&["print"], &OF[..], &what].concat()
}

async fn until(world: &World, line: &[&str], what: impl Fn(&Value) -> bool) -> Value {
    let look = async {
        loop {
            let shown = done(world, "olga", line).await;
            if what(&shown) {
                return shown;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let found = tokio::time::timeout(Duration::from_secs(30), look).await;
    found.unwrap_or_else(|_| panic!("{line:?} never showed it"))
}

async fn people(world: &World, people: &[(&str, &str)]) {
    for (name, role) in people {
        person(world, name, role).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_94_a_printer_that_one_person_set_up_prints_nothing_until_another_approves() {
    for world in [World::start().await, World::on_postgres().await] {
        world.import_small().await;
        world.calculate("TE1", "2025").await;
        people(
            &world,
            &[
                ("ada", "admin"),
                ("rita", "admin"),
                ("olga", "operator"),
                ("edda", "clerk"),
            ],
        )
        .await;
        done(&world, "rita", &SWITCH_ON).await;
        let laser = IppPrinter::start(PRINTS);
        let add = [
            "printer",
            "add",
            "laser",
            &laser.uri(),
            "--stock",
            "nec-3up",
        ];
        let added = done(&world, "ada", &add).await;
        assert_eq!(added["waits_for_approval"], true, "{added}");
        assert_eq!(added["state"], "stopped", "{added}");
        let words = "formfeed printer approve laser --change 1";
        assert!(added["state_reasons"][0].as_str().unwrap().contains(words));

        // Nothing is sent to it, by nobody, in no way.
        let told = refused_as(
            &world,
            "rita",
            &print("nec", "laser"),
            "PRINTER_NOT_APPROVED",
        )
        .await;
        assert!(told.contains(words) && told.contains("ada"), "{told}");
        let transmittal = ["--form", "nec", "--printer", "laser"];
        let transmittal = [&["transmittal"], &OF[..], &transmittal].concat();
        let align = ["printer", "align", "laser"];
        refused_as(&world, "olga", &align, "PRINTER_NOT_APPROVED").await;

        let approve = ["printer", "approve", "laser", "--change", "1"];
        refused_as(&world, "ada", &approve, "DUTY_NOT_SEPARATE").await;
        let (exit, told) = by(&world, "edda", &approve).await;
        assert_eq!(exit, Exit::Refused, "{told}");
        assert_eq!(told["error"]["code"], "PERMISSION_DENIED", "{told}");
        let other = ["printer", "approve", "laser", "--change", "7"];
        refused_as(&world, "olga", &other, "ETAG_MISMATCH").await;
        let approved = done(&world, "olga", &approve).await;
        assert_eq!(approved["approved_by"], "olga", "{approved}");
        assert_eq!(approved["waits_for_approval"], false, "{approved}");
        let wait = [&print("nec", "laser")[..], &["--wait"]].concat();
        let printed = done(&world, "rita", &wait).await;
        let marked = laser.marked().len();
        assert!(marked > 0, "{printed}");
        // On a printer of two names a Form 1096 is asked for as well: its stock is not in there.
        refused_as(&world, "rita", &transmittal, "STOCK_NOT_LOADED").await;

        // What waits in its line waits on when it is changed.
        done(
            &world,
            "olga",
            &["printer", "pause", "laser", "--reason", "toner"],
        )
        .await;
        let again = [&print("nec", "laser")[..], &["--again", "more"]].concat();
        let job = done(&world, "rita", &again).await["job"].clone();
        let look = ["printer", "access", "laser", "--resolve-again"];
        let changed = done(&world, "ada", &look).await;
        assert_eq!(changed["set_up_change"], 2, "{changed}");
        assert_eq!(changed["waits_for_approval"], true, "{changed}");
        done(&world, "olga", &["printer", "resume", "laser"]).await;
        let show = ["job", "show", job.as_str().unwrap()];
        let waits = until(&world, &show, |job| job["state"] == "stopped").await;
        assert!(
            waits["state_reasons"].to_string().contains("--change 2"),
            "{waits}"
        );
        refused_as(&world, "olga", &approve, "ETAG_MISMATCH").await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(laser.marked().len(), marked, "nothing was sent meanwhile");
        let approve = ["printer", "approve", "laser", "--change", "2"];
        done(&world, "olga", &approve).await;
        until(&world, &show, |job| job["state"] == "completed").await;
        assert!(laser.marked().len() > marked);

        // Another printer does not take what waits either, and one that was removed does not come back approved.
        let uri = format!("file://{}", world.folder().join("printed").display());
        done(&world, "ada", &["printer", "add", "files", &uri]).await;
        done(
            &world,
            "olga",
            &["printer", "pause", "laser", "--reason", "toner"],
        )
        .await;
        let more = [&print("nec", "laser")[..], &["--again", "yet more"]].concat();
        let job = done(&world, "rita", &more).await["job"].clone();
        let job = job.as_str().unwrap();
        let moves = ["job", "move", job, "--printer", "files"];
        refused_as(&world, "olga", &moves, "PRINTER_NOT_APPROVED").await;
        let splits = ["job", "split", job, "--printer", "files"];
        refused_as(&world, "olga", &splits, "PRINTER_NOT_APPROVED").await;
        let approve = ["printer", "approve", "files", "--change", "1"];
        done(&world, "olga", &approve).await;
        done(&world, "olga", &["printer", "remove", "files"]).await;
        let again = done(&world, "ada", &["printer", "add", "files", &uri]).await;
        assert_eq!(again["waits_for_approval"], true, "{again}");
        assert_eq!(again["set_up_change"], 2, "{again}");

        // Both names stand in the trail.
        let trail = ["audit", "list", "--action", "printer.approve"];
        let trail = done(&world, "rita", &trail).await;
        let told = |entry: &Value| {
            let details = &entry["details"];
            [
                &entry["subject"],
                &entry["user"],
                &details["set_up_by"],
                &details["change"],
            ]
            .map(|it| it.to_string().replace('"', ""))
        };
        let told: Vec<_> = trail.as_array().unwrap().iter().map(told).collect();
        assert_eq!(
            told,
            [
                ["printers/files", "olga", "ada", "1"],
                ["printers/laser", "olga", "ada", "2"],
                ["printers/laser", "olga", "ada", "1"]
            ]
        );

        // Where one person may do everything nobody is waited for.
        let off = ["duty", "set", "off", "--reason", "ada is alone"];
        done(&world, "rita", &off).await;
        done(&world, "olga", &moves).await;
        until(&world, &["job", "show", job], |job| {
            job["state"] == "completed"
        })
        .await;
    }
}

/// Prints a form type on a printer that asks a person what came of each sheet; answers the job.
async fn sent(world: &World, form: &str, again: bool) -> String {
    let mut line = print(form, "files");
    if again {
        line.extend(["--again", "more"]);
    }
    let job = done(world, "rita", &line).await["job"].clone();
    let job = job.as_str().unwrap().to_owned();
    let show = ["job", "show", &job];
    until(world, &show, |job| job["state"] == "awaiting-confirmation").await;
    job
}

async fn states(world: &World, job: &str) -> Vec<String> {
    let shown = done(world, "olga", &["job", "show", job, "--sheets"]).await;
    let sheets = shown["sheets"].as_array();
    let sheets = sheets.unwrap_or_else(|| panic!("{shown}"));
    let state = |sheet: &Value| sheet["state"].as_str().unwrap().to_owned();
    sheets.iter().map(state).collect()
}

async fn proposals(world: &World) -> Vec<Value> {
    let listed = done(world, "edda", &["job", "proposals"]).await;
    listed.as_array().unwrap().clone()
}

fn resolve<'a>(job: &'a str, sheet: &'a str, outcome: &'a str) -> Vec<&'a str> {
    let reason = ["--reason", "not in the tray"];
    [
        &["job", "resolve", job, "--sheet", sheet, outcome],
        &reason[..],
    ]
    .concat()
}

/// Calculated by carl, printed by rita; duty is separated, and one person may call one sheet spoiled or lost.
async fn one_sheet_alone(world: &World) {
    world.import_small().await;
    people(
        world,
        &[
            ("carl", "admin"),
            ("rita", "admin"),
            ("edda", "clerk"),
            ("olga", "operator"),
            ("otto", "operator"),
            ("nina", "operator"),
        ],
    )
    .await;
    done(world, "carl", &[&["calculate"], &OF[..]].concat()).await;
    let uri = format!("file://{}", world.folder().join("printed").display());
    let add = ["printer", "add", "files", &uri, "--evidence", "operator"];
    done(world, "carl", &add).await;
    let approve = ["printer", "approve", "files", "--change", "1"];
    done(world, "olga", &approve).await;
    let switch = [&SWITCH_ON[..], &["--sheets-alone", "1"]].concat();
    let on = done(world, "carl", &switch).await;
    assert_eq!(on["sheets_alone"], 1, "{on}");
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_96_more_sheets_than_one_person_may_call_lost_take_two_and_both_names_stay() {
    for world in [World::start().await, World::on_postgres().await] {
        one_sheet_alone(&world).await;
        let job = sent(&world, "nec", false).await;
        let count = states(&world, &job).await.len();
        assert!(count >= 3, "{count} sheets");
        done(&world, "olga", &resolve(&job, "1", "lost")).await;

        // The second is kept, and nothing else: asked again it is the same proposal.
        let second = resolve(&job, "2", "spoiled");
        let told = refused_as(&world, "olga", &second, "SECOND_PERSON_NEEDED").await;
        let waiting = proposals(&world).await;
        let [proposal] = &waiting[..] else {
            panic!("{waiting:?}")
        };
        let name = proposal["proposal"].as_str().unwrap();
        let id = name.strip_prefix("proposals/").unwrap();
        assert_eq!(
            (&proposal["which"], &proposal["sheets"]),
            (&"2".into(), &1.into())
        );
        for words in [
            "olga",
            "after 1 within a day",
            &format!("formfeed job agree {id}"),
        ] {
            assert!(told.contains(words), "{told}");
        }
        refused_as(&world, "olga", &second, "SECOND_PERSON_NEEDED").await;
        assert_eq!(proposals(&world).await, waiting);
        assert_eq!(
            states(&world, &job).await[..2],
            ["lost", "awaiting-confirmation"]
        );
        // What was read before it in a range is not done either.
        let both = [
            "job", "correct", &job, "--sheet", "1", "--reason", "found", "spoiled",
        ];
        let (exit, _) = by(&world, "olga", &both).await;
        assert_eq!(exit, Exit::Refused, "a lost sheet is not corrected");

        // Who proposed it does not agree, nor who had it printed, nor who may not decide.
        let agree = ["job", "agree", name];
        refused_as(&world, "olga", &agree, "DUTY_NOT_SEPARATE").await;
        let told = refused_as(&world, "rita", &agree, "DUTY_NOT_SEPARATE").await;
        assert!(told.contains("printed"), "{told}");
        let (_, told) = by(&world, "edda", &agree).await;
        assert_eq!(told["error"]["code"], "PERMISSION_DENIED", "{told}");
        done(&world, "otto", &agree).await;
        assert_eq!(states(&world, &job).await[1], "spoiled");
        assert_eq!(proposals(&world).await, [] as [Value; 0]);
        refused_as(&world, "otto", &agree, "PROPOSAL_NOT_FOUND").await;

        let shown = done(&world, "olga", &["job", "show", &job, "--history"]).await;
        let decisions = shown["decisions"].as_array().unwrap();
        let of_two = decisions.iter().find(|it| it["sheet"] == 2).unwrap();
        assert_eq!(
            (&of_two["by"], &of_two["proposed_by"], &of_two["reason"]),
            (&"otto".into(), &"olga".into(), &"not in the tray".into())
        );
        for (action, who) in [("sheet.propose", "olga"), ("sheet.decide", "otto")] {
            let list = ["audit", "list", "--action", action];
            let entries = done(&world, "carl", &list).await;
            let newest = &entries[0];
            assert_eq!(newest["user"], who, "{newest}");
            if who == "otto" {
                assert_eq!(newest["details"]["proposed_by"], "olga", "{newest}");
            }
        }

        // Agreeing was no word alone: otto has one left. The same decision by another agrees as well.
        let confirm = ["job", "confirm", &job, "--sheets", "3"];
        done(&world, "otto", &confirm).await;
        let misc = sent(&world, "misc", false).await;
        let all = states(&world, &misc).await.len().to_string();
        let confirm = ["job", "confirm", &misc, "--sheets", &format!("1-{all}")];
        done(&world, "otto", &confirm).await;
        let reprint = |sheet: &'static str, job: &str| {
            let words = ["job", "reprint", job, "--sheet", sheet, "--reason", "faint"];
            words.map(str::to_owned)
        };
        let once = reprint("3", &job);
        let once = once.each_ref().map(String::as_str);
        done(&world, "otto", &once).await;
        let twice = reprint("1", &misc);
        let twice = twice.each_ref().map(String::as_str);
        refused_as(&world, "otto", &twice, "SECOND_PERSON_NEEDED").await;
        assert_eq!(states(&world, &misc).await[0], "good");
        done(&world, "olga", &twice).await;
        assert_eq!(proposals(&world).await.len(), 0);
        let shown = done(&world, "olga", &["job", "show", &misc, "--history"]).await;
        let decisions = shown["decisions"].as_array().unwrap();
        let of_two = decisions.iter().find(|it| it["decision"] == "reprint");
        let of_two = of_two.unwrap();
        assert_eq!(
            (&of_two["by"], &of_two["proposed_by"]),
            (&"olga".into(), &"otto".into())
        );

        // A proposal that was a mistake is withdrawn; off, one person may do everything.
        let job = sent(&world, "nec", true).await;
        let first = resolve(&job, "1", "lost");
        refused_as(&world, "olga", &first, "SECOND_PERSON_NEEDED").await;
        let name = proposals(&world).await[0]["proposal"].clone();
        let name = name.as_str().unwrap();
        let withdraw = ["job", "withdraw", name, "--reason", "found under the tray"];
        done(&world, "otto", &withdraw).await;
        refused_as(
            &world,
            "nina",
            &["job", "agree", name],
            "PROPOSAL_NOT_FOUND",
        )
        .await;
        assert_eq!(states(&world, &job).await[0], "awaiting-confirmation");
        let off = ["duty", "set", "off", "--reason", "olga is alone"];
        done(&world, "carl", &off).await;
        done(&world, "olga", &first).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_96_what_one_person_says_at_once_of_two_jobs_is_counted_together() {
    for world in [World::start().await, World::on_postgres().await] {
        one_sheet_alone(&world).await;
        let (nec, misc) = (
            sent(&world, "nec", false).await,
            sent(&world, "misc", false).await,
        );
        let (one, two) = (resolve(&nec, "1", "lost"), resolve(&misc, "1", "lost"));
        let (one, two) = tokio::join!(by(&world, "nina", &one), by(&world, "nina", &two));
        let done = [&one, &two].iter().filter(|it| it.0 == Exit::Done).count();
        assert_eq!(done, 1, "{one:?} {two:?}");
        assert_eq!(proposals(&world).await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_96_what_is_agreed_to_is_what_was_proposed_and_a_retry_of_it_decides_nothing_twice() {
    for world in [World::start().await, World::on_postgres().await] {
        one_sheet_alone(&world).await;
        let job = sent(&world, "nec", false).await;
        let last = states(&world, &job).await.len();
        let all = format!("1-{last}");
        let confirm = ["job", "confirm", &job, "--sheets", &all];
        done(&world, "otto", &confirm).await;

        // Olga asks for it by a request of her own, so that she can ask again.
        let token = world.folder().join("olga.token");
        let olga = world.connector_of(Service::Spooler, &token);
        let mut olga = JobServiceClient::new(olga.channel());
        let restart = pb::RestartJobRequest {
            name: job.clone(),
            sheet: 2,
            reason: "jammed".to_owned(),
            request_id: "olga-1".to_owned(),
        };
        let refused = olga.restart_job(restart.clone()).await.unwrap_err();
        assert_eq!(reason_of(&refused).unwrap(), "SECOND_PERSON_NEEDED");
        let waiting = proposals(&world).await;
        let (from, count) = (&waiting[0]["which"], last - 1);
        assert_eq!(*from, format!("2-{last}"), "{waiting:?}");

        // A sheet of it is decided about: it is taken out, and the others wait on.
        let not_printed = |sheet: &'static str| {
            let words = [
                "job",
                "correct",
                &job,
                "--sheet",
                sheet,
                "--reason",
                "white",
                "not-printed",
            ];
            words.map(str::to_owned)
        };
        let words = not_printed("2");
        done(&world, "nina", &words.each_ref().map(String::as_str)).await;
        // What was good is not taken back by one person under another name for it either.
        let words = not_printed("1");
        let words = words.each_ref().map(String::as_str);
        refused_as(&world, "nina", &words, "SECOND_PERSON_NEEDED").await;
        until(&world, &["job", "show", &job], |job| {
            job["state"] == "awaiting-confirmation"
        })
        .await;
        let waiting = proposals(&world).await;
        let left = waiting.iter().find(|it| it["by"] == "olga").unwrap();
        assert_eq!(left["sheets"], count - 1, "{waiting:?}");
        assert!(!left["which"].as_str().unwrap().contains('2'), "{left}");
        let confirm = ["job", "confirm", &job, "--sheets", "2"];
        done(&world, "otto", &confirm).await;

        // Proposed anew, it is carried out as it was proposed, and her request is done.
        let refused = olga.restart_job(restart.clone()).await.unwrap_err();
        assert_eq!(reason_of(&refused).unwrap(), "SECOND_PERSON_NEEDED");
        let waiting = proposals(&world).await;
        let mine = waiting.iter().find(|it| it["by"] == "olga").unwrap();
        assert_eq!(mine["sheets"], count, "{waiting:?}");
        let agree = ["job", "agree", mine["proposal"].as_str().unwrap()];
        done(&world, "otto", &agree).await;
        until(&world, &["job", "show", &job], |job| {
            job["sheets_printed"] == 1 && job["state"] == "awaiting-confirmation"
        })
        .await;
        let confirm = ["job", "confirm", &job, "--sheets", &format!("2-{last}")];
        let settled = async {
            while by(&world, "otto", &confirm).await.0 != Exit::Done {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let settled = tokio::time::timeout(Duration::from_secs(30), settled).await;
        settled.expect("all sheets were printed again");
        let again = olga.restart_job(restart).await.unwrap().into_inner();
        assert_eq!(
            again.report.unwrap().sheets_printed,
            i32::try_from(last).unwrap()
        );

        // Her name is no door to all of it: names are checked, pages go on, and the last one is withdrawn.
        let bad = |name: &str| pb::AgreeToProposalRequest {
            name: name.to_owned(),
            reason: String::new(),
        };
        for name in ["", "proposals/", "proposals/%00", "jobs/x"] {
            let refused = olga.agree_to_proposal(bad(name)).await.unwrap_err();
            assert_eq!(bad_fields(&refused), ["name"], "{name}");
        }
        let page = pb::ListProposalsRequest {
            page_size: 1,
            ..pb::ListProposalsRequest::default()
        };
        let page = olga.list_proposals(page).await.unwrap().into_inner();
        let [left] = &page.proposals[..] else {
            panic!("{page:?}")
        };
        assert_eq!(
            (&left.proposed_by[..], &left.verb[..]),
            ("nina", "correct-not-printed")
        );
        assert_eq!(
            (page.next_page_token.as_str(), &left.sheet_ranges[..]),
            ("", "1")
        );
        let withdraw = pb::WithdrawProposalRequest {
            name: left.name.clone(),
            reason: "it is there".to_owned(),
        };
        olga.withdraw_proposal(withdraw.clone()).await.unwrap();
        let refused = olga.withdraw_proposal(withdraw).await.unwrap_err();
        assert_eq!(reason_of(&refused).unwrap(), "PROPOSAL_NOT_FOUND");
        let mut printers = PrinterServiceClient::new(world.channel(Service::Spooler));
        let approve = pb::ApprovePrinterRequest {
            name: "files".to_owned(),
            change: 0,
            reason: String::new(),
        };
        let refused = printers.approve_printer(approve).await.unwrap_err();
        assert_eq!(bad_fields(&refused), ["change", "name"]);
    }
}
