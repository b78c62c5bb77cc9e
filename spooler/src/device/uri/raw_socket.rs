//! `socket://host:9100`, and `?status=dle-eot` where the printer answers when asked for its state.

use std::fmt;

use url::Url;

use super::{DeviceUriError, check_host};

/// Where a printer takes raw bytes, unless the URI says otherwise.
const USUAL_PORT: u16 = 9_100;

/// Ports below belong to services that take commands from whoever connects; no printer listens there for raw bytes.
const FIRST_PORT: u16 = 1_024;

/// A printer that takes raw bytes on a TCP port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawSocket {
    /// Name or address.
    pub host: String,
    /// 1024 to 65535. Default 9100.
    pub port: u16,
    /// Whether it answers DLE EOT n. A printer that does not would print the question. Default no.
    pub answers: bool,
}

impl RawSocket {
    /// Reads the whole URI.
    pub(super) fn parse(text: &str) -> Result<Self, DeviceUriError> {
        let url = Url::parse(text).map_err(|error| DeviceUriError::Malformed(error.to_string()))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(DeviceUriError::Credentials);
        }
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(DeviceUriError::Unexpected("a path or a fragment"));
        }
        let host = url.host_str().filter(|host| !host.is_empty());
        let host = host.ok_or(DeviceUriError::Missing("the host"))?;
        check_host(host)?;
        let mut socket = Self {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(USUAL_PORT),
            answers: false,
        };
        if socket.port < FIRST_PORT {
            return Err(DeviceUriError::Parameter {
                name: "port".to_owned(),
                value: socket.port.to_string(),
                allowed: "1024 to 65535, usually 9100",
            });
        }
        for (name, value) in url.query_pairs() {
            socket.answers = match (&*name, &*value) {
                ("status", "dle-eot") => true,
                ("status", "none") => false,
                ("status", _) => {
                    return Err(DeviceUriError::Parameter {
                        name: name.into_owned(),
                        value: value.into_owned(),
                        allowed: "dle-eot or none",
                    });
                }
                _ => {
                    return Err(DeviceUriError::UnknownParameter {
                        name: name.into_owned(),
                        known: "status",
                    });
                }
            };
        }
        Ok(socket)
    }
}

impl fmt::Display for RawSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "socket://[{}]:{}", self.host, self.port)?,
            false => write!(f, "socket://{}:{}", self.host, self.port)?,
        }
        match self.answers {
            true => f.write_str("?status=dle-eot"),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printer_on_the_network_reads_back_the_same() {
        for (text, shown) in [
            ("socket://printer", "socket://printer:9100"),
            ("socket://printer:9101/", "socket://printer:9101"),
            ("socket://[::1]:9100", "socket://[::1]:9100"),
            (
                "socket://10.0.0.7?status=dle-eot",
                "socket://10.0.0.7:9100?status=dle-eot",
            ),
            ("socket://h?status=none", "socket://h:9100"),
        ] {
            let socket = RawSocket::parse(text).unwrap();
            assert_eq!(socket.to_string(), shown);
            assert_eq!(RawSocket::parse(shown), Ok(socket));
        }
    }

    #[test]
    fn what_is_no_raw_printer_is_refused() {
        for text in [
            "socket://",
            "socket:printer",
            "socket://user:pw@printer:9100",
            "socket://printer:25",
            "socket://printer:80",
            "socket://printer:99999",
            "socket://printer/ipp/print",
            "socket://printer?status=snmp",
            "socket://printer?stop=1",
            "socket://printer#x",
        ] {
            assert!(RawSocket::parse(text).is_err(), "{text}");
        }
    }
}
