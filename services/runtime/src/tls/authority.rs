//! An authority of one's own: a certificate that signs those of servers and clients.

use std::{
    fs, io,
    net::IpAddr,
    path::{Path, PathBuf},
};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, SanType,
};
use time::{Duration, OffsetDateTime};
use x509_parser::{extensions::GeneralName, pem::parse_x509_pem};
use zeroize::Zeroizing;

use super::Fingerprint;
use crate::data_dir;

/// How long the authority itself lasts, days.
const AUTHORITY_DAYS: i64 = 3650;
/// Clocks of other machines may be behind.
const BEFORE: Duration = Duration::hours(1);

/// Files `ca.pem` and `ca.key` of a folder, and what they sign.
pub struct Authority {
    folder: PathBuf,
    issuer: Issuer<'static, KeyPair>,
}

/// Whom a certificate is for (RFC 5280, 4.2.1.12).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A service: it serves, and shows the same certificate to other services.
    Service,
    /// A person or program that calls.
    Client,
}

/// A certificate that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// Certificate, PEM, mode 0600.
    pub cert: PathBuf,
    /// Private key, PEM, mode 0600.
    pub key: PathBuf,
    /// What binds a token to it.
    pub fingerprint: Fingerprint,
}

/// Why no certificate was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorityError {
    /// What it signed would be trusted no more.
    #[error("{} is there already; issue certificates with it, or move it away first", .0.display())]
    Exists(PathBuf),
    /// Make one first.
    #[error("there is no authority in {}; make one with `formfeed tls init`", .0.display())]
    Missing(PathBuf),
    /// Give another name.
    #[error("{0} is no name for a certificate: use 1 to 64 letters, digits, dots and dashes")]
    Name(String),
    /// Give another host.
    #[error("{0} is neither a host name nor an IP address")]
    Host(String),
    /// Issue one first.
    #[error("there is no certificate of {0} to renew; make one with `formfeed tls issue`")]
    NoCertificate(String),
    /// A file cannot be read or written.
    #[error("{} cannot be used", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The files are not an authority's.
    #[error("the authority cannot sign")]
    Sign(#[from] rcgen::Error),
}

impl Authority {
    /// Makes an authority in a folder, which is made too.
    ///
    /// # Errors
    /// [`AuthorityError::Exists`], or when it cannot be written.
    pub fn create(folder: &Path) -> Result<Self, AuthorityError> {
        let (cert, key) = (folder.join("ca.pem"), folder.join("ca.key"));
        for path in [&cert, &key] {
            if path.exists() {
                return Err(AuthorityError::Exists(path.clone()));
            }
        }
        data_dir::prepare(folder).map_err(failed(folder))?;
        let mut params = params("Formfeed local authority", AUTHORITY_DAYS);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let pair = KeyPair::generate()?;
        let made = params.self_signed(&pair)?;
        write(&key, Zeroizing::new(pair.serialize_pem()).as_bytes())?;
        write(&cert, made.pem().as_bytes())?;
        Self::open(folder)
    }

    /// The authority of a folder.
    ///
    /// # Errors
    /// [`AuthorityError::Missing`], or when its files cannot be used.
    pub fn open(folder: &Path) -> Result<Self, AuthorityError> {
        let (cert, key) = (folder.join("ca.pem"), folder.join("ca.key"));
        if !cert.exists() || !key.exists() {
            return Err(AuthorityError::Missing(folder.to_owned()));
        }
        let pair = Zeroizing::new(fs::read_to_string(&key).map_err(failed(&key))?);
        let cert_text = fs::read_to_string(&cert).map_err(failed(&cert))?;
        Ok(Self {
            folder: folder.to_owned(),
            issuer: Issuer::from_ca_cert_pem(&cert_text, KeyPair::from_pem(&pair)?)?,
        })
    }

    /// Its certificate, PEM: what clients and servers trust.
    pub fn certificate(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// Makes `NAME.pem` and `NAME.key` in the folder, in the place of any that are there.
    ///
    /// `hosts` are the DNS names and IP addresses a server is reached at, or what a service is called.
    ///
    /// # Errors
    /// When the name or a host is malformed, or the files cannot be written.
    pub fn issue(
        &self,
        name: &str,
        purpose: Purpose,
        hosts: &[String],
        days: u16,
    ) -> Result<Issued, AuthorityError> {
        check_name(name)?;
        let hosts: Result<Vec<_>, _> = hosts.iter().map(|host| host_name(host)).collect();
        self.sign(name, purpose, hosts?, days)
    }

    /// Makes a certificate of the folder anew, with another key and the names and purpose it has.
    ///
    /// # Errors
    /// [`AuthorityError::NoCertificate`], or when it cannot be read or written.
    pub fn renew(&self, name: &str, days: u16) -> Result<Issued, AuthorityError> {
        check_name(name)?;
        let cert = self.folder.join(format!("{name}.pem"));
        if !cert.exists() {
            return Err(AuthorityError::NoCertificate(name.to_owned()));
        }
        let (purpose, hosts) = standing(&cert).map_err(failed(&cert))?;
        self.sign(name, purpose, hosts, days)
    }

    fn sign(
        &self,
        name: &str,
        purpose: Purpose,
        hosts: Vec<SanType>,
        days: u16,
    ) -> Result<Issued, AuthorityError> {
        let mut params = params(name, days.into());
        params.subject_alt_names = hosts;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = match purpose {
            Purpose::Service => vec![
                ExtendedKeyUsagePurpose::ServerAuth,
                ExtendedKeyUsagePurpose::ClientAuth,
            ],
            Purpose::Client => vec![ExtendedKeyUsagePurpose::ClientAuth],
        };
        params.use_authority_key_identifier_extension = true;
        let pair = KeyPair::generate()?;
        let made = params.signed_by(&pair, &self.issuer)?;
        let issued = Issued {
            cert: self.folder.join(format!("{name}.pem")),
            key: self.folder.join(format!("{name}.key")),
            fingerprint: Fingerprint::of(made.der()),
        };
        write(&issued.key, Zeroizing::new(pair.serialize_pem()).as_bytes())?;
        write(&issued.cert, made.pem().as_bytes())?;
        Ok(issued)
    }
}

fn params(name: &str, days: i64) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    let now = OffsetDateTime::now_utc();
    params.not_before = now - BEFORE;
    params.not_after = now + Duration::days(days);
    params
}

