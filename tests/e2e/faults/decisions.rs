//! Group 7: a sheet is printed again, and counted, only by a decision of somebody who may take it, about that very sheet.

use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use formfeed_proto::spooler as pb;
use formfeed_proto::spooler::job_service_client::JobServiceClient;
use formfeed_runtime::access::Secret;
use formfeed_runtime::client::AuthChannel;
use formfeed_runtime::status::reason_of;
use formfeed_runtime::{Connector, Service};
use formfeed_tests::ipp_printer::{IppPrinter, PRINTS};
use formfeed_tests::spool::Client;
use formfeed_tests::world::World;
use pb::job::State;
use pb::resolve_sheet_request::Outcome;
use serde_json::Value;
use tonic::{Code, Status};

const BY_DECISION: &str = "a sheet is printed again by decision only";

/// Code and reason of a refusal.
fn told<T: Debug>(answer: Result<T, Status>) -> (Code, String) {
    let refused = answer.unwrap_err();
    (refused.code(), reason_of(&refused).unwrap_or_default())
}

fn why(code: Code, reason: &str) -> (Code, String) {
    (code, reason.to_owned())
}

fn address(world: &World) -> String {
    let config = world.config(Service::Spooler);
    config.peers.address(Service::Spooler).to_owned()
}

/// JobService as somebody new, named after the role.
async fn somebody(world: &World, role: &str) -> JobServiceClient<AuthChannel> {
    let line = ["--json", "token", "add", role, "--role", role];
    let made: Value = serde_json::from_str(&world.done(&line).await).unwrap();
    let secret = Secret::new(made["secret"].as_str().unwrap());
    let connector = Connector::new(Service::Spooler, &address(world), secret, None);
    JobServiceClient::new(connector.unwrap().channel())
}

async fn print(world: &World, form: &str, printer: &str) -> String {
    let of = ["--payer", "TE1", "--tax-year", "2025"];
    let what = ["--json", "print", "--form", form, "--printer", printer];
    let told = world.done(&[&what[..], &of[..]].concat()).await;
    let told: Value = serde_json::from_str(&told).unwrap();
    told["job"].as_str().unwrap().to_owned()
}

fn resolve(
    job: &str,
    sheet: i32,
    outcome: Outcome,
    serial: Option<i64>,
) -> pb::ResolveSheetRequest {
    pb::ResolveSheetRequest {
        job: job.to_owned(),
        sheet,
        outcome: outcome.into(),
        serial,
        reason: "read off the sheet".to_owned(),
        ..pb::ResolveSheetRequest::default()
    }
}

fn reprint(id: &str, job: &str, sheet: i32) -> pb::ReprintSheetsRequest {
    pb::ReprintSheetsRequest {
        request_id: id.to_owned(),
        job: job.to_owned(),
        sheet,
        reason: "coffee".to_owned(),
        ..pb::ReprintSheetsRequest::default()
    }
}

/// Verb, sheet and attempt of every decision about a job.
async fn decided(client: &Client, job: &str) -> Vec<(String, i32, i32)> {
    let request = pb::ListDecisionsRequest {
        job: job.to_owned(),
        ..pb::ListDecisionsRequest::default()
    };
    let listed = client.jobs().list_decisions(request).await.unwrap();
    let decisions = listed.into_inner().decisions.into_iter();
    decisions
        .map(|it| (it.verb, it.sheet, it.attempt))
        .collect()
}

/// Waits until so many sheets of a job are out and nobody has looked at them.
async fn until_out(client: &Client, job: &str, sheets: i32) {
    let out = |job: &pb::Job| {
        job.report
            .as_ref()
            .is_some_and(|it| it.sheets_live == sheets)
    };
    client.until_job(job, "all sent", out).await;
    client.until(job, State::AwaitingConfirmation).await;
}

