//! Fault 52: an older database is put in the place of one that has printed since.

use std::time::Duration;

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_tests::command::Up;
use formfeed_tests::ipp_printer::{IppPrinter, PRINTS};
use formfeed_tests::spool::{Left, forms, header};
use pb::job::State;
use serde_json::Value;

use super::{Tables, WHOLE, backup, calculated, last_line, print, restore, stock};
use crate::power_cut::until;

/// A job that the backup knows and one that it does not are printed since; numbered stock, each sheet confirmed by hand.
fn prints_nothing_twice(tables: &Tables) {
    let laser = IppPrinter::start(PRINTS);
    let up = calculated(tables);
    let add = ["printer", "add", "laser", &laser.uri()];
    up.run(&[&add[..], &["--evidence", "operator"]].concat())
        .ok();
    let load = ["printer", "load-stock", "laser", "nec-3up"];
    up.run(&[&load[..], &["--sheets", "20", "--first-serial", "1001"]].concat())
        .ok();
    up.run(&["printer", "pause", "laser", "--reason", "not yet"])
        .ok();
    let known = print(&up, &["--printer", "laser"]);
    let bk = tempfile::tempdir().unwrap();
    let to = bk.path().join("bk");
    backup(&up, tables, &to, &[]).ok();
    up.run(&["printer", "resume", "laser"]).ok();
    until(&up, &known, |job| job["sheets_awaiting_confirmation"] == 3);
    let unknown = print(&up, &["--printer", "laser", "--again", "once more"]);
    until(&up, &unknown, |job| {
        job["sheets_awaiting_confirmation"] == 3
    });
    assert_eq!(laser.marked().len(), 6);
    let (code, left) = up.stop();
    assert_eq!(code, 0);

    let refused = restore(left.path(), tables, &to, &[]);
    assert_eq!(refused.code, 3, "{refused:?}");
    assert!(refused.err.contains("--replace"), "{refused:?}");
    let restored = restore(left.path(), tables, &to, &["--replace"]).ok();
    assert!(restored.out.contains("aside"), "{restored:?}");

    let up = Up::start_on(left, &tables.flags());
    up.run(&["printer", "resume", "laser"]).ok();
    let shown = up.run(&["printer", "show", "laser"]).ok().out;
    assert!(shown.contains("older than the paper"), "{shown}");
    let waits = up.run(&["job", "show", &known]).ok().out;
    assert!(waits.contains("formfeed reconcile"), "{waits}");
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(
        laser.marked().len(),
        6,
        "nothing before somebody has looked"
    );

    let listed = up.run(&["--json", "reconcile"]).ok().json();
    let told: Vec<_> = sheets(&listed);
    let serials = |first: i64| (first..first + 3).map(Some);
    let expected: Vec<(String, bool, Option<i64>)> = serials(1001)
        .map(|serial| (known.clone(), true, serial))
        .chain(serials(1004).map(|serial| (unknown.clone(), false, serial)))
        .map(|(job, is_known, serial)| (job.replace("jobs/", ""), is_known, serial))
        .collect();
    assert_eq!(told, expected, "{listed}");
    assert_eq!(listed["reconciled"], false);
    // Looking changes nothing; without a reason nothing is taken in.
    let blank = up.run(&["reconcile", "--reason", " "]);
    assert_eq!(blank.code, 3, "{blank:?}");
    let taken_in = up.run(&["--json", "reconcile", "--reason", "the paper lies here"]);
    assert_eq!(sheets(&taken_in.ok().json()), expected);

    // The known job's sheets are in doubt, the others count as lost of the same load.
    let job = until(&up, &known, |job| job["sheets_in_doubt"] == 3);
    assert_eq!(job["sheets_pending"], 0, "{job}");
    let load = stock(&up, "laser");
    let count = |what: &str| load[what].as_i64().unwrap_or(-1);
    let counts = (count("in_doubt"), count("lost"), count("on_hand"));
    assert_eq!(counts, (3, 3, 14), "{load}");
    assert_eq!(laser.marked().len(), 6);

    // A person looks at the paper: two sheets are good, one is torn and printed again.
    for sheet in ["1", "2"] {
        up.run(&["job", "resolve", &known, "--sheet", sheet, "printed"])
            .ok();
    }
    let torn = ["job", "resolve", &known, "--sheet", "3", "spoiled"];
    up.run(&[&torn[..], &["--reason", "torn"]].concat()).ok();
    up.run(&["job", "reprint", &known, "--sheet", "3", "--reason", "torn"])
        .ok();
    until(&up, &known, |job| job["sheets_awaiting_confirmation"] == 1);
    up.run(&["job", "confirm", &known, "--sheets", "3"]).ok();
    let shown = up.run(&["job", "show", &known]).ok();
    assert_eq!(last_line(&shown), WHOLE, "{shown:?}");
    assert_eq!(laser.marked().len(), 7);
    let load = stock(&up, "laser");
    let count = |what: &str| load[what].as_i64().unwrap_or(-1);
    let counts = ["good", "spoiled", "lost", "on_hand"].map(count);
    assert_eq!(counts, [3, 1, 3, 13], "{load}");
    assert_eq!(load["next_serial"], 1008, "{load}");
    let used = up.run(&[
        "printer",
        "load-stock",
        "laser",
        "nec-3up",
        "--sheets",
        "5",
        "--first-serial",
        "1005",
    ]);
    assert_eq!(
        used.code, 3,
        "a number that was used since is used: {used:?}"
    );
    let history = up.run(&["job", "show", &known, "--history"]).ok().out;
    assert!(history.contains("reconcile"), "{history}");

    // It stays so over a restart.
    let (_, left) = up.stop();
    let up = Up::start_on(left, &tables.flags());
    let agreed = up.run(&["reconcile"]).ok().out;
    assert!(agreed.contains("nothing to reconcile"), "{agreed}");
}

