//! All four services, real, on free ports, with fresh databases, called as the first admin.

use std::path::Path;

use formfeed::errors::Exit;
use formfeed_runtime::client::AuthChannel;
use formfeed_runtime::config::Peers;
use formfeed_runtime::endpoints::Endpoints;
use formfeed_runtime::{Connector, Service, ServiceConfig, access};
use tempfile::TempDir;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::by_hand;
use crate::postgres::fresh_postgres_url;
use crate::tools::workspace;

/// The services at work; they stop when it is dropped.
pub struct World {
    folder: TempDir,
    peers: Peers,
    database_url: Option<String>,
    _stop: DropGuard,
}

impl World {
    /// Starts the services on SQLite files.
    pub async fn start() -> Self {
        Self::on(None).await
    }

    /// Starts the services on a fresh PostgreSQL database, each in its own schema.
    pub async fn on_postgres() -> Self {
        Self::on(Some(fresh_postgres_url())).await
    }

    async fn on(database_url: Option<String>) -> Self {
        let folder = tempfile::tempdir().expect("a folder for data");
        let tokens = access::ensure(folder.path()).expect("the first tokens");
        let stop = CancellationToken::new();
        let mut peers = Peers::default();
        let spooler = formfeed_spooler::SpoolerConfig::default();
        for service in [
            Service::Vendor,
            Service::Calculation,
            Service::Spooler,
            Service::Forms,
        ] {
            let mut config = on_a_free_port(service, folder.path(), &peers);
            if let Some(url) = &database_url {
                config.database_url.clone_from(url);
            }
            macro_rules! start {
                ($service:ident $(, $more:expr)?) => {{
                    let running = $service::start(&config, $($more,)? tokens.clone(), stop.clone());
                    running.await.expect("a service that starts").url().to_owned()
                }};
            }
            let url = match service {
                Service::Vendor => start!(formfeed_vendor),
                Service::Calculation => start!(formfeed_calculation),
                Service::Forms => start!(formfeed_forms),
                Service::Spooler => start!(formfeed_spooler, &spooler),
            };
            peers.set(service, url);
        }
        let world = Self {
            folder,
            peers,
            database_url,
            _stop: stop.drop_guard(),
        };
        world.write_endpoints();
        world
    }

    /// The data directory.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What another instance of a service beside these runs with; its SQLite file is the first one's unless changed.
    pub fn config(&self, service: Service) -> ServiceConfig {
        on_a_free_port(service, self.folder(), &self.peers)
    }

    /// Edits a service's tables behind its back with one statement.
    pub fn edit(&self, service: Service, sql: &str) {
        let local = self.config(service).database_url;
        by_hand::edit(self.database_url.as_ref().unwrap_or(&local), service, sql);
    }

    /// The first column of what a query answers about a service's tables, as text.
    pub fn look(&self, service: Service, sql: &str) -> Vec<String> {
        let local = self.config(service).database_url;
        by_hand::look(self.database_url.as_ref().unwrap_or(&local), service, sql)
    }

    /// Whether the services keep their rows in PostgreSQL.
    pub fn is_on_postgres(&self) -> bool {
        self.database_url.is_some()
    }

    /// The way to a service with the admin's token.
    pub fn connector(&self, service: Service) -> Connector {
        self.connector_of(service, &access::admin_token_path(self.folder()))
    }

    /// The way to a service with the token in a file.
    pub fn connector_of(&self, service: Service, token: &Path) -> Connector {
        let token = access::read_token(token).expect("a token");
        Connector::new(service, self.peers.address(service), token, None).expect("an address")
    }

    /// A channel to a service, to make a generated client over.
    pub fn channel(&self, service: Service) -> AuthChannel {
        self.connector(service).channel()
    }

    /// Runs a command line, without the program's name, to its end: how it ended, stdout, stderr.
    pub async fn cli(&self, line: &[&str]) -> (Exit, String, String) {
        let dir = self.folder().to_str().expect("a path of text");
        let before = ["formfeed", "--data-dir", dir];
        let whole = before.iter().chain(line).copied();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let exit = formfeed::run(whole, &mut out, &mut err).await;
        let text = |bytes| String::from_utf8(bytes).expect("text");
        (exit, text(out), text(err))
    }

    /// Runs a command line that must succeed, and answers its stdout.
    ///
    /// # Panics
    /// With its stderr, when it fails.
    pub async fn done(&self, line: &[&str]) -> String {
        let (exit, out, err) = self.cli(line).await;
        assert_eq!(exit, Exit::Done, "{line:?}: {err}");
        out
    }

    /// Imports the small case: two payers, forty vendors.
    pub async fn import_small(&self) {
        let extract = workspace().join("tests/fixtures/small/extract");
        self.done(&["import", extract.to_str().expect("a path of text")])
            .await;
    }

    /// Calculates a payer and year by INCOME_FIRST.
    pub async fn calculate(&self, payer_id: &str, tax_year: &str) {
        self.done(&["calculate", "--payer", payer_id, "--tax-year", tax_year])
            .await;
    }

    fn write_endpoints(&self) {
        let address = |service| self.peers.address(service).to_owned();
        let endpoints = Endpoints {
            vendor: address(Service::Vendor),
            calculation: address(Service::Calculation),
            forms: address(Service::Forms),
            spooler: address(Service::Spooler),
            console: None,
            token_file: access::admin_token_path(self.folder()),
            ca_file: None,
            pid: std::process::id(),
        };
        endpoints.write(self.folder()).expect("endpoints.json");
    }
}

fn on_a_free_port(service: Service, folder: &Path, peers: &Peers) -> ServiceConfig {
    let mut config = ServiceConfig::local(service, folder);
    config.listen = "127.0.0.1:0".parse().expect("an address");
    config.peers = peers.clone();
    config
}
