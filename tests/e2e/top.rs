//! The operators' screen in the terminal, by its keys: what is seen on it, and what comes of them.

use std::process::Command;
use std::time::{Duration, Instant};

use formfeed_tests::command::{Ran, Up};
use formfeed_tests::screen::Screen;
use formfeed_tests::serial_printer::SerialPrinter;
use serde_json::Value;

const SMALL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/small/extract");

/// Seven forms on three sheets, to a printer that is there.
fn print(up: &Up, printer: &str) -> Ran {
    up.run(&["import", SMALL]).ok();
    up.run(&["calculate", "--payer", "TE1", "--tax-year", "2025"])
        .ok();
    print_again(up, printer, &[])
}

fn print_again(up: &Up, printer: &str, more: &[&str]) -> Ran {
    let nec = ["--payer", "TE1", "--tax-year", "2025", "--form", "nec"];
    let print = [
        &["--json", "print"],
        &nec[..],
        &["--printer", printer],
        more,
    ];
    up.run(&print.concat())
}

fn add(up: &Up, name: &str, line: &SerialPrinter, evidence: &str) {
    let add = ["printer", "add", name, &line.uri(), "--dialect", "escp"];
    let stock = ["--stock", "nec-3up", "--sheets", "100"];
    let evidence = ["--evidence", evidence];
    up.run(&[&add[..], &stock, &evidence].concat()).ok();
}

fn only_job(up: &Up) -> Value {
    let jobs = up.run(&["--json", "job", "list"]).ok().json();
    assert_eq!(jobs.as_array().map(Vec::len), Some(1), "{jobs}");
    jobs[0].clone()
}

