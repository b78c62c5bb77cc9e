//! Backups taken while extracts come in, runs are made and forms are printed: what one holds fits together.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use formfeed_proto::forms as pb;
use formfeed_runtime::Service;
use formfeed_tests::by_hand;
use formfeed_tests::command::{Ran, Up};
use formfeed_tests::ledger::Ledger;
use formfeed_tests::spool::Client;
use pb::forms_service_client::FormsServiceClient;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::{Tables, backup, last_line, restore};

const OF: [&str; 4] = ["--payer", "ACME", "--tax-year", "2025"];
const VENDORS: usize = 12;
const BACKUPS: usize = 3;
/// How long anything may take that is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// What tells one import from the next, in both of its halves.
struct Mark {
    /// Vendor half: the name of every vendor.
    name: &'static str,
    /// History half: what each of them was paid.
    paid: &'static str,
    /// What all of them were paid.
    total: &'static str,
}

static MARKS: [Mark; 2] = [
    Mark {
        name: "Ebb",
        paid: "1000.00",
        total: "12000.00",
    },
    Mark {
        name: "Flood",
        paid: "2000.00",
        total: "24000.00",
    },
];

fn extract(mark: &Mark) -> tempfile::TempDir {
    let mut ledger = Ledger::of_acme();
    for number in 0..VENDORS {
        let (id, name) = (format!("V{number:02}"), mark.name);
        let row = format!("{id},{name},0000001{number:02},ein,individual,Y,MAIN");
        ledger.row("vendors.csv", &row).address(&id);
        ledger.paid(&id, mark.paid);
    }
    ledger.write()
}

fn import(up: &Up, extract: &tempfile::TempDir) {
    up.run(&["import", &extract.path().display().to_string()])
        .ok();
}

fn calculate(up: &Up) {
    up.run(&[&["calculate"][..], &OF[..]].concat()).ok();
}

/// Prints for a reason that is the request's id too: said again, it is the same request.
fn print(up: &Up, why: &str) -> Ran {
    let how = ["--form", "nec", "--printer", "office", "--again", why];
    let id = ["--request-id", why];
    up.run(&[&["print"][..], &OF[..], &how[..], &id[..]].concat())
}

/// How often each thing was done by now.
#[derive(Debug, Default)]
struct Done {
    imports: AtomicUsize,
    runs: AtomicUsize,
    printings: AtomicUsize,
}

impl Done {
    fn counts(&self) -> [usize; 3] {
        let counts = [&self.imports, &self.runs, &self.printings];
        counts.map(|count| count.load(Ordering::Relaxed))
    }

