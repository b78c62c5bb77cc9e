//! The certificate a client shows.

use std::{fmt, path::Path};

use rustls::pki_types::CertificateDer;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};
use webpki::EndEntityCert;

use super::pem;
use crate::{config::ConfigError, service::Service};

/// SHA-256 of a certificate's DER, which binds a token to it (RFC 8705, 3.1). Written as 64 hex digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint([u8; 32]);

/// The certificate a client showed, signed by the authority the server goes by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Of the certificate itself.
    pub fingerprint: Fingerprint,
    /// Its DNS names (RFC 5280, 4.2.1.6).
    pub dns_names: Vec<String>,
}

/// The first label of a DNS name in the certificate of a service: `formfeed-forms`, as in `formfeed-forms.example.com`.
pub fn service_dns_name(service: Service) -> String {
    format!("formfeed-{service}")
}

impl Fingerprint {
    /// Of a certificate's DER.
    pub fn of(certificate: &[u8]) -> Self {
        Self(Sha256::digest(certificate).into())
    }

    /// Of the first certificate in a PEM file.
    ///
    /// # Errors
    /// When there is none.
    pub fn of_file(path: &Path) -> Result<Self, ConfigError> {
        let certificates = pem::certificates("a client's certificate", path)?;
        Ok(Self::of(&certificates[0]))
    }

    /// Reads 64 hex digits, with or without colons between bytes, as `openssl x509 -fingerprint -sha256` shows them.
    pub fn from_text(text: &str) -> Option<Self> {
        let digits: Vec<u32> = text
            .chars()
            .filter(|digit| *digit != ':')
            .map(|digit| digit.to_digit(16))
            .collect::<Option<_>>()?;
        let mut bytes = [0_u8; 32];
        if digits.len() != 2 * bytes.len() {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            *byte = u8::try_from(pair[0] * 16 + pair[1]).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_text(&text).ok_or_else(|| de::Error::custom("not 64 hex digits"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Shown {
    /// Reads what was verified in the handshake.
    pub(super) fn read(certificate: &CertificateDer<'_>) -> Self {
        let names = EndEntityCert::try_from(certificate);
        let names = names.map(|read| read.valid_dns_names().map(str::to_owned).collect());
        Self {
            fingerprint: Fingerprint::of(certificate),
            dns_names: names.unwrap_or_default(),
        }
    }

    /// Whether the certificate is a service's own.
    pub fn is_of(&self, service: Service) -> bool {
        let own = service_dns_name(service);
        let first = |name: &str| name.split('.').next().map(str::to_ascii_lowercase);
        self.dns_names
            .iter()
            .any(|name| first(name).as_deref() == Some(own.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_reads_as_openssl_writes_it() {
        let fingerprint = Fingerprint::of(b"formfeed");
        let text = fingerprint.to_string();
        let pairs: Vec<String> = text
            .as_bytes()
            .chunks(2)
            .map(|pair| String::from_utf8_lossy(pair).to_uppercase())
            .collect();
        assert_eq!(Fingerprint::from_text(&pairs.join(":")), Some(fingerprint));
        for bad in [
            "",
            "ab",
            &text[1..],
            &format!("{text}0"),
            &text.replace(&text[..1], "g"),
        ] {
            assert_eq!(Fingerprint::from_text(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_certificate_is_a_services_by_the_first_label_of_a_name() {
        let shown = |names: &[&str]| Shown {
            fingerprint: Fingerprint::of(b""),
            dns_names: names.iter().map(|&name| name.to_owned()).collect(),
        };
        assert!(shown(&["localhost", "Formfeed-Forms.example.com"]).is_of(Service::Forms));
        assert!(shown(&["formfeed-forms"]).is_of(Service::Forms));
        assert!(!shown(&["formfeed-vendor"]).is_of(Service::Forms));
        assert!(!shown(&["x.formfeed-forms", "formfeed-forms2"]).is_of(Service::Forms));
        assert!(!shown(&[]).is_of(Service::Forms));
    }
}
