//! A newer data key: everything is sealed anew with it beside all other work, and a cut takes nothing away.

use std::time::{Duration, Instant};

use formfeed_proto::keys as pb;
use formfeed_proto::spooler::job::State;
use formfeed_runtime::Service;
use formfeed_tests::command::Up;
use formfeed_tests::daemon::Daemon;
use formfeed_tests::ipp_printer::{IppPrinter, PRINTS};
use formfeed_tests::postgres::fresh_postgres_url;
use formfeed_tests::spool::{forms, header};

use super::{
    SMALL, WHOLE, calculate, calculated, edit, file, folder_printer, print, shown, values,
};
use crate::power_cut;

/// Vendors beside the small case's, so that sealing anew takes its time.
const MORE: usize = 3_000;

#[test]
fn everything_is_sealed_anew_while_it_works_on_both_databases() {
    let postgres = fresh_postgres_url();
    for flags in [&[][..], &["--database-url", &postgres]] {
        let up = calculated(flags);
        folder_printer(&up);
        let first = print(&up, &["--printer", "office", "--wait"]).ok();
        assert!(first.out.contains(WHOLE), "{first:?}");
        let before: i64 = values(&up, Service::Vendor).iter().sum();
        assert!(before > 10);
        let turned = up.run(&["keys", "rotate", "--reason", "every year"]).ok();
        assert!(
            turned
                .out
                .contains("vendor: version 2 seals; everything is sealed anew"),
            "{turned:?}"
        );
        assert_eq!(values(&up, Service::Vendor), [0, before]);
        assert_eq!(values(&up, Service::Spooler)[0], 0);

        // What was sealed before opens, and the numbers are the same: twins are found, the form is printed as before.
        calculate(&up);
        let flags = ["--printer", "office", "--wait", "--again", "blurred"];
        let again = print(&up, &flags).ok();
        assert!(again.out.contains(WHOLE), "{again:?}");
        let listed = up.run(&["audit", "list", "--action", "key.rotate"]).ok();
        assert!(listed.out.contains("every year"), "{listed:?}");
        up.run(&["audit", "verify"]).ok();
        assert_eq!(up.run(&["keys", "rotate", "--reason", " "]).code, 3);
    }
}

/// Fault 103: killed in the middle, printing meanwhile.
#[test]
fn fault_103_a_rotation_killed_half_way_goes_on_and_every_value_opens_and_the_report_is_the_same() {
    let laser = IppPrinter::start(PRINTS);
    let up = Up::start();
    let extract = with_more_vendors();
    up.run(&["import", &extract.path().display().to_string()])
        .ok();
    calculate(&up);
    up.run(&[
        "printer",
        "add",
        "laser",
        &laser.uri(),
        "--stock",
        "nec-3up",
    ])
    .ok();
    up.run(&["printer", "pause", "laser", "--reason", "not yet"])
        .ok();
    let flags = [
        "--json",
        "print",
        "--payer",
        "TE1",
        "--tax-year",
        "2025",
        "--form",
        "nec",
    ];
    let job = up.run(&[&flags[..], &["--printer", "laser"]].concat());
    let job = job.ok().json()["job"].as_str().unwrap().to_owned();
    up.run(&["printer", "resume", "laser"]).ok();
    up.run(&["keys", "rotate", "--no-wait", "--reason", "leaked"])
        .ok();
    until_half_way(&up);
    let folder = up.kill();
    let (old, new) = counts(&file(folder.path(), Service::Vendor));
    assert!(old > 0 && new > 0, "killed half-way: {old} and {new}");

    let up = Up::start_on(folder, &[]);
    let begin = Instant::now();
    while shown(&up, Service::Vendor)["resealing"] == true || values(&up, Service::Vendor)[0] > 0 {
        assert!(begin.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(100));
    }
    let ended = power_cut::until(&up, &job, |shown| {
        if shown["sheets_in_doubt"] != 0 {
            let sheet = shown["sheets"].as_array().unwrap().iter();
            let mut doubt = sheet.filter(|sheet| sheet["state"] == "in-doubt");
            let number = doubt.next().unwrap()["sheet"].to_string();
            let marked = laser
                .marked()
                .iter()
                .any(|name| name.contains(&format!("-{number}-a")));
            let word = if marked { "printed" } else { "not-printed" };
            let answer = ["--sheet", &number, word, "--reason", "looked"];
            up.run(&[&["job", "resolve", &job][..], &answer].concat());
        }
        shown["report"] == "final"
    });
    assert_eq!(ended["sheets_printed"], 3, "{ended}");
    assert_eq!(ended["total_amount"], "13421.91", "{ended}");
    calculate(&up); // opens every number
    up.run(&["verify", "--payer", "TE1", "--tax-year", "2025"])
        .ok();
}

