//! The address of a printer that was added before addresses were kept, or while its name was not answered.

use formfeed_store::spooler::{Act, SpoolError};
use uuid::Uuid;

use super::worker::Worker;
use crate::device::{DeviceUri, PrinterHost};

/// What there is to say of a printer's address.
pub(super) enum Sought {
    /// None is missing.
    Known,
    /// It was found, and is kept from now on.
    Kept,
    /// Why there still is none, in words.
    Missing(String),
}

impl Worker {
    /// Finds the address of a printer that has none kept though its URI names its host.
    pub(super) async fn find_address(&self) -> Result<Sought, SpoolError> {
        let shared = &self.shared;
        let facts = shared.store.printer(&self.printer).await?;
        let named = DeviceUri::parse(&facts.uri).ok();
        let named = named.filter(|uri| matches!(uri.host(), Some((PrinterHost::Name(_), _))));
        let access = shared.store.printer_access(&self.printer).await;
        let (Some(uri), Ok(access)) = (named, access) else {
            return Ok(Sought::Known);
        };
        if access.address.is_some() {
            return Ok(Sought::Known);
        }
        let found = match shared.devices.locate(&uri).await {
            Ok(Some(found)) => found,
            Ok(None) => return Ok(Sought::Known),
            Err(error) => return Ok(Sought::Missing(error.to_string())),
        };
        let act = Act {
            id: Uuid::now_v7().to_string(),
            by: "spooler".to_owned(),
            reason: "its name was looked up before its first use".to_owned(),
            at: shared.now(),
        };
        shared
            .store
            .keep_address(&self.printer, found, &act)
            .await?;
        Ok(Sought::Kept)
    }
}
