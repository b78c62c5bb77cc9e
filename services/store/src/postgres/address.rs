//! The address of a PostgreSQL server: what its driver reads, and what it does not know of TLS.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

/// `postgres://USER@HOST:PORT/DATABASE?…` with libpq's parameters of TLS (PostgreSQL, "SSL Support", client side).
///
/// A server on this machine is spoken to in clear where nothing else is asked for; any other is spoken to over TLS, and only when its
/// certificate is for that host and from a trusted authority.
pub(crate) struct Address {
    /// For the driver; its mode is `Disable` or `Require`.
    pub(super) config: Config,
    /// Files of TLS.
    pub(super) files: Files,
}

/// PEM files by which server and client know one another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Files {
    /// `sslrootcert`: the authority of the server's certificate; none: the authorities that this machine trusts.
    pub(super) authority: Option<PathBuf>,
    /// `sslcert` and `sslkey`: what the client shows of itself.
    pub(super) identity: Option<(PathBuf, PathBuf)>,
}

/// Why an address cannot be used. Nothing of the address is in it but the names of parameters: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadAddress {
    /// The driver does not take it.
    #[error("the address of PostgreSQL is not postgres://USER@HOST:PORT/DATABASE?NAME=VALUE…: {0}")]
    Unreadable(String),
    /// Modes that are encrypted at best.
    #[error(
        "sslmode={0} may go in clear: say verify-full, or disable where nobody can listen on the way"
    )]
    Opportunistic(&'static str),
    /// Not one of libpq's.
    #[error("sslmode is verify-full (also require, verify-ca) or disable")]
    Mode,
    /// One without the other.
    #[error("sslcert and sslkey go together: the certificate that is shown, and its private key")]
    Identity,
    /// Nothing to connect to.
    #[error("the address of PostgreSQL names no host: postgres://USER@HOST:PORT/DATABASE")]
    NoHost,
    /// A certificate is for a name.
    #[error(
        "the address of PostgreSQL names no host that its certificate could be for: give it beside hostaddr"
    )]
    NoName,
    /// One of them cannot be encrypted.
    #[error(
        "the address of PostgreSQL names a socket beside a host that is spoken to over TLS: give one of them"
    )]
    SocketBesideHost,
}

impl Address {
    /// Whether the connection is encrypted, and the server's certificate looked at.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.config.get_ssl_mode() == SslMode::Require
    }

    /// Whether it leads to another machine.
    pub(crate) fn leads_away(&self) -> bool {
        let away = |host: &Host| matches!(host, Host::Tcp(name) if !is_this_machine(name));
        match self.config.get_hostaddrs() {
            [] => self.config.get_hosts().iter().any(away),
            addresses => !addresses.iter().all(IpAddr::is_loopback),
        }
    }

    /// Whether it may be encrypted: as with libpq, a socket of this machine never is.
    fn may_be_encrypted(&self) -> Result<bool, BadAddress> {
        let tcp = |host: &&Host| matches!(host, Host::Tcp(_));
        let (hosts, addresses) = (self.config.get_hosts(), self.config.get_hostaddrs());
        match (hosts.iter().filter(tcp).count(), addresses.len()) {
            (0, 0) => Ok(false),
            (0, _) => Err(BadAddress::NoName),
            (names, _) if names < hosts.len() => Err(BadAddress::SocketBesideHost),
            _ => Ok(true),
        }
    }
}

impl FromStr for Address {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        let mut tls = Parameters::default();
        let plain = tls.take_from(text);
        let config = plain.parse().map_err(|error: tokio_postgres::Error| {
            // What follows a password's own @ would be told as the name of a parameter.
            BadAddress::Unreadable(match text.matches('@').count() {
                0 | 1 => super::with_causes(&error),
                _ => "signs of a password such as @ / ? are written %40 %2F %3F".to_owned(),
            })
        })?;
        let said = tls.mode()?;
        let is_named = tls.names_files();
        let mut address = Self {
            config,
            files: tls.files()?,
        };
        if address.config.get_hosts().is_empty() && address.config.get_hostaddrs().is_empty() {
            return Err(BadAddress::NoHost);
        }
        let wanted = said.unwrap_or(is_named || address.leads_away());
        address.config.ssl_mode(SslMode::Disable);
        if wanted && address.may_be_encrypted()? {
            address.config.ssl_mode(SslMode::Require);
        }
        Ok(address)
    }
}

/// What is said of TLS, as text.
#[derive(Default)]
struct Parameters {
    mode: Option<String>,
    authority: Option<String>,
    cert: Option<String>,
    key: Option<String>,
}