fn until_state(up: &Up, state: &str) -> Value {
    let begin = Instant::now();
    loop {
        let job = only_job(up);
        if job["state"] == state {
            return job;
        }
        assert!(
            begin.elapsed() < Duration::from_secs(20),
            "never {state}: {job}"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A sheet in doubt, because the spooler was killed with the printer at work.
fn in_doubt(line: &SerialPrinter) -> Up {
    let up = Up::start_doomed("after-intent:2");
    add(&up, "matrix", line, "sent");
    print(&up, "matrix");
    let up = Up::start_on(up.die(), &[]);
    until_state(&up, "needs-decision");
    up
}

#[test]
fn a_sheet_in_doubt_is_seen_first_and_decided_by_keys() {
    let line = SerialPrinter::start();
    let up = in_doubt(&line);
    let screen = Screen::start(up.folder.path(), (80, 24), &[]);
    screen.types("f top");
    screen.keys(&["Enter"]);
    let seen = screen.until("1 QUESTION WAITS FOR YOU");
    let lines: Vec<_> = seen.lines().collect();
    assert!(
        lines[2].contains("> ! sheet 2 is in doubt on matrix"),
        "{seen}"
    );
    assert!(seen.contains("needs-decision"), "{seen}");
    assert!(seen.contains("1 of 3"), "{seen}");

    // Stock is lost only by the word typed out.
    screen.keys(&["Enter"]);
    let asked = screen.until("Nobody can prove whether sheet 2 was marked");
    assert!(
        asked.contains("prints sheet 2 again: quantity unchanged"),
        "{asked}"
    );
    assert!(asked.contains("counts 3 forms and"), "{asked}");
    screen.keys(&["4", "Enter"]);
    screen.until("Type spoiled to confirm");
    screen.types("yes");
    screen.keys(&["Enter"]);
    screen.until("! type spoiled, or leave with Esc");
    screen.keys(&["Escape"]);
    screen.until_it("the form away", |text| !text.contains("Type spoiled"));
    assert_eq!(only_job(&up)["state"], "needs-decision");

    screen.keys(&["Enter"]);
    screen.until("Nobody can prove");
    screen.keys(&["2", "Enter"]);
    screen.until("Why (kept)");
    screen.types("the tray was empty");
    screen.keys(&["Enter"]);
    screen.until("completed: printed 7 forms, 2 void, 3 sheets");
    screen.until("No question waits for you");
    let job = until_state(&up, "completed");
    assert_eq!(
        (&job["sheets_printed"], &job["forms_printed"]),
        (&3.into(), &7.into())
    );
    let id = job["job"].as_str().unwrap();
    let shown = up
        .run(&["--json", "job", "show", id, "--history"])
        .ok()
        .json();
    let decided = &shown["decisions"][0];
    assert_eq!(decided["decision"], "not-printed");
    assert_eq!(decided["reason"], "the tray was empty");
    screen.keys(&["q"]);
    screen.until_it("the shell again", |text| !text.contains("Formfeed"));
}

#[test]
fn sheets_that_wait_for_a_word_are_confirmed_with_those_left_out_and_what_is_wasted_is_decided() {
    let line = SerialPrinter::start();
    let up = Up::start();
    add(&up, "matrix", &line, "operator");
    print(&up, "matrix").ok();
    until_state(&up, "awaiting-confirmation");
    let screen = Screen::start(up.folder.path(), (100, 30), &[]);
    screen.types("f top");
    screen.keys(&["Enter"]);
    screen.until("sheets 1 to 3 sent to matrix: are they good?");
    screen.keys(&["Enter"]);
    screen.until("all good");
    screen.keys(&["2", "Enter"]);
    screen.until("Sheets that are not good");
    screen.types("4");
    screen.keys(&["Enter"]);
    screen.until("! numbers from 1 to 3, by commas");
    screen.keys(&["C-u", "2", "Enter"]);
    screen.until("sheet 2 sent to matrix: is it good?");
    screen.keys(&["Enter", "4", "Enter"]);
    screen.until("Type spoiled to confirm");
    screen.types("2");
    screen.keys(&["Enter"]);
    screen.types("spoiled");
    screen.keys(&["Enter"]);
    screen.types("smeared");
    screen.keys(&["Enter"]);
    screen.until("sheet 2 is spoiled: what now?");
    screen.keys(&["Enter", "2", "Enter"]);
    screen.until("ends the job without 3 forms");
    screen.types("without");
    screen.keys(&["Enter"]);
    screen.types("corrected by hand");
    screen.keys(&["Enter"]);
    screen.until("printed 4 forms, 2 void, 2 sheets");
    let job = until_state(&up, "completed");
    let counts = ["sheets_printed", "sheets_abandoned", "forms_printed"];
    assert_eq!(
        counts.map(|key| job[key].as_i64()),
        [Some(2), Some(1), Some(4)]
    );
}

#[test]
fn of_sheets_sent_only_those_that_still_wait_are_named_and_answered() {
    let line = SerialPrinter::start();
    let up = Up::start();
    add(&up, "matrix", &line, "operator");
    print(&up, "matrix").ok();
    let job = until_state(&up, "awaiting-confirmation");
    assert_eq!(job["sheets_awaiting_confirmation"], 3, "{job}");
    let id = job["job"].as_str().unwrap();
    let shown = up.run(&["job", "show", id]).ok();
    assert!(shown.out.contains("3 sheets to confirm"), "{shown:?}");
    let spoiled = ["--sheet", "2", "spoiled", "--reason", "smeared"];
    up.run(&[&["job", "resolve", id], &spoiled[..]].concat())
        .ok();
    let screen = Screen::start(up.folder.path(), (100, 30), &[]);
    screen.types("f top");
    screen.keys(&["Enter"]);
    let seen = screen.until("sheets 1 and 3 sent to matrix: are they good?");
    assert!(seen.contains("sheet 2 is spoiled: what now?"), "{seen}");
    screen.keys(&["Enter"]);
    screen.until("counts 4 forms");
    screen.keys(&["1", "Enter"]);
    screen.until("sheets 1 and 3: all good");
    screen.keys(&["Enter"]);
    let done = screen.until("done: job");
    assert!(!done.contains("NOT DONE"), "{done}");
    screen.until("1 QUESTION WAITS FOR YOU");
    assert_eq!(only_job(&up)["sheets_printed"], 2);
}

#[test]
fn a_sheet_is_asked_about_while_its_job_goes_on_and_so_is_a_printer_that_does_not_print() {
    let line = SerialPrinter::start();
    let up = Up::start();
    let add = ["printer", "add", "matrix", &line.uri(), "--dialect", "escp"];
    let stock = ["--stock", "nec-3up", "--sheets", "1"];
    let evidence = ["--evidence", "operator"];
    up.run(&[&add[..], &stock, &evidence].concat()).ok();
    print(&up, "matrix").ok();
    let begin = Instant::now();
    let job = loop {
        let job = until_state(&up, "stopped");
        if job["sheets_awaiting_confirmation"] == 1 {
            break job;
        }
        assert!(begin.elapsed() < Duration::from_secs(20), "{job}");
        std::thread::sleep(Duration::from_millis(50));
    };
    assert_eq!(job["sheets_pending"], 2, "{job}");
    let screen = Screen::start(up.folder.path(), (100, 30), &[]);
    screen.types("f top");
    screen.keys(&["Enter"]);
    let seen = screen.until("2 QUESTIONS WAIT FOR YOU");
    assert!(
        seen.contains("> ! sheet 1 sent to matrix: is it good?"),
        "{seen}"
    );
    assert!(
        seen.contains("! matrix cannot print its next job:"),
        "{seen}"
    );
    screen.keys(&["Down", "l"]);
    screen.until("Load stock into matrix");
    screen.keys(&["Enter", "9", "Enter", "Enter"]);
    screen.until("sheets 1 to 3 sent to matrix: are they good?");
    screen.until("1 QUESTION WAITS FOR YOU");
    up.run(&["printer", "pause", "matrix", "--reason", "ribbon"])
        .ok();
    let seen = screen.until("! matrix is stopped: ribbon");
    assert!(seen.contains("2 QUESTIONS WAIT FOR YOU"), "{seen}");
    screen.keys(&["Down", "Enter"]);
    screen.until("Printer matrix is stopped.");
    screen.keys(&["1", "Enter"]);
    screen.until("what waits in its line is sent to it");
    screen.keys(&["Enter"]);
    screen.until("1 QUESTION WAITS FOR YOU");
    screen.keys(&["Enter", "1", "Enter"]);
    screen.until("sheets 1 to 3: all good");
    screen.keys(&["Enter"]);
    screen.until("completed: printed 7 forms");
    screen.until("No question waits for you");
}

#[test]
fn printers_and_jobs_are_steered_and_another_hand_is_seen_at_once() {
    let up = Up::start();
    let folder = format!("file:{}", up.folder.path().join("out").display());
    for name in ["left", "right"] {
        up.run(&["printer", "add", name, &folder.replace("out", name)])
            .ok();
    }
    up.run(&["printer", "pause", "right", "--reason", "no paper"])
        .ok();
    let screen = Screen::start(up.folder.path(), (120, 34), &[]);
    screen.types("f top");
    screen.keys(&["Enter"]);
    let seen = screen.until("2 printers, 0 open jobs");
    assert!(seen.contains("! right is stopped: no paper"), "{seen}");
    screen.keys(&["Tab"]);
    screen.until("p pause");
    screen.keys(&["p"]);
    screen.until("Pause left");
    screen.types("new ribbon");
    screen.keys(&["Enter"]);
    screen.until("└ new ribbon");
    print(&up, "left").ok();
    screen.until("0 of 3");
    screen.keys(&["Tab", "h"]);
    screen.until(" held ");
    assert_eq!(only_job(&up)["state"], "held");
    screen.keys(&["i"]);
    screen.until("It is 50 now");
    screen.types("80");
    screen.keys(&["Enter"]);
    screen.until("  80");
    let id = only_job(&up)["job"].as_str().unwrap().to_owned();
    up.run(&["job", "release", &id]).ok();
    screen.until_it("the job no longer held", |text| {
        text.lines()
            .any(|line| line.contains("0 of 3") && !line.contains("held"))
    });
    screen.keys(&["m"]);
    screen.until("Printer: right");
    screen.types("right");
    screen.keys(&["Enter"]);
    screen.types("left is paused");
    screen.keys(&["Enter"]);
    screen.until_it("the job at the other printer", |text| {
        text.lines()
            .any(|line| line.contains("0 of 3") && line.contains("right"))
    });
    screen.keys(&["c"]);
    screen.until("Type cancel to confirm");
    screen.types("cancel");
    screen.keys(&["Enter"]);
    screen.types("wrong year");
    screen.keys(&["Enter"]);
    screen.until("canceled: printed 0 forms");
    until_state(&up, "canceled");
    screen.until("Nothing in the queue");
    screen.keys(&["Tab"]);
    screen.until("p pause");
    screen.keys(&["l"]);
    screen.until("Load stock into left");
    screen.keys(&["C-u"]);
    screen.types("misc-3up");
    screen.keys(&["Enter", "5", "0", "Enter", "Enter"]);
    screen.until("misc-3up      50");
    let refused = screen.until("done: left is stopped now, misc-3up loaded");
    assert!(!refused.contains("NOT DONE"), "{refused}");
    screen.keys(&["h"]);
    screen.until("h does nothing here");
}

#[test]
fn keys_with_control_or_alt_and_keys_on_a_terminal_too_small_steer_nothing() {
    let up = Up::start();
    let folder = format!("file:{}", up.folder.path().join("out").display());
    up.run(&["printer", "add", "office", &folder]).ok();
    let screen = Screen::start(up.folder.path(), (80, 24), &[]);
    screen.types("f top");
    screen.keys(&["Enter"]);
    screen.until("1 printer, 0 open jobs");
    screen.keys(&["p"]);
    screen.until("Pause office");
    screen.types("waitx");
    screen.keys(&["C-h", "Enter"]);
    screen.until("└ wait");
    print(&up, "office").ok();
    screen.until("0 of 3");
    to_the_queue(&screen);
    screen.keys(&["C-h", "C-r", "M-h"]);
    screen.resize(20, 5);
    screen.until("columns and 5 lines");
    screen.keys(&["h"]);
    // A key after them that is seen to be taken.
    screen.resize(80, 24);
    screen.until("h hold r release");
    screen.keys(&["?"]);
    let seen = screen.until("keeps it from printing its next sheet");
    assert!(!seen.contains("asking the spooler"), "{seen}");
    std::thread::sleep(Duration::from_millis(300));
    assert_ne!(only_job(&up)["state"], "held");
    screen.keys(&["Escape"]);
    screen.until_it("the keys away", |text| !text.contains("keeps it from"));
    screen.keys(&["h"]);
    until_state(&up, "held");
}

/// Presses Tab until the queue is chosen.
fn to_the_queue(screen: &Screen) {
    let begin = Instant::now();
    while !screen.text().contains("h hold r release") {
        assert!(begin.elapsed() < Duration::from_secs(20), "no queue");
        screen.keys(&["Tab"]);
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn a_lost_connection_is_shown_at_once_and_heals_where_the_services_are_then() {
    let up = Up::start();
    let folder = format!("file:{}", up.folder.path().join("out").display());
    up.run(&["printer", "add", "office", &folder]).ok();
    let screen = Screen::start(up.folder.path(), (80, 24), &[("NO_COLOR", "1")]);
    screen.types("f top");
    screen.keys(&["Enter"]);
    screen.until("1 printer, 0 open jobs");
    let data = up.kill();
    let lost = screen.until("CONNECTION LOST at ");
    assert!(lost.contains("office"), "what was known stays: {lost}");
    screen.keys(&["r"]);
    screen.until("NOT DONE:");
    // Without colours nothing but bold and the other way round is sent.
    for code in screen.styled().split('\u{1b}').skip(1) {
        let code = code.split('m').next().unwrap_or_default();
        let plain = code.trim_start_matches('[').split(';');
        let mut plain = plain.filter(|it| !it.is_empty());
        assert!(
            plain.all(|it| ["0", "1", "7", "39", "49"].contains(&it)),
            "{code:?}"
        );
    }
    let _up = Up::start_on(data, &[]);
    screen.until_it("healed", |text| !text.contains("CONNECTION LOST"));
    screen.resize(50, 10);
    screen.until("This terminal has 50 columns and 10 lines");
    screen.resize(200, 50);
    screen.until("q leave");
}

/// The process at work on the screen.
fn top_of(up: &Up) -> String {
    let top = format!("{} top", up.folder.path().display());
    let found = Command::new("pgrep").args(["-f", &top]).output().unwrap();
    String::from_utf8(found.stdout).unwrap().trim().to_owned()
}

#[test]
fn the_terminal_comes_back_after_a_signal_and_without_one_nothing_is_drawn() {
    let up = Up::start();
    let screen = Screen::start(up.folder.path(), (80, 24), &[]);
    screen.types(
        "echo before; f top; echo ended $?; stty -a | tr ' ' '\\n' | grep -x -e echo -e icanon",
    );
    screen.keys(&["Enter"]);
    screen.until("No printers: formfeed printer add");
    assert_eq!(screen.property("alternate_on"), "1");
    let killed = Command::new("kill")
        .args(["-s", "TERM", &top_of(&up)])
        .status();
    assert!(killed.unwrap().success());
    screen.until_it("the shell with its echo", |text| {
        let has = |wanted: &str| text.lines().any(|line| line == wanted);
        ["before", "ended 0", "icanon", "echo"].into_iter().all(has)
    });
    assert_eq!(screen.property("alternate_on"), "0");
    assert_eq!(screen.property("cursor_flag"), "1");

    // Nothing is left at work when the terminal itself goes.
    screen.types("clear; f top");
    screen.keys(&["Enter"]);
    screen.until("No printers: formfeed printer add");
    let pid = top_of(&up);
    drop(screen);
    let begin = Instant::now();
    while std::path::Path::new("/proc").join(&pid).exists() {
        assert!(begin.elapsed() < Duration::from_secs(20), "top goes on");
        std::thread::sleep(Duration::from_millis(50));
    }

    for (line, why) in [
        (&["top"][..], "stdout is none"),
        (&["--json", "top"], "no --json"),
    ] {
        let refused = up.run(line);
        assert_eq!(refused.code, 2, "{refused:?}");
        assert!(
            refused.err.contains(why) && refused.err.contains("job watch"),
            "{refused:?}"
        );
    }
}
