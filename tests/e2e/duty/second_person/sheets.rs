//! Many sheets that are called spoiled or lost.

use std::time::Duration;

use formfeed::errors::Exit;
use formfeed_proto::spooler as pb;
use formfeed_runtime::Service;
use formfeed_runtime::status::reason_of;
use formfeed_tests::status::bad_fields;
use formfeed_tests::world::World;
use pb::job_service_client::JobServiceClient;
use pb::printer_service_client::PrinterServiceClient;
use serde_json::Value;

use super::{OF, SWITCH_ON, by, done, people, print, refused_as, until};

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
