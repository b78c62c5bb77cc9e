//! 50 and 51: the connections to PostgreSQL are cut, also in the middle of a commit, again and again while a job prints; and
//! the server crashes.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::Duration;

use formfeed_domain::form::FormType;
use formfeed_tests::daemon::Daemon;
use formfeed_tests::ipp_printer::{IppPrinter, PRINTS};
use formfeed_tests::lying_printer::{Lie, LyingPrinter};
use formfeed_tests::postgres::{OwnPostgres, fresh_postgres_url};
use formfeed_tests::spool::{forms, header};

const CUT: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
    WHERE datname = current_database() AND pid <> pg_backend_pid()";

fn cut(database: &str) -> usize {
    let psql = Command::new("psql")
        .args(["-qAt", database, "-c", CUT])
        .output();
    let told = psql.expect("psql runs");
    assert!(told.status.success(), "{told:?}");
    told.stdout.iter().filter(|byte| **byte == b't').count()
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_50_51_connections_cut_at_any_moment_cost_no_sheet_and_no_question() {
    let laser = IppPrinter::start(PRINTS);
    let one = Daemon::start("one", &fresh_postgres_url()).await;
    one.add_laser("laser", &laser.uri(), "").await;
    let two = Daemon::beside(&one, "two", &[]).await;
    let forms = forms(FormType::Nec, 36);
    let job = two.submit(header("r1", "laser", &forms), &forms).await;
    let job = job.expect("a job").name;
    let mut cuts = 0;
    for pause_ms in [10, 35, 80, 140, 230, 370, 15, 600, 55, 110, 190, 300] {
        tokio::time::sleep(Duration::from_millis(pause_ms)).await;
        cuts += cut(one.database());
    }
    assert!(cuts > 12, "connections were cut: {cuts}");
    tokio::time::sleep(Duration::from_secs(3)).await;

    let done = two.until(&job, super::pb::job::State::Completed).await;
    let report = done.report.expect("a report");
    assert_eq!((report.sheets_printed, report.forms_printed), (12, 36));
    assert_eq!(report.total_amount_cents, 36_000_00 + 666);
    let marked = laser.marked();
    let sheets: BTreeSet<_> = marked
        .iter()
        .filter_map(|name| name.rsplit_once("-a"))
        .map(|(sheet, _)| sheet)
        .collect();
    assert_eq!((marked.len(), sheets.len()), (12, 12), "{marked:?}");
    for sheet in one.sheets(&job).await {
        let undecided = sheet.attempts.iter().filter(|it| !it.decided_by.is_empty());
        assert_eq!(undecided.count(), 0, "nobody was asked: {sheet:?}");
    }
    let lease = two.printer("laser").await.lease.expect("a holder");
    assert!(lease.shows_life && lease.epoch == 1, "{lease:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_51_while_a_crashed_server_is_away_no_sheet_is_sent_and_then_the_job_ends() {
    let server = OwnPostgres::start();
    let laser = LyingPrinter::start(Lie::None).await;
    laser.take_time(Duration::from_millis(200));
    let one = Daemon::start("one", &server.url()).await;
    one.add_laser("laser", &laser.uri(), "").await;
    let forms = forms(FormType::Nec, 24);
    let job = one.submit(header("r1", "laser", &forms), &forms).await;
    let job = job.expect("a job").name;
    for sheets in [2, 5] {
        while laser.marked().len() < sheets {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        server.crash();
        // What was under way comes out; nothing follows it.
        tokio::time::sleep(Duration::from_secs(1)).await;
        let marked = laser.marked().len();
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(laser.marked().len(), marked);
        server.start_again();
    }
    let done = one.until(&job, super::pb::job::State::Completed).await;
    let report = done.report.expect("a report");
    assert_eq!((report.sheets_printed, report.forms_printed), (8, 24));
    let marked: BTreeSet<_> = laser.marked().into_iter().collect();
    assert_eq!((laser.marked().len(), marked.len()), (8, 8), "{marked:?}");
}
