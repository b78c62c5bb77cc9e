//! A service's configuration: flags, else environment, else `formfeed.toml`, else the default.

mod args;
mod error;
mod file;
mod limits;

use std::{
    fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

pub use args::ServiceArgs;
pub use error::ConfigError;
use formfeed_store::keys::{KeyPlace, MasterSource};
use formfeed_store::{DatabaseUrl, StoreError};
pub use limits::Limits;

use crate::{
    access,
    client::Connector,
    service::Service,
    telemetry::LogFormat,
    tls::{Identity, Trust},
};

/// What a service runs with. Made by [`ServiceArgs::resolve`] in a program of
/// its own, by [`ServiceConfig::local`] for several in one process.
/// Its `Debug` leaves out the database's URL, which may hold a password.
#[derive(Clone)]
pub struct ServiceConfig {
    /// Which service.
    pub service: Service,
    /// Where it listens. `FORMFEED_LISTEN`; default 127.0.0.1 and the service's port; port 0 means a free one.
    pub listen: SocketAddr,
    /// Folder of databases, keys and tokens. `FORMFEED_DATA_DIR`; default the platform's.
    pub data_dir: PathBuf,
    /// `sqlite:PATH` or `postgres://…`; `{service}` in it stands for the service's name.
    /// `FORMFEED_DATABASE_URL`; default `sqlite:` and `SERVICE.db` in the data directory.
    pub database_url: String,
    /// Certificate and key of the server. `FORMFEED_TLS_CERT`, `FORMFEED_TLS_KEY`; default none, loopback only.
    pub tls: Option<TlsFiles>,
    /// Authority that signed the other services' certificates. `FORMFEED_TLS_CA`; default none.
    pub ca_file: Option<PathBuf>,
    /// Where the services answer each other.
    pub peers: Peers,
    /// Sizes, numbers and times the server keeps to.
    pub limits: Limits,
    /// Another folder, best on another machine's disk, that is told where the audit trail ends, as the data directory's own
    /// is. `FORMFEED_AUDIT_ANCHORS`; default none.
    pub audit_anchors: Option<PathBuf>,
    /// Where the master key comes from that wraps the keys of sealed values. `FORMFEED_MASTER_KEY`; default
    /// `keys/SERVICE.key` in the data directory.
    pub master_key: Option<MasterSource>,
    /// Filter of log lines. `FORMFEED_LOG`; default `info`.
    pub log: String,
    /// `text` or `json`. `FORMFEED_LOG_FORMAT`; default `text`.
    pub log_format: LogFormat,
    /// Where numbers for Prometheus are served over HTTP, at `/metrics`. `FORMFEED_METRICS_LISTEN`; default nowhere.
    pub metrics_listen: Option<SocketAddr>,
    /// Whether that may be beyond loopback, where everybody on the network reads them.
    /// `FORMFEED_METRICS_BEYOND_LOOPBACK`; default false.
    pub metrics_beyond_loopback: bool,
    /// Where traces go, `http://host:port` of a collector that speaks OTLP over gRPC. `FORMFEED_OTLP_ENDPOINT`; default
    /// nowhere.
    pub otlp_endpoint: Option<String>,
}

/// PEM files of a server's identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// Certificate chain.
    pub cert: PathBuf,
    /// Private key.
    pub key: PathBuf,
    /// Authority of clients' certificates: they are asked for, other services must show theirs, and tokens can be bound to
    /// them. `FORMFEED_TLS_CLIENT_CA`; default none, and nobody is asked.
    pub client_ca: Option<PathBuf>,
}

/// Where the services answer, as `http://host:port` or `https://…`. What is not set is on this machine, and over TLS where
/// `FORMFEED_TLS_CA` says whom to trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peers {
    /// `FORMFEED_VENDOR_ADDRESS`; default `http://127.0.0.1:7010`.
    pub vendor: String,
    /// `FORMFEED_CALCULATION_ADDRESS`; default `http://127.0.0.1:7020`.
    pub calculation: String,
    /// `FORMFEED_FORMS_ADDRESS`; default `http://127.0.0.1:7030`.
    pub forms: String,
    /// `FORMFEED_SPOOLER_ADDRESS`; default `http://127.0.0.1:7040`.
    pub spooler: String,
}

impl ServiceConfig {
    /// The defaults for one service on a data directory.
    pub fn local(service: Service, data_dir: &Path) -> Self {
        Self {
            service,
            listen: service.default_address(),
            data_dir: data_dir.to_owned(),
            database_url: default_database(service, data_dir),
            tls: None,
            ca_file: None,
            peers: Peers::default(),
            limits: Limits::default(),
            audit_anchors: None,
            master_key: None,
            log: "info".to_owned(),
            log_format: LogFormat::Text,
            metrics_listen: None,
            metrics_beyond_loopback: false,
            otlp_endpoint: None,
        }
    }

    /// Where the service finds its keys.
    pub fn keys(&self) -> KeyPlace {
        KeyPlace {
            folder: self.data_dir.join("keys"),
            master: self.master_key.clone(),
        }
    }