/// What people decided since is lost with the database; what was printed by it is not.
#[test]
fn fault_52_a_sheet_printed_again_since_takes_the_place_of_the_one_that_the_database_calls_good() {
    let laser = IppPrinter::start(PRINTS);
    let tables = Tables::sqlite();
    let up = calculated(&tables);
    up.run(&["printer", "add", "laser", &laser.uri()]).ok();
    let load = ["printer", "load-stock", "laser", "nec-3up"];
    up.run(&[&load[..], &["--sheets", "20", "--first-serial", "1001"]].concat())
        .ok();
    let job = print(&up, &["--printer", "laser", "--wait"]);
    let bk = tempfile::tempdir().unwrap();
    let to = bk.path().join("bk");
    backup(&up, &tables, &to, &[]).ok();
    up.run(&["job", "reprint", &job, "--sheet", "2", "--reason", "coffee"])
        .ok();
    let report = |job: &Value| (job["report_version"].clone(), job["report"] == "final");
    until(&up, &job, |job| report(job) == (2.into(), true));
    assert_eq!(laser.marked().len(), 4);
    let (_, left) = up.stop();
    restore(left.path(), &tables, &to, &["--replace"]).ok();
    let up = Up::start_on(left, &[]);
    up.run(&["reconcile", "--reason", "the disk was put back"])
        .ok();
    // The printer proves what it printed under the journal's name: the count is right without a person.
    let again = until(&up, &job, |job| report(job) == (2.into(), true));
    assert_eq!(again["sheets_spoiled"], 1, "{again}");
    assert_eq!(last_line(&up.run(&["job", "show", &job]).ok()), WHOLE);
    assert_eq!(laser.marked().len(), 4);
    let load = stock(&up, "laser");
    let count = |what: &str| load[what].as_i64().unwrap_or(-1);
    assert_eq!(
        ["good", "spoiled", "on_hand"].map(count),
        [3, 1, 16],
        "{load}"
    );
}

/// A number that was given back since the backup, and taken by the sheet's next attempt.
#[test]
fn fault_52_a_number_given_back_and_taken_again_since_is_in_one_place() {
    let laser = IppPrinter::start(PRINTS);
    let tables = Tables::sqlite();
    let up = calculated(&tables);
    let add = ["printer", "add", "laser", &laser.uri()];
    up.run(&[&add[..], &["--evidence", "operator"]].concat())
        .ok();
    let load = ["printer", "load-stock", "laser", "nec-3up"];
    up.run(&[&load[..], &["--sheets", "20", "--first-serial", "1001"]].concat())
        .ok();
    let job = print(&up, &["--printer", "laser"]);
    until(&up, &job, |job| job["sheets_awaiting_confirmation"] == 3);
    let bk = tempfile::tempdir().unwrap();
    let to = bk.path().join("bk");
    backup(&up, &tables, &to, &[]).ok();
    let feed = ["job", "resolve", &job, "--sheet", "1", "not-printed"];
    up.run(&[&feed[..], &["--reason", "it came out blank"]].concat())
        .ok();
    until(&up, &job, |job| job["sheets_awaiting_confirmation"] == 3);
    let (_, left) = up.stop();
    restore(left.path(), &tables, &to, &["--replace"]).ok();
    let up = Up::start_on(left, &[]);
    up.run(&["reconcile", "--reason", "the disk was put back"])
        .ok();
    until(&up, &job, |job| job["sheets_in_doubt"] == 1);
    let load = stock(&up, "laser");
    let count = |what: &str| load[what].as_i64().unwrap_or(-1);
    assert_eq!(
        ["in_doubt", "live", "on_hand"].map(count),
        [1, 2, 17],
        "{load}"
    );
    up.run(&["job", "resolve", &job, "--sheet", "1", "printed"])
        .ok();
    up.run(&["job", "confirm", &job, "--sheets", "2-3"]).ok();
    assert_eq!(last_line(&up.run(&["job", "show", &job]).ok()), WHOLE);
    assert_eq!(laser.marked().len(), 4);
}