/// A clerk, an auditor and a service decide nothing.
async fn others_may_not(world: &World, client: &Client, job: &str) {
    let denied = why(Code::PermissionDenied, "ROLE_NOT_ALLOWED");
    for mut jobs in [
        somebody(world, "clerk").await,
        somebody(world, "auditor").await,
        client.submitter(),
    ] {
        let good = resolve(job, 1, Outcome::Printed, Some(1_001));
        assert_eq!(told(jobs.resolve_sheet(good).await), denied);
        let again = reprint("r1", job, 1);
        assert_eq!(told(jobs.reprint_sheets(again).await), denied);
        let restart = pb::RestartJobRequest {
            request_id: "r2".to_owned(),
            name: job.to_owned(),
            sheet: 1,
            reason: "jam".to_owned(),
        };
        assert_eq!(told(jobs.restart_job(restart).await), denied);
        let give_up = pb::AbandonSheetsRequest {
            request_id: "r3".to_owned(),
            job: job.to_owned(),
            sheet: 1,
            reason: "nobody wants it".to_owned(),
            ..pb::AbandonSheetsRequest::default()
        };
        assert_eq!(told(jobs.abandon_sheets(give_up).await), denied);
        let correct = pb::CorrectSheetsRequest {
            request_id: "r4".to_owned(),
            job: job.to_owned(),
            sheet: 1,
            outcome: Outcome::Spoiled.into(),
            reason: "wet".to_owned(),
            ..pb::CorrectSheetsRequest::default()
        };
        assert_eq!(told(jobs.correct_sheets(correct).await), denied);
    }
}

/// Neither another number nor a sheet of another job, of none, or of no job is decided.
async fn only_the_sheet_itself(client: &Client, job: &str, other: &str) {
    let mismatch = why(Code::FailedPrecondition, "SERIAL_MISMATCH");
    for (sheet, serial) in [(1, 1_002), (2, 1_001), (3, 1_004), (1, 9_999)] {
        let wrong = resolve(job, sheet, Outcome::Printed, Some(serial));
        assert_eq!(told(client.jobs().resolve_sheet(wrong).await), mismatch);
    }
    let none = why(Code::NotFound, "SHEET_NOT_FOUND");
    let beyond = resolve(job, 4, Outcome::Printed, None);
    assert_eq!(told(client.jobs().resolve_sheet(beyond).await), none);
    let beyond = reprint("beyond", job, 4);
    assert_eq!(told(client.jobs().reprint_sheets(beyond).await), none);
    let nowhere = "jobs/01900000-0000-7000-8000-000000000000";
    let none = why(Code::NotFound, "JOB_NOT_FOUND");
    let missing = resolve(nowhere, 1, Outcome::Printed, Some(1_001));
    assert_eq!(told(client.jobs().resolve_sheet(missing).await), none);
    let missing = reprint("nowhere", nowhere, 1);
    assert_eq!(told(client.jobs().reprint_sheets(missing).await), none);
    // Of the other job nothing is asked: its printer has told.
    let settled = resolve(other, 1, Outcome::Spoiled, Some(1_001));
    let (_, reason) = told(client.jobs().resolve_sheet(settled).await);
    assert_eq!(reason, "SHEET_STATE");
}

/// What was decided is not decided again, to the same end or to another.
async fn not_twice(client: &Client, job: &str) {
    for (sheet, same, other) in [
        (1, Outcome::Printed, Outcome::Spoiled),
        (3, Outcome::Spoiled, Outcome::Printed),
    ] {
        let again = resolve(job, sheet, same, None);
        let replayed = told(client.jobs().resolve_sheet(again).await);
        assert_eq!(replayed, why(Code::AlreadyExists, "SHEET_STATE"));
        let late = resolve(job, sheet, other, None);
        let late = told(client.jobs().resolve_sheet(late).await);
        assert_eq!(late, why(Code::Aborted, "SHEET_STATE"));
    }
}

/// What the database says to a statement, which it must refuse.
fn database_refuses(world: &World, sql: &str) -> String {
    let edit = AssertUnwindSafe(|| world.edit(Service::Spooler, sql));
    let refused = catch_unwind(edit).expect_err(sql);
    refused.downcast_ref::<String>().expect("words").clone()
}

/// The database lets no spoiled sheet be printed again without a decision to do so about that very attempt.
fn the_database_wants_the_decision(world: &World, job: &str, other: &str) {
    let [job, other] = [job, other].map(|name| name.trim_start_matches("jobs/"));
    let sheet = format!("job_id = '{job}' AND sheet = 3");
    let take = |decision: &str| format!("UPDATE attempts SET reprint = {decision} WHERE {sheet}");
    let of = |job: &str, rest: &str| {
        format!("(SELECT decision_id FROM decisions WHERE job_id = '{job}' AND {rest})")
    };
    for sql in [
        format!(
            "INSERT INTO attempts (job_id, sheet, number, state, printer_id, load_id, device_job, token, evidence, \
             created_at, updated_at, serial) SELECT job_id, sheet, 2, 'reserved', printer_id, load_id, '', 'other', '', \
             created_at, updated_at, 1004 FROM attempts WHERE {sheet}"
        ),
        take("'nobody'"),
        take(&of(job, "sheet = 3 AND verb = 'spoiled'")),
        take(&of(job, "sheet = 1 AND verb = 'printed'")),
        take(&of(other, "sheet = 1 AND verb = 'reprint'")),
    ] {
        let said = database_refuses(world, &sql);
        assert!(said.contains(BY_DECISION), "{sql}: {said}");
    }
}