    /// Refuses combinations that must not run.
    ///
    /// # Errors
    /// Names the setting and the way out.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.check_address(self.listen)?;
        self.limits.check()?;
        self.check_telemetry()?;
        for service in Service::ALL {
            let address = self.peers.address(service);
            if !(address.starts_with("http://") || address.starts_with("https://")) {
                return Err(ConfigError::PeerAddress {
                    service,
                    address: address.to_owned(),
                });
            }
        }
        match self.database_url.parse::<DatabaseUrl>() {
            Ok(_) => Ok(()),
            Err(StoreError::Open(words)) => Err(ConfigError::DatabaseUrl(words)),
            Err(other) => Err(ConfigError::DatabaseUrl(other.to_string())),
        }
    }

    fn check_telemetry(&self) -> Result<(), ConfigError> {
        match self.metrics_listen {
            Some(address) if !address.ip().is_loopback() && !self.metrics_beyond_loopback => {
                return Err(ConfigError::MetricsBeyondLoopback(address));
            }
            _ => {}
        }
        match &self.otlp_endpoint {
            Some(url) if !(url.starts_with("http://") || url.starts_with("https://")) => {
                Err(ConfigError::OtlpEndpoint(url.clone()))
            }
            _ => Ok(()),
        }
    }

    /// Names and texts of the rule and layout files of the user's own: `rules/*.toml` in the data directory, by name.
    /// None when there is no such folder.
    ///
    /// # Errors
    /// [`ConfigError::File`] when the folder or a file in it cannot be read.
    pub fn own_files(&self) -> Result<Vec<(String, String)>, ConfigError> {
        let folder = self.own_files_folder();
        let failed = |path: &Path| {
            let path = path.to_owned();
            let what = "rules and layouts";
            move |source| ConfigError::File { what, path, source }
        };
        let entries = match std::fs::read_dir(&folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(failed(&folder))?,
        };
        let mut files = Vec::new();
        for entry in entries {
            let path = entry.map_err(failed(&folder))?.path();
            if path
                .extension()
                .is_some_and(|extension| extension == "toml")
            {
                let text = std::fs::read_to_string(&path).map_err(failed(&path))?;
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                files.push((name.into_owned(), text));
            }
        }
        files.sort();
        Ok(files)
    }

    /// What is wrong with the files of [`ServiceConfig::own_files`].
    pub fn bad_own_files(&self, why: impl fmt::Display) -> ConfigError {
        ConfigError::OwnFiles {
            folder: self.own_files_folder(),
            message: why.to_string(),
        }
    }

    fn own_files_folder(&self) -> PathBuf {
        self.data_dir.join("rules")
    }

    /// Refuses to listen beyond loopback without TLS, where tokens and data would travel in clear.
    ///
    /// # Errors
    /// [`ConfigError::PlainBeyondLoopback`].
    pub fn check_address(&self, address: SocketAddr) -> Result<(), ConfigError> {
        match address.ip().is_loopback() || self.tls.is_some() {
            true => Ok(()),
            false => Err(ConfigError::PlainBeyondLoopback(address)),
        }
    }

    /// A way to another service, with this service's own token.
    ///
    /// # Errors
    /// When the token file, the CA file or the address cannot be used.
    pub fn connector(&self, peer: Service) -> Result<Connector, ConfigError> {
        let token_path = access::service_token_path(&self.data_dir, self.service);
        let token = access::read_token(&token_path).map_err(|source| ConfigError::File {
            what: "the service's access token",
            path: token_path,
            source,
        })?;
        let trust = self.ca_file.as_ref().map(|authority| Trust {
            authority: authority.clone(),
            identity: self.tls.as_ref().map(|own| Identity {
                cert: own.cert.clone(),
                key: own.key.clone(),
            }),
        });
        let address = self.peers.address(peer);
        Connector::new(peer, address, token, trust.as_ref())
            .map(|connector| connector.with_limits(self.limits).from_service())
    }
}

impl fmt::Debug for ServiceConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceConfig")
            .field("service", &self.service)
            .field("listen", &self.listen)
            .field("data_dir", &self.data_dir)
            .field("tls", &self.tls)
            .field("peers", &self.peers)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl Peers {
    /// The services of this machine at their usual ports, by `http` or `https`.
    fn here(scheme: &str) -> Self {
        let address = |service: Service| format!("{scheme}://{}", service.default_address());
        Self {
            vendor: address(Service::Vendor),
            calculation: address(Service::Calculation),
            forms: address(Service::Forms),
            spooler: address(Service::Spooler),
        }
    }

    /// The address of a service.
    pub fn address(&self, service: Service) -> &str {
        match service {
            Service::Vendor => &self.vendor,
            Service::Calculation => &self.calculation,
            Service::Forms => &self.forms,
            Service::Spooler => &self.spooler,
        }
    }

    /// Changes the address of a service.
    pub fn set(&mut self, service: Service, address: impl Into<String>) {
        let place = match service {
            Service::Vendor => &mut self.vendor,
            Service::Calculation => &mut self.calculation,
            Service::Forms => &mut self.forms,
            Service::Spooler => &mut self.spooler,
        };
        *place = address.into();
    }
}

impl Default for Peers {
    fn default() -> Self {
        Self::here("http")
    }
}

fn default_database(service: Service, data_dir: &Path) -> String {
    format!(
        "sqlite:{}",
        data_dir.join(format!("{service}.db")).display()
    )
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
