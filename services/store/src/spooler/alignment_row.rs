//! What is set for a stock on a printer, as its table holds it.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use formfeed_domain::alignment::{Alignment, GridShift, SheetMap};
use formfeed_domain::points::Points;
use formfeed_domain::spool::{Printer, PrinterId};

use super::rows::{corrupt, count, printer_id};
use super::schema::alignments;
use crate::StoreError;

/// What is set for a printer and a stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aligned {
    /// The printer.
    pub printer: PrinterId,
    /// Name of the stock.
    pub stock: String,
    /// What is done.
    pub alignment: Alignment,
    /// Counts the changes, from 1.
    pub version: u32,
    /// Who set it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// One version of one stock on one printer.
#[derive(Queryable, Insertable, Selectable)]
#[diesel(table_name = alignments)]
pub(crate) struct AlignmentRow {
    printer_id: String,
    stock: String,
    pub(crate) version: i32,
    kind: String,
    across_left: i32,
    across_top: i32,
    along_left: i32,
    along_top: i32,
    right_by: i32,
    down_by: i32,
    columns_right: i32,
    lines_down: i32,
    steps_down: i32,
    user_name: String,
    reason: String,
    create_time: NaiveDateTime,
}

const SHEET: &str = "sheet";
const GRID: &str = "grid";

impl AlignmentRow {
    /// Whether it was set for this printer, not for a removed one of the same name.
    pub(super) fn is_of(&self, printer: &Printer) -> bool {
        self.create_time.and_utc() >= printer.created_at
    }

    /// A version of what is set; when, as the tables keep it.
    pub(super) fn new(
        (printer, stock, version): (&PrinterId, &str, i32),
        alignment: Alignment,
        (by, reason, at): (&str, &str, NaiveDateTime),
    ) -> Self {
        let (kind, map, shift) = match alignment {
            Alignment::Sheet(map) => (SHEET, map, GridShift::default()),
            Alignment::Grid(shift) => (GRID, SheetMap::default(), shift),
        };
        Self {
            printer_id: printer.as_str().to_owned(),
            stock: stock.to_owned(),
            version,
            kind: kind.to_owned(),
            across_left: map.across.0,
            across_top: map.across.1,
            along_left: map.along.0,
            along_top: map.along.1,
            right_by: (map.right + shift.dots_right()).thousandths(),
            down_by: map.down.thousandths(),
            columns_right: shift.columns,
            lines_down: shift.lines,
            steps_down: shift.steps,
            user_name: by.to_owned(),
            reason: reason.to_owned(),
            create_time: at,
        }
    }
}

impl TryFrom<AlignmentRow> for Aligned {
    type Error = StoreError;

    fn try_from(row: AlignmentRow) -> Result<Self, StoreError> {
        let alignment = match row.kind.as_str() {
            SHEET => Alignment::Sheet(SheetMap {
                across: (row.across_left, row.across_top),
                along: (row.along_left, row.along_top),
                right: Points::from_thousandths(row.right_by),
                down: Points::from_thousandths(row.down_by),
            }),
            GRID => Alignment::Grid(GridShift {
                columns: row.columns_right,
                lines: row.lines_down,
                steps: row.steps_down,
                dots: GridShift::dots_of(Points::from_thousandths(row.right_by)),
            }),
            _ => return Err(corrupt("a word in alignments")),
        };
        Ok(Self {
            printer: printer_id(row.printer_id)?,
            stock: row.stock,
            alignment,
            version: count(row.version)?,
            by: row.user_name,
            reason: row.reason,
            at: row.create_time.and_utc(),
        })
    }
}
