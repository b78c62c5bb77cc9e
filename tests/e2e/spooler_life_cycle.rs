//! The database itself holds the life of an attempt: what code must not do, it cannot do.

use std::process::{Command, Stdio};
use std::{io::Write as _, path::Path};

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_tests::postgres::fresh_postgres_url;
use formfeed_tests::spool::{Left, forms, header};

/// Statements that must all be refused once a job of one sheet is good.
const FORBIDDEN: [(&str, &str); 7] = [
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
        "INSERT INTO attempts SELECT job_id, sheet, 2, 'reserved', printer_id, load_id, device_job, 'other', '', \
         NULL, NULL, NULL, created_at, updated_at, serial FROM attempts",
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
