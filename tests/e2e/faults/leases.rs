//! 13 to 15, and what belongs to them: several spoolers on one PostgreSQL database, of which one at a time drives a printer.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_proto::spooler::job_service_client::JobServiceClient;
use formfeed_runtime::client::AuthChannel;
use formfeed_runtime::status::reason_of;
use formfeed_tests::daemon::Daemon;
use formfeed_tests::ipp_printer::{IppPrinter, PRINTS, WAITS};
use formfeed_tests::postgres::fresh_postgres_url;
use formfeed_tests::spool::{forms, header};
use pb::job::State;
use pb::resolve_sheet_request::Outcome;

/// Longer than a holder counts as alive without a sign of life.
const NO_LIFE: Duration = Duration::from_millis(2_500);

/// `one` drives `laser`; `two` works on the same database.
async fn two_daemons(laser: &IppPrinter, doom: Option<&str>) -> (Daemon, Daemon) {
    let environment: Vec<_> = doom
        .map(|at| ("FORMFEED_CRASH_AT", at))
        .into_iter()
        .collect();
    let one = Daemon::start_with("one", &fresh_postgres_url(), &environment, None).await;
    one.add_laser("laser", &laser.uri(), "").await;
    let two = Daemon::beside(&one, "two", &[]).await;
    (one, two)
}

/// A job of so many full sheets for a printer, submitted to a daemon.
async fn job(daemon: &Daemon, request_id: &str, printer: &str, sheets: usize) -> pb::Job {
    let forms = forms(FormType::Nec, 3 * sheets);
    let job = daemon.submit(header(request_id, printer, &forms), &forms);
    job.await.expect("a job")
}

/// The final report counts every sheet once, and so does the paper.
async fn all_printed(daemon: &Daemon, job: &pb::Job, laser: &IppPrinter) {
    let done = daemon.until(&job.name, State::Completed).await;
    let report = done.report.expect("a report");
    assert_eq!(report.sheets_printed, job.sheets, "{report:?}");
    assert_eq!(report.forms_printed, 3 * job.sheets, "{report:?}");
    once_each(&laser.marked(), job.sheets);
}

