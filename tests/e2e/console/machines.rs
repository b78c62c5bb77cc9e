//! What machines ask of the console: whether it works, and its numbers.

use std::path::Path;
use std::process::Command;

use formfeed_proto::spooler::job::State;
use formfeed_tests::command::Up;
use formfeed_tests::lying_printer::{Lie, LyingPrinter};
use formfeed_tests::spool::Left;
use formfeed_tests::spooler_program::SpoolerProgram;
use formfeed_tests::tools::run;

use super::{laser, submit};

/// What curl is answered, and the status.
pub(super) fn get(url: &str, more: &[&str]) -> String {
    let output = run(Command::new("curl")
        .args(["-s", "-w", "\n%{http_code}"])
        .args(more)
        .arg(url));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn health_and_numbers_are_told_without_names() {
    let printer = LyingPrinter::start(Lie::Drops).await;
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    spool
        .add_printer(laser(printer.uri(), Some(100)))
        .await
        .unwrap();
    let good = submit(&spool, "r1", "files", 7).await;
    spool.until(&format!("jobs/{good}"), State::Completed).await;
    let doubt = submit(&spool, "r2", "laser", 7).await;
    spool
        .until(&format!("jobs/{doubt}"), State::NeedsDecision)
        .await;
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let console = spool.console().to_owned();
    let (health, numbers) = tokio::task::spawn_blocking(move || {
        (
            get(&format!("{console}/healthz"), &[]),
            get(&format!("{console}/metrics"), &[]),
        )
    })
    .await
    .unwrap();
    assert_eq!(health, "ok\n\n200");
    for line in [
        "formfeed_jobs{state=\"completed\"} 1",
        "formfeed_jobs{state=\"needs_decision\"} 1",
        "formfeed_sheets{state=\"good\"} 3",
        "formfeed_sheets{state=\"in_doubt\"} 1",
        "formfeed_sheets{state=\"pending\"} 2",
        "formfeed_jobs{state=\"aborted\"} 0",
        "formfeed_sheets{state=\"lost\"} 0",
        "formfeed_sheets_in_doubt 1",
        "formfeed_sheets_waiting_for_operator{state=\"in_doubt\"} 1",
        "formfeed_printer_state{printer=\"laser\",state=\"quarantined\"} 1",
        "formfeed_printer_state{printer=\"files\",state=\"idle\"} 1",
        "formfeed_printer_state{printer=\"files\",state=\"stopped\"} 0",
        "# EOF",
    ] {
        assert!(numbers.contains(line), "{line}: {numbers}");
    }
    let wait = numbers
        .lines()
        .find_map(|line| line.strip_prefix("formfeed_operator_wait_seconds "));
    assert!(wait.unwrap().parse::<i64>().unwrap() >= 1, "{numbers}");
    assert!(
        !numbers.contains("Ada") && !numbers.contains("TE1"),
        "{numbers}"
    );
    spool.stop().await;
}

#[test]
fn up_tells_where_the_console_is_and_a_taken_port_names_the_setting() {
    let up = Up::start();
    let endpoints = std::fs::read_to_string(up.folder.path().join("endpoints.json")).unwrap();
    let endpoints: serde_json::Value = serde_json::from_str(&endpoints).unwrap();
    let console = endpoints["console"].as_str().unwrap();
    assert_eq!(get(&format!("{console}/healthz"), &[]), "ok\n\n200");
    let taken = console.trim_start_matches("http://");
    let refused =
        SpoolerProgram::start_with(&Left::on_sqlite(), None, &["--console-listen", taken]);
    let words = refused.err().unwrap();
    assert!(
        words.contains("FORMFEED_CONSOLE_LISTEN") && words.contains(taken),
        "{words}"
    );
    let refused =
        SpoolerProgram::start_with(&Left::on_sqlite(), None, &["--console-listen", "0.0.0.0:0"]);
    let words = refused.err().unwrap();
    assert!(words.contains("without TLS"), "{words}");
}

#[test]
fn behind_a_proxy_the_console_has_its_prefix_and_tells_numbers_to_readers_only() {
    let left = Left::on_sqlite();
    let port = formfeed_tests::ipp_printer::free_port();
    let address = format!("127.0.0.1:{port}");
    let more = [
        "--console-listen",
        &address,
        "--console-public-url",
        "https://ops.example/print/",
    ];
    let daemon = SpoolerProgram::start_with(&left, None, &more).ok().unwrap();
    let url = format!("http://{address}");
    // The proxy may take the prefix off, or leave it.
    for path in ["/sign-in", "/print/sign-in"] {
        let page = get(&format!("{url}{path}"), &["-H", "Host: ops.example"]);
        assert!(
            page.contains("action=\"/print/sign-in\"") && page.ends_with("200"),
            "{page}"
        );
        assert!(page.contains("href=\"/print/assets/"), "{page}");
    }
    assert!(get(&format!("{url}/sign-in"), &["-H", "Host: evil.example"]).ends_with("421"));
    assert!(get(&format!("{url}/healthz"), &[]).ends_with("200"));
    assert!(get(&format!("{url}/metrics"), &[]).ends_with("401"));
    let admin = admin(left.folder());
    let bearer = format!("Authorization: Bearer {admin}");
    assert!(get(&format!("{url}/metrics"), &["-H", &bearer]).ends_with("200"));
    let token = format!("token={admin}");
    let sign_in = |origin: &str| {
        let origin = format!("Origin: {origin}");
        let more = [
            "-i",
            "-H",
            "Host: ops.example",
            "-H",
            &origin,
            "--data-urlencode",
            &token,
        ];
        get(&format!("{url}/sign-in"), &more)
    };
    let signed_in = sign_in("https://ops.example");
    assert!(
        signed_in.contains("Secure") && signed_in.contains("Path=/print;"),
        "{signed_in}"
    );
    assert!(
        signed_in.to_ascii_lowercase().contains("location: /print/"),
        "{signed_in}"
    );
    assert!(sign_in("http://ops.example").ends_with("403"));
    daemon.stop();
}

#[test]
fn behind_a_proxy_that_leaves_the_path_every_page_is_found() {
    let left = Left::on_sqlite();
    let port = formfeed_tests::ipp_printer::free_port();
    let address = format!("127.0.0.1:{port}");
    let public = format!("http://{address}/console");
    let more = [
        "--console-listen",
        &address,
        "--console-public-url",
        &public,
    ];
    let daemon = SpoolerProgram::start_with(&left, None, &more).ok().unwrap();
    let jar = left.folder().join("cookies");
    let jar = jar.to_str().unwrap();
    let get = |path: &str, more: &[&str]| {
        let more = [&["-i", "-b", jar, "-c", jar], more].concat();
        get(&format!("http://{address}{path}"), &more).to_ascii_lowercase()
    };
    // Signed out, with the path left or taken off: the same way back.
    for path in ["/console/jobs?open=on", "/jobs?open=on"] {
        let answer = get(path, &[]);
        let to = "location: /console/sign-in?next=%2fconsole%2fjobs%3fopen%3don";
        assert!(answer.contains(to), "{answer}");
    }
    let token = format!("token={}", admin(left.folder()));
    let origin = format!("Origin: http://{address}");
    for (next, to) in [
        ("/console/jobs", "/console/jobs"),
        ("/jobs", "/console/"),
        ("", "/console/"),
    ] {
        let next = format!("next={next}");
        let form = [
            "-H",
            &origin,
            "--data-urlencode",
            &token,
            "--data-urlencode",
            &next,
        ];
        let answer = get("/console/sign-in", &form);
        assert!(answer.contains(&format!("location: {to}\r")), "{answer}");
    }
    for path in ["/console/", "/console/jobs", "/console"] {
        let page = get(path, &[]);
        assert!(page.ends_with("200"), "{path}: {page}");
        assert!(page.contains("href=\"/console/\""), "{page}");
    }
    daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_printer_waits_for_an_operator_too() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    let console = spool.console().to_owned();
    let wait = async || {
        let url = format!("{console}/metrics");
        let numbers = tokio::task::spawn_blocking(move || get(&url, &[])).await;
        let numbers = numbers.unwrap();
        let mut lines = numbers.lines();
        let wait = lines.find_map(|line| line.strip_prefix("formfeed_operator_wait_seconds "));
        wait.unwrap().parse::<i64>().unwrap()
    };
    assert_eq!(wait().await, 0);
    super::pause(&spool, "files").await;
    super::until("a person is waited for", async || wait().await >= 1).await;
    spool.stop().await;
}

fn admin(folder: &Path) -> String {
    let path = formfeed_runtime::access::admin_token_path(folder);
    formfeed_runtime::access::read_token(&path)
        .unwrap()
        .expose()
        .to_owned()
}
