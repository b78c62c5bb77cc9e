//! The database itself holds the life of an attempt: what code must not do, it cannot do.

use std::process::{Command, Stdio};
use std::{io::Write as _, path::Path};

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_tests::postgres::fresh_postgres_url;
use formfeed_tests::spool::{Left, forms, header};

/// Statements that must all be refused once a job of one sheet is good.
const FORBIDDEN: [(&str, &str); 14] = [
    (
        "a good sheet cannot go back to the queue",
        "UPDATE attempts SET state = 'reserved', basis = NULL",
    ),
    (
        "a good sheet cannot fall in doubt",
        "UPDATE attempts SET state = 'in_doubt', basis = NULL",
    ),
    (
        "a good sheet cannot get a second attempt",
        "INSERT INTO attempts (job_id, sheet, number, state, printer_id, load_id, device_job, token, evidence, created_at, \
         updated_at, serial) SELECT job_id, sheet, 2, 'reserved', printer_id, load_id, device_job, 'other', '', created_at, \
         updated_at, serial FROM attempts",
    ),
    (
        "a good sheet is not withdrawn without a decision",
        "UPDATE attempts SET state = 'spoiled', basis = NULL, decided_by = 'x', reason = 'x'",
    ),
    (
        "a good sheet is not lost without a decision",
        "UPDATE attempts SET state = 'lost', basis = NULL, decided_by = 'x', reason = 'x'",
    ),
    (
        "nothing is printed again by the word of no decision",
        "UPDATE attempts SET reprint = 'x'",
    ),
    (
        "a sheet is not given up without a decision",
        "INSERT INTO abandoned_sheets SELECT job_id, number, 'x' FROM sheets",
    ),
    (
        "a decision cannot change",
        "UPDATE decisions SET decided_by = 'somebody else'",
    ),
    ("a decision cannot vanish", "DELETE FROM decisions"),
    (
        "no version of a report is left out",
        "INSERT INTO job_reports SELECT job_id, 3, content, created_at FROM job_reports",
    ),
    (
        "an attempt cannot take another sheet of stock",
        "UPDATE attempts SET serial = 1001",
    ),
    ("an attempt cannot vanish", "DELETE FROM attempts"),
    (
        "a final report cannot change",
        "UPDATE job_reports SET content = '{}'",
    ),
    ("a final report cannot vanish", "DELETE FROM job_reports"),
];

fn on_sqlite(file: &Path, statement: &str) -> bool {
    let script = "import sqlite3, sys\n\
        c = sqlite3.connect(sys.argv[1])\nc.execute(sys.stdin.read())\nc.commit()";
    let mut python = Command::new("python3");
    run(python.args(["-c", script]).arg(file), statement)
}

fn on_postgres(url: &str, statement: &str) -> bool {
    let mut psql = Command::new("psql");
    let statement = format!("SET search_path TO formfeed_spooler; {statement}");
    run(psql.args(["-v", "ON_ERROR_STOP=1", "-q", url]), &statement)
}

fn run(command: &mut Command, input: &str) -> bool {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    child.wait().unwrap().success()
}

async fn print_one(left: Left) -> Left {
    let spool = left.start().await.with_file_printer().await;
    let forms = forms(FormType::Nec, 2);
    let job = spool
        .submit(header("r1", "files", &forms), &forms)
        .await
        .unwrap();
    spool.until(&job.name, pb::job::State::Completed).await;
    spool.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_statement_takes_an_attempt_where_it_must_not_go_on_sqlite() {
    let left = print_one(Left::on_sqlite()).await;
    let file = left.config().data_dir.join("spooler.db");
    assert!(on_sqlite(&file, "UPDATE attempts SET reason = 'a word'"));
    for (law, statement) in FORBIDDEN {
        assert!(!on_sqlite(&file, statement), "{law}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_statement_takes_an_attempt_where_it_must_not_go_on_postgres() {
    let url = fresh_postgres_url();
    print_one(Left::on_database(url.clone())).await;
    assert!(on_postgres(&url, "UPDATE attempts SET reason = 'a word'"));
    for (law, statement) in FORBIDDEN {
        assert!(!on_postgres(&url, statement), "{law}");
    }
}

/// Statements that must all be refused once the sheet of the job was spoiled, and nobody let it be printed again.
const FORBIDDEN_OF_SPOILED: [(&str, &str); 3] = [
    (
        "a spoiled sheet is printed again by decision only",
        "INSERT INTO attempts (job_id, sheet, number, state, printer_id, load_id, device_job, token, evidence, created_at, \
         updated_at, serial) SELECT job_id, sheet, 2, 'reserved', printer_id, load_id, device_job, 'other', '', created_at, \
         updated_at, serial FROM attempts",
    ),
    (
        "another decision about the sheet lets nothing be printed again",
        "UPDATE attempts SET reprint = (SELECT decision_id FROM decisions WHERE verb = 'correct-spoiled')",
    ),
    (
        "a spoiled sheet never becomes good",
        "UPDATE attempts SET state = 'good', basis = 'operator'",
    ),
];

/// Prints one sheet and says that it is spoiled after all.
async fn spoil_one(left: Left) -> Left {
    let spool = print_one(left).await.start().await;
    let list = pb::ListJobsRequest::default();
    let jobs = spool.jobs().list_jobs(list).await.unwrap().into_inner();
    let correct = pb::CorrectSheetsRequest {
        request_id: "spoil".to_owned(),
        job: jobs.jobs[0].name.clone(),
        sheet: 1,
        outcome: pb::resolve_sheet_request::Outcome::Spoiled.into(),
        reason: "wet".to_owned(),
        ..pb::CorrectSheetsRequest::default()
    };
    spool.jobs().correct_sheets(correct).await.unwrap();
    spool.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_statement_prints_a_spoiled_sheet_again_on_sqlite() {
    let left = spoil_one(Left::on_sqlite()).await;
    let file = left.config().data_dir.join("spooler.db");
    for (law, statement) in FORBIDDEN_OF_SPOILED {
        assert!(!on_sqlite(&file, statement), "{law}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_statement_prints_a_spoiled_sheet_again_on_postgres() {
    let url = fresh_postgres_url();
    spoil_one(Left::on_database(url.clone())).await;
    for (law, statement) in FORBIDDEN_OF_SPOILED {
        assert!(!on_postgres(&url, statement), "{law}");
    }
}
