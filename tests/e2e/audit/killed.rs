//! The trail after services that were killed in the middle of work, and where its end is told.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use formfeed_runtime::Service;
use formfeed_runtime::audit::anchors;
use formfeed_tests::command::Up;
use formfeed_tests::postgres::fresh_postgres_url;
use formfeed_tests::tools::workspace;

/// Works on services until they are killed after a time; answers their folder.
fn killed_at_work(up: Up, round: u64) -> tempfile::TempDir {
    let extract = workspace().join("tests/fixtures/small/extract");
    let extract = extract.to_str().unwrap();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for worker in 0..2 {
            let (up, stop) = (&up, &stop);
            scope.spawn(move || {
                for n in 0.. {
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let name = format!("t{round}-{worker}-{n}");
                    up.run(&["token", "add", &name, "--role", "clerk"]);
                }
            });
        }
        let (up, stop) = (&up, &stop);
        scope.spawn(move || {
            up.run(&["import", extract]);
            up.run(&["calculate", "--payer", "TE1", "--tax-year", "2025"]);
        });
        std::thread::sleep(Duration::from_millis(300 + 450 * round));
        // SAFETY of the data is what is tried: nothing is said to the services first.
        let pid = up.pid().to_string();
        let killed = std::process::Command::new("kill")
            .args(["-9", &pid])
            .status();
        assert!(killed.unwrap().success());
        stop.store(true, Ordering::Relaxed);
    });
    up.kill()
}

#[test]
fn the_trail_is_sound_after_services_that_were_killed_in_the_middle_of_work() {
    let flags: [Vec<String>; 2] = [
        Vec::new(),
        vec!["--database-url".to_owned(), fresh_postgres_url()],
    ];
    for flags in flags {
        let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
        let mut folder = tempfile::tempdir().unwrap();
        for round in 0..4 {
            folder = killed_at_work(Up::start_on(folder, &flags), round);
        }
        let up = Up::start_on(folder, &flags);
        let verified = up.run(&["--json", "audit", "verify"]).ok().json();
        let sound = verified[0]["sound_entries"].as_i64().unwrap();
        assert!(sound > 4, "something was done: {verified}");
        // Whoever has a token stands in the trail.
        let tokens = up.run(&["--json", "token", "list"]).ok().json();
        let listed = up.run(&[
            "--json",
            "audit",
            "list",
            "--action",
            "token.create",
            "--limit",
            "5000",
        ]);
        let listed = listed.ok().json();
        let told: Vec<_> = listed
            .as_array()
            .unwrap()
            .iter()
            .map(|e| &e["subject"])
            .collect();
        for token in tokens.as_array().unwrap() {
            let name = token["token"].as_str().unwrap();
            if name.starts_with("tokens/t") {
                assert!(told.iter().any(|told| *told == name), "{name}");
            }
        }
    }
}

#[test]
fn the_end_is_told_to_both_folders_when_the_services_stop() {
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let settings = format!("audit_anchors = {:?}\n", elsewhere.path());
    std::fs::write(folder.path().join("formfeed.toml"), settings).unwrap();
    let up = Up::start_on(folder, &[]);
    up.run(&["token", "add", "mia", "--role", "clerk"]).ok();
    up.run(&["token", "revoke", "mia"]).ok();
    let (code, folder) = up.stop();
    assert_eq!(code, 0);
    let last = |folder: &Path| {
        let known = anchors::read(&anchors::path(folder, Service::Vendor.name()));
        known.unwrap().anchors.pop().expect("an anchor")
    };
    let own = folder.path().join("audit");
    assert_eq!(last(&own).sequence, 2);
    assert_eq!(last(&own).hash, last(elsewhere.path()).hash);
    let mode = |path: &Path| {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    };
    assert_eq!(mode(&anchors::path(&own, "vendor")), 0o600);
    assert_eq!(mode(&own), 0o700);
    assert_eq!(mode(&folder.path().join("keys/vendor-audit.key")), 0o600);

    let up = Up::start_on(folder, &[]);
    let dir = elsewhere.path().to_str().unwrap();
    let line = ["audit", "verify", "--service", "vendor", "--anchors", dir];
    up.run(&line).ok();
}
