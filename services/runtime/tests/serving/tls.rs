//! TLS, as wanted beyond loopback.

use std::{fs, path::Path, time::Duration};

use formfeed_proto::forms::ListFormsRequest;
use formfeed_runtime::{
    Connector, Role, Service,
    access::{NewToken, Secret, read_token, service_token_path},
    config::TlsFiles,
    reason,
    status::reason_of,
    tls::{Authority, Identity, Issued, Purpose, Trust, service_dns_name},
};
use tempfile::TempDir;
use tokio::{io::AsyncReadExt as _, net::TcpStream};
use tonic::{Code, Status};

use crate::probe::{World, client};

/// Connections that never shake hands: more than a server has places for that may have so many files open.
const SILENT: usize = 500;
const FILES: u64 = 1_024;

/// A server with a certificate of an authority of its own.
pub(crate) struct Secure {
    pub(crate) world: World,
    folder: TempDir,
    pub(crate) authority: Authority,
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn identity(issued: &Issued) -> Identity {
    Identity {
        cert: issued.cert.clone(),
        key: issued.key.clone(),
    }
}

impl Secure {
    /// `asks` clients for certificates of its own authority.
    pub(crate) async fn start(asks: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::create(folder.path()).unwrap();
        let own = authority.issue("server", Purpose::Service, &names(&["127.0.0.1"]), 30);
        let own = own.unwrap();
        let world = World::start_with(|config| {
            config.ca_file = Some(authority.certificate());
            config.tls = Some(TlsFiles {
                cert: own.cert.clone(),
                key: own.key.clone(),
                client_ca: asks.then(|| authority.certificate()),
            });
        })
        .await;
        Self {
            world,
            folder,
            authority,
        }
    }

    fn client_of(&self, name: &str, hosts: &[&str]) -> Issued {
        let issued = self
            .authority
            .issue(name, Purpose::Client, &names(hosts), 30);
        issued.unwrap()
    }

    /// Calls with a token and the certificate of a client.
    pub(crate) async fn call(
        &self,
        secret: Secret,
        identity: Option<Identity>,
    ) -> Result<(), Status> {
        self.call_trusting(&self.authority.certificate(), secret, identity)
            .await
    }

    async fn call_trusting(
        &self,
        authority: &Path,
        secret: Secret,
        identity: Option<Identity>,
    ) -> Result<(), Status> {
        let trust = Trust {
            authority: authority.to_owned(),
            identity,
        };
        let connector = Connector::new(Service::Forms, &self.world.url, secret, Some(&trust));
        let connector = connector.unwrap();
        let answer = client(&connector)
            .list_forms(ListFormsRequest::default())
            .await;
        answer
            .map(|_| ())
            .map_err(|status| connector.explain(status))
    }

