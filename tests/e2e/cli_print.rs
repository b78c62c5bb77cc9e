//! Printing through the command line: printers, jobs, the last line, and what is refused.

use formfeed_tests::command::{Ran, Up};
use serde_json::Value;

use crate::power_cut::until;

const FORMS: [&str; 6] = ["--payer", "TE1", "--tax-year", "2025", "--form", "nec"];

/// The small case calculated, and a printer whose evidence is as given.
fn ready(evidence: &str) -> Up {
    let up = Up::start();
    let small = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/small/extract");
    up.run(&["import", small]).ok();
    up.run(&["calculate", "--payer", "TE1", "--tax-year", "2025"])
        .ok();
    let uri = format!("file:{}/out", up.folder.path().display());
    up.run(&["printer", "add", "desk", &uri, "--evidence", evidence])
        .ok();
    up
}

fn print(up: &Up, flags: &[&str]) -> Ran {
    up.run(
        &[
            &["--json", "print"],
            &FORMS[..],
            &["--printer", "desk"],
            flags,
        ]
        .concat(),
    )
}

fn reason(ran: &Ran) -> Value {
    assert_eq!(ran.code, 3, "{ran:?}");
    ran.json()["error"]["reason"].clone()
}

#[test]
fn a_job_that_was_waited_for_ends_with_its_quantity_and_total_for_ever() {
    let up = ready("device");
    let told = up
        .run(&[&["print"], &FORMS[..], &["--printer", "desk", "--wait"]].concat())
        .ok();
    let last = told.out.lines().last().unwrap().to_owned();
    assert_eq!(last, "printed 7 forms, 2 void, 3 sheets, total 13421.91");
    let jobs = up.run(&["--json", "job", "list"]).ok().json();
    let job = jobs[0]["job"].as_str().unwrap().to_owned();
    let shown = up.run(&["job", "show", &job]).ok().out;
    assert_eq!(shown.lines().last(), Some(last.as_str()), "{shown}");
    let watched = up.run(&["--json", "job", "watch", &job]).ok().out;
    let lines: Vec<Value> = watched
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["sequence"], 1, "{watched}");
    assert_eq!(
        lines.last().unwrap()["total_amount"],
        "13421.91",
        "{watched}"
    );

    let sheets = up
        .run(&["--json", "job", "show", &job, "--sheets"])
        .ok()
        .json();
    assert_eq!(
        (&sheets["report"], &sheets["state"]),
        (&"final".into(), &"completed".into())
    );
    assert_eq!(sheets["sheets"][2]["void_slots"], 2, "{sheets}");
    assert_eq!(
        sheets["sheets"][2]["accounts"].as_array().map(Vec::len),
        Some(1),
        "{sheets}"
    );
}

#[test]
fn a_second_printing_wants_a_reason_and_a_retry_prints_nothing_new() {
    let up = ready("device");
    let first = print(&up, &["--wait", "--request-id", "first"]).ok().json();
    let retry = print(&up, &["--wait", "--request-id", "first"]).ok().json();
    assert_eq!(retry["job"], first["job"]);
    assert_eq!(reason(&print(&up, &["--wait"])), "ALREADY_PRINTED");
    let again = print(&up, &["--wait", "--again", "the first set got wet"])
        .ok()
        .json();
    assert_ne!(again["job"], first["job"]);
    assert_eq!(again["total_amount"], first["total_amount"]);
}

#[test]
fn sheets_that_only_an_operator_can_vouch_for_are_named_and_confirmed() {
    let up = ready("operator");
    let sent = print(&up, &["--wait"]);
    assert_eq!(sent.code, 1, "{sent:?}");
    let document = sent.json();
    assert_eq!(document["state"], "awaiting-confirmation");
    assert_eq!(
        (&document["forms_printed"], &document["report"]),
        (&0.into(), &"provisional".into())
    );
    let job = document["job"].as_str().unwrap();
    let id = job.trim_start_matches("jobs/");
    assert!(
        sent.err
            .contains(&format!("formfeed job confirm {id} --sheets 1-3")),
        "{sent:?}"
    );

    let some = up
        .run(&[
            "--json", "job", "confirm", id, "--sheets", "1-3", "--except", "2",
        ])
        .ok();
    assert_eq!(some.json()["sheets_printed"], 2, "{some:?}");
    let resolved = ["job", "resolve", id, "--sheet", "2", "printed"];
    let all = up.run(&resolved).ok().out;
    assert_eq!(
        all.lines().last(),
        Some("printed 7 forms, 2 void, 3 sheets, total 13421.91")
    );
}

