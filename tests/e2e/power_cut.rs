//! `kill -9` of everything in the middle of a print, and `up` again: no sheet twice, none lost, the one in doubt named.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use formfeed_tests::command::Up;
use formfeed_tests::ipp_printer::{IppPrinter, PRINTS};
use formfeed_tests::postgres::fresh_postgres_url;
use serde_json::Value;

const SMALL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/small/extract");
/// Takes its time for each sheet, so that a cut can fall before and after the ink.
const SLOWLY: &str = "sleep 0.12; mark; sleep 0.12; impressions 1";

#[test]
fn power_cuts_at_any_moment_lose_no_sheet_and_print_none_twice_on_sqlite() {
    // Different moments of a sheet's life: before, while and after it is marked.
    for cuts_ms in [[40, 700, 1100], [180, 420, 930]] {
        survives(&cuts_ms, None);
    }
}

#[test]
fn power_cuts_at_any_moment_lose_no_sheet_and_print_none_twice_on_postgres() {
    survives(&[90, 350, 600], Some(fresh_postgres_url()));
}

#[test]
fn a_sheet_whose_intent_was_durable_is_named_after_the_cut_and_printed_once_by_decision() {
    let laser = IppPrinter::start(PRINTS);
    let up = Up::start_doomed("after-intent:2");
    let job = queue_small(&up, &laser);
    let up = Up::start_on(up.die(), &[]);
    let asked = until(&up, &job, |shown| shown["state"] == "needs-decision");
    let states: Vec<_> = asked["sheets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|sheet| &sheet["state"])
        .collect();
    assert_eq!(states, ["good", "in-doubt", "pending"]);
    assert_eq!(
        (&asked["sheets_in_doubt"], &asked["report"]),
        (&1.into(), &"provisional".into())
    );
    let told = up.run(&["job", "show", &job]);
    assert!(
        told.err.contains("sheet 2") && told.err.contains("job resolve"),
        "{told:?}"
    );
    let printer = up.run(&["--json", "printer", "show", "laser"]).ok().json();
    assert_eq!(printer["state"], "quarantined");
    assert_eq!(
        laser.marked().len(),
        1,
        "nothing more is sent until someone has looked"
    );

    up.run(&[
        "job",
        "resolve",
        &job,
        "--sheet",
        "2",
        "not-printed",
        "--reason",
        "the tray is blank",
    ])
    .ok();
    let ended = until(&up, &job, |shown| shown["report"] == "final");
    assert_eq!(
        (&ended["sheets_printed"], &ended["state"]),
        (&3.into(), &"completed".into())
    );
    assert!(
        marks_by_sheet(&laser).values().all(|count| *count == 1),
        "{:?}",
        laser.marked()
    );
    assert_eq!(laser.marked().len(), 3);
}

#[test]
fn a_sheet_that_the_printer_proves_is_good_after_the_cut_without_a_question() {
    let laser = IppPrinter::start(PRINTS);
    let up = Up::start_doomed("after-send:2");
    let job = queue_small(&up, &laser);
    let up = Up::start_on(up.die(), &[]);
    let ended = until(&up, &job, |shown| shown["report"] == "final");
    assert_eq!(
        (&ended["sheets_printed"], &ended["state"]),
        (&3.into(), &"completed".into())
    );
    assert_eq!(laser.marked().len(), 3, "{:?}", laser.marked());
}

/// Imports, calculates and queues three sheets on a printer; the services may die at any moment after that.
pub(crate) fn queue_small(up: &Up, laser: &IppPrinter) -> String {
    up.run(&["import", SMALL]).ok();
    up.run(&["calculate", "--payer", "TE1", "--tax-year", "2025"])
        .ok();
    up.run(&[
        "printer",
        "add",
        "laser",
        &laser.uri(),
        "--stock",
        "nec-3up",
    ])
    .ok();
    up.run(&[
        "printer",
        "pause",
        "laser",
        "--reason",
        "until the job is queued",
    ])
    .ok();
    let print = [
        "--json",
        "print",
        "--payer",
        "TE1",
        "--tax-year",
        "2025",
        "--form",
        "nec",
        "--printer",
        "laser",
    ];
    let job = up.run(&print).ok().json()["job"]
        .as_str()
        .unwrap()
        .to_owned();
    up.run(&["printer", "resume", "laser"]);
    job
}

pub(crate) fn until(up: &Up, job: &str, holds: impl Fn(&Value) -> bool) -> Value {
    let begin = Instant::now();
    loop {
        let shown = up.run(&["--json", "job", "show", job, "--sheets"]).json();
        if holds(&shown) {
            return shown;
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "{shown}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn survives(cuts_ms: &[u64], database: Option<String>) {
    let flags: Vec<&str> = database
        .iter()
        .flat_map(|url| ["--database-url", url])
        .collect();
    let laser = IppPrinter::start(SLOWLY);
    let mut up = Up::start_with(&flags);
    up.run(&["import", SMALL]).ok();
    up.run(&["calculate", "--payer", "TE1", "--tax-year", "2025"])
        .ok();
    up.run(&[
        "printer",
        "add",
        "laser",
        &laser.uri(),
        "--stock",
        "nec-3up",
        "--sheets",
        "100",
    ])
    .ok();
    let print = [
        "--json",
        "print",
        "--payer",
        "TE1",
        "--tax-year",
        "2025",
        "--form",
        "nec",
        "--printer",
        "laser",
    ];
    let queued = up
        .run(&[&print[..], &["--request-id", "the-one"]].concat())
        .ok()
        .json();
    let job = queued["job"].as_str().unwrap().to_owned();

    for cut_ms in cuts_ms {
        std::thread::sleep(Duration::from_millis(*cut_ms));
        let folder = up.kill();
        up = Up::start_on(folder, &flags);
        // The same request again is the same job: nothing is queued twice.
        let again = up.run(&[&print[..], &["--request-id", "the-one"]].concat());
        assert_eq!(again.json()["job"], job.as_str(), "{again:?}");
    }
    let ended = answer_questions(&up, &job, &laser);
    let sheets = ended["sheets_in_job"].as_u64().unwrap();
    assert_eq!(
        (&ended["state"], &ended["report"]),
        (&"completed".into(), &"final".into()),
        "{ended}"
    );
    assert_eq!(ended["sheets_printed"], sheets);
    assert_eq!(ended["forms_printed"], ended["forms_in_job"]);
    // What the device marked is what the report says: every sheet, and each of them once.
    let marks = marks_by_sheet(&laser);
    assert_eq!(u64::try_from(marks.len()).unwrap(), sheets, "{marks:?}");
    assert!(marks.values().all(|count| *count == 1), "{marks:?}");
    assert_eq!(ended["total_amount"], total_without_cuts());
}

/// The same job, undisturbed.
fn total_without_cuts() -> Value {
    let up = Up::start();
    up.run(&["import", SMALL]).ok();
    up.run(&["calculate", "--payer", "TE1", "--tax-year", "2025"])
        .ok();
    let laser = IppPrinter::start(PRINTS);
    up.run(&[
        "printer",
        "add",
        "laser",
        &laser.uri(),
        "--stock",
        "nec-3up",
    ])
    .ok();
    let print = [
        "--json",
        "print",
        "--payer",
        "TE1",
        "--tax-year",
        "2025",
        "--form",
        "nec",
        "--printer",
        "laser",
        "--wait",
    ];
    up.run(&print).ok().json()["total_amount"].clone()
}

/// A truthful operator who looks at nothing but the paper answers every question until the job ends.
fn answer_questions(up: &Up, job: &str, laser: &IppPrinter) -> Value {
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(120) {
        let shown = up.run(&["--json", "job", "show", job, "--sheets"]).json();
        if shown["report"] == "final" {
            return shown;
        }
        let doubtful: Vec<_> = shown["sheets"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|sheet| sheet["state"] == "in-doubt")
            .collect();
        assert!(
            doubtful.len() <= 1,
            "at most one question for each printer and cut: {shown}"
        );
        if let Some(sheet) = doubtful.first() {
            assert_eq!(shown["sheets_in_doubt"], 1, "{shown}");
            std::thread::sleep(Duration::from_millis(600)); // Let the printer finish what it has.
            let number = sheet["sheet"].as_u64().unwrap();
            let printed = marks_by_sheet(laser).contains_key(&number);
            let outcome = if printed { "printed" } else { "not-printed" };
            let number = number.to_string();
            up.run(&[
                "job",
                "resolve",
                job,
                "--sheet",
                &number,
                outcome,
                "--reason",
                "looked at the tray",
            ]);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!(
        "the job does not end: {:?}",
        up.run(&["job", "show", job, "--sheets"])
    );
}

/// How often each sheet was marked, by the names the printer was given.
fn marks_by_sheet(laser: &IppPrinter) -> BTreeMap<u64, u32> {
    let mut marks = BTreeMap::new();
    for token in laser.marked() {
        *marks.entry(sheet_of(&token)).or_default() += 1;
    }
    marks
}

/// The sheet in a device job's name, `{job}-s{sheet}-a{attempt}`.
fn sheet_of(token: &str) -> u64 {
    let (_, rest) = token.rsplit_once("-s").unwrap();
    rest.split_once("-a").unwrap().0.parse().unwrap()
}
