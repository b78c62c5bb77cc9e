//! Row → device: what a printer's worker prints with.

use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use formfeed_domain::spool::{Printer, PrinterAccess};

use crate::device::{self, Device, DeviceConfig, DeviceKind, DeviceUri, LocateError, Locator};
use crate::render::{Dialect, DialectName};

/// A printer's device, made from its row.
pub(crate) struct Equipment {
    pub(crate) facts: Printer,
    pub(crate) kind: DeviceKind,
    pub(crate) device: Arc<dyn Device>,
    pub(crate) dialect: Option<&'static dyn Dialect>,
}

/// Where printers are reached.
#[async_trait]
pub(crate) trait Devices: Send + Sync {
    /// The device of a printer, or the one that was kept of it. Connects to nothing.
    ///
    /// # Errors
    /// In words, why it cannot be set up.
    fn set_up(
        &self,
        facts: Printer,
        access: PrinterAccess,
        kept: Option<Arc<dyn Device>>,
    ) -> Result<Equipment, String>;

    /// The address to keep of a printer whose URI names its host, found out now; `None` of any other.
    ///
    /// # Errors
    /// No printer may be there, or nobody says where it is.
    async fn locate(&self, uri: &DeviceUri) -> Result<Option<IpAddr>, LocateError>;
}

/// The devices that the URIs of printers name.
pub(crate) struct ByUri {
    /// Limits, and no printer's own access.
    pub(crate) config: DeviceConfig,
    pub(crate) locator: Locator,
}

#[async_trait]
impl Devices for ByUri {
    fn set_up(
        &self,
        facts: Printer,
        access: PrinterAccess,
        kept: Option<Arc<dyn Device>>,
    ) -> Result<Equipment, String> {
        let uri = DeviceUri::parse(&facts.uri).map_err(|error| format!("its URI {error}"))?;
        let allowed = self.locator.check(&uri, access.address);
        allowed.map_err(|error| error.to_string())?;
        let config = DeviceConfig {
            access,
            ..self.config.clone()
        };
        let dialect = facts.dialect.as_deref().map(str::parse::<DialectName>);
        let dialect = dialect.transpose().map_err(|error| error.to_string())?;
        Ok(Equipment {
            kind: uri.kind(),
            device: match kept {
                Some(device) => device,
                None => device::open(&uri, &config).map_err(|error| error.to_string())?,
            },
            dialect: dialect.map(DialectName::dialect),
            facts,
        })
    }
    async fn locate(&self, uri: &DeviceUri) -> Result<Option<IpAddr>, LocateError> {
        self.locator.locate(uri).await
    }
}
