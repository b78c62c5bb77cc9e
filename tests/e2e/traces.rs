//! Traces, sent to a collector made of OpenTelemetry's own service.

use std::process::Command;
use std::time::{Duration, Instant};

use formfeed_tests::collector::Collector;
use formfeed_tests::command::Up;
use formfeed_tests::ipp_printer::free_port;
use formfeed_tests::tools::{run, tool};
use serde_json::Value;

const SMALL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/small/extract");
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const ABOVE: &str = "00f067aa0ba902b7";

#[test]
fn a_call_and_the_calls_it_makes_are_one_trace_that_tells_no_secret() {
    let collector = Collector::start();
    let up = Up::start_in(&[("FORMFEED_OTLP_ENDPOINT", collector.url())]);
    up.run(&["import", SMALL]).ok();
    up.run(&["calculate", "--payer", "TE1", "--tax-year", "2025"])
        .ok();
    let endpoints = std::fs::read_to_string(up.folder.path().join("endpoints.json")).unwrap();
    let endpoints: Value = serde_json::from_str(&endpoints).unwrap();
    let token = std::fs::read_to_string(up.folder.path().join("admin.token")).unwrap();
    let above = format!("traceparent: 00-{TRACE}-{ABOVE}-01");
    run(Command::new(tool("bin/grpcurl"))
        .args(["-plaintext", "-H", &above])
        .args(["-H", &format!("authorization: Bearer {}", token.trim())])
        .args(["-d", r#"{"payer_id": "TE1", "tax_year": 2025}"#])
        .arg(
            endpoints["forms"]
                .as_str()
                .unwrap()
                .trim_start_matches("http://"),
        )
        .arg("formfeed.forms.v1.FormsService/ListForms"));
    let (code, _folder) = up.stop(); // what waits is sent
    assert_eq!(code, 0);
    let spans = collector.spans(TRACE);
    let of_trace: Vec<_> = spans.iter().filter(|span| span["trace"] == TRACE).collect();
    let first = of_trace
        .iter()
        .find(|span| span["parent"] == ABOVE)
        .unwrap();
    assert_eq!(first["service"], "formfeed-forms");
    assert_eq!(first["name"], "formfeed.forms.v1.FormsService/ListForms");
    assert_eq!(
        (&first["kind"], &first["attributes"]["rpc.method"]),
        (&2.into(), &"ListForms".into())
    );
    for service in ["formfeed-calculation", "formfeed-vendor"] {
        let below = |span: &&&Value| span["service"] == service && span["parent"] == first["id"];
        assert!(
            of_trace.iter().any(|span| below(&span)),
            "{service}: {of_trace:#?}"
        );
    }
    assert!(spans.iter().all(|span| span["events"] == 0), "no log lines");
    let vendors = std::fs::read_to_string(format!("{SMALL}/vendors.csv")).unwrap();
    let text = collector.text();
    for cell in vendors.lines().skip(1).flat_map(|line| line.split(',')) {
        assert!(cell.len() < 5 || !text.contains(cell), "{cell} in a trace");
    }
    assert!(!text.contains(token.trim()));
}

#[test]
fn a_collector_that_is_away_holds_nobody_up() {
    let nobody = format!("http://127.0.0.1:{}", free_port());
    let up = Up::start_in(&[("FORMFEED_OTLP_ENDPOINT", &nobody)]);
    up.run(&["import", SMALL]).ok();
    let begin = Instant::now();
    assert_eq!(up.stop().0, 0);
    assert!(
        begin.elapsed() < Duration::from_secs(25),
        "{:?}",
        begin.elapsed()
    );
}
