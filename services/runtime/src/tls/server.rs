//! The server's side: its certificate, and the clients' where it asks for them.

use std::{io, sync::Arc, time::Duration};

use rustls::{ServerConfig, server::WebPkiClientVerifier};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use super::{made::Made, pem, provider, shown::Shown};
use crate::config::{ConfigError, TlsFiles};

/// From a connection to the end of its handshake.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);

/// What is spoken inside (RFC 7301).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP/2: gRPC. Clients are asked for certificates when there is an authority for them.
    Http2,
    /// HTTP/1.1: browsers, which are asked for none.
    Http1,
}

/// A server's side of TLS, by files that are read anew when they change.
pub struct ServerTls {
    config: Made<ServerConfig>,
}

impl ServerTls {
    /// Reads the files.
    ///
    /// # Errors
    /// When one of them cannot be read, or key and certificate do not belong together.
    pub fn new(files: &TlsFiles, protocol: Protocol) -> Result<Self, ConfigError> {
        let watched = [
            Some(&files.cert),
            Some(&files.key),
            files.client_ca.as_ref(),
        ];
        let watched = watched.into_iter().flatten().cloned().collect();
        let files = files.clone();
        let config = Made::new(watched, move || config(&files, protocol))?;
        Ok(Self { config })
    }

    /// Shakes hands; the certificate that the client showed, if it did.
    ///
    /// # Errors
    /// When the client does not speak TLS, shows a certificate that is not taken, or takes too long.
    pub async fn accept(
        &self,
        stream: TcpStream,
    ) -> io::Result<(TlsStream<TcpStream>, Option<Shown>)> {
        let acceptor = TlsAcceptor::from(self.config.now());
        let stream = timeout(HANDSHAKE_WITHIN, acceptor.accept(stream)).await??;
        let certificates = stream.get_ref().1.peer_certificates();
        let shown = certificates.and_then(<[_]>::first).map(Shown::read);
        Ok((stream, shown))
    }
}

fn config(files: &TlsFiles, protocol: Protocol) -> Result<ServerConfig, ConfigError> {
    let chain = pem::certificates("the server's certificate", &files.cert)?;
    let key = pem::private_key("the server's private key", &files.key)?;
    let builder = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(ConfigError::Tls)?;
    let builder = match (&files.client_ca, protocol) {
        (Some(authority), Protocol::Http2) => {
            let roots = pem::roots("the authority of clients' certificates", authority)?;
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider())
                .allow_unauthenticated()
                .build()
                .map_err(|error| ConfigError::Tls(rustls::Error::General(error.to_string())))?;
            builder.with_client_cert_verifier(verifier)
        }
        _ => builder.with_no_client_auth(),
    };
    let mut config = builder
        .with_single_cert(chain, key)
        .map_err(ConfigError::Tls)?;
    config.alpn_protocols = vec![match protocol {
        Protocol::Http2 => b"h2".to_vec(),
        Protocol::Http1 => b"http/1.1".to_vec(),
    }];
    Ok(config)
}
