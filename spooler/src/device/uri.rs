//! Printer URIs: `file:DIR`, `ipp://…`, `ipps://…`, `serial:/dev/…?…`, `parallel:/dev/…`, `socket://…`.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use url::Url;

use super::network::PrinterHost;

pub use raw_socket::RawSocket;
pub use serial_line::{FlowControl, Parity, SerialLine};

mod raw_socket;
mod serial_line;

/// Where a printer is, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceUri {
    /// A folder that gets one PDF per job.
    File {
        /// As written: a relative one is relative to the daemon, so clients should not send one.
        folder: PathBuf,
    },
    /// An IPP printer; `ipps` where the connection is TLS.
    Ipp {
        /// Scheme `ipp` or `ipps`, host, port, path; nothing else.
        url: Url,
    },
    /// A serial line.
    Serial(SerialLine),
    /// A parallel port, or a USB printer port that stands for one.
    Parallel {
        /// The device node: `/dev/lp0`, `/dev/usb/lp0`.
        node: PathBuf,
    },
    /// Raw bytes over TCP.
    Socket(RawSocket),
}

/// The kinds of devices, for the administrator's list of allowed ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeviceKind {
    /// `file:`
    File,
    /// `ipp:`
    Ipp,
    /// `ipps:`
    Ipps,
    /// `serial:`
    Serial,
    /// `parallel:`
    Parallel,
    /// `socket:`
    Socket,
}

/// Why a URI is no printer's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeviceUriError {
    /// Nothing before a colon.
    #[error(
        "has no kind; write file:DIR, ipp://HOST/PATH, ipps://HOST/PATH, serial:/dev/…, parallel:/dev/… or socket://HOST:9100"
    )]
    NoKind,
    /// No such kind of printer. The web's schemes are among them: a printer is a door into the
    /// network.
    #[error("{0}: is no kind of printer; use file:, ipp:, ipps:, serial:, parallel: or socket:")]
    UnknownKind(String),
    /// A user name or password in the URI would be shown in every list.
    #[error("must not hold a user name or password")]
    Credentials,
    /// A part is missing.
    #[error("lacks {0}")]
    Missing(&'static str),
    /// A part is there that may not be.
    #[error("must not hold {0}")]
    Unexpected(&'static str),
    /// A parameter's value cannot be.
    #[error("{name}={value} cannot be; use {allowed}")]
    Parameter {
        /// The parameter.
        name: String,
        /// What it was given.
        value: String,
        /// What it may be.
        allowed: &'static str,
    },
    /// No such parameter.
    #[error("has the unknown parameter {name}; known: {known}")]
    UnknownParameter {
        /// As written.
        name: String,
        /// Those that there are.
        known: &'static str,
    },
    /// Not a URI at all.
    #[error("is not a URI: {0}")]
    Malformed(String),
}

impl DeviceKind {
    /// The scheme.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Ipp => "ipp",
            Self::Ipps => "ipps",
            Self::Serial => "serial",
            Self::Parallel => "parallel",
            Self::Socket => "socket",
        }
    }
}

impl fmt::Display for DeviceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl DeviceUri {
    /// Reads a printer's URI.
    ///
    /// # Errors
    /// The first thing wrong with it.
    pub fn parse(text: &str) -> Result<Self, DeviceUriError> {
        if text.chars().any(char::is_control) {
            return Err(DeviceUriError::Unexpected("control characters"));
        }
        let (kind, rest) = text.split_once(':').ok_or(DeviceUriError::NoKind)?;
        match kind.to_ascii_lowercase().as_str() {
            "" => Err(DeviceUriError::NoKind),
            "file" => parse_file(rest),
            "ipp" | "ipps" => parse_ipp(text),
            "serial" => SerialLine::parse(rest).map(Self::Serial),
            "parallel" => parse_parallel(rest),
            "socket" => RawSocket::parse(text).map(Self::Socket),
            other => Err(DeviceUriError::UnknownKind(other.to_owned())),
        }
    }

    /// Which kind it is.
    pub fn kind(&self) -> DeviceKind {
        match self {
            Self::File { .. } => DeviceKind::File,
            Self::Ipp { url } if url.scheme() == "ipps" => DeviceKind::Ipps,
            Self::Ipp { .. } => DeviceKind::Ipp,
            Self::Serial(_) => DeviceKind::Serial,
            Self::Parallel { .. } => DeviceKind::Parallel,
            Self::Socket(_) => DeviceKind::Socket,
        }
    }
}

impl FromStr for DeviceUri {
    type Err = DeviceUriError;

    fn from_str(text: &str) -> Result<Self, DeviceUriError> {
        Self::parse(text)
    }
}