#[test]
fn a_spoiled_sheet_is_printed_again_by_decision_and_the_history_tells_who_said_what() {
    let up = ready("operator");
    let sent = print(&up, &["--wait"]).json();
    let id = sent["job"].as_str().unwrap().trim_start_matches("jobs/");
    up.run(&["job", "confirm", id, "--sheets", "1-3", "--except", "2"])
        .ok();
    let spoiled = ["job", "resolve", id, "--sheet", "2", "spoiled"];
    up.run(&[&spoiled[..], &["--reason", "jam"]].concat()).ok();
    let told = up.run(&["job", "show", id]).ok();
    for way in ["reprint", "abandon"] {
        let line = format!("formfeed job {way} {id} --sheet 2 --reason");
        assert!(told.err.contains(&line), "{told:?}");
    }
    let decided = ["job", "reprint", id, "--sheet", "2", "--reason", "jam"];
    up.run(&decided).ok();
    let shown = until(&up, id, |shown| shown["state"] == "awaiting-confirmation");
    assert_eq!(shown["report_version"], 1, "{shown}");
    let again = up.run(&[&["--json"], &decided[..]].concat());
    assert_eq!(reason(&again), "SHEET_STATE");
    let done = up.run(&["job", "confirm", id, "--sheets", "2"]).ok();
    let last = "printed 7 forms, 2 void, 3 sheets, total 13421.91";
    assert_eq!(done.out.lines().last(), Some(last));

    let history = up.run(&["--json", "job", "show", id, "--history"]).ok();
    let history = history.json();
    assert_eq!(
        (&history["report"], &history["sheets_reprinted"]),
        (&"final".into(), &1.into())
    );
    let words = |list: &str, key: &str| -> Vec<String> {
        let entries = history[list].as_array().unwrap().iter();
        entries
            .map(|it| it[key].as_str().unwrap().to_owned())
            .collect()
    };
    let said = ["printed", "printed", "spoiled", "reprint", "printed"];
    assert_eq!(words("decisions", "decision"), said);
    assert_eq!(
        words("attempts", "state"),
        ["good", "spoiled", "good", "good"]
    );
    assert!(words("attempts", "evidence")[0].contains("bytes taken"));
    let told = up.run(&["job", "show", id, "--history"]).ok().out;
    assert!(told.contains("spoiled, printed again"), "{told}");
    let first = up.run(&["--json", "job", "show", id, "--report", "1"]).ok();
    assert_eq!(first.json()["report_version"], 1);
    let none = up.run(&["--json", "job", "show", id, "--report", "2"]);
    assert_eq!(reason(&none), "REPORT_NOT_FOUND");
}

#[test]
fn what_cannot_be_printed_is_refused_with_its_reason() {
    let up = ready("device");
    let to = |printer: &str| {
        up.run(&[&["--json", "print"], &FORMS[..], &["--printer", printer]].concat())
    };
    assert_eq!(reason(&to("nowhere")), "PRINTER_NOT_FOUND");
    assert_eq!(
        reason(&up.run(&["--json", "printer", "add", "net", "lpd://h/queue"])),
        "DEVICE_URI_INVALID"
    );
    assert_eq!(
        reason(&up.run(&["--json", "printer", "load-stock", "desk", "parchment"])),
        "STOCK_UNKNOWN"
    );
    assert_eq!(
        reason(&up.run(&[
            "--json",
            "job",
            "show",
            "01890000-0000-7000-8000-000000000000"
        ])),
        "JOB_NOT_FOUND"
    );
    assert_eq!(up.run(&["print", "--payer", "TE1"]).code, 2);
}

#[test]
fn a_printer_is_paused_resumed_and_removed() {
    let up = ready("device");
    let paused = up
        .run(&[
            "--json",
            "printer",
            "pause",
            "desk",
            "--reason",
            "new ribbon",
        ])
        .ok()
        .json();
    assert_eq!(paused["state"], "stopped", "{paused}");
    let job = print(&up, &[]).ok().json();
    let id = job["job"]
        .as_str()
        .unwrap()
        .trim_start_matches("jobs/")
        .to_owned();
    assert_eq!(job["forms_printed"], 0, "{job}");
    let canceled = up
        .run(&["--json", "job", "cancel", &id, "--reason", "not today"])
        .ok()
        .json();
    assert_eq!(canceled["state"], "canceled", "{canceled}");
    assert_eq!(up.run(&["job", "watch", &id]).code, 1);
    up.run(&["printer", "resume", "desk"]).ok();
    up.run(&["printer", "remove", "desk"]).ok();
    assert_eq!(
        up.run(&["--json", "printer", "list"]).ok().json(),
        Value::Array(vec![])
    );
}
