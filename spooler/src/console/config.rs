//! Where the console is served, and to whom.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use formfeed_runtime::config::ConfigError;
use url::Url;

/// How far above the spooler's port the console's is, when none is given.
const ABOVE: u16 = 40;

/// Where the console is served, and to whom.
#[derive(Debug, Clone)]
pub struct ConsoleConfig {
    /// Address; port 0 means a free one. `FORMFEED_CONSOLE_LISTEN`; `None` is 127.0.0.1 and 40 above the spooler's port,
    /// a free one where that was free.
    pub listen: Option<SocketAddr>,
    /// Where browsers find it, when that is not where it listens: by another name, or behind a reverse proxy.
    /// `FORMFEED_CONSOLE_PUBLIC_URL`; default none.
    pub public_url: Option<Url>,
    /// Time without an action after which a person is signed out. `FORMFEED_CONSOLE_IDLE_MINUTES`; default 30.
    pub idle: Duration,
}

impl Default for ConsoleConfig {
    fn default() -> Self {
        Self {
            listen: None,
            public_url: None,
            idle: Duration::from_secs(30 * 60),
        }
    }
}

/// Why the console does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConsoleError {
    /// Another program has the port, or the address is not this machine's.
    #[error(
        "the operators' console cannot listen on {address}; give it another address (--console-listen, FORMFEED_CONSOLE_LISTEN)"
    )]
    Bind {
        /// Where.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Give a certificate, or stay on loopback, where a proxy with TLS can stand before it.
    #[error(
        "refusing to serve the console on {0} without TLS, where access tokens would travel in clear; give FORMFEED_TLS_CERT and FORMFEED_TLS_KEY (`formfeed tls init` makes them), or listen on 127.0.0.1"
    )]
    PlainBeyondLoopback(SocketAddr),
    /// Give an address: the usual one is beyond the last port.
    #[error("no port is left for the console 40 above {0}; give one (FORMFEED_CONSOLE_LISTEN)")]
    NoRoom(SocketAddr),
    /// A certificate cannot be used.
    #[error("{0}")]
    Certificate(#[from] ConfigError),
}

impl ConsoleConfig {
    /// Where to listen, beside a spooler at that address, with a certificate or without.
    ///
    /// # Errors
    /// [`ConsoleError::PlainBeyondLoopback`], [`ConsoleError::NoRoom`].
    pub(super) fn address(
        &self,
        spooler: SocketAddr,
        has_certificate: bool,
    ) -> Result<SocketAddr, ConsoleError> {
        let usual = || match spooler.port() {
            0 => Ok(0),
            port => port.checked_add(ABOVE).ok_or(ConsoleError::NoRoom(spooler)),
        };
        let address = match self.listen {
            Some(address) => address,
            None => SocketAddr::from((Ipv4Addr::LOCALHOST, usual()?)),
        };
        match address.ip().is_loopback() || has_certificate {
            true => Ok(address),
            false => Err(ConsoleError::PlainBeyondLoopback(address)),
        }
    }

    /// Whether it speaks TLS itself where there is a certificate: a proxy on this machine does so for it.
    pub(super) fn is_secure(&self, address: SocketAddr) -> bool {
        self.public_url.is_none() || !address.ip().is_loopback()
    }
}

/// Reads the URL of a reverse proxy.
pub(crate) fn public_url(text: &str) -> Result<Url, String> {
    let wrong = || "use http://host/path or https://host/path, without user, ? or #".to_owned();
    let url = Url::parse(text).map_err(|_| wrong())?;
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    match plain && matches!(url.scheme(), "http" | "https") && url.has_host() {
        true => Ok(url),
        false => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn the_console_goes_with_the_spoolers_port_and_stays_on_loopback() {
        let usual = ConsoleConfig::default();
        let address = |spooler| usual.address(at(spooler), false).unwrap();
        assert_eq!(address("127.0.0.1:7040"), at("127.0.0.1:7080"));
        assert_eq!(address("0.0.0.0:9000"), at("127.0.0.1:9040"));
        assert_eq!(address("127.0.0.1:0"), at("127.0.0.1:0"));
        assert!(usual.address(at("127.0.0.1:65530"), false).is_err());
    }

    #[test]
    fn beyond_loopback_it_wants_a_certificate() {
        let mut config = ConsoleConfig {
            listen: Some(at("0.0.0.0:80")),
            ..ConsoleConfig::default()
        };
        let spooler = at("127.0.0.1:1");
        config.public_url = public_url("https://ops.example/print").ok();
        let refused = config.address(spooler, false).unwrap_err();
        assert!(matches!(refused, ConsoleError::PlainBeyondLoopback(_)));
        assert_eq!(config.address(spooler, true).unwrap(), at("0.0.0.0:80"));
    }

    #[test]
    fn behind_a_proxy_of_this_machine_it_speaks_in_clear() {
        let mut config = ConsoleConfig::default();
        let (here, beyond) = (at("127.0.0.1:80"), at("0.0.0.0:80"));
        assert!(config.is_secure(here) && config.is_secure(beyond));
        config.public_url = public_url("https://ops.example/print").ok();
        assert!(!config.is_secure(here) && config.is_secure(beyond));
    }

    #[test]
    fn only_a_plain_web_address_is_a_public_one() {
        for wrong in [
            "ops",
            "ftp://h/",
            "https://u@h/",
            "https://h/?x",
            "https://h/#x",
        ] {
            assert!(public_url(wrong).is_err(), "{wrong}");
        }
    }
}