impl Parameters {
    /// Takes them out of the address, and answers what is left. A `?` before the first `@` is the password's.
    fn take_from(&mut self, text: &str) -> String {
        let host = text.find('@').unwrap_or(0);
        let Some(mark) = text[host..].find('?').map(|at| host + at) else {
            return text.to_owned();
        };
        let (before, query) = (&text[..mark], &text[mark + 1..]);
        let others = query.split('&').filter(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let place = match name {
                "sslmode" => &mut self.mode,
                "sslrootcert" => &mut self.authority,
                "sslcert" => &mut self.cert,
                "sslkey" => &mut self.key,
                _ => return true,
            };
            *place = Some(percent_decode_str(value).decode_utf8_lossy().into_owned());
            false
        });
        let others: Vec<&str> = others.collect();
        match others.is_empty() {
            true => before.to_owned(),
            false => format!("{before}?{}", others.join("&")),
        }
    }

    /// Whether it is to be encrypted, where that is said.
    fn mode(&self) -> Result<Option<bool>, BadAddress> {
        match self.mode.as_deref() {
            None => Ok(None),
            Some("disable") => Ok(Some(false)),
            Some("require" | "verify-ca" | "verify-full") => Ok(Some(true)),
            Some("allow") => Err(BadAddress::Opportunistic("allow")),
            Some("prefer") => Err(BadAddress::Opportunistic("prefer")),
            Some(_) => Err(BadAddress::Mode),
        }
    }

    fn names_files(&self) -> bool {
        self.authority.is_some() || self.cert.is_some() || self.key.is_some()
    }

    fn files(self) -> Result<Files, BadAddress> {
        let path = |text: String| Path::new(&text).to_owned();
        let identity = match (self.cert, self.key) {
            (None, None) => None,
            (Some(cert), Some(key)) => Some((path(cert), path(key))),
            _ => return Err(BadAddress::Identity),
        };
        let named = self.authority.filter(|name| name != "system");
        Ok(Files {
            authority: named.map(path),
            identity,
        })
    }
}

fn is_this_machine(name: &str) -> bool {
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let address: Result<IpAddr, _> = bare.parse();
    name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Address {
        text.parse()
            .unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn refused(text: &str) -> BadAddress {
        text.parse::<Address>().err().expect("it is refused")
    }

    #[test]
    fn a_server_on_another_machine_is_spoken_to_over_tls_unless_somebody_says_otherwise() {
        for (text, encrypted) in [
            ("postgres://u@127.0.0.1:5432/d", false),
            ("postgres://u@localhost/d", false),
            ("postgres://u@[::1]/d", false),
            ("postgres://u@%2Frun%2Fpostgresql/d", false),
            ("postgres:///d?host=/run/postgresql", false),
            (
                "postgres://u@%2Frun%2Fpostgresql/d?sslmode=verify-full",
                false,
            ),
            ("postgres://u@127.0.0.2,localhost/d", false),
            ("postgres://u@db.example/d", true),
            ("postgresql://u:p@10.0.0.5/d", true),
            ("postgres://u@localhost,db.example/d", true),
            ("postgres://u@localhost.example/d", true),
            ("postgres://u@localhost/d?hostaddr=10.0.0.5", true),
            ("postgres://u@db.example/d?hostaddr=127.0.0.1", false),
            ("postgres://u@localhost/d?sslmode=require", true),
            ("postgres://u@localhost/d?sslrootcert=/etc/ca.pem", true),
            ("postgres://u@localhost/d?sslrootcert=system", true),
            ("postgres://u@db.example/d?sslmode=disable", false),
            (
                "postgres://u@db.example/d?connect_timeout=3&sslmode=disable",
                false,
            ),
        ] {
            assert_eq!(read(text).is_encrypted(), encrypted, "{text}");
        }
    }

    #[test]
    fn the_files_of_tls_are_read_and_the_rest_is_the_drivers() {
        let address = read(
            "postgres://u:a?b@db.example:6432/d?sslmode=verify-full&application_name=ap\
             &sslrootcert=%2Fetc%2Four%20ca.pem&sslcert=/c.pem&sslkey=/k.pem",
        );
        let files = Files {
            authority: Some("/etc/our ca.pem".into()),
            identity: Some(("/c.pem".into(), "/k.pem".into())),
        };
        assert_eq!(address.files, files);
        assert_eq!(address.config.get_application_name(), Some("ap"));
        assert_eq!(address.config.get_password(), Some(&b"a?b"[..]));
        assert_eq!(address.config.get_ports(), [6432]);
        let system = read("postgres://u@db.example/d?sslrootcert=system");
        assert_eq!(system.files, Files::default());
    }

    #[test]
    fn what_cannot_be_kept_is_refused_without_the_password() {
        let mode = |mode: &str| refused(&format!("postgres://u:hunter2@h/d?sslmode={mode}"));
        assert_eq!(mode("prefer"), BadAddress::Opportunistic("prefer"));
        assert_eq!(mode("allow"), BadAddress::Opportunistic("allow"));
        assert_eq!(mode(""), BadAddress::Mode);
        let alone = refused("postgres://u:hunter2@h/d?sslcert=/c.pem");
        assert_eq!(alone, BadAddress::Identity);
        let nameless = refused("postgres:///d?hostaddr=10.0.0.5");
        assert_eq!(nameless, BadAddress::NoName);
        let mixed = refused("postgres://u@%2Frun%2Fpostgresql,db.example/d");
        assert_eq!(mixed, BadAddress::SocketBesideHost);
        let nowhere = refused("postgres:///d");
        assert_eq!(nowhere, BadAddress::NoHost);
        for bad in [
            "postgres://u:hunter2@h:port/d",
            "postgres://u:hunter2@h/d?colour=red",
            "postgres://u:pass@?hunter2=x@h/d",
        ] {
            let words = refused(bad).to_string();
            assert!(!words.contains("hunter2"), "{words}");
        }
        assert!(
            refused("postgres://h/d?colour=red")
                .to_string()
                .contains("colour")
        );
    }
}
