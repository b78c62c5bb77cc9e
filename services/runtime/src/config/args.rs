//! The flags and variables of a service's own program.

use std::{fmt, net::SocketAddr, path::PathBuf, time::Duration};

use formfeed_store::keys::MasterSource;

use super::{ConfigError, Limits, Peers, ServiceConfig, TlsFiles, default_database, file, seconds};
use crate::{data_dir, service::Service, telemetry::LogFormat};

/// The flags of a service's own program; each also as a variable `FORMFEED_…`.
#[derive(Clone, Default, clap::Args)]
pub struct ServiceArgs {
    /// Address to listen on, host:port; port 0 takes a free one [default: 127.0.0.1 and the service's port]
    #[arg(long, env = "FORMFEED_LISTEN", value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// Folder of databases, keys and tokens [default: the platform's data directory]
    #[arg(long, env = "FORMFEED_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Configuration file [default: formfeed.toml in the data directory]
    #[arg(long, env = "FORMFEED_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// sqlite:PATH or postgres://…; {service} stands for the service's name [default: SQLite in the data directory]
    #[arg(
        long,
        env = "FORMFEED_DATABASE_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    pub database_url: Option<String>,
    /// Certificate chain of the server, PEM
    #[arg(long, env = "FORMFEED_TLS_CERT", value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,
    /// Private key of the server, PEM
    #[arg(long, env = "FORMFEED_TLS_KEY", value_name = "FILE")]
    pub tls_key: Option<PathBuf>,
    /// Authority of clients' certificates, PEM: clients are asked for one, and other services must show theirs
    #[arg(long, env = "FORMFEED_TLS_CLIENT_CA", value_name = "FILE")]
    pub tls_client_ca: Option<PathBuf>,
    /// Authority that signed the other services' certificates, PEM
    #[arg(long, env = "FORMFEED_TLS_CA", value_name = "FILE")]
    pub tls_ca: Option<PathBuf>,
    /// Address of the vendor service [default: http://127.0.0.1:7010, and https:// with --tls-ca]
    #[arg(long, env = "FORMFEED_VENDOR_ADDRESS", value_name = "URL")]
    pub vendor_address: Option<String>,
    /// Address of the calculation service [default: http://127.0.0.1:7020, and https:// with --tls-ca]
    #[arg(long, env = "FORMFEED_CALCULATION_ADDRESS", value_name = "URL")]
    pub calculation_address: Option<String>,
    /// Address of the forms service [default: http://127.0.0.1:7030, and https:// with --tls-ca]
    #[arg(long, env = "FORMFEED_FORMS_ADDRESS", value_name = "URL")]
    pub forms_address: Option<String>,
    /// Address of the spooler [default: http://127.0.0.1:7040, and https:// with --tls-ca]
    #[arg(long, env = "FORMFEED_SPOOLER_ADDRESS", value_name = "URL")]
    pub spooler_address: Option<String>,
    /// Largest message either way, bytes [default: 8388608]
    #[arg(long, env = "FORMFEED_MAX_MESSAGE_BYTES", value_name = "BYTES")]
    pub max_message_bytes: Option<usize>,
    /// Bytes that all requests hold together, on their way in and once they are read [default: 268435456]
    #[arg(long, env = "FORMFEED_MAX_REQUEST_MEMORY_BYTES", value_name = "BYTES")]
    pub max_request_memory_bytes: Option<usize>,
    /// Calls at work at once on one connection [default: 64]
    #[arg(long, env = "FORMFEED_MAX_CALLS_PER_CONNECTION", value_name = "NUMBER")]
    pub max_calls_per_connection: Option<usize>,
    /// Calls a second of one token, over some time; ten times as many of a service's; 0: any number [default: 1000]
    #[arg(long, env = "FORMFEED_MAX_CALLS_PER_SECOND", value_name = "NUMBER")]
    pub max_calls_per_second: Option<u32>,
    /// Time for a unary call that names none, seconds [default: 120]
    #[arg(
        long,
        env = "FORMFEED_DEFAULT_DEADLINE_SECONDS",
        value_name = "SECONDS"
    )]
    pub default_deadline_seconds: Option<u64>,
    /// Most time for a unary call, seconds [default: 3600]
    #[arg(long, env = "FORMFEED_MAX_DEADLINE_SECONDS", value_name = "SECONDS")]
    pub max_deadline_seconds: Option<u64>,
    /// Most time for a call with a stream, seconds [default: 86400]
    #[arg(long, env = "FORMFEED_MAX_STREAM_SECONDS", value_name = "SECONDS")]
    pub max_stream_seconds: Option<u64>,
    /// Time for calls to end when the server stops, seconds [default: 10]
    #[arg(long, env = "FORMFEED_SHUTDOWN_GRACE_SECONDS", value_name = "SECONDS")]
    pub shutdown_grace_seconds: Option<u64>,
    /// Full TINs that a token may see within an hour [default: 20]
    #[arg(long, env = "FORMFEED_REVEALS_PER_HOUR", value_name = "NUMBER")]
    pub reveals_per_hour: Option<u32>,
    /// Another folder that is told where the audit trail ends, best on another machine's disk
    #[arg(long, env = "FORMFEED_AUDIT_ANCHORS", value_name = "DIR")]
    pub audit_anchors: Option<PathBuf>,
    /// Where the master key comes from that wraps the keys of sealed values: file:PATH, env:VARIABLE or 'command:PROGRAM ARGUMENTS' [default: keys/SERVICE.key in the data directory]
    #[arg(
        long,
        env = "FORMFEED_MASTER_KEY",
        value_name = "SOURCE",
        hide_env_values = true
    )]
    pub master_key: Option<String>,
    /// Filter of log lines, such as info or info,formfeed_forms=debug [default: info]
    #[arg(long, env = "FORMFEED_LOG", value_name = "FILTER")]
    pub log: Option<String>,
    /// How log lines look [default: text]
    #[arg(long, env = "FORMFEED_LOG_FORMAT", value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,
    /// Address that serves numbers for Prometheus at /metrics, host:port [default: none]
    #[arg(long, env = "FORMFEED_METRICS_LISTEN", value_name = "ADDRESS")]
    pub metrics_listen: Option<SocketAddr>,
    /// Whether that may be beyond loopback, where everybody on the network reads them [default: false]
    #[arg(
        long,
        env = "FORMFEED_METRICS_BEYOND_LOOPBACK",
        value_name = "true|false"
    )]
    pub metrics_beyond_loopback: Option<bool>,
    /// Collector that traces are sent to, OTLP over gRPC [default: none]
    #[arg(long, env = "FORMFEED_OTLP_ENDPOINT", value_name = "URL")]
    pub otlp_endpoint: Option<String>,
}

