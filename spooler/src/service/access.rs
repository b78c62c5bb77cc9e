//! How a printer is reached beyond its URI: what may be said of which kind, and whether it can print at all.

use std::time::Duration;

use formfeed_domain::spool::{AccessChange, PrinterAccess};
use formfeed_proto::convert::Violations;
use formfeed_proto::convert::printer_access::access_change_from;
use formfeed_proto::spooler as pb;
use formfeed_runtime::status::IntoStatus;
use formfeed_runtime::{Refusal, reason};
use tonic::Status;

use crate::device::{self, DeviceConfig, DeviceKind, DeviceUri, PreflightError};

/// How long a printer has to say whether it could print.
const PATIENCE: Duration = Duration::from_secs(4);

/// Reads what changes of the access to a printer of a kind; bad fields are noted below `field`.
pub(super) fn read_change(
    bad: &mut Violations,
    field: &str,
    access: &pb::PrinterAccess,
    kind: Option<DeviceKind>,
) -> Option<AccessChange> {
    let change = access_change_from(bad, field, access)?;
    let network = kind.is_none_or(|kind| matches!(kind, DeviceKind::Ipp | DeviceKind::Ipps));
    if !network && matches!(change.login, Some(Some(_))) {
        bad.add(
            format!("{field}.user"),
            "is for printers at ipp: and ipps:; leave it blank",
        );
    }
    let tls = kind.is_none_or(|kind| kind == DeviceKind::Ipps);
    if !tls && matches!(change.certificate, Some(Some(_))) {
        bad.add(
            format!("{field}.certificate_sha256"),
            "is for printers at ipps:, which show a certificate; leave it blank",
        );
    }
    Some(change)
}

/// The access of a new printer.
pub(super) fn first(change: AccessChange) -> PrinterAccess {
    PrinterAccess {
        login: change.login.flatten(),
        certificate: change.certificate.flatten(),
        address: None,
    }
}

/// Asks a printer whether it could ever print what would be sent to it. Answers what could not be made sure of, in words.
///
/// # Errors
/// FAILED_PRECONDITION when it says that it cannot.
pub(super) async fn ask_device(
    uri: &DeviceUri,
    access: &PrinterAccess,
    config: &DeviceConfig,
) -> Result<Option<String>, Status> {
    let config = DeviceConfig {
        access: access.clone(),
        ..config.clone()
    };
    let not_asked = |why: &str| {
        Some(format!(
            "the printer could not be asked whether it takes PDF: {why}; it is asked again before each sheet"
        ))
    };
    let device = match device::open(uri, &config) {
        Ok(device) => device,
        Err(error) => return Ok(not_asked(&error.to_string())),
    };
    match tokio::time::timeout(PATIENCE, device.suits()).await {
        Ok(Ok(())) => Ok(None),
        Ok(Err(error @ PreflightError::Unsuitable { .. })) => Err(unsuitable(&error)),
        Ok(Err(PreflightError::NotReady { reasons })) => {
            let words: Vec<_> = reasons.iter().map(|it| it.words.as_str()).collect();
            Ok(not_asked(&words.join("; ")))
        }
        Ok(Err(error)) => Ok(not_asked(&error.to_string())),
        Err(_) => {
            let seconds = PATIENCE.as_secs();
            Ok(not_asked(&format!("no answer within {seconds} seconds")))
        }
    }
}

fn unsuitable(error: &PreflightError) -> Status {
    let sentence = format!("{error}; the printer was not added");
    Refusal::failed_precondition(reason::DEVICE_UNSUITABLE, sentence).into_status()
}
