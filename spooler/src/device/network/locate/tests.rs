use std::io;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;

use super::*;

/// A name whose answers somebody else chooses.
#[derive(Default, Clone)]
struct Fickle(Arc<Mutex<Vec<IpAddr>>>);

impl Fickle {
    fn now(&self, addresses: &[&str]) {
        let addresses = addresses.iter().map(|it| it.parse().unwrap());
        *self.0.lock().unwrap() = addresses.collect();
    }

    fn locator(&self, allowed: &str) -> Locator {
        let rules = allowed.split(',').map(|word| word.parse().unwrap());
        let allowed = AllowedHosts::new(rules.collect());
        Locator::new(allowed, Box::new(self.clone()), Duration::from_secs(1))
    }
}

#[async_trait]
impl Resolver for Fickle {
    async fn addresses(&self, _name: &str) -> io::Result<Vec<IpAddr>> {
        Ok(self.0.lock().unwrap().clone())
    }
}

fn uri(text: &str) -> DeviceUri {
    DeviceUri::parse(text).unwrap()
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[tokio::test]
async fn every_address_of_a_name_must_be_allowed() {
    let dns = Fickle::default();
    let locator = dns.locator("private");
    let laser = uri("ipp://laser.example/ipp/print");
    dns.now(&["10.0.0.7"]);
    assert_eq!(locator.locate(&laser).await, Ok(Some(ip("10.0.0.7"))));
    dns.now(&["10.0.0.7", "169.254.169.254"]);
    let refused = locator.locate(&laser).await.unwrap_err().to_string();
    assert_eq!(
        refused,
        "laser.example is at 169.254.169.254, where no printer may be; allowed: private (FORMFEED_PRINTER_HOSTS)"
    );
    dns.now(&["::ffff:203.0.113.9"]);
    assert!(locator.locate(&laser).await.is_err());
    dns.now(&[]);
    let unknown = locator.locate(&laser).await.unwrap_err();
    assert!(matches!(unknown, LocateError::Unknown { .. }));
}

#[tokio::test]
async fn an_address_in_the_uri_is_asked_of_nobody() {
    let dns = Fickle::default();
    let locator = dns.locator("private");
    for text in ["ipp://10.0.0.7/p", "socket://[::1]:9100", "file:/out"] {
        assert_eq!(locator.locate(&uri(text)).await, Ok(None), "{text}");
    }
    for text in [
        "ipp://169.254.169.254/p",
        "ipp://2852039166/p",
        "socket://0.0.0.0:9100",
    ] {
        let refused = locator.locate(&uri(text)).await.unwrap_err();
        let words = refused.to_string();
        assert!(
            words.contains("is an address, where no printer may be"),
            "{words}"
        );
    }
}

#[tokio::test]
async fn a_kept_address_is_held_against_the_list_each_time() {
    let dns = Fickle::default();
    let laser = uri("socket://laser.example:9100");
    let check =
        |allowed: &str, kept: Option<&str>| dns.locator(allowed).check(&laser, kept.map(ip));
    assert_eq!(check("private", Some("10.0.0.7")), Ok(()));
    assert!(check("10.1.0.0/16", Some("10.0.0.7")).is_err());
    assert_eq!(check("laser.example", Some("203.0.113.9")), Ok(()));
    assert!(matches!(
        check("private", None),
        Err(LocateError::NotKept { .. })
    ));
}

#[tokio::test]
async fn of_several_addresses_the_one_that_takes_connections_is_kept() {
    let listening = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listening.local_addr().unwrap().port();
    let dns = Fickle::default();
    dns.now(&["127.0.0.2", "127.0.0.1", "127.0.0.1"]);
    let found = dns
        .locator("private")
        .locate(&uri(&format!("socket://h:{port}")))
        .await;
    assert_eq!(found, Ok(Some(ip("127.0.0.1"))));
    drop(listening);
    let found = dns
        .locator("private")
        .locate(&uri(&format!("socket://h:{port}")))
        .await;
    assert_eq!(found, Ok(Some(ip("127.0.0.2"))));
}
