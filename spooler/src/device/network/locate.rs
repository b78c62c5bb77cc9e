//! Finds the address that a printer is reached at, and says where none may be.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{AllowedHosts, PrinterHost, Resolver};
use crate::device::DeviceUri;

/// How long each of several addresses of a name has to take a connection, when the one to keep is chosen.
const TRIAL: Duration = Duration::from_secs(1);

/// Knows where printers may be, and asks names for their addresses.
pub(crate) struct Locator {
    allowed: AllowedHosts,
    resolver: Box<dyn Resolver>,
    /// How long a name has to answer.
    limit: Duration,
}

/// Why a printer cannot be reached where its URI says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LocateError {
    /// An administrator must allow it.
    #[error(
        "{}, where no printer may be; allowed: {allowed} (FORMFEED_PRINTER_HOSTS)",
        at(host, addresses)
    )]
    NotAllowed {
        /// As the URI says.
        host: String,
        /// Those that are not allowed.
        addresses: Vec<IpAddr>,
        /// Where printers may be.
        allowed: String,
    },
    /// Nobody says where it is; may clear by itself.
    #[error("the address of {host} cannot be found: {why}")]
    Unknown {
        /// As the URI says.
        host: String,
        /// What was seen.
        why: String,
    },
    /// Its name was never asked.
    #[error("the address of {host} was not found yet")]
    NotKept {
        /// As the URI says.
        host: String,
    },
}

/// `laser is at 169.254.1.1`, or of an address itself `169.254.1.1 is an address`.
fn at(host: &str, addresses: &[IpAddr]) -> String {
    let addresses: Vec<_> = addresses.iter().map(ToString::to_string).collect();
    match addresses.as_slice() {
        [one] if one == host => format!("{host} is an address"),
        _ => format!("{host} is at {}", addresses.join(" and ")),
    }
}

impl Locator {
    pub(crate) fn new(allowed: AllowedHosts, resolver: Box<dyn Resolver>, limit: Duration) -> Self {
        Self {
            allowed,
            resolver,
            limit,
        }
    }

    /// Whether a printer may be used where it is known to be. Asks nobody.
    ///
    /// # Errors
    /// No printer may be there, or nobody knows where it is.
    pub(crate) fn check(&self, uri: &DeviceUri, kept: Option<IpAddr>) -> Result<(), LocateError> {
        match uri.host() {
            None => Ok(()),
            Some((PrinterHost::Address(address), _)) => {
                self.admit(None, &address.to_string(), &[address])
            }
            Some((PrinterHost::Name(name), _)) => match kept {
                Some(address) => self.admit(Some(&name), &name, &[address]),
                None => Err(LocateError::NotKept { host: name }),
            },
        }
    }

    /// Asks for the address to be kept of a printer whose URI names its host: of those that the name has, which must all
    /// be allowed, the first that takes a connection, else the first. `None` where there is no name.
    ///
    /// # Errors
    /// No printer may be there, or nobody knows where it is.
    pub(crate) async fn locate(&self, uri: &DeviceUri) -> Result<Option<IpAddr>, LocateError> {
        let Some((PrinterHost::Name(name), port)) = uri.host() else {
            return self.check(uri, None).map(|()| None);
        };
        let addresses = self.ask(&name).await?;
        self.admit(Some(&name), &name, &addresses)?;
        Ok(Some(first_that_answers(&addresses, port).await))
    }

    /// At least one, each once.
    async fn ask(&self, name: &str) -> Result<Vec<IpAddr>, LocateError> {
        let unknown = |why: String| LocateError::Unknown {
            host: name.to_owned(),
            why,
        };
        let asked = timeout(self.limit, self.resolver.addresses(name)).await;
        let found = asked.map_err(|_| unknown("no answer".to_owned()))?;
        let found = found.map_err(|error| unknown(error.to_string()))?;
        let mut addresses = Vec::new();
        for address in found.into_iter().map(|address| address.to_canonical()) {
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        match addresses.is_empty() {
            true => Err(unknown("the name has no address".to_owned())),
            false => Ok(addresses),
        }
    }

    fn admit(
        &self,
        name: Option<&str>,
        host: &str,
        addresses: &[IpAddr],
    ) -> Result<(), LocateError> {
        let refused = |address: &IpAddr| !self.allowed.admits(name, *address);
        let refused: Vec<_> = addresses.iter().copied().filter(refused).collect();
        match refused.is_empty() {
            true => Ok(()),
            false => Err(LocateError::NotAllowed {
                host: host.to_owned(),
                addresses: refused,
                allowed: self.allowed.to_string(),
            }),
        }
    }
}

async fn first_that_answers(addresses: &[IpAddr], port: u16) -> IpAddr {
    if let [only] = addresses {
        return *only;
    }
    for address in addresses {
        if let Ok(Ok(_)) = timeout(TRIAL, TcpStream::connect((*address, port))).await {
            return *address;
        }
    }
    addresses[0]
}

impl fmt::Debug for Locator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Locator({})", self.allowed)
    }
}

#[cfg(test)]
mod tests;