/// A job of seven forms on the numbers 1001 to 1003, which nobody has looked at yet, and another one that is done.
async fn two_jobs(world: &World, printer: &IppPrinter) -> (String, String) {
    world.import_small().await;
    world.calculate("TE1", "2025").await;
    let files = format!("file:{}", world.folder().join("printed").display());
    world.done(&["printer", "add", "files", &files]).await;
    let uri = printer.uri();
    let add = ["printer", "add", "laser", &uri, "--evidence", "operator"];
    world.done(&add).await;
    let load = ["printer", "load-stock", "laser", "nec-3up"];
    let numbers = ["--sheets", "100", "--first-serial", "1001"];
    world.done(&[&load[..], &numbers[..]].concat()).await;
    let job = print(world, "nec", "laser").await;
    (job, print(world, "misc", "files").await)
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_93_a_decision_counts_once_from_who_may_about_the_sheet_that_it_names() {
    for world in [World::start().await, World::on_postgres().await] {
        let printer = IppPrinter::start(PRINTS);
        let (job, other) = two_jobs(&world, &printer).await;
        let client = Client::new(world.folder(), &address(&world));
        client.until(&other, State::Completed).await;
        until_out(&client, &job, 3).await;
        others_may_not(&world, &client, &job).await;
        only_the_sheet_itself(&client, &job, &other).await;
        for untouched in [&job, &other] {
            let decided = decided(&client, untouched).await;
            assert!(decided.is_empty(), "{decided:?}");
        }
        let state = client.job(&job).await.state();
        assert_eq!(state, State::AwaitingConfirmation);

        for (sheet, outcome, serial) in [
            (1, Outcome::Printed, 1_001),
            (2, Outcome::Printed, 1_002),
            (3, Outcome::Spoiled, 1_003),
        ] {
            let seen = resolve(&job, sheet, outcome, Some(serial));
            client.jobs().resolve_sheet(seen).await.unwrap();
        }
        not_twice(&client, &job).await;
        let another = reprint("other", &other, 1);
        client.jobs().reprint_sheets(another).await.unwrap();
        the_database_wants_the_decision(&world, &job, &other);
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(printer.marked().len(), 3, "nobody let it be printed again");

        let again = reprint("again", &job, 3);
        for _ in 0..2 {
            client.jobs().reprint_sheets(again.clone()).await.unwrap();
        }
        until_out(&client, &job, 1).await;
        client.jobs().reprint_sheets(again).await.unwrap();
        let reused = why(Code::AlreadyExists, "REQUEST_ID_REUSED");
        for reuse in [reprint("again", &job, 2), reprint("again", &other, 3)] {
            assert_eq!(told(client.jobs().reprint_sheets(reuse).await), reused);
        }
        // The number of the sheet that was thrown away.
        let old = resolve(&job, 3, Outcome::Printed, Some(1_003));
        let mismatch = why(Code::FailedPrecondition, "SERIAL_MISMATCH");
        assert_eq!(told(client.jobs().resolve_sheet(old).await), mismatch);
        let new = resolve(&job, 3, Outcome::Printed, Some(1_004));
        client.jobs().resolve_sheet(new).await.unwrap();

        let done = client.until(&job, State::Completed).await;
        let late = reprint("again", &job, 3);
        client.jobs().reprint_sheets(late).await.unwrap();
        let report = done.report.unwrap();
        assert_eq!((report.forms_printed, report.sheets_printed), (7, 3));
        assert_eq!((report.sheets_spoiled, report.sheets_reprinted), (1, 1));
        let words = [
            ("printed", 1, 1),
            ("printed", 2, 1),
            ("spoiled", 3, 1),
            ("reprint", 3, 1),
            ("printed", 3, 2),
        ];
        let words = words.map(|(verb, sheet, attempt)| (verb.to_owned(), sheet, attempt));
        assert_eq!(decided(&client, &job).await, words);
        let tries = client.sheets(&job).await;
        let tries: Vec<_> = tries.iter().map(|sheet| sheet.attempts.len()).collect();
        assert_eq!(tries, [1, 1, 2]);
        assert_eq!(printer.marked().len(), 4, "one sheet of paper a decision");
    }
}
