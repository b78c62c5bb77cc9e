//! Certificates and keys from PEM files (RFC 7468).

use std::{io, path::Path};

use rustls::{
    RootCertStore,
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject},
    },
};

use crate::config::ConfigError;

/// The certificates of a file, the first one's issuers after it; at least one.
pub(super) fn certificates(
    what: &'static str,
    path: &Path,
) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
    let failed = |error| unusable(what, path, error);
    let read: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path)
        .map_err(failed)?
        .collect();
    let certificates = read.map_err(failed)?;
    match certificates.is_empty() {
        true => Err(failed(pem::Error::NoItemsFound)),
        false => Ok(certificates),
    }
}

/// The private key of a file: PKCS#8, PKCS#1 or SEC1.
pub(super) fn private_key(
    what: &'static str,
    path: &Path,
) -> Result<PrivateKeyDer<'static>, ConfigError> {
    PrivateKeyDer::from_pem_file(path).map_err(|error| unusable(what, path, error))
}

/// The certificates of a file as authorities to trust.
pub(super) fn roots(what: &'static str, path: &Path) -> Result<RootCertStore, ConfigError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(what, path)? {
        roots
            .add(certificate)
            .map_err(|error| unusable(what, path, error))?;
    }
    Ok(roots)
}

fn unusable(
    what: &'static str,
    path: &Path,
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> ConfigError {
    ConfigError::File {
        what,
        path: path.to_owned(),
        source: io::Error::other(error),
    }
}
