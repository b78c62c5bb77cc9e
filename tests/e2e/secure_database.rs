//! PostgreSQL over TLS: a real server that talks to nobody in clear, and servers that are not who they should be.

use std::fs;
use std::path::Path;

use formfeed_tests::command::{Ran, Up, formfeed};
use formfeed_tests::postgres::OwnPostgres;
use formfeed_tests::tools::workspace;
use serde_json::Value;
use tempfile::TempDir;

const ENDS: &str = "printed 7 forms, 2 void, 3 sheets, total 13421.91";

/// An authority with a server's certificate for this machine and a client's for the user `postgres`.
fn authority() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    on(folder.path(), &["tls", "init"]).ok();
    on(folder.path(), &["tls", "issue", "postgres"]).ok();
    folder
}

fn server(authority: &Path) -> OwnPostgres {
    let pem = |name: &str| authority.join("tls").join(name);
    OwnPostgres::over_tls(&pem("server.pem"), &pem("server.key"), &pem("ca.pem"))
}

/// The address of its database by the name of a host, with parameters.
fn url(server: &OwnPostgres, host: &str, parameters: &str) -> String {
    let port = server.port();
    format!("postgres://postgres@{host}:{port}/postgres?hostaddr=127.0.0.1&{parameters}")
}

/// The parameters of a client that knows the authority and shows its certificate.
fn known(authority: &Path) -> String {
    let dir = authority.join("tls").display().to_string();
    format!(
        "sslmode=verify-full&sslrootcert={dir}/ca.pem&sslcert={dir}/postgres.pem&sslkey={dir}/postgres.key"
    )
}

fn on(folder: &Path, arguments: &[&str]) -> Ran {
    let folder = folder.to_str().unwrap();
    formfeed(&[&["--data-dir", folder], arguments].concat())
}

/// A data directory whose database is at an address.
fn installation(url: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    set(folder.path(), url);
    folder
}

fn set(folder: &Path, url: &str) {
    let settings = format!("database_url = '{url}'\n");
    fs::write(folder.join("formfeed.toml"), settings).unwrap();
}

/// What the doctor finds of the vendor service's database.
fn finding(folder: &Path, check: &str) -> Value {
    let told = on(folder, &["--json", "doctor"]).json();
    let one = told.as_array().unwrap().iter();
    let mut one = one.filter(|one| one["check"] == check && one["subject"] == "vendor");
    one.next().unwrap_or_else(|| panic!("{told:#}")).clone()
}

#[test]
fn all_that_is_said_to_a_database_elsewhere_is_encrypted() {
    let authority = authority();
    let server = server(authority.path());
    let away = url(&server, "localhost", &known(authority.path()));
    let up = Up::start_on(installation(&away), &[]);
    let small = workspace().join("tests/fixtures/small/extract");
    up.run(&["import", small.to_str().unwrap()]).ok();
    let of = ["--payer", "TE1", "--tax-year", "2025"];
    up.run(&[&["calculate"], &of[..]].concat()).ok();
    let paper = up.folder.path().join("paper");
    fs::create_dir(&paper).unwrap();
    let add = format!("file:{}", paper.display());
    let add = ["printer", "add", "folder", &add, "--stock", "nec-3up"];
    up.run(&add).ok();
    let print = ["print", "--form", "nec", "--printer", "folder", "--wait"];
    let printed = up.run(&[&print, &of[..]].concat()).ok();
    assert!(printed.out.contains(ENDS), "{printed:?}");
    let found = finding(up.folder.path(), "database.encryption");
    assert_eq!(found["verdict"], "fine", "{found:#}");
    assert_eq!(found["text"], "TLSv1.3", "{found:#}");

    let kept = tempfile::tempdir().unwrap();
    let copy = kept.path().join("copy").display().to_string();
    up.run(&["backup", "--to", &copy]).ok();
    let (code, folder) = up.stop();
    assert_eq!(code, 0);
    on(folder.path(), &["restore", "--from", &copy, "--replace"]).ok();
    let up = Up::start_on(folder, &[]);
    let list = up.run(&["--json", "job", "list"]).ok().json();
    assert_eq!(list[0]["state"], "completed", "{list:#}");
}

#[test]
fn a_server_that_does_not_prove_who_it_is_hears_nothing() {
    let (ours, theirs) = (authority(), authority());
    let server = server(ours.path());
    let folder = tempfile::tempdir().unwrap();
    let known = known(ours.path());
    let of_others = format!("sslrootcert={}", theirs.path().join("tls/ca.pem").display());
    let in_clear = OwnPostgres::start();
    for (url, words) in [
        (url(&server, "localhost", &of_others), "does not prove"),
        // Its authority is none that this machine trusts.
        (
            url(&server, "localhost", "sslmode=verify-full"),
            "sslrootcert=FILE",
        ),
        // `require` looks at the certificate as well.
        (
            url(&server, "db.example", "sslmode=require"),
            "does not prove",
        ),
        (url(&server, "db.example", &known), "db.example"),
        (
            url(&server, "localhost", "sslmode=disable"),
            "no pg_hba.conf entry",
        ),
        (
            url(
                &server,
                "localhost",
                &known.replace("postgres.key", "lost.key"),
            ),
            "lost.key",
        ),
        (
            url(&in_clear, "localhost", "sslmode=verify-full"),
            "does not encrypt",
        ),
    ] {
        set(folder.path(), &url);
        let found = finding(folder.path(), "database.open");
        assert_eq!(found["verdict"], "fault", "{url}: {found:#}");
        assert!(
            found["text"].as_str().unwrap().contains(words),
            "{url}: {found:#}"
        );
    }
    let refused = on(folder.path(), &["up", "--port-base", "0"]);
    assert_ne!(refused.code, 0, "{refused:?}");
    assert!(refused.err.contains("sslmode=disable"), "{refused:?}");

    set(
        folder.path(),
        &url(&in_clear, "localhost", "sslmode=prefer"),
    );
    let refused = on(folder.path(), &["up", "--port-base", "0"]);
    assert_ne!(refused.code, 0, "{refused:?}");
    assert!(refused.err.contains("verify-full"), "{refused:?}");
}
