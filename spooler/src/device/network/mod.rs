//! Where network printers are: where they may be at all, and the one address that each is reached at.
//!
//! A name is asked for its address when a printer is added, and when somebody says so; what it answers meanwhile is of no
//! consequence, for the address that was found is kept with the printer and nothing else is connected to.

mod allowed;
mod host;
mod locate;
mod resolver;

pub use allowed::{AllowedHosts, HostRule, HostRuleError};
pub use host::PrinterHost;
pub(crate) use locate::{LocateError, Locator};
pub use resolver::{Resolver, SystemResolver};
