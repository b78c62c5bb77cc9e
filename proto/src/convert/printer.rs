//! Printers and their stock.

use formfeed_domain::spool::{EvidencePolicy, Printer, PrinterId, SerialRange};

use super::stock::read_stock;
use super::{Violations, read, timestamp_to};
use crate::spooler as pb;

/// A printer that is asked for, but for its URI and dialect, which are the spooler's to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrinterOrder {
    /// Its name.
    pub id: PrinterId,
    /// Evidence policy; `None` leaves it to device and stock.
    pub evidence: Option<EvidencePolicy>,
    /// Stock in it from the start, and sheets of it.
    pub stock: Option<(String, Option<u32>)>,
}

/// Form stock that is put into a printer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadOrder {
    /// The printer.
    pub printer: PrinterId,
    /// Name of the stock.
    pub stock: String,
    /// Sheets put in; `None` when not counted.
    pub sheets: Option<u32>,
    /// Their serial numbers, where the stock is numbered.
    pub serials: Option<SerialRange>,
}

/// What a printer is up to, beside the facts kept of it.
#[derive(Debug, Clone, PartialEq)]
pub struct PrinterStanding {
    /// Whether it may print.
    pub state: pb::printer::State,
    /// Why, in words.
    pub reasons: Vec<String>,
    /// Sheets in doubt on it.
    pub in_doubt: u32,
    /// Name of the job at work; blank if none.
    pub current_job: String,
    /// Jobs that have not ended.
    pub open_jobs: u32,
    /// Name of the spooler that drives it; blank if none.
    pub spooler: String,
    /// Its lease.
    pub lease: Option<pb::Lease>,
    /// Whether nothing is sent to it until a second person approves it.
    pub waits_for_approval: bool,
}

/// `printers/{id}`.
pub fn printer_name(id: &PrinterId) -> String {
    format!("printers/{id}")
}

/// Reads `printers/{id}`; anything else is noted under `field`.
pub fn read_printer_name(
    violations: &mut Violations,
    field: &str,
    name: &str,
) -> Option<PrinterId> {
    let id = name
        .strip_prefix("printers/")
        .and_then(|id| PrinterId::new(id).ok());
    if id.is_none() {
        violations.add(field, "is the name of a printer: printers/{id}");
    }
    id
}

/// Reads the name of a printer.
///
/// # Errors
/// The violation of `field`.
pub fn printer_name_from(field: &str, name: &str) -> Result<PrinterId, Violations> {
    let mut violations = Violations::new();
    let id = read_printer_name(&mut violations, field, name);
    violations.finish(id)
}

/// Reads a printer to be added. Bad fields are noted under `printer.`.
pub fn printer_order_from(bad: &mut Violations, printer: &pb::Printer) -> Option<PrinterOrder> {
    let id = read(
        bad,
        "printer.printer_id",
        PrinterId::new(&printer.printer_id),
    );
    let evidence = pb::printer::EvidencePolicy::try_from(printer.evidence);
    let evidence = read(bad, "printer.evidence", evidence);
    let stock = read_stock(bad, "printer.stock", &printer.stock, None);
    let sheets = sheets_from(bad, "printer.stock_on_hand", printer.stock_on_hand);
    Some(PrinterOrder {
        id: id?,
        evidence: evidence_from(evidence?),
        stock: stock.map(|stock| (stock.name.clone(), sheets)),
    })
}

/// Reads which stock is loaded, how many sheets of it, and their serial numbers.
///
/// # Errors
/// All bad fields.
pub fn load_stock_from(request: &pb::LoadStockRequest) -> Result<LoadOrder, Violations> {
    let mut violations = Violations::new();
    let id = read_printer_name(&mut violations, "name", &request.name);
    violations.require("stock", &request.stock);
    let stock = read_stock(&mut violations, "stock", &request.stock, None);
    let sheets = sheets_from(&mut violations, "sheets", request.sheets);
    let serials = serials_from(&mut violations, request.first_serial, sheets);
    let order = id.zip(stock).map(|(printer, stock)| LoadOrder {
        printer,
        stock: stock.name.clone(),
        sheets,
        serials,
    });
    violations.finish(order)
}

fn serials_from(
    violations: &mut Violations,
    first: Option<i64>,
    sheets: Option<u32>,
) -> Option<SerialRange> {
    let first = u64::try_from(first?).unwrap_or(0); // which no number is
    let Some(sheets) = sheets else {
        violations.add("sheets", "is required of numbered stock");
        return None;
    };
    read(violations, "first_serial", SerialRange::new(first, sheets))
}

fn sheets_from(violations: &mut Violations, field: &str, sheets: Option<i32>) -> Option<u32> {
    let sheets = sheets.map(u32::try_from)?;
    read(
        violations,
        field,
        sheets.map_err(|_| "is a number of sheets, 0 or more"),
    )
}

fn evidence_from(message: pb::printer::EvidencePolicy) -> Option<EvidencePolicy> {
    match message {
        pb::printer::EvidencePolicy::Unspecified => None,
        pb::printer::EvidencePolicy::Device => Some(EvidencePolicy::Device),
        pb::printer::EvidencePolicy::Operator => Some(EvidencePolicy::Operator),
        pb::printer::EvidencePolicy::Sent => Some(EvidencePolicy::Sent),
    }
}

/// A printer as it stands.
pub fn printer_to(printer: &Printer, standing: PrinterStanding, etag: String) -> pb::Printer {
    let evidence = match printer.evidence {
        None => pb::printer::EvidencePolicy::Unspecified,
        Some(EvidencePolicy::Device) => pb::printer::EvidencePolicy::Device,
        Some(EvidencePolicy::Operator) => pb::printer::EvidencePolicy::Operator,
        Some(EvidencePolicy::Sent) => pb::printer::EvidencePolicy::Sent,
    };
    let load = printer.load.as_ref();
    let count = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    pb::Printer {
        name: printer_name(&printer.id),
        printer_id: printer.id.as_str().to_owned(),
        uri: printer.uri.clone(),
        dialect: printer.dialect.clone().unwrap_or_default(),
        evidence: evidence.into(),
        stock: load.map(|load| load.stock.clone()).unwrap_or_default(),
        stock_on_hand: load.and_then(|load| load.on_hand()).map(count),
        state: standing.state.into(),
        state_reasons: standing.reasons,
        sheets_in_doubt: count(standing.in_doubt),
        current_job: standing.current_job,
        queued_jobs: count(standing.open_jobs),
        create_time: Some(timestamp_to(printer.created_at)),
        update_time: Some(timestamp_to(printer.updated_at)),
        etag,
        spooler: standing.spooler,
        lease: standing.lease,
        access: None,
        warnings: Vec::new(),
        set_up_change: count(printer.set_up.change),
        set_up_by: printer.set_up.by.clone(),
        waits_for_approval: standing.waits_for_approval,
        approved_by: printer.set_up.approved_by.clone().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bad_field_of_a_printer_is_named() {
        let printer = pb::Printer {
            printer_id: "Laser".to_owned(),
            evidence: 9,
            stock: "nec-9up".to_owned(),
            stock_on_hand: Some(-1),
            ..pb::Printer::default()
        };
        let mut violations = Violations::new();
        assert_eq!(printer_order_from(&mut violations, &printer), None);
        let fields: Vec<_> = violations.list().iter().map(|v| v.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "printer.printer_id",
                "printer.evidence",
                "printer.stock",
                "printer.stock_on_hand"
            ]
        );
    }
}
