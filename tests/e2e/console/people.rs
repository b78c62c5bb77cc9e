//! Who is let in, what each may do, and what becomes of a page whose line is cut.

use std::process::Command;

use formfeed_proto::spooler as pb;
use formfeed_proto::spooler::job::State;
use formfeed_runtime::access::{self, Role};
use formfeed_runtime::{Service, TokenStore};
use formfeed_tests::browser::Browser;
use formfeed_tests::spool::{Left, Spool};
use serde_json::json;

use super::{pause, submit, token};

/// A job that is held.
async fn held(spool: &Spool) -> String {
    pause(spool, "files").await;
    let job = submit(spool, "r1", "files", 3).await;
    let name = format!("jobs/{job}");
    let request = pb::HoldJobRequest { name: name.clone() };
    spool.jobs().hold_job(request).await.unwrap();
    spool.until(&name, State::Held).await;
    job
}

#[tokio::test(flavor = "multi_thread")]
async fn one_signs_in_by_token_and_other_sites_change_nothing() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    let job = held(&spool).await;
    let service = access::service_token_path(spool.folder(), Service::Forms);
    let facts = json!({
        "url": spool.console(), "job": job,
        "operator": token(&spool, "olga", Role::Operator),
        "auditor": token(&spool, "ava", Role::Auditor),
        "service": access::read_token(&service).unwrap().expose(),
    });
    let mut browser = Browser::start("people", &facts);
    browser.until("refused").await;
    let name = format!("jobs/{job}");
    assert_eq!(
        spool.job(&name).await.state(),
        State::Held,
        "nobody released it"
    );
    browser.go_on();
    browser.until("signed in").await;
    TokenStore::open(spool.folder()).revoke("olga").unwrap();
    browser.go_on();
    browser.done().await;
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_line_is_said_at_once_and_the_page_heals_by_itself() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    let facts = json!({
        "url": spool.console(),
        "token": token(&spool, "olga", Role::Operator),
    });
    let mut browser = Browser::start("lost", &facts);
    browser.until("lost").await;
    let request = pb::PausePrinterRequest {
        name: "printers/files".to_owned(),
        reason: "while you were away".to_owned(),
    };
    spool.printers().pause_printer(request).await.unwrap();
    browser.go_on();
    browser.until("stop it").await;
    let address = spool.console().trim_start_matches("http://").parse().ok();
    let left = spool.stop().await;
    browser.go_on();
    browser.until("start it").await;
    let spool = left.start_with_console(address).await;
    browser.go_on();
    browser.done().await;
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_signs_nobody_out_but_who_was_signed_out_or_revoked() {
    for left in Left::on_both() {
        let spool = left.start().await;
        let address = spool.console().trim_start_matches("http://").parse().ok();
        let ask = async |cookie: &str, path: &str| {
            let url = format!("{}{path}", spool_url(address));
            let cookie = format!("Cookie: {cookie}");
            tokio::task::spawn_blocking(move || super::machines::get(&url, &["-H", &cookie]))
                .await
                .unwrap()
        };
        let mut cookies = Vec::new();
        for name in ["olga", "bert", "cleo"] {
            let secret = token(&spool, name, Role::Operator);
            cookies.push(sign_in(spool.console(), &secret).await);
        }
        let [olga, bert, cleo] = cookies.as_slice() else {
            unreachable!()
        };
        let page = ask(bert, "/").await;
        let csrf = page.split("name=\"csrf\" value=\"").nth(1).unwrap();
        let csrf = csrf.split('"').next().unwrap().to_owned();
        post(spool.console(), "/sign-out", bert, &format!("csrf={csrf}")).await;
        let tokens = TokenStore::open(spool.folder());
        let left = spool.stop().await;
        tokens.revoke("cleo").unwrap();
        let spool = left.start_with_console(address).await;
        assert!(ask(olga, "/session").await.ends_with("204"), "olga goes on");
        assert!(
            ask(bert, "/session").await.ends_with("401"),
            "bert signed out"
        );
        assert!(
            ask(cleo, "/session").await.ends_with("401"),
            "cleo is revoked"
        );
        spool.stop().await;
    }
}