/// The small case with many vendors more, whom nobody paid.
fn with_more_vendors() -> tempfile::TempDir {
    use std::fmt::Write as _;
    let folder = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(SMALL).unwrap().flatten() {
        std::fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
    }
    let vendors = folder.path().join("vendors.csv");
    let mut text = std::fs::read_to_string(&vendors).unwrap();
    for number in 0..MORE {
        let tin = 900_700_000 + number;
        writeln!(
            text,
            "X{number:06},Ada {number},Ada {number},{tin},itin,individual,N,,,,,N"
        )
        .unwrap();
    }
    std::fs::write(&vendors, text).unwrap();
    folder
}

/// Vendor versions sealed with the first key, and with a later one.
fn counts(url: &str) -> (i64, i64) {
    let path = url.strip_prefix("sqlite:").unwrap();
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let database = rusqlite::Connection::open_with_flags(path, flags).unwrap();
    let count = |versions: &str| {
        let sql = format!("SELECT count(*) FROM vendor_versions WHERE tin_key_version {versions}");
        database.query_row(&sql, [], |row| row.get(0)).unwrap()
    };
    (count("= 1"), count("> 1"))
}

fn until_half_way(up: &Up) {
    let url = file(up.folder.path(), Service::Vendor);
    let begin = Instant::now();
    loop {
        let (old, new) = counts(&url);
        if new > 0 {
            assert!(old > 0, "it was faster than we looked");
            return;
        }
        assert!(begin.elapsed() < Duration::from_secs(30), "{old} {new}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Another daemon of the database makes the key: this one learns it when it needs it.
#[tokio::test(flavor = "multi_thread")]
async fn a_spooler_prints_what_another_one_sealed_with_a_key_it_did_not_know() {
    let laser = IppPrinter::start(PRINTS);
    let one = Daemon::start("one", &fresh_postgres_url()).await;
    one.add_laser("laser", &laser.uri(), "").await;
    let two = Daemon::beside(&one, "two", &[]).await;
    let mut keys = two.keys();
    let request = pb::RotateKeyRequest {
        reason: "a disk went away".to_owned(),
    };
    let made = keys.rotate_key(request).await.unwrap().into_inner();
    assert_eq!(made.version, 2);
    let forms = forms(formfeed_domain::form::FormType::Nec, 6);
    let job = two
        .submit(header("r1", "laser", &forms), &forms)
        .await
        .unwrap();
    let done = two.until(&job.name, State::Completed).await;
    assert_eq!(done.report.unwrap().sheets_printed, 2);
    assert_eq!(laser.marked().len(), 2);
    let sealed = keys
        .get_keys(pb::GetKeysRequest {})
        .await
        .unwrap()
        .into_inner();
    assert!(sealed.versions[1].values >= 6, "{sealed:?}");
}

/// A row that does not open is named, stays as it is, and holds nothing up.
#[test]
fn a_damaged_value_is_told_and_left_as_it_is() {
    let up = calculated(&[]);
    let swap = "UPDATE vendor_versions SET tin_sealed = \
        (SELECT other.tin_sealed FROM vendor_versions other WHERE other.vendor_id = 'V000001') \
        WHERE vendor_id = 'V000000'";
    edit(up.folder.path(), Service::Vendor, swap);
    let turned = up.run(&["keys", "rotate", "--service", "vendor", "--reason", "x"]);
    assert_eq!(turned.code, 1, "{turned:?}");
    assert!(turned.out.contains("1 values do not open"), "{turned:?}");
    assert_eq!(values(&up, Service::Vendor)[0], 1);
}
