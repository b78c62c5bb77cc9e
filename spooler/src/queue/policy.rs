//! What follows from the kind of a device.

use formfeed_domain::spool::{EvidencePolicy, Printer};
use formfeed_domain::stock::{self, Stock};

use crate::device::DeviceKind;

/// The virtual printer has every stock loaded, and no paper to run out of.
pub(crate) fn takes_any_stock(kind: DeviceKind) -> bool {
    kind == DeviceKind::File
}

/// On whose word a sheet counts as good, where the printer's administrator did not say: an impact printer gives no
/// word of its own, and with the IRS's stock the number of sheets matters too much to take it on trust.
pub(crate) fn default_evidence(kind: DeviceKind, irs_stock: bool) -> EvidencePolicy {
    match kind {
        DeviceKind::File | DeviceKind::Ipp | DeviceKind::Ipps => EvidencePolicy::Device,
        DeviceKind::Serial | DeviceKind::Parallel | DeviceKind::Socket if irs_stock => {
            EvidencePolicy::Operator
        }
        DeviceKind::Serial | DeviceKind::Parallel | DeviceKind::Socket => EvidencePolicy::Sent,
    }
}

/// The policy in force for a job's stock on a printer.
pub(crate) fn evidence(printer: &Printer, kind: DeviceKind, stock: &Stock) -> EvidencePolicy {
    printer
        .evidence
        .unwrap_or_else(|| default_evidence(kind, stock.for_irs))
}

/// The policy in force for the stock that is loaded; where none is, for the IRS's.
pub(crate) fn evidence_in_force(printer: &Printer, kind: DeviceKind) -> EvidencePolicy {
    let loaded = printer
        .load
        .as_ref()
        .and_then(|load| stock::find(&load.stock).ok());
    let irs_stock = loaded.is_none_or(|stock| stock.for_irs);
    printer
        .evidence
        .unwrap_or_else(|| default_evidence(kind, irs_stock))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_impact_printer_with_the_irs_stock_wants_an_operators_word() {
        assert_eq!(
            default_evidence(DeviceKind::Serial, true),
            EvidencePolicy::Operator
        );
        assert_eq!(
            default_evidence(DeviceKind::Serial, false),
            EvidencePolicy::Sent
        );
        assert_eq!(
            default_evidence(DeviceKind::Ipp, true),
            EvidencePolicy::Device
        );
    }
}
