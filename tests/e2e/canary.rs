//! Canaries for TINs: numbers that stand nowhere else in the world go through everything, with every level of log lines on
//! and with errors and panics on each layer; then all that was said, written and left behind is searched for them.
//!
//! Held aside, as they hold numbers by design: the electronic files (`efile.*`), what is printed (Copy A and C, 1 and 1096
//! those of the recipients, every copy the payer's), and the answer to RevealTin. That they do is looked for too.

mod browser;
mod cores;
mod misuse;
mod needles;
#[cfg(debug_assertions)]
mod panics;
mod places;
mod run;
mod work;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use needles::{Needles, PAYER, STRAY, TOLD, TRANSMITTER, VENDORS};
use places::{Places, metadata, unpacked};
use run::Run;
use work::Made;

#[test]
fn faults_97_and_98_no_number_is_found_beside_sealed_columns_and_what_is_printed_and_filed() {
    no_number_is_found(None);
}

#[test]
fn faults_97_and_98_the_same_on_postgresql() {
    no_number_is_found(Some(formfeed_tests::postgres::fresh_postgres_url()));
}

fn no_number_is_found(database: Option<String>) {
    let run = Run::start(database, "");
    let made = work::done(&run);
    assert!(misuse::done(&run, &made) > 25);
    let pages = browser::walked(&run);
    assert!(pages > 40, "{pages} pages of the console");
    let metrics = run.keep_metrics();
    assert!(
        metrics.contains("formfeed_log_lines_dropped_total 0"),
        "{metrics}"
    );
    run.keep_process();
    let works_in = run.runs_in.path().to_owned();
    let kept = run.keep_data();
    let Run {
        up,
        seen,
        collector,
        ..
    } = run;
    let mut seen = seen.into_inner();
    let (code, folder) = up.stop();
    assert_eq!(code, 0);
    seen.keep_folder("data after the end", folder.path());
    seen.keep_folder("where it ran", &works_in);
    wait_for_spans(&collector);
    seen.keep("traces", collector.raw());
    printed_and_filed(&made, &mut seen);
    for place in [
        "where it ran/stderr",
        "traces",
        "metrics",
        kept,
        "/environ",
        "audit trail",
        "backup/",
    ] {
        assert!(seen.has(place), "{place} was looked at");
    }
    let found = seen.search(&Needles::all());
    let (places, bytes) = seen.size();
    println!("{places} places, {bytes} bytes");
    assert!(
        found.is_empty(),
        "{} places:\n{}",
        found.len(),
        found.join("\n")
    );
}

/// Spans wait a little before they are sent; a stop sends them.
fn wait_for_spans(collector: &formfeed_tests::collector::Collector) {
    let begin = Instant::now();
    while collector.raw().is_empty() {
        assert!(begin.elapsed() < Duration::from_secs(20), "no trace came");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// What holds numbers by design holds them, and holds no others; what is around them does not.
fn printed_and_filed(made: &Made, seen: &mut Places) {
    let (vendor, payer) = (VENDORS[0].1, [PAYER]);
    let recipients = Needles::of(VENDORS.map(|(_, tin, _)| tin));
    let strangers = || Needles::of([STRAY, TOLD]);
    let of = |tin, bytes: &[u8]| !Needles::of([tin]).in_bytes(bytes).is_empty();
    let mut sheets = 0;
    for job in made.laser.marked() {
        let pdf = made.laser.document(&job);
        let inner = unpacked(&pdf);
        assert!(of(payer[0], &inner), "Copy A holds the payer's number");
        sheets += usize::from(of(vendor, &inner));
        assert!(strangers().in_bytes(&inner).is_empty());
        seen.keep(format!("metadata of {job}"), metadata(&pdf));
        seen.keep("name of a job", job);
    }
    assert!(sheets > 0, "Copy A holds the recipient's number");
    let line = made.matrix.received();
    let shown = String::from_utf8_lossy(&line).into_owned();
    assert!(
        of(vendor, &line),
        "the sheets on the line hold numbers: {shown}"
    );
    let mut electronic = 0;
    for entry in fs::read_dir(made.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with("efile.") {
            let bytes = whole(&path);
            assert!(of(vendor, &bytes) && of(TRANSMITTER, &bytes), "{name}");
            assert!(strangers().in_bytes(&bytes).is_empty(), "{name}");
            electronic += 1;
        }
        seen.keep("name of a file", name);
    }
    assert_eq!(electronic, 2);
    for (name, pdf) in sheets_of(made.folder.path()) {
        seen.keep(format!("metadata of {name}"), metadata(&pdf));
        if name.contains("copy-b") {
            assert!(recipients.in_bytes(&unpacked(&pdf)).is_empty(), "{name}");
        }
        seen.keep("name of a file", name);
    }
}

/// A file, or all files of a folder.
fn whole(path: &Path) -> Vec<u8> {
    match path.is_dir() {
        true => {
            let entries = fs::read_dir(path).unwrap();
            entries
                .flat_map(|entry| whole(&entry.unwrap().path()))
                .collect()
        }
        false => fs::read(path).unwrap(),
    }
}

/// What was printed into the folder, by name.
fn sheets_of(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut sheets = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|of| of == "pdf") && !path.ends_with("letter.pdf") {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            sheets.push((name, fs::read(&path).unwrap()));
        }
    }
    sheets
}
