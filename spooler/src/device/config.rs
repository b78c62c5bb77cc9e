//! Limits of every wait for a device.

use std::time::Duration;

use formfeed_domain::spool::PrinterAccess;

/// How long to wait for what, one for all devices of a spooler; and how to reach this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceConfig {
    /// To connect to a network printer. Default 5 s.
    pub connect_limit: Duration,
    /// For the answer to one question (not: to a document). Default 30 s.
    pub request_limit: Duration,
    /// For a device to take all bytes of one device job, stalls included. Default 24 h: paper may
    /// run out on Friday evening.
    pub send_limit: Duration,
    /// For a device to finish a job it has taken, trouble included. Default 24 h.
    pub settle_limit: Duration,
    /// A printer that does not answer while it works on a job: how long until doubt. Default 60 s.
    pub unreachable_limit: Duration,
    /// A line that takes no byte for so long is shown as stalled. Default 2 s.
    pub stall_notice: Duration,
    /// Between two questions about a job under way, at most; fewer when it is about to end. Default 500 ms.
    pub poll_interval: Duration,
    /// Largest answer read from a network printer, in bytes. Default 1 MiB.
    pub response_limit_bytes: usize,
    /// Paper the sheets need, as IPP names it. Default `na_letter_8.5x11in`.
    pub media: String,
    /// Certificate in PEM, the only one an `ipps:` printer may show or be signed by. Default none:
    /// the machine's own roots.
    pub trusted_certificate_pem: Option<Vec<u8>>,
    /// Whom to be when the printer asks, and the only certificate it may show, which goes before the one above. Default
    /// nobody and none; each printer has its own.
    pub access: PrinterAccess,
}

impl Default for DeviceConfig {
    fn default() -> Self {
        Self {
            connect_limit: Duration::from_secs(5),
            request_limit: Duration::from_secs(30),
            send_limit: Duration::from_secs(24 * 3600),
            settle_limit: Duration::from_secs(24 * 3600),
            unreachable_limit: Duration::from_secs(60),
            stall_notice: Duration::from_secs(2),
            poll_interval: Duration::from_millis(500),
            response_limit_bytes: 1 << 20,
            media: "na_letter_8.5x11in".to_owned(),
            trusted_certificate_pem: None,
            access: PrinterAccess::default(),
        }
    }
}
