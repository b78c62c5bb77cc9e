//! Fault 109, told: how many log lines nobody took is counted and said, and a disk that is full of them stops no printing.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use formfeed_tests::command::Up;
use formfeed_tests::ipp_printer::free_port;
use formfeed_tests::paper::read_pdf;
use formfeed_tests::tools::run;

/// How long it may take until something is told.
const PATIENCE: Duration = Duration::from_secs(180);

const SMALL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/small/extract");
const YEAR: [&str; 4] = ["--payer", "TE1", "--tax-year", "2025"];

/// From an extract to paper: all seven forms of a job are on its three sheets.
fn prints_a_job_whole(up: &Up) {
    up.run(&["import", SMALL]).ok();
    up.run(&[&["calculate"], &YEAR[..]].concat()).ok();
    let out = tempfile::tempdir().unwrap();
    let uri = format!("file:{}", out.path().display());
    up.run(&["printer", "add", "desk", &uri]).ok();
    let print = ["--form", "nec", "--printer", "desk", "--wait"];
    let told = up.run(&[&["print"], &YEAR[..], &print].concat()).ok();
    let last = told.out.lines().last().unwrap();
    assert_eq!(last, "printed 7 forms, 2 void, 3 sheets, total 13421.91");
    let files = std::fs::read_dir(out.path()).unwrap();
    let mut files: Vec<_> = files.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|of| of == "pdf"));
    let pages = files.iter().map(|file| read_pdf(file).len());
    assert_eq!(pages.collect::<Vec<_>>(), [3]);
}

/// Lines that were dropped so far, as Prometheus is told.
fn dropped(metrics: &str) -> u64 {
    let url = format!("http://{metrics}/metrics");
    let text = run(Command::new("curl").args(["-sS", &url])).stdout;
    let text = String::from_utf8(text).unwrap();
    let count = text
        .lines()
        .find_map(|line| line.strip_prefix("formfeed_log_lines_dropped_total "));
    count.expect("it is counted").parse().unwrap()
}

/// Every line from here on.
fn lines_of(up: &mut Up) -> Receiver<String> {
    let (tell, lines) = channel();
    let mut stderr = BufReader::new(up.take_stderr());
    std::thread::spawn(move || {
        let mut line = Vec::new();
        while stderr
            .read_until(b'\n', &mut line)
            .is_ok_and(|read| read > 0)
        {
            let text = String::from_utf8_lossy(&line).into_owned();
            line.clear();
            if tell.send(text).is_err() {
                // Somebody reads on: a stop would wait for it.
                std::io::copy(&mut stderr, &mut std::io::sink()).ok();
                return;
            }
        }
    });
    lines
}

#[test]
fn fault_109_lines_that_nobody_reads_are_counted_and_who_reads_on_is_told_how_many_are_missing() {
    let metrics = format!("127.0.0.1:{}", free_port());
    let told_to = [("FORMFEED_METRICS_LISTEN", metrics.as_str())];
    let mut up = Up::start_telling(Stdio::piped(), &told_to);
    prints_a_job_whole(&up);
    let begin = Instant::now();
    while dropped(&metrics) == 0 {
        assert!(begin.elapsed() < PATIENCE, "it drops no line");
        up.run(&["printer", "list"]).ok();
    }
    let before = dropped(&metrics);
    let lines = lines_of(&mut up);
    let begin = Instant::now();
    let missing = loop {
        assert!(begin.elapsed() < PATIENCE, "no line tells of it");
        let Ok(line) = lines.recv_timeout(Duration::from_secs(1)) else {
            up.run(&["printer", "list"]).ok(); // it is told with the next line
            continue;
        };
        if let Some((count, _)) =
            line.split_once(" log lines are missing here: stderr was not read")
        {
            break count.parse::<u64>().unwrap();
        }
    };
    let after = dropped(&metrics);
    assert!(
        (before..=after).contains(&missing),
        "{missing} of {before} to {after}"
    );
    drop(lines);
    let (code, _) = up.stop();
    assert_eq!(code, 0);
}

#[test]
fn fault_109_with_a_full_disk_under_its_log_it_prints_a_job_whole_and_stops_in_good_order() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let up = Up::start_telling(full.into(), &[]);
    prints_a_job_whole(&up);
    let (code, _) = up.stop();
    assert_eq!(code, 0);
}