impl fmt::Debug for ServiceArgs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceArgs")
            .field("listen", &self.listen)
            .field("data_dir", &self.data_dir)
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

impl ServiceArgs {
    /// The configuration in force: flags, else environment, else file, else default.
    ///
    /// # Errors
    /// When the file cannot be read or a combination must not run.
    pub fn resolve(self, service: Service) -> Result<ServiceConfig, ConfigError> {
        let data_dir = self.data_dir.clone().or_else(data_dir::default_path);
        let data_dir = data_dir.ok_or(ConfigError::NoDataDir)?;
        let file = file::read(service, self.config.as_deref(), &data_dir)?;
        let limits = self.limits(&file);
        let peers = self.peers(&file);
        let database_url = self
            .database_url
            .or(file.database_url)
            .unwrap_or_else(|| default_database(service, &data_dir));
        let config = ServiceConfig {
            service,
            listen: self
                .listen
                .or(file.listen)
                .unwrap_or_else(|| service.default_address()),
            database_url: database_url.replace("{service}", service.name()),
            tls: tls(
                self.tls_cert.or(file.tls_cert),
                self.tls_key.or(file.tls_key),
                self.tls_client_ca.or(file.tls_client_ca),
            )?,
            ca_file: self.tls_ca.or(file.tls_ca),
            peers,
            limits,
            audit_anchors: self.audit_anchors.or(file.audit_anchors),
            master_key: master(self.master_key.or(file.master_key))?,
            log: self.log.or(file.log).unwrap_or_else(|| "info".to_owned()),
            log_format: self.log_format.or(file.log_format).unwrap_or_default(),
            metrics_listen: self.metrics_listen.or(file.metrics_listen),
            metrics_beyond_loopback: self
                .metrics_beyond_loopback
                .or(file.metrics_beyond_loopback)
                .unwrap_or(false),
            otlp_endpoint: self.otlp_endpoint.or(file.otlp_endpoint),
            data_dir,
        };
        config.check()?;
        Ok(config)
    }

