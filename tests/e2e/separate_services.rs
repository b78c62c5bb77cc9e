//! The four services as programs of their own, as their units run them: they find each other, and commands find them.

use std::net::TcpListener;

use formfeed_runtime::Service;
use formfeed_tests::apart::Apart;
use formfeed_tests::command::{formfeed, service_program};

const SMALL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/small/extract");
const ENDS: &str = "printed 7 forms, 2 void, 3 sheets, total 13421.91";
const PRINT: [&str; 7] = [
    "print",
    "--payer",
    "TE1",
    "--tax-year",
    "2025",
    "--form",
    "nec",
];

#[test]
fn four_programs_do_the_whole_job_and_commands_find_them_by_their_configuration() {
    let folder = tempfile::tempdir().unwrap();
    whole_job(Apart::start(folder, "http"));
}

#[test]
fn four_programs_do_the_whole_job_over_tls() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    formfeed(&["--data-dir", path, "tls", "init"]).ok();
    whole_job(Apart::start(folder, "https"));
}

fn whole_job(mut apart: Apart) {
    apart.run(&["import", SMALL]).ok();
    let calculate = ["calculate", "--payer", "TE1", "--tax-year", "2025"];
    apart.run(&calculate).ok();
    let uri = format!("file:{}/out", apart.folder().display());
    let add = ["printer", "add", "desk", &uri, "--evidence", "device"];
    apart.run(&add).ok();
    let print = [&PRINT[..], &["--printer", "desk", "--wait"]].concat();
    let told = apart.run(&print).ok().out;
    assert_eq!(told.lines().last(), Some(ENDS), "{told}");
    apart.run(&["doctor", "--live"]).ok();
    assert!(!apart.folder().join("endpoints.json").exists());

    assert_eq!(apart.stop(Service::Spooler), 0);
    let missed = apart.run(&["printer", "list"]);
    assert_eq!(missed.code, 4, "{missed:?}");
    let told = "the spooler service is nowhere to be found";
    assert!(missed.err.contains(told), "{missed:?}");
    apart.run(&["token", "list"]).ok();
    let examined = apart.run(&["doctor", "--live"]);
    assert_eq!(examined.code, 1, "{examined:?}");
    for service in [Service::Forms, Service::Calculation, Service::Vendor] {
        assert_eq!(apart.stop(service), 0, "{service}");
    }
    let missed = apart.run(&["printer", "list"]);
    assert_eq!(missed.code, 4, "{missed:?}");
    assert!(missed.err.contains("formfeed up"), "{missed:?}");
    let examined = apart.run(&["doctor", "--live"]);
    assert_eq!(examined.code, 1, "{examined:?}");
    for way in [
        "systemctl start formfeed;",
        "systemctl start formfeed-vendor",
    ] {
        assert!(examined.out.contains(way), "{examined:?}");
    }
}

#[test]
fn a_program_with_a_configuration_that_must_not_run_says_the_way_out_and_is_not_started_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let tables = Service::ALL.map(|service| format!("[{service}]\nlisten = \"0.0.0.0:0\"\n"));
    std::fs::write(folder.path().join("formfeed.toml"), tables.concat()).unwrap();
    for service in Service::ALL {
        let name = format!("formfeed-{service}");
        let ended = service_program(&name, &["--data-dir", path]);
        // 2 is in RestartPreventExitStatus= of the units.
        assert_eq!(ended.code, 2, "{service}: {ended:?}");
        assert_eq!(
            ended.err,
            "error: refusing to listen on 0.0.0.0:0 without TLS, where access tokens would travel in clear; give \
             FORMFEED_TLS_CERT and FORMFEED_TLS_KEY, or listen on 127.0.0.1\n",
            "{service}"
        );
    }
}

#[test]
fn a_program_whose_port_is_taken_says_so_and_may_be_started_again() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for service in Service::ALL {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        let name = format!("formfeed-{service}");
        let ended = service_program(&name, &["--data-dir", path, "--listen", &address]);
        assert_eq!(ended.code, 1, "{service}: {ended:?}");
        let told = format!("error: cannot listen on {address}: Address already in use");
        assert!(ended.err.contains(&told), "{service}: {ended:?}");
    }
}
