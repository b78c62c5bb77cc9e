//! 56: the calendar clock jumps while jobs are submitted, printed and decided about.

use std::collections::BTreeSet;
use std::time::Duration;

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_tests::daemon::Daemon;
use formfeed_tests::lying_printer::{Lie, LyingPrinter};
use formfeed_tests::postgres::fresh_postgres_url;
use formfeed_tests::spool::{forms, header};
use pb::job::State;

#[tokio::test(flavor = "multi_thread")]
async fn fault_56_order_goes_by_what_came_first_and_not_by_the_clock() {
    let folder = tempfile::tempdir().unwrap();
    let clock = folder.path().join("clock");
    let set = |shift: &str| std::fs::write(&clock, shift).unwrap();
    set("+0");
    let variables = Daemon::with_clock_of(&clock);
    let variables: Vec<_> = variables
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let one = Daemon::start_with("one", &fresh_postgres_url(), &variables, None).await;
    let laser = LyingPrinter::start(Lie::None).await;
    laser.take_time(Duration::from_millis(100));
    one.add_laser("laser", &laser.uri(), "").await;

    let nine = forms(FormType::Nec, 9);
    let mut jobs = Vec::new();
    for (number, shift) in ["+0", "-2h", "+1y", "-1d"].into_iter().enumerate() {
        set(shift);
        let header = header(&format!("r{number}"), "laser", &nine);
        let job = one.submit(header, &nine).await.expect("a job");
        let created = job.create_time.expect("a time").seconds;
        jobs.push((created, job.name));
    }
    let times: Vec<_> = jobs.iter().map(|(created, _)| *created).collect();
    assert!(!times.is_sorted(), "its clock jumped: {times:?}");
    for (_, job) in &jobs {
        let done = one.until(job, State::Completed).await;
        assert_eq!(done.report.expect("a report").sheets_printed, 3);
        let sequence: Vec<_> = one.events(job).await.iter().map(|it| it.sequence).collect();
        assert!(sequence.is_sorted(), "{sequence:?}");
        for sheet in one.sheets(job).await {
            assert_eq!(sheet.attempts.len(), 1, "{sheet:?}");
        }
    }
    // Whatever the clock said when they came: one after the other.
    let marked = laser.marked();
    let ids: Vec<_> = jobs
        .iter()
        .map(|(_, name)| name.trim_start_matches("jobs/"))
        .collect();
    let printed: Vec<_> = marked.iter().map(|name| &name[..36]).collect();
    let expected: Vec<_> = ids.iter().flat_map(|id| [*id; 3]).collect();
    assert_eq!(printed, expected);
    assert_eq!(marked.iter().collect::<BTreeSet<_>>().len(), 12);
}