    fn limits(&self, file: &file::Settings) -> Limits {
        let usual = Limits::default();
        let time = |flag: Option<u64>, file: Option<u64>, usual: Duration| {
            flag.or(file).map_or(usual, seconds)
        };
        Limits {
            max_message_bytes: self
                .max_message_bytes
                .or(file.max_message_bytes)
                .unwrap_or(usual.max_message_bytes),
            max_request_memory_bytes: self
                .max_request_memory_bytes
                .or(file.max_request_memory_bytes)
                .unwrap_or(usual.max_request_memory_bytes),
            calls_per_connection: self
                .max_calls_per_connection
                .or(file.max_calls_per_connection)
                .unwrap_or(usual.calls_per_connection),
            calls_per_second: self
                .max_calls_per_second
                .or(file.max_calls_per_second)
                .unwrap_or(usual.calls_per_second),
            default_deadline: time(
                self.default_deadline_seconds,
                file.default_deadline_seconds,
                usual.default_deadline,
            ),
            max_deadline: time(
                self.max_deadline_seconds,
                file.max_deadline_seconds,
                usual.max_deadline,
            ),
            max_stream: time(
                self.max_stream_seconds,
                file.max_stream_seconds,
                usual.max_stream,
            ),
            shutdown_grace: time(
                self.shutdown_grace_seconds,
                file.shutdown_grace_seconds,
                usual.shutdown_grace,
            ),
            reveals_per_hour: self
                .reveals_per_hour
                .or(file.reveals_per_hour)
                .unwrap_or(usual.reveals_per_hour),
        }
    }

    fn peers(&self, file: &file::Settings) -> Peers {
        // Who knows whom to trust shares its settings with neighbours that speak TLS.
        let mut peers = match self.tls_ca.is_some() || file.tls_ca.is_some() {
            true => Peers::here("https"),
            false => Peers::default(),
        };
        for service in Service::ALL {
            let flag = match service {
                Service::Vendor => &self.vendor_address,
                Service::Calculation => &self.calculation_address,
                Service::Forms => &self.forms_address,
                Service::Spooler => &self.spooler_address,
            };
            if let Some(address) = flag.clone().or_else(|| file.peer(service)) {
                peers.set(service, address);
            }
        }
        peers
    }
}

/// Where the master key comes from. What was written is not repeated: somebody may have put the key itself there.
fn master(source: Option<String>) -> Result<Option<MasterSource>, ConfigError> {
    let read = source.map(|text| text.parse()).transpose();
    read.map_err(ConfigError::MasterKey)
}

