//! A newer data key: everything is sealed anew with it beside all other work, and a cut takes nothing away.

use std::time::{Duration, Instant};

use formfeed_domain::form::FormType;
use formfeed_proto::keys as pb;
use formfeed_proto::spooler::Job;
use formfeed_proto::spooler::job::State;
use formfeed_runtime::Service;
use formfeed_tests::by_hand;
use formfeed_tests::command::Up;
use formfeed_tests::daemon::Daemon;
use formfeed_tests::ipp_printer::{IppPrinter, PRINTS};
use formfeed_tests::lying_printer::{Lie, LyingPrinter};
use formfeed_tests::postgres::fresh_postgres_url;
use formfeed_tests::spool::{Client, forms, header};
use serde_json::Value;

use super::{
    SMALL, WHOLE, calculate, calculated, edit, file, folder_printer, print, shown, values,
};
use crate::power_cut;

/// Vendors beside the small case's, so that sealing anew takes its time.
const MORE: usize = 3_000;
/// Forms of a job that waits for its printer, to the same end; and of one that prints meanwhile, three on a sheet.
const WAITING: usize = 900;
const PRINTING: usize = 90;
/// How long the printer takes for one of its sheets.
const PACE: Duration = Duration::from_millis(150);

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

/// Fault 103: killed in the middle of the vendors' numbers, printing meanwhile.
fn numbers_open_after_a_cut(flags: &[&str]) {
    let laser = IppPrinter::start(PRINTS);
    let up = Up::start_with(flags);
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
    let order = [
        "--json",
        "print",
        "--payer",
        "TE1",
        "--tax-year",
        "2025",
        "--form",
        "nec",
    ];
    let job = up.run(&[&order[..], &["--printer", "laser"]].concat());
    let job = job.ok().json()["job"].as_str().unwrap().to_owned();
    let sealed = Sealed {
        url: match flags {
            [_, url] => (*url).to_owned(),
            _ => file(up.folder.path(), Service::Vendor),
        },
        service: Service::Vendor,
        table: "vendor_versions",
        version: "tin_key_version",
    };
    up.run(&["printer", "resume", "laser"]).ok();
    up.run(&["keys", "rotate", "--no-wait", "--reason", "leaked"])
        .ok();
    sealed.until_half_way();
    let folder = up.kill();
    sealed.assert_half_way();

    let up = Up::start_on(folder, flags);
    until_all_is_sealed_anew(&up, Service::Vendor);
    let ended = until_final(&up, &job, || laser.marked());
    assert_eq!(ended["sheets_printed"], 3, "{ended}");
    assert_eq!(ended["total_amount"], "13421.91", "{ended}");
    calculate(&up); // opens every number
    up.run(&["verify", "--payer", "TE1", "--tax-year", "2025"])
        .ok();
}

#[test]
fn fault_103_on_sqlite_a_rotation_killed_half_way_goes_on_and_every_number_opens() {
    numbers_open_after_a_cut(&[]);
}

#[test]
fn fault_103_on_postgres_a_rotation_killed_half_way_goes_on_and_every_number_opens() {
    numbers_open_after_a_cut(&["--database-url", &fresh_postgres_url()]);
}

