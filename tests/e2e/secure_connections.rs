//! Services with certificates of a local authority, as `formfeed tls` makes them.

use std::path::Path;
use std::process::Command;

use formfeed_tests::command::{Up, formfeed};
use formfeed_tests::tools::run;
use serde_json::Value;

/// Services with the certificates that `tls init` makes.
pub(crate) fn up_over_tls() -> Up {
    up_over_tls_by(|folder| Up::start_on(folder, &[]))
}

/// The same, started in a way of one's own.
pub(crate) fn up_over_tls_by(start: impl FnOnce(tempfile::TempDir) -> Up) -> Up {
    let folder = tempfile::tempdir().unwrap();
    on(folder.path(), &["tls", "init"]).ok();
    let up = start(folder);
    for service in ["vendor", "calculation", "forms", "spooler", "console"] {
        let address = endpoint(&up, service);
        assert!(address.starts_with("https://"), "{service}: {address}");
    }
    up
}

fn on(folder: &Path, arguments: &[&str]) -> formfeed_tests::command::Ran {
    let folder = folder.to_str().unwrap();
    formfeed(&[&["--data-dir", folder], arguments].concat())
}

fn endpoint(up: &Up, name: &str) -> String {
    let told = std::fs::read_to_string(up.folder.path().join("endpoints.json")).unwrap();
    let told: Value = serde_json::from_str(&told).unwrap();
    told[name].as_str().unwrap().to_owned()
}

fn path(up: &Up, name: &str) -> String {
    up.folder.path().join(name).to_str().unwrap().to_owned()
}

#[test]
fn one_command_encrypts_everything_and_tells_what_it_set() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("formfeed.toml");
    std::fs::write(&config, "# ours\nlog = \"warn\"\n[forms]\nlog = \"info\"\n").unwrap();
    let told = on(
        folder.path(),
        &["--json", "tls", "init", "--host", "ap.example"],
    );
    let hosts = told.ok().json()["hosts"].to_string();
    for host in ["ap.example", "localhost", "127.0.0.1", "formfeed-spooler"] {
        assert!(hosts.contains(host), "{host} in {hosts}");
    }
    let text = std::fs::read_to_string(&config).unwrap();
    assert!(text.contains("# ours\nlog = \"warn\""), "{text}");
    let shown = on(folder.path(), &["config", "show"]).ok().out;
    for setting in ["tls_cert", "tls_key", "tls_ca", "tls_client_ca"] {
        let line = shown.lines().find(|line| line.contains(setting)).unwrap();
        assert!(line.contains("/tls/") && line.ends_with("file"), "{line}");
    }
    let again = on(folder.path(), &["tls", "init"]);
    assert_eq!(again.code, 3, "{again:?}");
    assert!(again.err.contains("sets tls_"), "{again:?}");
    assert_eq!(std::fs::read_to_string(&config).unwrap(), text);
}

#[test]
fn commands_services_and_the_console_talk_over_tls() {
    let up = up_over_tls();
    up.run(&["import", sample().to_str().unwrap()]).ok();
    let calculated = up.run(&["calculate", "--payer", "HARBOR", "--tax-year", "2025"]);
    calculated.ok();
    let check = up.run(&["check", "--payer", "HARBOR", "--tax-year", "2025"]);
    assert!(!check.out.is_empty(), "{check:?}");

    let renewed = up.run(&["tls", "renew"]).ok().out;
    assert!(renewed.contains("server.pem"), "{renewed}");
    std::thread::sleep(std::time::Duration::from_secs(3));
    up.run(&["forms", "list", "--payer", "HARBOR", "--tax-year", "2025"])
        .ok();
}

fn sample() -> std::path::PathBuf {
    formfeed_tests::tools::workspace().join("services/cli/sample")
}