fn once_each(marked: &[String], sheets: i32) {
    let names: BTreeSet<_> = marked
        .iter()
        .filter_map(|name| name.rsplit_once("-a"))
        .map(|(sheet, _)| sheet)
        .collect();
    assert_eq!(i32::try_from(names.len()), Ok(sheets), "{marked:?}");
    assert_eq!(marked.len(), names.len(), "no sheet twice: {marked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_13_of_two_spoolers_one_drives_a_printer_and_both_serve_it() {
    let laser = IppPrinter::start(PRINTS);
    let (one, two) = two_daemons(&laser, None).await;
    let job = job(&two, "r1", "laser", 3).await;
    all_printed(&two, &job, &laser).await;
    for sheet in one.sheets(&job.name).await {
        assert_eq!(sheet.attempts.len(), 1, "{sheet:?}");
    }
    let lease = two.printer("laser").await.lease.expect("a holder");
    assert_eq!((lease.spooler.as_str(), lease.epoch), ("one", 1));
    assert!(lease.shows_life && lease.address.starts_with("http://127.0.0.1:"));
    let refused = two.take_over("laser", false).await.unwrap_err();
    assert_eq!(reason_of(&refused).as_deref(), Some("PRINTER_HELD"));
    assert_eq!(two.epochs("laser").await, [(1, "one".to_owned())]);

    // A name belongs to one data directory, and the forms to one key.
    let key = one.folder().join("keys/spooler.key");
    let told = Daemon::refused("one", one.database(), Some(&key)).await;
    assert!(told.contains("the spooler's name one is taken"), "{told}");
    let other = one.folder().join("other.key");
    std::fs::copy(&key, &other).expect("a key to copy");
    std::fs::write(&other, [7; 32]).expect("our own file");
    let told = Daemon::refused("three", one.database(), Some(&other)).await;
    assert!(told.contains("is not that of this database"), "{told}");
    assert!(
        two.printer("laser")
            .await
            .lease
            .expect("a holder")
            .shows_life
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_14_a_holder_that_stood_still_before_its_first_byte_sends_none_after_a_takeover() {
    stands_still_at("after-intent:2:stop").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_15_a_holder_that_stood_still_between_check_and_write_checks_again() {
    stands_still_at("before-send:2:stop").await;
}

async fn stands_still_at(point: &str) {
    let laser = IppPrinter::start(PRINTS);
    let (one, two) = two_daemons(&laser, Some(point)).await;
    let job = job(&two, "r1", "laser", 3).await;
    one.until_it_stands_still();
    let refused = two.take_over("laser", false).await;
    assert!(refused.is_err(), "it showed life a moment ago");
    tokio::time::sleep(NO_LIFE).await;
    let printer = two.printer("laser").await;
    let lease = printer.lease.clone().expect("a holder");
    assert_eq!((lease.spooler.as_str(), lease.shows_life), ("one", false));
    assert!(
        printer
            .state_reasons
            .iter()
            .any(|words| words.contains("one") && words.contains("no life")),
        "{printer:?}"
    );
    assert_eq!(laser.marked().len(), 1, "time moves no printer");

    two.take_over("laser", false).await.expect("a takeover");
    let doubt = two.until(&job.name, State::NeedsDecision).await;
    let report = doubt.report.expect("a report");
    assert_eq!((report.sheets_printed, report.sheets_in_doubt), (1, 1));
    let printer = two.printer("laser").await;
    assert_eq!(printer.state(), pb::printer::State::Quarantined);

    one.go_on();
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(laser.marked().len(), 1, "the old holder sends no byte");
    let doubt = one.job(&job.name).await;
    assert_eq!(
        doubt.state(),
        State::NeedsDecision,
        "time resolves no doubt"
    );
    assert_eq!(one.printer("laser").await.spooler, "two");

    // The old one serves people all the same; the new one prints on.
    let decided = one.resolve(&job.name, 2, Outcome::NotPrinted).await;
    decided.expect("a decision");
    two.until(&job.name, State::Completed).await;
    all_printed(&one, &job, &laser).await;
    let states: Vec<Vec<_>> = two
        .sheets(&job.name)
        .await
        .iter()
        .map(|sheet| sheet.attempts.iter().map(pb::Attempt::state).collect())
        .collect();
    use pb::attempt::State as A;
    assert_eq!(
        states,
        [vec![A::Good], vec![A::NotPrinted, A::Good], vec![A::Good]]
    );
    let told = two.epochs("laser").await;
    assert_eq!(told, [(2, "two".to_owned()), (1, "one".to_owned())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_takeover_from_a_holder_that_shows_life_is_forced_or_refused() {
    let laser = IppPrinter::start(WAITS);
    let (one, two) = two_daemons(&laser, None).await;
    let job = job(&one, "r1", "laser", 3).await;
    let in_flight = |printer: &pb::Printer| printer.state() == pb::printer::State::Processing;
    two.until_printer("laser", "printing", in_flight).await;
    one.until_job(&job.name, "live", |job| job.state() == State::Processing)
        .await;
    tokio::time::sleep(NO_LIFE).await;
    let refused = two.take_over("laser", false).await.unwrap_err();
    assert_eq!(reason_of(&refused).as_deref(), Some("PRINTER_HELD"));
    assert!(
        refused.message().contains("although-holder-lives"),
        "{refused:?}"
    );

    two.take_over("laser", true).await.expect("a takeover");
    let doubt = two.until(&job.name, State::NeedsDecision).await;
    assert_eq!(doubt.report.expect("a report").sheets_in_doubt, 1);
    laser.let_go();
    // The device proves what it did, to the one that drives it by now.
    two.until(&job.name, State::Completed).await;
    all_printed(&one, &job, &laser).await;
    let sheets = one.sheets(&job.name).await;
    assert!(
        sheets.iter().all(|sheet| sheet.attempts.len() == 1),
        "{sheets:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_holder_is_taken_over_and_the_truth_gives_the_right_count() {
    // Nothing had left, or the printer had marked the sheet: somebody looks in the tray.
    for (point, marked) in [("after-intent:2", 1), ("after-send:2", 2)] {
        let laser = IppPrinter::start(PRINTS);
        let (mut one, two) = two_daemons(&laser, Some(point)).await;
        let job = job(&two, "r1", "laser", 4).await;
        one.until_it_died().await;
        tokio::time::sleep(NO_LIFE).await;
        two.take_over("laser", false).await.expect("a takeover");
        let begin = Instant::now();
        while laser.marked().len() < marked {
            assert!(begin.elapsed() < Duration::from_secs(10));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        if marked == 1 {
            two.until(&job.name, State::NeedsDecision).await;
            tokio::time::sleep(Duration::from_secs(1)).await;
            assert_eq!(two.job(&job.name).await.state(), State::NeedsDecision);
            let decided = two.resolve(&job.name, 2, Outcome::NotPrinted).await;
            decided.expect("a decision");
        }
        two.until(&job.name, State::Completed).await;
        all_printed(&two, &job, &laser).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_that_starts_again_has_its_printers_at_once_and_no_other_gets_them() {
    let laser = IppPrinter::start(PRINTS);
    let (one, two) = two_daemons(&laser, None).await;
    let one = one.kill_and_start().await;
    let job = job(&two, "r1", "laser", 2).await;
    one.until(&job.name, State::Completed).await;
    all_printed(&two, &job, &laser).await;
    let epochs = two.epochs("laser").await;
    assert_eq!(epochs, [(2, "one".to_owned()), (1, "one".to_owned())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_daemons_drive_two_printers_side_by_side_with_people_on_either() {
    let (left, right) = (IppPrinter::start(PRINTS), IppPrinter::start(WAITS));
    let (one, mut two) = two_daemons(&left, None).await;
    one.add_laser("right", &right.uri(), "two").await;
    let driven = |printer: &pb::Printer| printer.lease.as_ref().is_some_and(|it| it.epoch == 2);
    let lease = one
        .until_printer("right", "driven by two", driven)
        .await
        .lease;
    assert!(lease.is_some_and(|lease| lease.spooler == "two" && lease.shows_life));

    // Each is asked for the other's printer.
    let at_left = job(&two, "r1", "laser", 3).await;
    let at_right = job(&one, "r2", "right", 3).await;
    let near = tokio::spawn(watched(one.jobs(), at_left.name.clone()));
    let far = tokio::spawn(watched(two.jobs(), at_left.name.clone()));
    let (near, far) = (near.await.unwrap(), far.await.unwrap());
    assert_eq!(near.0, far.0, "everybody sees every event");
    assert!(
        far.1.saturating_duration_since(near.1) < Duration::from_millis(1_500),
        "and at once"
    );
    all_printed(&one, &at_left, &left).await;

    // Held, and paused, by way of the daemon that does not drive it: the sheet at work is finished.
    let working = |job: &pb::Job| job.state() == State::Processing;
    one.until_job(&at_right.name, "at work", working).await;
    let hold = pb::HoldJobRequest {
        name: at_right.name.clone(),
    };
    one.jobs().hold_job(hold).await.expect("a hold");
    right.let_go();
    one.until(&at_right.name, State::Held).await;
    let marked = right.marked().len();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(right.marked().len(), marked);
    let release = pb::ReleaseJobRequest {
        name: at_right.name.clone(),
    };
    let begin = Instant::now();
    one.jobs().release_job(release).await.expect("a release");
    while right.marked().len() == marked {
        assert!(
            begin.elapsed() < Duration::from_secs(3),
            "the driver hears of it"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    all_printed(&one, &at_right, &right).await;

    // Who stops in good order may be followed at once.
    two.stop().await;
    let lease = one.printer("right").await.lease.expect("a holder");
    assert!(
        !lease.shows_life && lease.last_sign_time.is_none(),
        "{lease:?}"
    );
    one.take_over("right", false).await.expect("a takeover");
    let next = job(&one, "r3", "right", 1).await;
    one.until(&next.name, State::Completed).await;
}

/// Every event of a job as a watcher sees it, and when the last came.
async fn watched(
    mut jobs: JobServiceClient<AuthChannel>,
    name: String,
) -> (Vec<(i64, String)>, Instant) {
    let request = pb::WatchJobRequest {
        name,
        ..pb::WatchJobRequest::default()
    };
    let mut events = jobs.watch_job(request).await.expect("events").into_inner();
    let mut seen = Vec::new();
    while let Some(event) = events.message().await.expect("an event") {
        seen.push((event.sequence, event.kind));
    }
    (seen, Instant::now())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_two_hours_off_grants_no_lease_twice() {
    for shift in ["-2h", "+2h"] {
        let laser = IppPrinter::start(PRINTS);
        let one = Daemon::start("one", &fresh_postgres_url()).await;
        one.add_laser("laser", &laser.uri(), "").await;
        let clock = Daemon::with_clock(shift);
        let clock: Vec<_> = clock
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let two = Daemon::beside(&one, "two", &clock).await;
        tokio::time::sleep(NO_LIFE).await;
        let refused = two.take_over("laser", false).await.unwrap_err();
        assert_eq!(
            reason_of(&refused).as_deref(),
            Some("PRINTER_HELD"),
            "{shift}"
        );
        let job = job(&two, "r1", "laser", 2).await;
        one.until(&job.name, State::Completed).await;
        let off = two
            .job(&job.name)
            .await
            .create_time
            .expect("a time")
            .seconds
            - one
                .printer("laser")
                .await
                .create_time
                .expect("a time")
                .seconds;
        assert!(off.abs() > 7_000, "{shift}: the clock is off, {off} s");

        one.stand_still();
        tokio::time::sleep(NO_LIFE).await;
        two.take_over("laser", false).await.expect("a takeover");
        one.go_on();
        let refused = one.take_over("laser", false).await.unwrap_err();
        assert_eq!(
            reason_of(&refused).as_deref(),
            Some("PRINTER_HELD"),
            "{shift}"
        );
        let epochs = one.epochs("laser").await;
        assert_eq!(
            epochs,
            [(2, "two".to_owned()), (1, "one".to_owned())],
            "{shift}"
        );
        all_printed(&one, &job, &laser).await;
    }
}
