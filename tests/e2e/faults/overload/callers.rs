//! Everybody at once, while a printer prints: who submits, who follows, who looks at the console, and who decides.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_runtime::access::{admin_token_path, read_token};
use formfeed_runtime::client::AuthChannel;
use formfeed_runtime::reason;
use formfeed_runtime::status::reason_of;
use formfeed_tests::connections::allow_many;
use formfeed_tests::ipp_printer::free_port;
use formfeed_tests::lying_printer::{Lie, LyingPrinter};
use formfeed_tests::spool::{Client, Left, forms, header};
use formfeed_tests::spooler_program::SpoolerProgram;
use formfeed_tests::tools::run;
use pb::job::State;
use pb::job_service_client::JobServiceClient;
use pb::resolve_sheet_request::Outcome;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status};

use super::{PATIENCE, add, follow, is_printed, pace, report_of, submit};
use crate::faults::decide;

/// So many submit at once, and as many questions are asked at once.
const CALLERS: usize = 200;
const WATCHERS: usize = 50;
/// What the printer takes for a sheet, as a quick one does.
const OWN: Duration = Duration::from_secs(1);
/// Sheets that it prints when nobody calls, and when all do.
const ALONE: usize = 4;
const MEANWHILE: usize = 20;
/// Within which everybody is answered.
const ANSWERED_WITHIN: Duration = Duration::from_secs(30);

/// Who is signed in to the console, by what curl keeps of it.
struct Person {
    console: String,
    jar: String,
}

impl Person {
    async fn sign_in(console: String, folder: &Path) -> Self {
        let jar = folder.join("cookies").display().to_string();
        let origin = format!("Origin: {console}");
        let token = read_token(&admin_token_path(folder)).unwrap();
        let token = format!("token={}", token.expose());
        let person = Self { console, jar };
        let form = ["-H", &origin, "--data-urlencode", &token];
        assert_eq!(person.ask("/sign-in", &form).await, "303");
        person
    }

    /// The status that a page is answered with, in time.
    async fn ask(&self, path: &str, more: &[&str]) -> String {
        let mut curl = Command::new("curl");
        curl.args(["-sS", "-o", "/dev/null", "-w", "%{http_code}"]);
        curl.args(["--max-time", "30", "-b", &self.jar, "-c", &self.jar]);
        curl.args(more).arg(format!("{}{path}", self.console));
        let told = tokio::task::spawn_blocking(move || run(&mut curl)).await;
        String::from_utf8(told.unwrap().stdout).unwrap()
    }

    /// Goes from page to page until told; how many there were.
    async fn looks_until(self, over: CancellationToken) -> usize {
        let mut seen = 0;
        while !over.is_cancelled() {
            for path in ["/", "/jobs", "/reports"] {
                assert_eq!(self.ask(path, &[]).await, "200", "{path}");
                seen += 1;
            }
        }
        seen
    }
}

/// There is too much to do, which is told as such.
#[track_caller]
fn assert_overloaded(refused: &Status) {
    assert_eq!(refused.code(), Code::ResourceExhausted, "{refused:?}");
    let why = reason_of(refused);
    assert_eq!(why.as_deref(), Some(reason::OVERLOADED), "{refused:?}");
}

/// Submits jobs of one sheet at once, each on a connection of its own; those that were taken.
async fn submit_at_once(program: &SpoolerProgram) -> Vec<String> {
    let three = forms(FormType::Nec, 3);
    let mut submissions = JoinSet::new();
    for number in 0..CALLERS {
        let (client, three) = (program.client().clone(), three.clone());
        submissions.spawn(async move {
            let header = header(&format!("busy-{number}"), "busy", &three);
            let answer = timeout(ANSWERED_WITHIN, client.submit(header, &three)).await;
            answer.expect("an answer in time")
        });
    }
    let mut taken = Vec::new();
    for answer in submissions.join_all().await {
        match answer {
            Ok(job) => taken.push(job.name),
            Err(refused) => assert_overloaded(&refused),
        }
    }
    taken
}

/// Asks for jobs at once, more often than one connection may; how many questions are refused.
async fn ask_at_once(jobs: JobServiceClient<AuthChannel>) -> usize {
    let mut questions = JoinSet::new();
    for _ in 0..CALLERS {
        let mut jobs = jobs.clone();
        questions.spawn(async move {
            let few = pb::ListJobsRequest {
                page_size: 10,
                ..pb::ListJobsRequest::default()
            };
            let answer = timeout(ANSWERED_WITHIN, jobs.list_jobs(few)).await;
            answer.expect("an answer in time")
        });
    }
    let answers = questions.join_all().await;
    let refusals: Vec<_> = answers.into_iter().filter_map(Result::err).collect();
    for refused in &refusals {
        assert_overloaded(refused);
    }
    refusals.len()
}