    fn service_token(&self, service: Service) -> Secret {
        read_token(&service_token_path(&self.world.config.data_dir, service)).unwrap()
    }
}

fn why(answer: Result<(), Status>) -> String {
    reason_of(&answer.unwrap_err()).unwrap_or_default()
}

#[tokio::test]
async fn a_server_with_a_certificate_answers_over_tls() {
    let secure = Secure::start(false).await;
    assert!(secure.world.url.starts_with("https://"));
    let answer = secure
        .world
        .client()
        .list_forms(ListFormsRequest::default())
        .await
        .unwrap();
    assert!(
        answer
            .into_inner()
            .next_page_token
            .starts_with("admin admin admin ")
    );
}

#[tokio::test]
async fn a_client_in_clear_gets_nowhere_with_a_tls_server() {
    let world = Secure::start(false).await.world;
    let in_clear = world.url.replace("https://", "http://");
    let connector = Connector::new(Service::Forms, &in_clear, world.admin(), None).unwrap();
    let failed = client(&connector)
        .list_forms(ListFormsRequest::default())
        .await
        .unwrap_err();
    let told = connector.explain(failed);
    assert_eq!(reason_of(&told).unwrap(), reason::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn a_client_for_tls_wants_an_authority_to_trust() {
    let world = Secure::start(false).await.world;
    let refused = Connector::new(Service::Forms, &world.url, world.admin(), None).unwrap_err();
    assert!(refused.to_string().contains("FORMFEED_TLS_CA"), "{refused}");
}

#[tokio::test]
async fn a_server_of_another_authority_or_another_name_is_not_believed() {
    let secure = Secure::start(false).await;
    let elsewhere = tempfile::tempdir().unwrap();
    let other = Authority::create(elsewhere.path()).unwrap();
    let admin = || secure.world.admin();
    let trusted = other.certificate();
    let answer = secure.call_trusting(&trusted, admin(), None);
    assert_eq!(why(answer.await), reason::SERVICE_UNAVAILABLE);

    let hosts = names(&["formfeed.example"]);
    let renamed = secure
        .authority
        .issue("server", Purpose::Service, &hosts, 30);
    renamed.unwrap();
    wait_for("the other certificate", async || {
        secure.call(admin(), None).await.is_err()
    })
    .await;
}

#[tokio::test]
async fn changed_certificates_are_read_anew_and_bad_ones_change_nothing() {
    let secure = Secure::start(false).await;
    let admin = || secure.world.admin();
    let (cert, key) = (
        secure.folder.path().join("server.pem"),
        secure.folder.path().join("server.key"),
    );
    fs::write(&cert, "no certificate").unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    secure.call(admin(), None).await.unwrap();

    let elsewhere = tempfile::tempdir().unwrap();
    let other = Authority::create(elsewhere.path()).unwrap();
    let hosts = names(&["127.0.0.1"]);
    let own = other.issue("server", Purpose::Service, &hosts, 30).unwrap();
    fs::copy(own.key, key).unwrap();
    fs::copy(own.cert, cert).unwrap();
    let trusted = other.certificate();
    wait_for("the new certificate", async || {
        let answer = secure.call_trusting(&trusted, admin(), None);
        answer.await.is_ok()
    })
    .await;
}

#[tokio::test]
async fn a_service_shows_its_own_certificate_where_clients_are_asked_for_them() {
    let secure = Secure::start(true).await;
    let spooler = || secure.service_token(Service::Spooler);
    let certificate_of = |service: Service| {
        let name = service_dns_name(service);
        identity(&secure.client_of(&name, &[&name]))
    };
    let refused = secure.call(spooler(), None).await;
    assert_eq!(why(refused), reason::CERTIFICATE_REQUIRED);
    let others = secure.call(spooler(), Some(certificate_of(Service::Vendor)));
    assert_eq!(why(others.await), reason::CERTIFICATE_REQUIRED);
    let own = secure.call(spooler(), Some(certificate_of(Service::Spooler)));
    assert_eq!(
        why(own.await),
        reason::ROLE_NOT_ALLOWED,
        "its certificate lets it through to what its role may call"
    );
    secure.call(secure.world.admin(), None).await.unwrap();
}

#[tokio::test]
async fn a_client_certificate_that_is_over_or_of_another_authority_ends_the_handshake() {
    let secure = Secure::start(true).await;
    let admin = || secure.world.admin();
    let over = secure.authority.issue("over", Purpose::Client, &[], 0);
    let over = identity(&over.unwrap());
    // Certificates tell whole seconds: this one's last is still its own.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(
        why(secure.call(admin(), Some(over)).await),
        reason::SERVICE_UNAVAILABLE
    );
    let elsewhere = tempfile::tempdir().unwrap();
    let other = Authority::create(elsewhere.path()).unwrap();
    let foreign = other.issue("admin", Purpose::Client, &[], 30).unwrap();
    let answer = secure.call(admin(), Some(identity(&foreign))).await;
    assert_eq!(why(answer), reason::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn a_token_bound_to_a_certificate_goes_with_that_one_only() {
    let secure = Secure::start(true).await;
    let (own, another) = (secure.client_of("ines", &[]), secure.client_of("jo", &[]));
    let (_, secret) = secure
        .world
        .tokens
        .make(NewToken {
            certificate: Some(own.fingerprint),
            ..NewToken::new("ines", Role::Clerk)
        })
        .unwrap();
    secure
        .call(secret.clone(), Some(identity(&own)))
        .await
        .unwrap();
    for shown in [None, Some(identity(&another))] {
        let refused = secure.call(secret.clone(), shown).await.unwrap_err();
        assert_eq!(refused.code(), Code::Unauthenticated);
        assert_eq!(reason_of(&refused).unwrap(), reason::CERTIFICATE_REQUIRED);
    }
}

#[tokio::test]
async fn who_never_shakes_hands_keeps_nobody_out_and_makes_room() {
    allow_files(Some(FILES));
    let secure = Secure::start(false).await;
    secure.call(secure.world.admin(), None).await.unwrap();
    let address = secure.world.url.trim_start_matches("https://");
    // This process holds both ends of every connection.
    allow_files(None);
    let mut silent = Vec::new();
    for _ in 0..SILENT {
        silent.push(TcpStream::connect(address).await.unwrap());
    }
    // The handshakes themselves have ten seconds: whoever waits for one of them to end comes too late.
    let call = secure.call(secure.world.admin(), None);
    tokio::time::timeout(Duration::from_secs(5), call)
        .await
        .expect("an answer while the others say nothing")
        .unwrap();
    let mut told = [0];
    let first = silent[0].read(&mut told);
    let turned_out = tokio::time::timeout(Duration::from_secs(5), first).await;
    let turned_out = turned_out.expect("the first in line made room");
    assert!(matches!(turned_out, Ok(0) | Err(_)), "{turned_out:?}");
}

/// As many files as this process may have open from now on, or as many as the system allows; a server goes by what it finds
/// when it begins.
fn allow_files(files: Option<u64>) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let maximum = getrlimit(Resource::Nofile).maximum;
    let limit = Rlimit {
        current: files.or(maximum),
        maximum,
    };
    setrlimit(Resource::Nofile, limit).unwrap();
}

async fn wait_for(what: &str, is_so: impl AsyncFn() -> bool) {
    let until = tokio::time::Instant::now() + Duration::from_secs(20);
    while !is_so().await {
        assert!(tokio::time::Instant::now() < until, "{what}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
