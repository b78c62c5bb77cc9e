//! How a printer is reached beyond its URI: who it is told we are, which certificate it must show, and at which address.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use zeroize::Zeroizing;

/// How a printer is reached beyond its URI.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrinterAccess {
    /// Whom to be when the printer asks.
    pub login: Option<PrinterLogin>,
    /// The only certificate it may show; `None` leaves that to the machine's own trust.
    pub certificate: Option<CertificateFingerprint>,
    /// Where a printer is reached whose URI names its host: what that name said when it was looked up, and nothing else since.
    pub address: Option<IpAddr>,
}

/// A user of a printer. `Debug` shows no password.
#[derive(Clone, PartialEq, Eq)]
pub struct PrinterLogin {
    /// The name.
    pub user: String,
    /// The password.
    pub password: Zeroizing<String>,
    /// It may be given to a printer that wants it as it is, over a connection without TLS.
    pub in_clear: bool,
}

/// What changes of a printer's access; an outer `None` leaves it, an inner one removes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessChange {
    /// Whom to be.
    pub login: Option<Option<PrinterLogin>>,
    /// The only certificate.
    pub certificate: Option<Option<CertificateFingerprint>>,
    /// Where it is reached.
    pub address: Option<Option<IpAddr>>,
}

/// SHA-256 of a certificate's DER.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CertificateFingerprint([u8; 32]);

/// Not the fingerprint of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is the SHA-256 of a certificate: 64 hexadecimal digits, with or without colons")]
pub struct FingerprintError;

impl AccessChange {
    /// Whether nothing would change.
    pub fn is_empty(&self) -> bool {
        self.login.is_none() && self.certificate.is_none() && self.address.is_none()
    }
}

impl PrinterLogin {
    /// A user and password.
    pub fn new(user: &str, password: &str, in_clear: bool) -> Self {
        Self {
            user: user.to_owned(),
            password: Zeroizing::new(password.to_owned()),
            in_clear,
        }
    }
}

impl fmt::Debug for PrinterLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrinterLogin({:?}, …)", self.user)
    }
}

impl CertificateFingerprint {
    /// Of the hash itself.
    pub fn new(sha256: [u8; 32]) -> Self {
        Self(sha256)
    }
}

impl fmt::Display for CertificateFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for CertificateFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CertificateFingerprint({self})")
    }
}

impl FromStr for CertificateFingerprint {
    type Err = FingerprintError;

    fn from_str(text: &str) -> Result<Self, FingerprintError> {
        let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b':').collect();
        let mut sha256 = [0; 32];
        if digits.len() != 2 * sha256.len() {
            return Err(FingerprintError);
        }
        for (byte, pair) in sha256.iter_mut().zip(digits.chunks(2)) {
            *byte = 16 * value(pair[0])? + value(pair[1])?;
        }
        Ok(Self(sha256))
    }
}

fn value(digit: u8) -> Result<u8, FingerprintError> {
    let value = char::from(digit).to_digit(16);
    value
        .and_then(|value| u8::try_from(value).ok())
        .ok_or(FingerprintError)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_reads_back_however_it_was_written() {
        let plain = "00ff".repeat(16);
        let read: CertificateFingerprint = plain.parse().unwrap();
        assert_eq!(read.to_string(), plain);
        let colons = format!("{}00:FF", "00:FF:".repeat(15));
        assert_eq!(colons.parse(), Ok(read));
        for wrong in ["", "00ff", &"0g".repeat(32), &"0".repeat(63)] {
            let read: Result<CertificateFingerprint, _> = wrong.parse();
            assert_eq!(read, Err(FingerprintError), "{wrong}");
        }
    }

    #[test]
    fn a_login_that_is_logged_shows_no_password() {
        let access = PrinterAccess {
            login: Some(PrinterLogin::new("office", "hunter2", false)),
            ..PrinterAccess::default()
        };
        let shown = format!("{access:?}");
        assert!(
            shown.contains("office") && !shown.contains("hunter2"),
            "{shown}"
        );
    }
}