/// A job whose only sheet is in doubt, as its printer forgot it.
async fn in_doubt(program: &SpoolerProgram, forgets: &LyingPrinter) -> pb::Job {
    add(program, "forgets", forgets).await;
    let job = submit(program, "doubt", "forgets", 1).await;
    let client = program.client();
    let job = client.until(&job, State::NeedsDecision).await;
    forgets.now(Lie::None);
    job
}

/// Verb and sheet of every decision about a job.
async fn decided(client: &Client, job: &str) -> Vec<(String, i32)> {
    let request = pb::ListDecisionsRequest {
        job: job.to_owned(),
        ..pb::ListDecisionsRequest::default()
    };
    let listed = client.jobs().list_decisions(request).await.unwrap();
    let decisions = listed.into_inner().decisions.into_iter();
    decisions.map(|it| (it.verb, it.sheet)).collect()
}

/// What was marked: sheets, and different ones among them.
fn marked(laser: &LyingPrinter) -> (usize, usize) {
    let all = laser.marked();
    let mut different = all.clone();
    different.sort();
    different.dedup();
    (all.len(), different.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_106_two_hundred_submissions_and_fifty_watchers_lose_no_sheet_no_decision_and_little_time()
 {
    allow_many();
    let left = Left::on_sqlite();
    let console = format!("127.0.0.1:{}", free_port());
    let more = ["--console-listen", &console];
    let program = SpoolerProgram::start_with(&left, None, &more).expect("it lives");
    let (client, over) = (program.client(), CancellationToken::new());
    let laser = LyingPrinter::start(Lie::None).await;
    let busy = LyingPrinter::start(Lie::None).await;
    let forgets = LyingPrinter::start(Lie::Drops).await;
    laser.take_time(OWN);
    add(&program, "laser", &laser).await;
    add(&program, "busy", &busy).await;
    let doubted = in_doubt(&program, &forgets).await;
    let alone = submit(&program, "alone", "laser", ALONE).await;
    client.until_job(&alone, "printed", is_printed).await;

    let job = submit(&program, "meanwhile", "laser", MEANWHILE).await;
    let mut watchers = JoinSet::new();
    for _ in 0..WATCHERS {
        watchers.spawn(report_of(follow(client, &job).await));
    }
    let person = Person::sign_in(format!("http://{console}"), left.folder()).await;
    let looks = tokio::spawn(person.looks_until(over.clone()));
    let decision = decide(client, &doubted, Outcome::NotPrinted);
    let (taken, refusals, decision) = tokio::join!(
        submit_at_once(&program),
        ask_at_once(client.jobs()),
        timeout(ANSWERED_WITHIN, decision),
    );
    decision.expect("an answer in time").unwrap();
    assert!(!taken.is_empty() && refusals > 0, "{refusals} refusals");
    let reports = timeout(PATIENCE, watchers.join_all()).await;
    for report in reports.expect("the end of the job") {
        assert_eq!(usize::try_from(report.sheets_printed), Ok(MEANWHILE));
    }
    for job in &taken {
        client.until_job(job, "printed", is_printed).await;
    }
    over.cancel();
    assert!(looks.await.unwrap() > 0);

    // How much longer it takes is measured elsewhere: here two tests may run at once, of a build for debugging.
    let rests = laser.rests();
    let (alone, meanwhile) = (pace(OWN, &rests[..ALONE - 1]), pace(OWN, &rests[ALONE..]));
    println!("{alone:?} for a sheet alone, {meanwhile:?} meanwhile");
    assert!(meanwhile < alone * 2, "{alone:?}, then {meanwhile:?}");

    client.until_job(&doubted.name, "printed", is_printed).await;
    program.kill();
    let program = SpoolerProgram::try_start(&left, None).expect("it lives again");
    let client = program.client();
    let decisions = decided(client, &doubted.name).await;
    assert_eq!(decisions, [("not-printed".to_owned(), 1)]);
    for job in taken.iter().chain([&job, &doubted.name]) {
        client.until(job, State::Completed).await;
    }
    assert_eq!(marked(&busy), (taken.len(), taken.len()));
    let all = ALONE + MEANWHILE;
    assert_eq!((marked(&laser), marked(&forgets)), ((all, all), (1, 1)));
    program.stop();
}