/// Fault 103: killed in the middle of the sealed forms, while another job prints.
async fn forms_print_after_a_cut(database: Option<String>) {
    let mut environment = vec![("FORMFEED_PRINTER_POLL_MILLISECONDS", "50")];
    let named = database
        .iter()
        .map(|url| ("FORMFEED_DATABASE_URL", url.as_str()));
    environment.extend(named);
    let up = Up::start_in(&environment);
    let laser = LyingPrinter::start(Lie::None).await;
    laser.take_time(PACE);
    let add = ["printer", "add", "laser", &laser.uri()];
    up.run(&[&add[..], &["--stock", "nec-3up"]].concat()).ok();
    folder_printer(&up);
    let spooler = Client::new(up.folder.path(), &up.address(Service::Spooler));
    let (first, _) = submitted(&spooler, "office", 9).await;
    spooler.until(&first, State::Completed).await;
    let report = |up: &Up| up.run(&["job", "show", &first, "--report", "1"]).ok().out;
    let before = report(&up);
    up.run(&["printer", "pause", "office", "--reason", "not yet"])
        .ok();
    let waiting = submitted(&spooler, "office", WAITING).await;
    let printing = submitted(&spooler, "laser", PRINTING).await;
    let has_begun = |job: &Job| {
        let report = job.report.as_ref();
        report.is_some_and(|report| report.sheets_printed > 0)
    };
    spooler
        .until_job(&printing.0, "the first sheet", has_begun)
        .await;

    let sealed = Sealed {
        url: match &database {
            Some(url) => url.clone(),
            None => file(up.folder.path(), Service::Spooler),
        },
        service: Service::Spooler,
        table: "job_forms",
        version: "key_version",
    };
    let rotate = ["keys", "rotate", "--service", "spooler", "--no-wait"];
    up.run(&[&rotate[..], &["--reason", "leaked"]].concat())
        .ok();
    sealed.until_half_way();
    let folder = up.kill();
    sealed.assert_half_way();
    assert!(laser.marked().len() < PRINTING / 3, "it printed meanwhile");

    let up = Up::start_on_in(folder, &environment);
    until_all_is_sealed_anew(&up, Service::Spooler);
    assert_eq!(shown(&up, Service::Spooler)["unreadable"], 0);
    ends_whole(&up, (&printing, PRINTING), || laser.marked());
    assert_eq!(laser.marked().len(), PRINTING / 3);
    up.run(&["printer", "resume", "office"]).ok();
    ends_whole(&up, (&waiting, WAITING), Vec::new);
    assert_eq!(report(&up), before);
    up.run(&["audit", "verify"]).ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_103_on_sqlite_forms_that_two_keys_sealed_print_after_a_cut_and_count_as_before() {
    forms_print_after_a_cut(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_103_on_postgres_forms_that_two_keys_sealed_print_after_a_cut_and_count_as_before() {
    forms_print_after_a_cut(Some(fresh_postgres_url())).await;
}

/// Submits so many forms; answers the job and its total.
async fn submitted(spooler: &Client, printer: &str, count: usize) -> (String, String) {
    let some = forms(FormType::Nec, count);
    let header = header(&format!("r{count}"), printer, &some);
    let cents = header.control_total_cents;
    let job = spooler.submit(header, &some).await.unwrap();
    let total = format!("{}.{:02}", cents / 100, cents % 100);
    (job.name, total)
}

/// The job ends with every form on paper and the total that it was submitted with.
fn ends_whole(
    up: &Up,
    ((job, total), count): (&(String, String), usize),
    marked: impl Fn() -> Vec<String>,
) {
    let ended = until_final(up, job, marked);
    assert_eq!(ended["state"], "completed", "{ended}");
    assert_eq!(ended["forms_printed"], count, "{ended}");
    assert_eq!(ended["sheets_printed"], count / 3, "{ended}");
    assert_eq!(ended["total_amount"], *total, "{ended}");
}

/// Waits for the final report. Whoever is asked about a sheet after the cut says what lies in the tray.
fn until_final(up: &Up, job: &str, marked: impl Fn() -> Vec<String>) -> Value {
    power_cut::until(up, job, |shown| {
        if shown["sheets_in_doubt"] != 0 {
            // What the printer has of it is marked by then.
            std::thread::sleep(Duration::from_millis(600));
            let sheets = shown["sheets"].as_array().unwrap().iter();
            let mut doubt = sheets.filter(|sheet| sheet["state"] == "in-doubt");
            let number = doubt.next().unwrap()["sheet"].to_string();
            let attempt = format!("-s{number}-a");
            let is_marked = marked().iter().any(|name| name.contains(&attempt));
            let word = if is_marked { "printed" } else { "not-printed" };
            let answer = ["--sheet", &number, word, "--reason", "looked"];
            up.run(&[&["job", "resolve", job][..], &answer].concat());
        }
        shown["report"] == "final"
    })
}

/// Waits until nothing is left that an older key has sealed.
fn until_all_is_sealed_anew(up: &Up, service: Service) {
    let begin = Instant::now();
    while shown(up, service)["resealing"] == true || values(up, service)[0] > 0 {
        assert!(begin.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(100));
    }
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

/// A column of sealed values, counted by hand while it is sealed anew.
struct Sealed {
    /// Of the service's tables.
    url: String,
    service: Service,
    table: &'static str,
    /// The column of key versions beside it.
    version: &'static str,
}

impl Sealed {
    /// How many the first key has sealed, and how many a later one.
    fn counts(&self) -> (i64, i64) {
        let Self { table, version, .. } = self;
        let sql = format!(
            "SELECT count(*) FILTER (WHERE {version} = 1) || ' ' || count(*) FILTER (WHERE {version} > 1) FROM {table}"
        );
        let told = match self.url.strip_prefix("sqlite:") {
            Some(path) => {
                let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
                let database = rusqlite::Connection::open_with_flags(path, flags).unwrap();
                let told = database.query_row(&sql, [], |row| row.get::<_, String>(0));
                told.unwrap()
            }
            None => by_hand::look(&self.url, self.service, &sql).concat(),
        };
        let (old, new) = told.split_once(' ').unwrap();
        (old.parse().unwrap(), new.parse().unwrap())
    }

    fn until_half_way(&self) {
        let begin = Instant::now();
        loop {
            let (old, new) = self.counts();
            if new > 0 {
                assert!(old > 0, "it was faster than we looked");
                return;
            }
            assert!(begin.elapsed() < Duration::from_secs(30), "{old} {new}");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn assert_half_way(&self) {
        let (old, new) = self.counts();
        assert!(old > 0 && new > 0, "killed half-way: {old} and {new}");
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
    let forms = forms(FormType::Nec, 6);
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
