//! The four services by name.

use std::{fmt, net::Ipv4Addr, net::SocketAddr};

/// One of Formfeed's services; its name is also the name of its access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Service {
    /// Payers, vendors, accounts, TINs, access tokens.
    Vendor,
    /// The AP history and the 1099 information made from it.
    Calculation,
    /// Forms made from 1099 information.
    Forms,
    /// The print queue and the devices.
    Spooler,
}

impl Service {
    /// Every service, in the order they depend on each other.
    pub const ALL: [Self; 4] = [Self::Vendor, Self::Calculation, Self::Forms, Self::Spooler];

    /// Its name, in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Vendor => "vendor",
            Self::Calculation => "calculation",
            Self::Forms => "forms",
            Self::Spooler => "spooler",
        }
    }

    /// Its TCP port when nothing else is configured.
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Vendor => 7010,
            Self::Calculation => 7020,
            Self::Forms => 7030,
            Self::Spooler => 7040,
        }
    }

    /// Where it listens when nothing else is configured: loopback only.
    pub const fn default_address(self) -> SocketAddr {
        SocketAddr::new(
            std::net::IpAddr::V4(Ipv4Addr::LOCALHOST),
            self.default_port(),
        )
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