impl fmt::Display for DeviceUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { folder } => write!(f, "file:{}", folder.display()),
            Self::Ipp { url } => write!(f, "{url}"),
            Self::Serial(line) => write!(f, "{line}"),
            Self::Parallel { node } => write!(f, "parallel:{}", node.display()),
            Self::Socket(socket) => write!(f, "{socket}"),
        }
    }
}

/// `file:DIR`, `file:/DIR` and `file:///DIR`; a host is refused.
fn parse_file(rest: &str) -> Result<DeviceUri, DeviceUriError> {
    let folder = match rest.strip_prefix("//") {
        None => rest,
        Some(after) if after.starts_with('/') => after,
        Some(after) if after.starts_with("localhost/") => &after["localhost".len()..],
        Some(_) => return Err(DeviceUriError::Unexpected("a host")),
    };
    if folder.is_empty() {
        return Err(DeviceUriError::Missing("the folder"));
    }
    Ok(DeviceUri::File {
        folder: PathBuf::from(folder),
    })
}

fn parse_parallel(node: &str) -> Result<DeviceUri, DeviceUriError> {
    if node.contains(['?', '#']) {
        return Err(DeviceUriError::Unexpected("a query or a fragment"));
    }
    if !node.starts_with('/') || node.starts_with("//") || node == "/" {
        return Err(DeviceUriError::Missing(
            "the device node, such as /dev/lp0 or /dev/usb/lp0",
        ));
    }
    Ok(DeviceUri::Parallel {
        node: PathBuf::from(node),
    })
}

fn parse_ipp(text: &str) -> Result<DeviceUri, DeviceUriError> {
    let url = Url::parse(text).map_err(|error| DeviceUriError::Malformed(error.to_string()))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(DeviceUriError::Credentials);
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(DeviceUriError::Unexpected("a query or a fragment"));
    }
    match url.host_str() {
        None | Some("") => Err(DeviceUriError::Missing("the host")),
        Some(_) if matches!(url.path(), "" | "/") => Err(DeviceUriError::Missing(
            "the printer's path, often /ipp/print",
        )),
        Some(host) => {
            check_host(host)?;
            Ok(DeviceUri::Ipp { url })
        }
    }
}

/// Refuses a host that nobody could connect to.
fn check_host(host: &str) -> Result<(), DeviceUriError> {
    let read = PrinterHost::parse(host);
    read.map(drop)
        .map_err(|error| DeviceUriError::Malformed(format!("its host: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_printer_is_refused_with_a_way_out() {
        use DeviceUriError::{Credentials, Missing, NoKind, Unexpected, UnknownKind};
        let cases = [
            ("laser", NoKind),
            ("://x", NoKind),
            ("http://169.254.169.254/", UnknownKind("http".to_owned())),
            ("https://h/ipp/print", UnknownKind("https".to_owned())),
            (
                "parallel:lp0",
                Missing("the device node, such as /dev/lp0 or /dev/usb/lp0"),
            ),
            (
                "parallel:/dev/lp0?baud=9600",
                Unexpected("a query or a fragment"),
            ),
            ("socket://user@h:9100", Credentials),
            ("ipp://user:pw@h/ipp/print", Credentials),
            ("ipp://user@h/ipp/print", Credentials),
            ("ipp:///ipp/print", Missing("the host")),
            ("ipp://h", Missing("the printer's path, often /ipp/print")),
            ("ipp://h/p?x=1", Unexpected("a query or a fragment")),
            ("file:", Missing("the folder")),
            ("file://server/share", Unexpected("a host")),
            ("file:/a\nb", Unexpected("control characters")),
        ];
        for (text, error) in cases {
            assert_eq!(DeviceUri::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn what_is_a_printer_reads_back_the_same() {
        for (text, kind) in [
            ("file:/var/out", DeviceKind::File),
            ("file:out/of the box", DeviceKind::File),
            ("ipp://localhost:8631/ipp/print", DeviceKind::Ipp),
            ("ipps://printer.example/ipp/print", DeviceKind::Ipps),
            (
                "serial:/dev/ttyS1?baud=19200&data=7&parity=even&stop=2&flow=rtscts",
                DeviceKind::Serial,
            ),
            ("parallel:/dev/usb/lp0", DeviceKind::Parallel),
            ("socket://printer.example:9100", DeviceKind::Socket),
        ] {
            let uri = DeviceUri::parse(text).unwrap();
            assert_eq!((uri.kind(), uri.to_string().as_str()), (kind, text));
        }
        assert_eq!(
            DeviceUri::parse("file:///var/out"),
            DeviceUri::parse("file:/var/out")
        );
    }
}
