//! Why a configuration is refused at start.

use std::{io, net::SocketAddr, path::PathBuf};

use formfeed_store::keys::NoMasterSource;

use crate::in_use::InUseError;
use crate::service::Service;

/// Why a configuration is refused at start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// Give a certificate, or stay on loopback.
    #[error(
        "refusing to listen on {0} without TLS, where access tokens would travel in clear; give FORMFEED_TLS_CERT and FORMFEED_TLS_KEY, or listen on 127.0.0.1"
    )]
    PlainBeyondLoopback(SocketAddr),
    /// Say that it is meant, or stay on loopback.
    #[error(
        "refusing to serve metrics on {0}, where everybody on the network reads how much is called, printed and refused; say that it is meant with FORMFEED_METRICS_BEYOND_LOOPBACK=true, or listen on 127.0.0.1"
    )]
    MetricsBeyondLoopback(SocketAddr),
    /// Give an address with its scheme.
    #[error("FORMFEED_OTLP_ENDPOINT is not http://host:port or https://host:port: {0}")]
    OtlpEndpoint(String),
    /// Give both or neither.
    #[error("FORMFEED_TLS_CERT and FORMFEED_TLS_KEY go together; {0} is missing")]
    HalfTls(&'static str),
    /// Give a data directory.
    #[error("no home directory to keep data in; give FORMFEED_DATA_DIR or --data-dir")]
    NoDataDir,
    /// Give a URL that names a database.
    #[error("FORMFEED_DATABASE_URL: {0}")]
    DatabaseUrl(String),
    /// Give a filter of log lines, or an address for traces, that can be read.
    #[error("{0}")]
    Telemetry(String),
    /// Say where the key is; it is not written there itself.
    #[error(
        "FORMFEED_MASTER_KEY: {0}; a key itself goes into another variable, named by env:VARIABLE"
    )]
    MasterKey(NoMasterSource),
    /// Give an address with its scheme.
    #[error(
        "the address of the {service} service is not http://host:port or https://host:port: {address}"
    )]
    PeerAddress {
        /// Whose address.
        service: Service,
        /// As given.
        address: String,
    },
    /// Give another number.
    #[error("{setting} {rule}")]
    Limit {
        /// The variable.
        setting: &'static str,
        /// What it must be.
        rule: &'static str,
    },
    /// A file named by the configuration cannot be used.
    #[error("cannot use {} for {what}", .path.display())]
    File {
        /// What it is for.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The data directory cannot be worked on now.
    #[error(transparent)]
    InUse(#[from] InUseError),
    /// A rule or layout file of the user's own cannot be used. Mend it, or take it out of the folder.
    #[error("the rule and layout files in {}: {message}", .folder.display())]
    OwnFiles {
        /// Where they lie.
        folder: PathBuf,
        /// Which file, and what is wrong in it.
        message: String,
    },
    /// The configuration file has a setting that cannot be read.
    #[error("{}: {message}", .path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// What and where.
        message: String,
    },
    /// Name the authority that signed the service's certificate.
    #[error(
        "the {0} service's address is https; name the authority that signed its certificate, FORMFEED_TLS_CA"
    )]
    NoAuthority(Service),
    /// The certificate or the authority cannot be used.
    #[error("the TLS files cannot be used")]
    Tls(#[source] rustls::Error),
}
