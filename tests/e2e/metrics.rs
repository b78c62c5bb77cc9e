//! Numbers for Prometheus, scraped as it would and read by its own client library.

use std::process::Command;

use formfeed_tests::command::{Up, formfeed};
use formfeed_tests::tools::{run, tool};
use serde_json::Value;

const SMALL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/small/extract");

/// Every sample as `[name, labels, value]`, read strictly; names that break the rules of Prometheus end the reader.
const READ: &str = r#"
import json, sys, urllib.request
from prometheus_client.openmetrics.parser import text_string_to_metric_families
with urllib.request.urlopen(sys.argv[1]) as answer:
    assert answer.headers["content-type"].startswith("application/openmetrics-text"), answer.headers
    text = answer.read().decode()
samples = []
for family in text_string_to_metric_families(text):
    assert family.documentation, family.name
    assert not (family.type == "gauge" and family.name.endswith("_total")), family.name
    assert family.name.startswith(("formfeed_", "process_")), family.name
    samples += [[s.name, s.labels, s.value] for s in family.samples]
json.dump({"text": text, "samples": samples}, sys.stdout)
"#;

fn port() -> u16 {
    formfeed_tests::ipp_printer::free_port()
}

fn scrape(address: &str) -> (String, Vec<Value>) {
    let url = format!("http://{address}/metrics");
    let output = run(Command::new(tool("venv/bin/python")).args(["-c", READ, &url]));
    let read: Value = serde_json::from_slice(&output.stdout).unwrap();
    let samples = read["samples"].as_array().unwrap().clone();
    (read["text"].as_str().unwrap().to_owned(), samples)
}

fn value(samples: &[Value], name: &str, labels: &[(&str, &str)]) -> f64 {
    let fits = |sample: &&Value| {
        sample[0] == name
            && labels
                .iter()
                .all(|(label, value)| sample[1][label] == *value)
    };
    samples
        .iter()
        .filter(fits)
        .map(|sample| sample[2].as_f64().unwrap())
        .sum()
}

#[test]
fn every_service_tells_its_calls_connections_and_refusals_and_nothing_about_people() {
    let address = format!("127.0.0.1:{}", port());
    let up = Up::start_in(&[("FORMFEED_METRICS_LISTEN", &address)]);
    up.run(&["import", SMALL]).ok();
    up.run(&["calculate", "--payer", "TE1", "--tax-year", "2025"])
        .ok();
    let refused = up.run(&["calculate", "--payer", "NOBODY", "--tax-year", "2025"]);
    assert_eq!(refused.code, 3);
    let missing = up.folder.path().join("no.token");
    std::fs::write(&missing, "not-a-token").unwrap();
    up.run(&["--token-file", missing.to_str().unwrap(), "printer", "list"]);
    let (text, samples) = scrape(&address);
    let calls = |service: &str, method: &str, code: &str| {
        let labels = [("service", service), ("method", method), ("code", code)];
        value(&samples, "formfeed_rpc_calls_total", &labels)
    };
    let calculate = "formfeed.calculation.v1.CalculationService/Calculate";
    assert!(calls("calculation", calculate, "OK") >= 1.0, "{text}");
    assert!(
        calls("calculation", calculate, "NOT_FOUND") >= 1.0,
        "{text}"
    );
    assert!(
        calls(
            "spooler",
            "formfeed.spooler.v1.PrinterService/ListPrinters",
            "UNAUTHENTICATED"
        ) >= 1.0
    );
    let timed = [("service", "calculation"), ("method", calculate)];
    assert!(value(&samples, "formfeed_rpc_duration_seconds_count", &timed) >= 2.0);
    assert!(
        value(
            &samples,
            "formfeed_rpc_refusals_total",
            &[("reason", "TOKEN_UNKNOWN")]
        ) >= 1.0
    );
    for service in ["vendor", "calculation", "forms", "spooler"] {
        assert!(
            (value(&samples, "formfeed_database_up", &[("service", service)]) - 1.0).abs() < 0.1
        );
    }
    assert!(value(&samples, "formfeed_connections", &[("service", "vendor")]) >= 1.0);
    assert!(value(&samples, "process_resident_memory_bytes", &[]) > 1e6);
    assert!(value(&samples, "process_open_fds", &[]) > 3.0);
    assert!(text.contains("formfeed_build_info{version="), "{text}");
    assert!(text.contains("formfeed_log_lines_dropped_total"), "{text}");
    let vendors = std::fs::read_to_string(format!("{SMALL}/vendors.csv")).unwrap();
    let payers = std::fs::read_to_string(format!("{SMALL}/payers.csv")).unwrap();
    for line in vendors.lines().skip(1).chain(payers.lines().skip(1)) {
        for cell in line.split(',').filter(|cell| cell.len() > 4) {
            assert!(!text.contains(cell), "{cell} in {text}");
        }
    }
}

#[test]
fn a_database_that_is_gone_is_told_and_the_numbers_are_still_there() {
    let address = format!("127.0.0.1:{}", port());
    let database = formfeed_tests::postgres::fresh_postgres_url();
    let up = Up::start_in(&[
        ("FORMFEED_METRICS_LISTEN", &address),
        ("FORMFEED_DATABASE_URL", &database),
    ]);
    let name = database.rsplit('/').next().unwrap();
    let (server, _) = database.rsplit_once('/').unwrap();
    let away = format!("DROP DATABASE \"{name}\" WITH (FORCE)");
    run(Command::new("psql").args(["-qc", &away, &format!("{server}/postgres")]));
    let (text, samples) = scrape(&address);
    assert!(
        value(&samples, "formfeed_database_up", &[]).abs() < 0.1,
        "{text}"
    );
    drop(up);
}

#[test]
fn metrics_beyond_loopback_are_refused_until_somebody_says_that_they_are_meant() {
    let folder = tempfile::tempdir().unwrap();
    let settings = "metrics_listen = '0.0.0.0:0'\n";
    std::fs::write(folder.path().join("formfeed.toml"), settings).unwrap();
    let dir = folder.path().to_str().unwrap();
    let refused = formfeed(&["--data-dir", dir, "up", "--port-base", "0"]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(
        refused
            .err
            .contains("FORMFEED_METRICS_BEYOND_LOOPBACK=true"),
        "{refused:?}"
    );
    let meant = format!("{settings}metrics_beyond_loopback = true\n");
    std::fs::write(folder.path().join("formfeed.toml"), meant).unwrap();
    drop(Up::start_on(folder, &[]));
}