#[test]
fn a_person_signs_in_to_the_console_over_tls_with_a_cookie_for_tls_only() {
    let up = up_over_tls();
    let console = endpoint(&up, "console");
    let token = std::fs::read_to_string(up.folder.path().join("admin.token")).unwrap();
    let authority = path(&up, "tls/ca.pem");
    let posted = run(Command::new("curl").args([
        "-sS",
        "-i",
        "--cacert",
        &authority,
        "-H",
        &format!("Origin: {console}"),
        "--data-urlencode",
        &format!("token={}", token.trim()),
        &format!("{console}/sign-in"),
    ]));
    let answer = String::from_utf8(posted.stdout).unwrap();
    let lines = answer.lines();
    let cookie = lines
        .filter(|line| line.to_lowercase().starts_with("set-cookie"))
        .collect::<String>();
    assert!(cookie.contains("; Secure"), "{answer}");
    let in_clear = Command::new("curl")
        .args(["-sS", &console.replace("https://", "http://")])
        .output()
        .unwrap();
    assert!(!in_clear.status.success(), "{in_clear:?}");
}

#[test]
fn a_token_bound_to_a_certificate_wants_it_shown() {
    let up = up_over_tls();
    let issued = up.run(&["--json", "tls", "issue", "ines"]).ok().json();
    up.run(&["tls", "issue", "jo"]).ok();
    let certificate = issued["certificate"].as_str().unwrap();
    let made = up.run(&[
        "--json",
        "token",
        "add",
        "ines",
        "--role",
        "auditor",
        "--certificate",
        certificate,
    ]);
    let made = made.ok().json();
    assert_eq!(made["certificate_sha256"], issued["certificate_sha256"]);
    let secret = path(&up, "ines.token");
    std::fs::write(&secret, made["secret"].as_str().unwrap()).unwrap();
    let list = |shown: Option<&str>| {
        let mut arguments = vec!["--token-file".to_owned(), secret.clone()];
        if let Some(name) = shown {
            let file = |kind: &str| path(&up, &format!("tls/{name}.{kind}"));
            let (cert, key) = (file("pem"), file("key"));
            arguments.extend(["--client-cert".to_owned(), cert]);
            arguments.extend(["--client-key".to_owned(), key]);
        }
        arguments.extend(["job", "list"].map(str::to_owned));
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        up.run(&arguments)
    };
    list(Some("ines")).ok();
    for other in [None, Some("jo")] {
        let refused = list(other);
        assert_eq!(refused.code, 3, "{refused:?}");
        assert!(refused.err.contains("client certificate"), "{refused:?}");
    }
    // Somebody who has the token alone stands in the trail.
    let trail = [
        "--json",
        "audit",
        "list",
        "--action",
        "call.refuse",
        "--actor",
        "ines",
    ];
    let noted = || up.run(&trail).ok().json().as_array().map_or(0, Vec::len);
    let begin = std::time::Instant::now();
    while noted() == 0 {
        assert!(begin.elapsed().as_secs() < 20, "no refusal is noted");
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    let half = up.run(&["--client-cert", certificate, "job", "list"]);
    assert_eq!(half.code, 2, "{half:?}");
    let table = up.run(&["token", "list"]).ok().out;
    let digits = &issued["certificate_sha256"].as_str().unwrap()[..16];
    assert!(table.contains(digits), "{table}");
}

#[test]
fn beyond_loopback_the_services_and_the_console_answer_over_tls() {
    let folder = tempfile::tempdir().unwrap();
    on(folder.path(), &["tls", "init"]).ok();
    let config = folder.path().join("formfeed.toml");
    let mut text = std::fs::read_to_string(&config).unwrap();
    for service in ["vendor", "calculation", "forms", "spooler"] {
        text += &format!("[{service}]\nlisten = \"0.0.0.0:0\"\n");
    }
    std::fs::write(&config, text).unwrap();
    // Flags of its own come first: without a port base the file's addresses are taken.
    let up = Up::start_with_own_ports(folder, &["--console-listen", "0.0.0.0:0"]);
    up.run(&["job", "list"]).ok();
    let address = endpoint(&up, "forms");
    assert!(address.starts_with("https://127.0.0.1:"), "{address}");
}