fn spool_url(address: Option<std::net::SocketAddr>) -> String {
    format!("http://{}", address.unwrap())
}

/// What a post is answered, with its head.
async fn post(console: &str, path: &str, cookie: &str, form: &str) -> String {
    let (url, origin) = (format!("{console}{path}"), format!("Origin: {console}"));
    let (cookie, form) = (format!("Cookie: {cookie}"), form.to_owned());
    let posted = tokio::task::spawn_blocking(move || {
        super::machines::get(&url, &["-i", "-H", &origin, "-H", &cookie, "--data", &form])
    });
    posted.await.unwrap()
}

/// The cookie of a new session; a daemon looks for new tokens now and then only.
async fn sign_in(console: &str, secret: &str) -> String {
    let mut cookie = None;
    super::until("signed in", async || {
        let answer = post(console, "/sign-in", "", &format!("token={secret}")).await;
        let mut head = answer.lines();
        let line = head.find_map(|line| line.strip_prefix("set-cookie: "));
        cookie = line.and_then(|line| line.split(';').next().map(str::to_owned));
        cookie.is_some()
    })
    .await;
    cookie.unwrap()
}

/// With which status it is answered what a page asks by itself. A stream has no end: its head is enough.
fn status_of(url: &str, headers: &[&str]) -> String {
    let mut curl = Command::new("curl");
    curl.args(["-s", "-o", "/dev/null", "-w", "%{http_code}"]);
    curl.args(["--max-time", "1", url]);
    for header in headers {
        curl.args(["-H", header]);
    }
    String::from_utf8(curl.output().unwrap().stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_95_a_page_of_another_site_hears_nothing_of_the_live_stream() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    let secret = token(&spool, "olga", Role::Operator);
    let cookie = format!("Cookie: {}", sign_in(spool.console(), &secret).await);
    let console = spool.console().to_owned();
    let looked = tokio::task::spawn_blocking(move || {
        let own = format!("Origin: {console}");
        for path in ["/live", "/printers/files/live", "/waiting", "/session"] {
            let url = format!("{console}{path}");
            // Of what asks its own site a browser names no origin; one that knows no such header says nothing at all.
            for ours in ["Accept: */*", &own, "Sec-Fetch-Site: same-origin"] {
                let status = status_of(&url, &[ours, &cookie]);
                assert!(status.starts_with('2'), "{path}, {ours}: {status}");
                assert_eq!(status_of(&url, &[ours]), "401", "{path}, {ours}");
            }
            for theirs in [
                "Origin: https://evil.example",
                "Origin: null",
                "Origin: http://localhost:1",
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Site: same-site",
            ] {
                let status = status_of(&url, &[theirs, &cookie]);
                assert_eq!(status, "403", "{path}, {theirs}");
                assert_eq!(status_of(&url, &[theirs]), "403", "{path}, {theirs}");
            }
            let both = ["Sec-Fetch-Site: cross-site", &own, &cookie];
            assert_eq!(status_of(&url, &both), "403", "{path}: one word against");
        }
    });
    looked.await.unwrap();
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_done_without_javascript() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    pause(&spool, "files").await;
    let job = submit(&spool, "r1", "files", 3).await;
    super::resume(&spool, "files").await;
    spool.until(&format!("jobs/{job}"), State::Completed).await;
    // Of a printer that never prints, for nothing may wait but what the script does.
    let laser = super::laser("ipp://127.0.0.1:9/ipp/print".to_owned(), None);
    spool.add_printer(laser).await.unwrap();
    let job = submit(&spool, "r2", "laser", 3).await;
    let facts = json!({
        "url": spool.console(), "job": job,
        "token": token(&spool, "olga", Role::Operator),
    });
    Browser::run("no_script", &facts).await;
    spool.until(&format!("jobs/{job}"), State::Canceled).await;
    spool.stop().await;
}
