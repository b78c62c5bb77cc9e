//! Which certificate a printer may show: the one it is known by, or one that this machine trusts.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use formfeed_domain::spool::CertificateFingerprint;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use rustls_platform_verifier::Verifier;
use sha2::{Digest, Sha256};

/// Why a certificate was refused, in words; the TLS library's own error does not carry them.
#[derive(Debug, Clone, Default)]
pub(super) struct Refusals(Arc<Mutex<Option<String>>>);

impl Refusals {
    /// The words of the last refusal, once.
    pub(super) fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn note(&self, words: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(words);
    }
}

/// TLS to a printer that is known by `pinned`, else to one whose certificate this machine trusts.
///
/// # Errors
/// TLS cannot be set up.
pub(super) fn tls(
    pinned: Option<CertificateFingerprint>,
    refusals: &Refusals,
) -> Result<ClientConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    let trust = match pinned {
        Some(fingerprint) => Trust::Pinned(fingerprint),
        None => Trust::Machine(Box::new(Verifier::new(Arc::clone(&provider))?)),
    };
    let verifier = Judge {
        trust,
        provider: Arc::clone(&provider),
        refusals: refusals.clone(),
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(config)
}

enum Trust {
    Pinned(CertificateFingerprint),
    Machine(Box<Verifier>),
}

struct Judge {
    trust: Trust,
    provider: Arc<CryptoProvider>,
    refusals: Refusals,
}

impl fmt::Debug for Judge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Judge(…)")
    }
}

impl ServerCertVerifier for Judge {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        stapled: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let fingerprint = CertificateFingerprint::new(Sha256::digest(shown.as_ref()).into());
        let refused = match &self.trust {
            Trust::Pinned(known) if *known == fingerprint => {
                return Ok(ServerCertVerified::assertion());
            }
            Trust::Pinned(known) => {
                self.refusals.note(another(*known, fingerprint));
                Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure)
            }
            Trust::Machine(verifier) => {
                match verifier.verify_server_cert(shown, chain, name, stapled, now) {
                    Ok(trusted) => return Ok(trusted),
                    Err(error) => {
                        self.refusals.note(not_trusted(&error, fingerprint));
                        error
                    }
                }
            }
        };
        Err(refused)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

fn another(known: CertificateFingerprint, shown: CertificateFingerprint) -> String {
    format!(
        "the printer shows another certificate than the one it is known by, so nothing was sent: its SHA-256 is {shown}, and not {known}; where it was changed on purpose, compare at the printer, then formfeed printer access NAME --certificate-sha256 HEX"
    )
}

fn not_trusted(error: &Error, shown: CertificateFingerprint) -> String {
    format!(
        "the printer's certificate is not trusted here ({error}); its SHA-256 is {shown}: compare at the printer, then formfeed printer access NAME --certificate-sha256 HEX"
    )
}
