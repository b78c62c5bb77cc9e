//! Where a printer is whose URI names its host: looked up when it is added, and when somebody asks for it.

use std::net::IpAddr;

use formfeed_runtime::status::IntoStatus;
use formfeed_runtime::{Refusal, reason};
use tonic::Status;

use super::Handlers;
use crate::device::{DeviceUri, LocateError, PrinterHost};

impl Handlers {
    /// Where a printer is whose URI names its host, now.
    ///
    /// # Errors
    /// UNAVAILABLE when nobody says; PERMISSION_DENIED where no printer may be.
    pub(super) async fn find_again(&self, uri: &DeviceUri) -> Result<Option<IpAddr>, Status> {
        let devices = &self.queue.shared().devices;
        found(devices.locate(uri).await)?.map_err(|why| {
            let sentence = format!("{why}; the printer stays at the address it had");
            Refusal::unavailable(reason::DEVICE_HOST_UNKNOWN, sentence).into_status()
        })
    }
}

pub(super) fn names_its_host(uri: &DeviceUri) -> bool {
    matches!(uri.host(), Some((PrinterHost::Name(_), _)))
}

/// Where a printer was found; the inner error says in words why it could not be found now.
///
/// # Errors
/// PERMISSION_DENIED where no printer may be.
pub(super) fn found(
    located: Result<Option<IpAddr>, LocateError>,
) -> Result<Result<Option<IpAddr>, String>, Status> {
    match located {
        Ok(address) => Ok(Ok(address)),
        Err(LocateError::NotAllowed { ref host, .. }) => {
            let sentence = located.as_ref().err().map(ToString::to_string);
            let refusal =
                Refusal::denied(reason::DEVICE_URI_NOT_ALLOWED, sentence.unwrap_or_default());
            Err(refusal.with("host", host).into_status())
        }
        Err(error) => Ok(Err(error.to_string())),
    }
}