fn tls(
    cert: Option<PathBuf>,
    key: Option<PathBuf>,
    client_ca: Option<PathBuf>,
) -> Result<Option<TlsFiles>, ConfigError> {
    match (cert, key) {
        (Some(cert), Some(key)) => Ok(Some(TlsFiles {
            cert,
            key,
            client_ca,
        })),
        (None, None) if client_ca.is_some() => Err(ConfigError::HalfTls("FORMFEED_TLS_CERT")),
        (None, None) => Ok(None),
        (Some(_), None) => Err(ConfigError::HalfTls("FORMFEED_TLS_KEY")),
        (None, Some(_)) => Err(ConfigError::HalfTls("FORMFEED_TLS_CERT")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_dir(dir: &tempfile::TempDir) -> ServiceArgs {
        ServiceArgs {
            data_dir: Some(dir.path().to_owned()),
            ..ServiceArgs::default()
        }
    }

    fn write(dir: &tempfile::TempDir, text: &str) {
        std::fs::write(dir.path().join(file::NAME), text).unwrap();
    }

    #[test]
    fn without_flags_or_file_the_defaults_hold() {
        let dir = tempfile::tempdir().unwrap();
        let config = in_dir(&dir).resolve(Service::Forms).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:7030");
        let expected = format!("sqlite:{}", dir.path().join("forms.db").display());
        assert_eq!(config.database_url, expected);
        assert_eq!(config.limits.max_message_bytes, 8_388_608);
    }

    #[test]
    fn a_flag_wins_over_the_services_table_and_that_over_the_top_of_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let text = "database_url = 'postgres://db/formfeed_{service}'\nlog = 'warn'\n\
            [forms]\nlog = 'debug'\nlisten = '127.0.0.1:9'\n[vendor]\nlog = 'trace'\n\
            [peers]\nvendor = 'http://[::1]:1'\n";
        write(&dir, text);
        let args = ServiceArgs {
            listen: Some("127.0.0.1:8".parse().unwrap()),
            ..in_dir(&dir)
        };
        let config = args.resolve(Service::Forms).unwrap();
        assert_eq!(config.listen.port(), 8);
        assert_eq!(config.log, "debug");
        assert_eq!(config.database_url, "postgres://db/formfeed_forms");
        assert_eq!(config.peers.vendor, "http://[::1]:1");
    }

    #[test]
    fn the_other_services_are_on_this_machine_and_over_tls_where_it_is_known_whom_to_trust() {
        let dir = tempfile::tempdir().unwrap();
        let peers = |args: ServiceArgs| args.resolve(Service::Forms).unwrap().peers;
        assert_eq!(peers(in_dir(&dir)), Peers::default());
        let trusting = ServiceArgs {
            tls_ca: Some("ca.pem".into()),
            ..in_dir(&dir)
        };
        assert_eq!(peers(trusting).vendor, "https://127.0.0.1:7010");
        write(
            &dir,
            "tls_ca = 'ca.pem'\n[peers]\ncalculation = 'http://127.0.0.1:9'\n",
        );
        let told = peers(ServiceArgs {
            spooler_address: Some("https://print.example:7040".to_owned()),
            ..in_dir(&dir)
        });
        let all = Service::ALL.map(|service| told.address(service));
        let expected = [
            "https://127.0.0.1:7010",
            "http://127.0.0.1:9",
            "https://127.0.0.1:7030",
            "https://print.example:7040",
        ];
        assert_eq!(all, expected);
    }

    #[test]
    fn a_setting_nobody_knows_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        write(&dir, "lissten = '127.0.0.1:9'\n");
        let refused = in_dir(&dir)
            .resolve(Service::Forms)
            .unwrap_err()
            .to_string();
        assert!(refused.contains("lissten"), "{refused}");
    }

    #[test]
    fn bad_combinations_fail_at_start() {
        let dir = tempfile::tempdir().unwrap();
        let refused = |change: fn(&mut ServiceArgs)| {
            let mut args = in_dir(&dir);
            change(&mut args);
            args.resolve(Service::Vendor).unwrap_err().to_string()
        };
        let beyond = refused(|args| args.listen = Some("0.0.0.0:7010".parse().unwrap()));
        assert!(beyond.contains("without TLS"), "{beyond}");
        let half = refused(|args| args.tls_cert = Some("cert.pem".into()));
        assert!(half.contains("FORMFEED_TLS_KEY"), "{half}");
        let database = refused(|args| args.database_url = Some("mysql://x".to_owned()));
        assert!(database.contains("FORMFEED_DATABASE_URL"), "{database}");
        const MODE: &str = "postgres://u:hunter2@db.example/ap?sslmode=prefer";
        let database = refused(|args| args.database_url = Some(MODE.to_owned()));
        assert!(database.contains("verify-full"), "{database}");
        assert!(!database.contains("hunter2"), "{database}");
        let deadline = refused(|args| args.default_deadline_seconds = Some(0));
        assert!(
            deadline.contains("FORMFEED_DEFAULT_DEADLINE_SECONDS"),
            "{deadline}"
        );
        let peer = refused(|args| args.vendor_address = Some("vendor:7010".to_owned()));
        assert!(peer.contains("http://host:port"), "{peer}");
        let metrics = refused(|args| args.metrics_listen = Some("0.0.0.0:9700".parse().unwrap()));
        assert!(
            metrics.contains("FORMFEED_METRICS_BEYOND_LOOPBACK"),
            "{metrics}"
        );
        let traces = refused(|args| args.otlp_endpoint = Some("collector:4317".to_owned()));
        assert!(traces.contains("FORMFEED_OTLP_ENDPOINT"), "{traces}");
        let missing = refused(|args| args.config = Some("/nowhere/formfeed.toml".into()));
        assert!(missing.contains("/nowhere/formfeed.toml"), "{missing}");
    }
}