/// What a certificate is for, and its names.
fn standing(cert: &Path) -> io::Result<(Purpose, Vec<SanType>)> {
    let (_, pem) = parse_x509_pem(&fs::read(cert)?).map_err(io::Error::other)?;
    let read = pem.parse_x509().map_err(io::Error::other)?;
    let usage = read.extended_key_usage().map_err(io::Error::other)?;
    let purpose = match usage.is_some_and(|usage| usage.value.server_auth) {
        true => Purpose::Service,
        false => Purpose::Client,
    };
    let names = read.subject_alternative_name().map_err(io::Error::other)?;
    let names = names.iter().flat_map(|names| &names.value.general_names);
    let hosts = names.filter_map(|name| match name {
        GeneralName::DNSName(host) => host_name(host).ok(),
        GeneralName::IPAddress(bytes) => ip_address(bytes).map(SanType::IpAddress),
        _ => None,
    });
    Ok((purpose, hosts.collect()))
}

/// Four bytes or sixteen (RFC 5280, 4.2.1.6).
fn ip_address(bytes: &[u8]) -> Option<IpAddr> {
    let short = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    let long = || <[u8; 16]>::try_from(bytes).map(IpAddr::from);
    short.or_else(|_| long()).ok()
}

fn host_name(host: &str) -> Result<SanType, AuthorityError> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(SanType::IpAddress(address));
    }
    let label = |label: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        (1..=63).contains(&label.len()) && label.bytes().all(plain)
    };
    let bad = || AuthorityError::Host(host.to_owned());
    match host.len() <= 253 && host.split('.').all(label) {
        true => host.try_into().map(SanType::DnsName).map_err(|_| bad()),
        false => Err(bad()),
    }
}

fn check_name(name: &str) -> Result<(), AuthorityError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte);
    let fits = (1..=64).contains(&name.len()) && !name.starts_with('.') && name != "ca";
    match fits && name.bytes().all(plain) {
        true => Ok(()),
        false => Err(AuthorityError::Name(name.to_owned())),
    }
}

fn write(path: &Path, content: &[u8]) -> Result<(), AuthorityError> {
    data_dir::replace(path, content).map_err(failed(path))
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> AuthorityError {
    let path = path.to_owned();
    move |source| AuthorityError::File { path, source }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn an_authority_is_made_once_and_keeps_its_keys_to_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("tls");
        assert!(matches!(
            Authority::open(&folder),
            Err(AuthorityError::Missing(_))
        ));
        let authority = Authority::create(&folder).unwrap();
        let issued = authority.issue("ines", Purpose::Client, &[], 30).unwrap();
        for key in [&folder.join("ca.key"), &issued.key] {
            let mode = fs::metadata(key).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{}", key.display());
        }
        assert!(matches!(
            Authority::create(&folder),
            Err(AuthorityError::Exists(_))
        ));
        let again = Authority::open(&folder).unwrap();
        let renewed = again.issue("ines", Purpose::Client, &[], 30).unwrap();
        assert_ne!(renewed.fingerprint, issued.fingerprint);
    }

    #[test]
    fn a_renewed_certificate_has_the_same_names_and_purpose() {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::create(folder.path()).unwrap();
        let hosts = ["formfeed.example", "10.0.0.7", "::1"].map(str::to_owned);
        let first = authority
            .issue("server", Purpose::Service, &hosts, 1)
            .unwrap();
        let before = standing(&first.cert).unwrap();
        let renewed = authority.renew("server", 9).unwrap();
        assert_ne!(renewed.fingerprint, first.fingerprint);
        assert_eq!(standing(&renewed.cert).unwrap(), before);
        assert_eq!((before.0, before.1.len()), (Purpose::Service, 3));
        assert!(matches!(
            authority.renew("nobody", 9),
            Err(AuthorityError::NoCertificate(_))
        ));
    }

    #[test]
    fn names_that_are_paths_and_hosts_that_are_none_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::create(folder.path()).unwrap();
        for name in ["", "../x", "a/b", ".x", "ca", "a b"] {
            let refused = authority.issue(name, Purpose::Client, &[], 1).unwrap_err();
            assert!(matches!(refused, AuthorityError::Name(_)), "{name}");
        }
        for host in ["", "a b", "-*-", "a..b", "http://x"] {
            let hosts = [host.to_owned()];
            let refused = authority.issue("x", Purpose::Service, &hosts, 1);
            assert!(matches!(refused, Err(AuthorityError::Host(_))), "{host}");
        }
    }
}
