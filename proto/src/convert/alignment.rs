//! How the ink of printers is put right.

use chrono::{DateTime, Utc};
use formfeed_domain::alignment::{Alignment, GridShift, Place, SheetMap};
use formfeed_domain::points::Points;
use formfeed_domain::spool::PrinterId;
use formfeed_domain::stock::Stock;
use formfeed_domain::text;

use super::printer::{printer_name, read_printer_name};
use super::stock::read_stock;
use super::{Violations, timestamp_to};
use crate::spooler as pb;

/// What is on a test sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestContent {
    /// An X in every place.
    Crosses,
    /// Marks to measure.
    Marks,
}

/// A test sheet that is wanted; its request id aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestSheetOrder {
    /// The printer.
    pub printer: PrinterId,
    /// What is on it.
    pub content: TestContent,
    /// The stock; `None` is the one in the printer.
    pub stock: Option<&'static Stock>,
}

/// What a person wants done about a printer's ink.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// This, in place of what is set.
    Done(Alignment),
    /// What the marks of a test sheet say that was printed as things are set.
    Measured([Place; 3]),
    /// Nothing.
    Nothing,
}

/// An alignment that is to be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlignmentOrder {
    /// The printer.
    pub printer: PrinterId,
    /// The stock; `None` is the one in the printer.
    pub stock: Option<&'static Stock>,
    /// What is done.
    pub wanted: Wanted,
    /// Why.
    pub reason: String,
    /// The version that it replaces; `None` is whatever is in force.
    pub version: Option<u32>,
}

/// Reads a test sheet that is wanted; its request id aside.
pub fn test_sheet_from(
    bad: &mut Violations,
    request: &pb::PrintTestSheetRequest,
) -> Option<TestSheetOrder> {
    use pb::print_test_sheet_request::Content;
    let printer = read_printer_name(bad, "printer", &request.printer);
    let content = match Content::try_from(request.content) {
        Ok(Content::Crosses) => Some(TestContent::Crosses),
        Ok(Content::Marks) => Some(TestContent::Marks),
        Ok(Content::Unspecified) | Err(_) => {
            bad.add("content", "is required: crosses or marks");
            None
        }
    };
    let stock = optional_stock(bad, &request.stock);
    Some(TestSheetOrder {
        printer: printer?,
        content: content?,
        stock,
    })
}

/// Reads an alignment that is to be set.
///
/// # Errors
/// All bad fields.
pub fn alignment_from(request: &pb::SetAlignmentRequest) -> Result<AlignmentOrder, Violations> {
    let mut bad = Violations::new();
    let printer = read_printer_name(&mut bad, "printer", &request.printer);
    let stock = optional_stock(&mut bad, &request.stock);
    let wanted = wanted_from(&mut bad, request.to.as_ref());
    if let Err(error) = text::check_required(&request.reason) {
        bad.add("reason", error);
    }
    let version = match request.version.map(u32::try_from) {
        Some(Err(_)) => {
            bad.add("version", "is 0 or more");
            None
        }
        version => version.and_then(Result::ok),
    };
    let order = printer.zip(wanted).map(|(printer, wanted)| AlignmentOrder {
        printer,
        stock,
        wanted,
        reason: text::without_tins(&request.reason),
        version,
    });
    bad.finish(order)
}

fn wanted_from(bad: &mut Violations, to: Option<&pb::set_alignment_request::To>) -> Option<Wanted> {
    use pb::set_alignment_request::To;
    match to {
        Some(To::Offset(offset)) => {
            let map = SheetMap::offset(
                Points::from_thousandths(offset.right_thousandths),
                Points::from_thousandths(offset.down_thousandths),
            );
            let map = super::read(bad, "offset", map.checked())?;
            Some(Wanted::Done(Alignment::Sheet(map)))
        }
        Some(To::Readings(readings)) => {
            let place = |mark: &pb::Reading| {
                (
                    Points::from_thousandths(mark.left_thousandths),
                    Points::from_thousandths(mark.top_thousandths),
                )
            };
            let places: Vec<Place> = readings.marks.iter().map(place).collect();
            match <[Place; 3]>::try_from(places) {
                Ok(places) => Some(Wanted::Measured(places)),
                Err(_) => {
                    bad.add(
                        "readings.marks",
                        "are three: top left, top right, bottom left",
                    );
                    None
                }
            }
        }
        Some(To::Shift(shift)) => {
            let shift = GridShift {
                columns: shift.columns,
                lines: shift.lines,
                steps: shift.steps,
                dots: shift.dots,
            };
            let shift = super::read(bad, "shift", shift.checked())?;
            Some(Wanted::Done(Alignment::Grid(shift)))
        }
        Some(To::Nothing(true)) => Some(Wanted::Nothing),
        Some(To::Nothing(false)) | None => {
            bad.add(
                "to",
                "is required: offset, readings, shift, or nothing: true",
            );
            None
        }
    }
}

fn optional_stock(bad: &mut Violations, name: &str) -> Option<&'static Stock> {
    match name.is_empty() {
        true => None,
        false => read_stock(bad, "stock", name, None),
    }
}

/// What is set, as it is answered.
pub fn alignment_to(
    (printer, stock): (&PrinterId, &str),
    alignment: &Alignment,
    (version, set_by, reason, at): (u32, &str, &str, DateTime<Utc>),
) -> pb::Alignment {
    use pb::alignment::Done;
    let done = match alignment {
        Alignment::Sheet(map) => Done::Map(pb::SheetMap {
            across_left_millionths: map.across.0,
            across_top_millionths: map.across.1,
            along_left_millionths: map.along.0,
            along_top_millionths: map.along.1,
            right_thousandths: map.right.thousandths(),
            down_thousandths: map.down.thousandths(),
        }),
        Alignment::Grid(shift) => Done::Shift(pb::GridShift {
            columns: shift.columns,
            lines: shift.lines,
            steps: shift.steps,
            dots: shift.dots,
        }),
    };
    pb::Alignment {
        printer: printer_name(printer),
        stock: stock.to_owned(),
        done: Some(done),
        words: alignment.to_string(),
        version: i32::try_from(version).unwrap_or(i32::MAX),
        set_by: set_by.to_owned(),
        reason: reason.to_owned(),
        set_time: Some(timestamp_to(at)),
    }
}
