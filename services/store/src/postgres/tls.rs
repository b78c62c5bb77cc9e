//! TLS to a PostgreSQL server: whom it must be, and what the client shows of itself.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::address::Files;

/// The driver's way to TLS, by files that are read now.
///
/// # Errors
/// In words, when a file cannot be read or TLS cannot be set up.
pub(super) fn connector(files: &Files) -> Result<MakeRustlsConnect, String> {
    let failed = |error: rustls::Error| error.to_string();
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(failed)?;
    let builder = match &files.authority {
        Some(path) => builder.with_root_certificates(roots(path)?),
        None => builder.with_platform_verifier().map_err(|error| {
            format!("this machine trusts no authority ({error}): install ca-certificates, or name one by sslrootcert=FILE in the address")
        })?,
    };
    let mut config = match &files.identity {
        None => builder.with_no_client_auth(),
        Some((cert, key)) => {
            let shown = certificates("sslcert", cert)?;
            let secret = PrivateKeyDer::from_pem_file(key);
            let secret = secret.map_err(|error| unusable("sslkey", key, &error))?;
            builder
                .with_client_auth_cert(shown, secret)
                .map_err(|error| unusable("sslkey", key, &error))?
        }
    };
    // PostgreSQL, "Protocol Flow": what a server that is spoken to over TLS at once insists on.
    config.alpn_protocols = vec![b"postgresql".to_vec()];
    Ok(MakeRustlsConnect::new(config))
}

/// For a connection in clear, which never uses it.
pub(super) fn unused() -> Result<MakeRustlsConnect, String> {
    static MADE: OnceLock<MakeRustlsConnect> = OnceLock::new();
    if let Some(made) = MADE.get() {
        return Ok(made.clone());
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    Ok(MADE.get_or_init(|| MakeRustlsConnect::new(config)).clone())
}

fn roots(path: &Path) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates("sslrootcert", path)? {
        roots
            .add(certificate)
            .map_err(|error| unusable("sslrootcert", path, &error))?;
    }
    Ok(roots)
}

fn certificates(what: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    let read: Vec<_> = read.map_err(|error| unusable(what, path, &error))?;
    match read.is_empty() {
        true => Err(unusable(what, path, &"there is no certificate in it")),
        false => Ok(read),
    }
}

fn unusable(what: &str, path: &Path, why: &dyn std::fmt::Display) -> String {
    format!("{what}={} cannot be used: {why}", path.display())
}
