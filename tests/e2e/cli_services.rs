//! The services as the command line finds, refuses and misses them.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use formfeed_tests::command::{Up, formfeed};
use formfeed_tests::postgres::fresh_postgres_url;
use serde_json::Value;

#[test]
fn what_up_leaves_for_other_commands_is_private_and_goes_when_it_stops() {
    let up = Up::start();
    let endpoints = up.folder.path().join("endpoints.json");
    assert_eq!(
        fs::metadata(&endpoints).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let document: Value = serde_json::from_slice(&fs::read(&endpoints).unwrap()).unwrap();
    assert_eq!(document["pid"], up.pid());
    let token = document["token_file"].as_str().unwrap().to_owned();
    assert_eq!(
        fs::metadata(token).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let (code, _folder) = up.stop();
    assert_eq!(code, 0);
    assert!(!endpoints.exists());
}

#[test]
fn a_second_up_on_the_same_data_directory_is_refused() {
    let up = Up::start();
    let refused = up.run(&["up", "--port-base", "0"]);
    assert_eq!(refused.code, 3, "{refused:?}");
    let told = format!("already (process {})", up.pid());
    assert!(refused.err.contains(&told), "{refused:?}");
    up.run(&["printer", "list"]).ok();
}

#[test]
fn a_command_without_services_says_so_and_starts_none() {
    let up = Up::start();
    let folder = up.kill();
    let dir = folder.path().to_str().unwrap();
    let missed = formfeed(&["--data-dir", dir, "job", "list"]);
    assert_eq!(missed.code, 4, "{missed:?}");
    assert!(missed.err.contains("formfeed up"), "{missed:?}");
    let token = folder.path().join("admin.token");
    let by_hand = [
        "--token-file",
        token.to_str().unwrap(),
        "--server",
        "spooler=127.0.0.1:9",
    ];
    let missed = formfeed(&[&["--data-dir", dir, "--json", "job", "list"], &by_hand[..]].concat());
    assert_eq!(missed.code, 4, "{missed:?}");
    assert_eq!(missed.json()["error"]["reason"], "SERVICE_UNAVAILABLE");
    assert!(
        missed.err.contains("the spooler service cannot be reached"),
        "{missed:?}"
    );

    let up = Up::start_on(folder, &[]);
    assert_eq!(
        up.run(&["--json", "job", "list"]).ok().json(),
        Value::Array(vec![])
    );
}

#[test]
fn a_port_that_is_another_users_by_now_is_sent_no_token() {
    let folder = Up::start().kill();
    let endpoints = folder.path().join("endpoints.json");
    // Its process number is somebody's again, and so is its port: a server that root started as another user.
    let theirs = fresh_postgres_url();
    let (_, port) = theirs.split_once("127.0.0.1:").unwrap();
    let (port, _) = port.split_once('/').unwrap();
    let mut told: Value = serde_json::from_slice(&fs::read(&endpoints).unwrap()).unwrap();
    told["pid"] = std::process::id().into();
    told["spooler"] = format!("http://127.0.0.1:{port}").into();
    fs::write(&endpoints, told.to_string()).unwrap();
    let dir = folder.path().to_str().unwrap();
    let refused = formfeed(&["--data-dir", dir, "job", "list"]);
    assert_eq!(refused.code, 4, "{refused:?}");
    let told = match fs::metadata("/proc/self").unwrap().uid() {
        0 => "no service of this data directory listens at its address",
        _ => "the spooler service cannot be reached", // it runs as ourselves, and speaks no HTTP
    };
    assert!(refused.err.contains(told), "{refused:?}");
}

#[test]
fn what_cannot_be_calculated_is_refused_with_its_reason() {
    let up = Up::start();
    let refused = |payer: &str, year: &str| {
        let ran = up.run(&["--json", "calculate", "--payer", payer, "--tax-year", year]);
        assert_eq!(ran.code, 3, "{ran:?}");
        ran.json()["error"]["reason"].clone()
    };
    let small = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/small/extract");
    up.run(&["import", small]).ok();
    assert_eq!(refused("NOBODY", "2025"), "PAYER_NOT_FOUND");
    assert_eq!(refused("TE1", "2018"), "NO_RULE_FOR_YEAR");
}

#[test]
fn a_token_may_do_what_its_role_may_until_it_is_revoked() {
    let up = Up::start();
    let made = up
        .run(&["--json", "token", "add", "mia", "--role", "auditor"])
        .ok()
        .json();
    let file = up.folder.path().join("mia.token");
    fs::write(&file, made["secret"].as_str().unwrap()).unwrap();
    let as_mia = ["--token-file", file.to_str().unwrap()];
    up.run(&[&as_mia[..], &["printer", "list"]].concat()).ok();
    let calculate = [
        "--json",
        "calculate",
        "--payer",
        "TE1",
        "--tax-year",
        "2025",
    ];
    let refused = up.run(&[&as_mia[..], &calculate].concat());
    assert_eq!(
        (refused.code, &refused.json()["error"]["reason"]),
        (3, &"ROLE_NOT_ALLOWED".into())
    );

    up.run(&["token", "revoke", "mia"]).ok();
    let refused = up.run(&[&as_mia[..], &["--json", "printer", "list"]].concat());
    assert_eq!(
        (refused.code, &refused.json()["error"]["reason"]),
        (3, &"TOKEN_UNKNOWN".into())
    );
    let listed = up.run(&["token", "list"]).ok().out;
    assert!(
        listed
            .lines()
            .any(|line| line.starts_with("mia ") && line.contains("auditor")),
        "{listed}"
    );
}