    /// Waits until each was done once more.
    fn each_once_more(&self) {
        let (before, begin) = (self.counts(), Instant::now());
        let not_yet = |(now, then): (usize, usize)| now == then;
        while self.counts().into_iter().zip(before).any(not_yet) {
            assert!(begin.elapsed() < PATIENCE, "{before:?}, then {self:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Does a thing over and over; it is told how often it was done before.
fn again_and_again(over: &CancellationToken, done: &AtomicUsize, act: impl Fn(usize)) {
    while !over.is_cancelled() {
        act(done.load(Ordering::Relaxed));
        done.fetch_add(1, Ordering::Relaxed);
    }
}

/// Takes backups one after the other while everything is at work.
fn backups(up: &Up, tables: &Tables, into: &Path) -> Vec<PathBuf> {
    let extracts = MARKS.each_ref().map(extract);
    let (done, over) = (Done::default(), CancellationToken::new());
    std::thread::scope(|scope| {
        let _over = over.clone().drop_guard();
        scope.spawn(|| {
            again_and_again(&over, &done.imports, |before| {
                import(up, &extracts[before % extracts.len()]);
            });
        });
        scope.spawn(|| again_and_again(&over, &done.runs, |_| calculate(up)));
        scope.spawn(|| {
            again_and_again(&over, &done.printings, |before| {
                print(up, &format!("again-{before}")).ok();
            });
        });
        let mut taken = Vec::new();
        for number in 1..=BACKUPS {
            done.each_once_more();
            let to = into.join(number.to_string());
            backup(up, tables, &to, &["--with-keys"]).ok();
            taken.push(to);
        }
        taken
    })
}

/// An import that was published by half is finished, so that both services know the same ones.
fn both_halves_are_published(up: &Up, tables: &Tables) {
    let imports = |service: Service, state: &str| {
        let url = tables.url(up.folder.path(), service);
        let sql =
            format!("SELECT import_id FROM imports WHERE state = '{state}' ORDER BY import_id");
        by_hand::look(&url, service, &sql)
    };
    let begin = Instant::now();
    while !imports(Service::Calculation, "PUBLISHING").is_empty() {
        assert!(begin.elapsed() < PATIENCE, "published by half for ever");
        std::thread::sleep(Duration::from_millis(50));
    }
    let history = imports(Service::Calculation, "PUBLISHED");
    assert!(history.len() > 1, "{history:?}");
    assert_eq!(imports(Service::Vendor, "published"), history);
}

/// The mark of the 1099 information, every row of which is of one import.
fn standing(up: &Up) -> &'static Mark {
    let listed = up.run(&[&["--json", "info", "list"][..], &OF[..]].concat());
    let listed = listed.ok().json();
    let text = |row: &Value, field: &str| row[field].as_str().expect("text").to_owned();
    let rows = listed.as_array().expect("rows").iter();
    let rows: Vec<_> = rows
        .map(|row| (text(row, "recipient_name"), text(row, "total_1099_amount")))
        .collect();
    assert_eq!(rows.len(), VENDORS, "{rows:?}");
    let kinds: BTreeSet<_> = rows.into_iter().collect();
    let is_all = |mark: &&Mark| {
        let row = (mark.name.to_owned(), mark.paid.to_owned());
        kinds == BTreeSet::from([row])
    };
    let mark = MARKS.iter().find(is_all);
    mark.unwrap_or_else(|| panic!("halves of two imports: {kinds:?}"))
}

async fn printings(up: &Up) -> Vec<pb::Printing> {
    let mut forms = FormsServiceClient::new(up.connector(Service::Forms).channel());
    let request = pb::ListPrintingsRequest {
        page_size: 1_000,
        ..pb::ListPrintingsRequest::default()
    };
    let listed = forms.list_printings(request).await;
    listed.expect("a list").into_inner().printings
}

/// Every printing has its job, of as many forms and the same total. One that knows of no job was being handed over, and is
/// finished by the same request.
async fn every_printing_has_its_job(up: &Up) {
    for printing in printings(up).await {
        if printing.job.is_empty() {
            print(up, &printing.again_reason).ok();
        }
    }
    let spooler = Client::new(up.folder.path(), &up.address(Service::Spooler));
    let printings = printings(up).await;
    assert!(!printings.is_empty());
    for printing in printings {
        let job = spooler.job(&printing.job).await;
        assert_eq!(
            (job.forms, job.control_total_cents),
            (printing.forms, printing.total_amount_cents),
            "{printing:?}"
        );
    }
}

/// Elsewhere, everything goes on from a backup.
async fn goes_on(tables: &Tables, from: &Path) {
    let elsewhere = tempfile::tempdir().unwrap();
    let unknown = ["--printed-since", "unknown"];
    restore(elsewhere.path(), tables, from, &unknown).ok();
    let up = Up::start_on(elsewhere, &tables.flags());
    up.run(&["audit", "verify"]).ok();
    both_halves_are_published(&up, tables);
    every_printing_has_its_job(&up).await;
    standing(&up);
    calculate(&up);
    let mark = standing(&up);
    up.run(&[&["verify"][..], &OF[..]].concat()).ok();

    let looked = ["reconcile", "--reason", "the paper lies in the folder"];
    up.run(&looked).ok();
    let out = format!("file:{}", up.folder.path().join("out").display());
    up.run(&["printer", "add", "new", &out]).ok();
    let how = ["--form", "nec", "--printer", "new", "--wait"];
    let why = ["--again", "whether it prints"];
    let printed = up.run(&[&["print"][..], &OF[..], &how[..], &why[..]].concat());
    let sheets = VENDORS / 3;
    let whole = format!(
        "printed {VENDORS} forms, 0 void, {sheets} sheets, total {}",
        mark.total
    );
    assert_eq!(last_line(&printed.ok()), whole);
}

async fn fit_together(fresh: fn() -> Tables) {
    let (paper, bk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let tables = fresh();
    let up = Up::start_with(&tables.flags());
    let office = format!("file:{}", paper.path().display());
    up.run(&["printer", "add", "office", &office]).ok();
    import(&up, &extract(&MARKS[0]));
    calculate(&up);
    let taken = backups(&up, &tables, bk.path());
    drop(up); // as it is when a machine is lost
    for from in taken {
        goes_on(&fresh(), &from).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite_backups_taken_while_everything_is_at_work_fit_together_and_go_on_elsewhere() {
    fit_together(Tables::sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres_backups_taken_while_everything_is_at_work_fit_together_and_go_on_elsewhere() {
    fit_together(Tables::postgres).await;
}
