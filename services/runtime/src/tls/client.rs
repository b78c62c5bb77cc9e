//! The client's side: whom it trusts, and the certificate it shows.

use std::{io, path::PathBuf, sync::Arc};

use http::Uri;
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, pki_types::ServerName};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::{made::Made, pem, provider};
use crate::config::ConfigError;

/// Whom a client trusts, and what it shows of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// Authority that signed the servers' certificates, PEM.
    pub authority: PathBuf,
    /// The client's own certificate, for servers that ask for one.
    pub identity: Option<Identity>,
}

/// PEM files of a certificate and its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Certificate chain.
    pub cert: PathBuf,
    /// Private key.
    pub key: PathBuf,
}

/// A client's side of TLS, by files that are read anew when they change.
#[derive(Clone)]
pub(crate) struct ClientTls {
    config: Arc<Made<ClientConfig>>,
}

impl ClientTls {
    /// Reads the files.
    pub(crate) fn new(trust: &Trust) -> Result<Self, ConfigError> {
        let identity = trust.identity.iter();
        let watched = identity.flat_map(|own| [own.cert.clone(), own.key.clone()]);
        let watched = watched.chain([trust.authority.clone()]).collect();
        let trust = trust.clone();
        let config = Made::new(watched, move || config(&trust))?;
        Ok(Self {
            config: Arc::new(config),
        })
    }

    /// Connects to the host and port of a URL, and shakes hands.
    pub(crate) async fn connect(self, url: Uri) -> io::Result<TokioIo<TlsStream<TcpStream>>> {
        let host = url.host().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        let stream = TcpStream::connect((host, url.port_u16().unwrap_or(443))).await?;
        stream.set_nodelay(true)?;
        let connector = TlsConnector::from(self.config.now());
        connector.connect(name, stream).await.map(TokioIo::new)
    }
}

fn config(trust: &Trust) -> Result<ClientConfig, ConfigError> {
    let roots = pem::roots("the authority of certificates", &trust.authority)?;
    let builder = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(ConfigError::Tls)?
        .with_root_certificates(roots);
    let mut config = match &trust.identity {
        Some(own) => builder
            .with_client_auth_cert(
                pem::certificates("the client's certificate", &own.cert)?,
                pem::private_key("the client's private key", &own.key)?,
            )
            .map_err(ConfigError::Tls)?,
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok(config)
}
