//! The services under a service manager: that they are ready, alive and stopping, told on its socket.

use std::time::Duration;

use formfeed_tests::command::Up;
use formfeed_tests::service_manager::ServiceManager;

const SOON: Duration = Duration::from_secs(20);
/// How long the manager goes without a sign of life.
const PATIENCE: &str = "2000000";

#[test]
fn a_service_manager_hears_that_all_services_answer_and_that_they_stop() {
    for manager in [ServiceManager::with_path(), ServiceManager::abstract_one()] {
        let up = Up::start_in(&[("NOTIFY_SOCKET", manager.name())]);
        let ready = manager.expect("READY=1", SOON);
        let endpoints = std::fs::read_to_string(up.folder.path().join("endpoints.json")).unwrap();
        let endpoints: serde_json::Value = serde_json::from_str(&endpoints).unwrap();
        for service in ["vendor", "calculation", "forms", "spooler"] {
            let told = format!("{service} {}", endpoints[service].as_str().unwrap());
            assert!(ready.contains(&told), "{told} in {ready}");
        }
        assert_eq!(
            manager.count("WATCHDOG", Duration::from_secs(1)),
            0,
            "nobody waits for it"
        );
        assert_eq!(up.stop().0, 0);
        manager.expect("STOPPING=1", SOON);
    }
}

#[test]
fn a_process_that_stands_still_gives_no_sign_of_life_until_it_goes_on() {
    let manager = ServiceManager::with_path();
    let up = Up::start_in(&[
        ("NOTIFY_SOCKET", manager.name()),
        ("WATCHDOG_USEC", PATIENCE),
    ]);
    manager.expect("READY=1", SOON);
    for _ in 0..3 {
        manager.expect("WATCHDOG=1", Duration::from_secs(2));
    }
    up.signal("STOP");
    while manager.next(Duration::from_millis(200)).is_some() {}
    assert_eq!(manager.count("WATCHDOG=1", Duration::from_secs(4)), 0);
    up.signal("CONT");
    manager.expect("WATCHDOG=1", SOON);
    assert_eq!(up.stop().0, 0);
}

#[test]
fn a_printer_that_never_answers_costs_no_sign_of_life() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let manager = ServiceManager::with_path();
    let up = Up::start_in(&[
        ("NOTIFY_SOCKET", manager.name()),
        ("WATCHDOG_USEC", PATIENCE),
    ]);
    let uri = format!("socket://{}", silent.local_addr().unwrap());
    let add = ["printer", "add", "slow", &uri, "--dialect", "escp"];
    up.run(&[&add[..], &["--stock", "misc-3up"]].concat()).ok();
    up.run(&["printer", "load-stock", "slow", "nec-3up", "--sheets", "9"])
        .ok();
    up.run(&[
        "import",
        concat!(env!("CARGO_MANIFEST_DIR"), "/../services/cli/sample"),
    ])
    .ok();
    up.run(&["calculate", "--payer", "HARBOR", "--tax-year", "2025"])
        .ok();
    let print = [
        "print",
        "--payer",
        "HARBOR",
        "--tax-year",
        "2025",
        "--form",
        "nec",
    ];
    up.run(&[&print[..], &["--printer", "slow"]].concat()).ok();
    let alive = manager.count("WATCHDOG=1", Duration::from_secs(6));
    assert!(
        alive >= 8,
        "{alive} signs in three times the manager's patience"
    );
}