fn sheets(listed: &Value) -> Vec<(String, bool, Option<i64>)> {
    let mut told = Vec::new();
    for one in listed["sheets"].as_array().expect("a list") {
        let number = |name: &str| one[name].as_i64().expect("a number");
        for sheet in number("first_sheet")..=number("last_sheet") {
            let serial = one["first_serial"].as_i64();
            let serial = serial.map(|first| first + sheet - number("first_sheet"));
            let job = one["job"].as_str().expect("a job").to_owned();
            told.push((job, one["job_known"] == true, serial));
        }
    }
    told
}

#[test]
fn fault_52_on_sqlite_a_restored_database_prints_nothing_that_was_printed_since() {
    prints_nothing_twice(&Tables::sqlite());
}

#[test]
fn fault_52_on_postgres_a_restored_database_prints_nothing_that_was_printed_since() {
    prints_nothing_twice(&Tables::postgres());
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_52_a_database_file_put_back_by_hand_is_noticed_and_the_device_proves_its_sheets() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    let some = forms(FormType::Nec, 7);
    let pause = pb::PausePrinterRequest {
        name: "printers/files".to_owned(),
        reason: "not yet".to_owned(),
    };
    spool.printers().pause_printer(pause).await.unwrap();
    let job = spool.submit(header("r1", "files", &some), &some).await;
    let job = job.unwrap().name;
    let left = spool.stop().await;
    let old = tempfile::tempdir().unwrap();
    let (file, copy) = (left.folder().join("spooler.db"), old.path().join("old.db"));
    let vacuum = format!("VACUUM INTO '{}'", copy.display());
    let database = rusqlite::Connection::open(&file).unwrap();
    database.execute_batch(&vacuum).unwrap();
    drop(database);

    let spool = left.start().await;
    let resume = || pb::ResumePrinterRequest {
        name: "printers/files".to_owned(),
    };
    spool.printers().resume_printer(resume()).await.unwrap();
    let printed = spool.until(&job, State::Completed).await.report;
    let documents = spool.printed();
    assert_eq!(documents.len(), 1);
    let left = spool.stop().await;
    for log in ["spooler.db-wal", "spooler.db-shm"] {
        std::fs::remove_file(left.folder().join(log)).ok();
    }
    std::fs::copy(&copy, &file).unwrap();

    let spool = left.start().await;
    spool.printers().resume_printer(resume()).await.unwrap();
    let asked = pb::GetReconciliationRequest {};
    let told = spool.printers().get_reconciliation(asked).await.unwrap();
    let told = told.into_inner();
    assert!(told.trouble.contains("older than the paper"), "{told:?}");
    assert_eq!((told.sheets.len(), told.incomplete), (1, false), "{told:?}");
    let span = &told.sheets[0];
    assert_eq!((span.first_sheet, span.last_sheet, span.attempt), (1, 3, 1));
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(spool.printed(), documents);
    let reason = pb::ReconcileRequest {
        reason: "the disk was put back".to_owned(),
    };
    spool.printers().reconcile(reason).await.unwrap();
    // The file lies in its folder: that is proof, and nothing is written again.
    let again = spool.until(&job, State::Completed).await.report;
    assert_eq!(again, printed);
    assert_eq!(spool.printed(), documents);
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_is_gone_is_noticed_and_holds_what_is_open() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    let some = forms(FormType::Nec, 3);
    let job = spool.submit(header("r1", "files", &some), &some).await;
    spool.until(&job.unwrap().name, State::Completed).await;
    let left = spool.stop().await;
    std::fs::remove_file(left.folder().join("spooler.journal")).unwrap();
    // A restart in between makes nobody know more.
    let left = left.start().await.stop().await;
    let spool = left.start().await;
    let asked = pb::GetReconciliationRequest {};
    let told = spool.printers().get_reconciliation(asked).await.unwrap();
    let told = told.into_inner();
    assert!(
        told.incomplete && told.trouble.contains("nobody knows"),
        "{told:?}"
    );
    let job = spool.submit(header("r2", "files", &some), &some).await;
    let job = job.unwrap().name;
    let reason = pb::ReconcileRequest {
        reason: "it was swept away".to_owned(),
    };
    let done = spool.printers().reconcile(reason).await.unwrap();
    assert_eq!(done.into_inner().held_jobs, std::slice::from_ref(&job));
    let release = pb::ReleaseJobRequest { name: job.clone() };
    spool.jobs().release_job(release).await.unwrap();
    spool.until(&job, State::Completed).await;
    spool.stop().await;
}

