//! Several spoolers on one PostgreSQL database: the journal of the one that is restored tells nothing of the others.

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_tests::command::Up;
use formfeed_tests::daemon::Daemon;
use formfeed_tests::ipp_printer::{IppPrinter, PRINTS};
use formfeed_tests::spool::{forms, header};
use pb::job::State;

use super::{Tables, backup, restore};

const ONE: [&str; 2] = ["--spooler-name", "one"];

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_asks_and_holds_where_another_spooler_printed_since() {
    let tables = Tables::postgres();
    let laser = IppPrinter::start(PRINTS);
    let flags = [&ONE[..], &tables.flags()].concat();
    let up = Up::start_with(&flags);
    let key = up.folder.path().join("keys/spooler.key");
    let mut two = Daemon::start_with("two", &tables.0[1], &[], Some(&key)).await;
    two.add_laser("laser", &laser.uri(), "").await;
    up.run(&["printer", "pause", "laser", "--reason", "not yet"])
        .ok();
    let some = forms(FormType::Nec, 3);
    let job = two.submit(header("r1", "laser", &some), &some).await;
    let job = job.unwrap().name;
    let bk = tempfile::tempdir().unwrap();
    let to = bk.path().join("bk");
    backup(&up, &tables, &to, &[]).ok();
    up.run(&["printer", "resume", "laser"]).ok();
    two.until(&job, State::Completed).await;
    assert_eq!(laser.marked().len(), 1);
    let (_, left) = up.stop();
    two.stop().await;

    let asked = restore(left.path(), &tables, &to, &["--replace"]);
    assert_eq!(asked.code, 2, "{asked:?}");
    assert!(
        asked.err.contains("(two, stopped in good order)") && asked.err.contains("--printed-since"),
        "{asked:?}"
    );
    let unknown = ["--replace", "--printed-since", "unknown"];
    let restored = restore(left.path(), &tables, &to, &unknown).ok();
    assert!(restored.err.contains("(two)"), "{restored:?}");

    // Whoever starts first, nothing of the job is printed; each tells what it knows.
    let up = Up::start_on(left, &flags);
    up.run(&["printer", "resume", "laser"]).ok();
    let shown = up.run(&["--json", "job", "show", &job]).ok().json();
    assert_eq!(shown["state"], "held", "{shown}");
    let of_one = up.run(&["--json", "reconcile"]).ok().json();
    assert_eq!(of_one["incomplete"], true, "{of_one}");
    let looked = ["reconcile", "--reason", "we look at both rooms"];
    up.run(&looked).ok();
    let two = two.kill_and_start().await;
    let events = two.events(&job).await;
    let held = |event: &pb::JobEvent| event.message.contains("held by a restore");
    assert!(events.iter().any(held), "{events:?}");
    let asked = pb::GetReconciliationRequest {};
    let of_two = two.printers().get_reconciliation(asked).await.unwrap();
    let of_two = of_two.into_inner();
    assert_eq!(of_two.sheets.len(), 1, "{of_two:?}");
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    assert_eq!(laser.marked().len(), 1);
    let reason = pb::ReconcileRequest {
        reason: "the paper lies here".to_owned(),
    };
    two.printers().reconcile(reason).await.unwrap();
    // Where the printer has proved the sheet by now, the job has ended.
    let released = up.run(&["job", "release", &job]);
    let ended = released.err.contains("JOB_STATE");
    assert!(released.code == 0 || ended, "{released:?}");
    two.until_job(&job, "in doubt or proved", |job| {
        let report = job.report.clone().unwrap_or_default();
        report.sheets_in_doubt + report.sheets_printed == 1
    })
    .await;
    assert_eq!(laser.marked().len(), 1, "nothing is printed twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_several_that_restores_the_backup_of_another_stays_itself() {
    let tables = Tables::postgres();
    let flags = [&ONE[..], &tables.flags()].concat();
    let up = Up::start_with(&flags);
    let bk = tempfile::tempdir().unwrap();
    let to = bk.path().join("bk");
    backup(&up, &tables, &to, &["--with-keys"]).ok();
    let key = up.folder.path().join("keys/spooler.key");
    let mut two = Daemon::start_with("two", &tables.0[1], &[], Some(&key)).await;
    let id = std::fs::read_to_string(two.folder().join("spooler.id")).unwrap();
    up.stop();
    two.stop().await;
    let flags = ["--replace", "--printed-since", "none"];
    restore(two.folder(), &tables, &to, &flags).ok();
    let kept = std::fs::read_to_string(two.folder().join("spooler.id")).unwrap();
    assert_eq!(kept, id, "two would be one, and take its printers");
}
