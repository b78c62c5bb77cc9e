//! What the URI of a network printer says of where it is.

use std::net::IpAddr;

use url::Host;

use crate::device::DeviceUri;

/// The port of IPP. Source: RFC 8010, 4.
const IPP_PORT: u16 = 631;

/// The host of a network printer, as its URI names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrinterHost {
    /// An address, however it was written: `0x7f.1` is 127.0.0.1.
    Address(IpAddr),
    /// A name, which has to be asked for its addresses.
    Name(String),
}

impl PrinterHost {
    /// Reads a host as those who connect would.
    ///
    /// # Errors
    /// No host can be written so.
    pub fn parse(text: &str) -> Result<Self, url::ParseError> {
        let is_bare = text.contains(':') && !text.starts_with('[');
        let host = match is_bare {
            true => Host::parse(&format!("[{text}]")),
            false => Host::parse(text),
        };
        Ok(match host? {
            Host::Ipv4(address) => Self::Address(address.into()),
            Host::Ipv6(address) => Self::Address(address.into()),
            Host::Domain(name) => Self::Name(name),
        })
    }
}

impl DeviceUri {
    /// Host and port of a network printer; `None` of any other.
    pub fn host(&self) -> Option<(PrinterHost, u16)> {
        let (host, port) = match self {
            Self::Ipp { url } => (url.host_str()?, url.port().unwrap_or(IPP_PORT)),
            Self::Socket(socket) => (socket.host.as_str(), socket.port),
            Self::File { .. } | Self::Serial(_) | Self::Parallel { .. } => return None,
        };
        Some((PrinterHost::parse(host).ok()?, port))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_known_however_it_is_written() {
        let host = |uri: &str| DeviceUri::parse(uri).unwrap().host();
        let loopback = PrinterHost::Address("127.0.0.1".parse().unwrap());
        for uri in [
            "ipp://127.0.0.1/p",
            "ipp://2130706433/p",
            "ipp://0x7f.1/p",
            "ipp://0177.0.0.1/p",
            "ipp://127%2E0%2E0%2E1/p",
        ] {
            assert_eq!(host(uri), Some((loopback.clone(), 631)), "{uri}");
        }
        for uri in ["socket://2130706433", "socket://0x7f.1:9100"] {
            assert_eq!(host(uri), Some((loopback.clone(), 9100)), "{uri}");
        }
        let six = PrinterHost::Address("::1".parse().unwrap());
        assert_eq!(host("ipps://[::1]:8631/p"), Some((six.clone(), 8631)));
        assert_eq!(host("socket://[::1]:9101"), Some((six, 9101)));
        let name = PrinterHost::Name("laser.example".to_owned());
        assert_eq!(host("ipp://LASER.example/p"), Some((name, 631)));
        assert_eq!(host("file:/out"), None);
        assert_eq!(host("serial:/dev/ttyS0"), None);
    }

    #[test]
    fn a_host_that_nobody_could_connect_to_is_no_printers() {
        for uri in ["ipp://256.1.1.1/p", "ipp://a%20b/p", "socket://1.2.3.4.5"] {
            assert!(DeviceUri::parse(uri).is_err(), "{uri}");
        }
    }
}