#[test]
fn fault_92_who_had_sheets_printed_does_not_say_what_became_of_them() {
    let (tables, laser) = (Tables::sqlite(), IppPrinter::start(PRINTS));
    let up = calculated(&tables);
    let paul = up.folder.path().join("paul.token").display().to_string();
    let made = up.run(&["--json", "token", "add", "paul", "--role", "admin"]);
    let secret = made.ok().json()["secret"].as_str().unwrap().to_owned();
    std::fs::write(&paul, secret).unwrap();
    let add = ["printer", "add", "laser", &laser.uri()];
    up.run(&[&add[..], &["--stock", "nec-3up"]].concat()).ok();
    up.run(&["printer", "pause", "laser", "--reason", "not yet"])
        .ok();
    let job = print(&up, &["--printer", "laser", "--token-file", &paul]);
    let bk = tempfile::tempdir().unwrap();
    let to = bk.path().join("bk");
    backup(&up, &tables, &to, &[]).ok();
    up.run(&["printer", "resume", "laser"]).ok();
    assert_eq!(last_line(&up.run(&["job", "watch", &job]).ok()), WHOLE);
    let (_, left) = up.stop();
    restore(left.path(), &tables, &to, &["--replace"]).ok();

    let up = Up::start_on(left, &[]);
    up.run(&["duty", "set", "on", "--reason", "year end"]).ok();
    let reconcile = ["reconcile", "--reason", "the paper lies here"];
    let refused = up.run(&[&["--token-file", &paul], &reconcile[..]].concat());
    assert_eq!(refused.code, 3, "{refused:?}");
    assert!(refused.err.contains("somebody else"), "{refused:?}");
    up.run(&reconcile).ok();
    let approve = ["--token-file", &paul, "printer", "approve", "laser"];
    up.run(&[&approve[..], &["--change", "1"]].concat()).ok();
    // The printer proves its sheets: nothing is printed a second time.
    until(&up, &job, |job| job["sheets_printed"] == 3);
    assert_eq!(laser.marked().len(), 3);
}

/// A journal whose second line, or last, cannot be read: what was printed then, nobody knows.
async fn is_noticed(damage: impl Fn(&mut Vec<String>), words: &str) {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    let some = forms(FormType::Nec, 3);
    for request in ["r1", "r2", "r3"] {
        let job = spool.submit(header(request, "files", &some), &some).await;
        spool.until(&job.unwrap().name, State::Completed).await;
    }
    let left = spool.stop().await;
    let file = left.folder().join("spooler.journal");
    let text = std::fs::read_to_string(&file).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    damage(&mut lines);
    std::fs::write(&file, lines.join("\n") + "\n").unwrap();

    let spool = left.start().await;
    let asked = pb::GetReconciliationRequest {};
    let told = spool.printers().get_reconciliation(asked).await.unwrap();
    let told = told.into_inner();
    assert!(told.incomplete && told.trouble.contains(words), "{told:?}");
    // A restart in between makes nobody know more.
    let spool = spool.stop().await.start().await;
    let job = spool.submit(header("r4", "files", &some), &some).await;
    let job = job.unwrap().name;
    let printed = spool.printed().len();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(spool.printed().len(), printed, "nothing is printed");
    let reason = pb::ReconcileRequest {
        reason: "the disk is broken".to_owned(),
    };
    let done = spool.printers().reconcile(reason).await.unwrap();
    assert_eq!(done.into_inner().held_jobs, std::slice::from_ref(&job));
    // Reconciled, it is no trouble any more.
    let spool = spool.stop().await.start().await;
    let asked = pb::GetReconciliationRequest {};
    let told = spool.printers().get_reconciliation(asked).await.unwrap();
    assert_eq!(told.into_inner().trouble, "");
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_with_a_hole_is_as_good_as_none() {
    let unreadable = |line: &mut String| *line = "\0\0\0".to_owned();
    is_noticed(
        |lines| unreadable(&mut lines[2]),
        "is missing or cannot be read",
    )
    .await;
    is_noticed(
        |lines| drop(lines.remove(2)),
        "is missing or cannot be read",
    )
    .await;
    let last = |lines: &mut Vec<String>| unreadable(lines.last_mut().unwrap());
    is_noticed(last, "the last line of the journal").await;
}
