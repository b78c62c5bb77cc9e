//! Group 7: a token is taken from a header or a file alone, and nothing that is said repeats it.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use formfeed_runtime::access::{Secret, admin_token_path, read_token};
use formfeed_tests::command::{Up, formfeed};
use formfeed_tests::ipp_printer::free_port;
use formfeed_tests::spool::Left;
use formfeed_tests::spooler_program::SpoolerProgram;
use formfeed_tests::tools::run;
use serde_json::Value;

/// A call with an empty body, as curl makes it.
const GRPC: [&str; 5] = [
    "--http2-prior-knowledge",
    "-X",
    "POST",
    "-H",
    "content-type: application/grpc",
];

/// What curl is told, head and body.
fn told(url: &str, more: &[&str]) -> String {
    let output = run(Command::new("curl").args(["-sS", "-i"]).args(more).arg(url));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn admin(folder: &Path) -> String {
    let secret = read_token(&admin_token_path(folder)).unwrap();
    secret.expose().to_owned()
}

fn unknown() -> String {
    Secret::generate().unwrap().expose().to_owned()
}

fn endpoint(up: &Up, name: &str) -> String {
    let told = std::fs::read_to_string(up.folder.path().join("endpoints.json")).unwrap();
    let told: Value = serde_json::from_str(&told).unwrap();
    told[name].as_str().unwrap().to_owned()
}

/// The address of a method that anybody with a token may call.
fn method(up: &Up, service: &str) -> String {
    let method = match service {
        "spooler" => "formfeed.spooler.v1.JobService/ListJobs",
        _ => "formfeed.vendor.v1.VendorService/ListVendors",
    };
    format!("{}/{method}", endpoint(up, service))
}

/// Asserts that an answer is refused as one without a token is, and repeats no secret.
fn refused(answer: &str, begins: &str, secrets: &[&str]) {
    let head = answer.to_ascii_lowercase();
    let is_refused = match begins {
        "grpc" => head.contains("grpc-status: 16"),
        begins => answer.starts_with(begins),
    };
    assert!(is_refused, "{answer}");
    assert!(!head.contains("set-cookie"), "{answer}");
    for secret in secrets {
        assert!(!answer.contains(*secret), "{answer}");
    }
}

fn addresses_take_no_token(up: &Up, secret: &str) {
    let console = endpoint(up, "console");
    for name in ["token", "access_token", "authorization"] {
        let query = format!("?{name}={secret}");
        for service in ["vendor", "spooler"] {
            let answer = told(&format!("{}{query}", method(up, service)), &GRPC);
            refused(&answer, "grpc", &[secret]);
        }
        for path in ["/session", "/live", "/waiting"] {
            let answer = told(&format!("{console}{path}{query}"), &[]);
            refused(&answer, "HTTP/1.1 401", &[secret]);
        }
        let page = format!("{console}/sign-in{query}");
        refused(&told(&page, &[]), "HTTP/1.1 200", &[secret]);
        let origin = format!("Origin: {console}");
        let posted = told(&page, &["-H", &origin, "--data", "next=/"]);
        refused(&posted, "HTTP/1.1 401", &[secret]);
    }
}

fn errors_repeat_no_token(up: &Up, secret: &str, unknown: &str) {
    for value in [
        format!("Bearer {unknown}"),
        format!("Bearer {secret} {secret}"),
        format!("Basic {secret}"),
        secret.to_owned(),
    ] {
        let header = format!("authorization: {value}");
        let more = ["-H", header.as_str()];
        let answer = told(&method(up, "vendor"), &[&GRPC[..], &more[..]].concat());
        refused(&answer, "grpc", &[secret, unknown]);
    }
    let console = endpoint(up, "console");
    let (origin, form) = (format!("Origin: {console}"), format!("token={unknown}"));
    let answer = told(
        &format!("{console}/sign-in"),
        &["-H", &origin, "--data", &form],
    );
    refused(&answer, "HTTP/1.1 401", &[unknown]);
    let file = up.folder.path().join("unknown.token");
    std::fs::write(&file, unknown).unwrap();
    let ran = up.run(&["--token-file", file.to_str().unwrap(), "job", "list"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(!ran.err.contains(unknown), "{ran:?}");
}

#[test]
fn fault_88_a_token_in_an_address_opens_nothing_and_no_answer_error_or_log_line_repeats_one() {
    let runs_in = tempfile::tempdir().unwrap();
    let up = Up::start_heard(runs_in.path(), &[]);
    let (secret, unknown) = (admin(up.folder.path()), unknown());
    addresses_take_no_token(&up, &secret);
    errors_repeat_no_token(&up, &secret, &unknown);
    let trail = up.run(&["--json", "audit", "list"]).ok().out;
    let (code, _folder) = up.stop();
    assert_eq!(code, 0);
    let log = std::fs::read_to_string(runs_in.path().join("stderr")).unwrap();
    assert!(!log.is_empty(), "it was heard");
    for secret in [&secret, &unknown] {
        assert!(!trail.contains(secret), "in the audit trail");
        let mut lines = log.lines();
        assert_eq!(lines.find(|line| line.contains(secret)), None);
    }
}

#[test]
fn fault_88_who_is_sent_to_sign_in_is_not_sent_the_token_of_the_address() {
    let up = Up::start();
    let (console, secret) = (endpoint(&up, "console"), admin(up.folder.path()));
    for path in ["/", "/jobs", "/reports", "/stock"] {
        let answer = told(&format!("{console}{path}?token={secret}"), &[]);
        refused(&answer, "HTTP/1.1 303", &[secret.as_str()]);
    }
}

#[test]
fn fault_88_numbers_for_readers_are_not_told_for_a_token_in_the_address() {
    let left = Left::on_sqlite();
    let address = format!("127.0.0.1:{}", free_port());
    let more = [
        "--console-listen",
        &address,
        "--console-public-url",
        "https://ops.example/print/",
    ];
    let daemon = SpoolerProgram::start_with(&left, None, &more).ok().unwrap();
    let secret = admin(left.folder());
    let url = format!("http://{address}/metrics");
    let answer = told(&format!("{url}?access_token={secret}"), &[]);
    refused(&answer, "HTTP/1.1 401", &[secret.as_str()]);
    let header = format!("Authorization: Bearer {secret}");
    assert!(told(&url, &["-H", &header]).starts_with("HTTP/1.1 200"));
    assert!(!daemon.last_words().contains(&secret));
    daemon.stop();
}

#[test]
fn fault_88_no_command_takes_a_token_on_its_line() {
    let script = formfeed(&["completions", "bash"]).ok().out;
    let words = script.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let options = words.filter(|word| word.starts_with("--"));
    let of_tokens: BTreeSet<_> = options
        .filter(|option| option.contains("token") || option.contains("secret"))
        .collect();
    assert_eq!(of_tokens, BTreeSet::from(["--token-file"]));

    let secret = unknown();
    let joined = format!("--token={secret}");
    let (secret, joined) = (secret.as_str(), joined.as_str());
    let lines: [&[&str]; 5] = [
        &["--token", secret, "job", "list"],
        &[joined, "job", "list"],
        &["job", "list", "--token", secret],
        &["--access-token", secret, "job", "list"],
        &["token", "add", "mia", "--role", "clerk", "--secret", secret],
    ];
    for line in lines {
        let ran = formfeed(line);
        assert_eq!(ran.code, 2, "{ran:?}");
        let said = [ran.out, ran.err].concat();
        assert!(!said.contains(secret), "{said}");
    }
}

#[test]
fn fault_88_a_token_in_the_place_of_its_file_is_not_repeated() {
    let up = Up::start();
    let secret = admin(up.folder.path());
    let ran = up.run(&["--token-file", &secret, "job", "list"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(!ran.err.contains(&secret), "{ran:?}");
}
