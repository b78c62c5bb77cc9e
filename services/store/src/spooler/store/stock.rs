//! Where the sheets of form stock are.

use formfeed_domain::spool::{
    AttemptState, JobKind, LoadEntry, PrinterId, SerialRange, StockClass, StockCounts, StockLedger,
};

use super::{SpoolerStore, printers::load_printer};
use crate::StoreError;
use crate::spooler::SpoolError;
use crate::spooler::rows::{LoadRow, corrupt, serial};

/// Form stock that is put in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLoad {
    /// Name of the stock.
    pub stock: String,
    /// Sheets of it; `None` when not counted.
    pub sheets: Option<u32>,
    /// Their serial numbers, where the stock is numbered: as many as sheets.
    pub serials: Option<SerialRange>,
}

/// What attempts took, as a query tells it: load, kind of job, state, serial number, sheets.
type Taken = (Option<String>, String, String, Option<i64>, i64);

impl SpoolerStore {
    /// What became of every sheet of stock that was put into a printer. The loads are read before the attempts: a sheet
    /// that is taken meanwhile is of a load that was read, or of none in this ledger.
    ///
    /// # Errors
    /// [`SpoolError::PrinterNotFound`], [`SpoolError::Ledger`].
    pub async fn stock_ledger(&self, id: &PrinterId) -> Result<StockLedger, SpoolError> {
        on_reads!(self.database, spooler, |c, q| {
            let _printer = load_printer!(c, q, id);
            let rows = q::stock_loads::of_printer(c, id.as_str()).await?;
            let mut later = Vec::with_capacity(rows.len());
            for row in &rows {
                let same_stock = match row.first_serial {
                    Some(_) => q::stock_loads::numbered(c, &row.stock).await?,
                    None => Vec::new(),
                };
                later.push(later_than(row, &same_stock)?);
            }
            let mut taken = q::attempts::taken_of_printer(c, id.as_str()).await?;
            let unknown = q::unknown_sheets::taken_of_printer(c, id.as_str()).await?;
            taken.extend(unknown.into_iter().map(lost));
            let entries = rows.into_iter().zip(later);
            let entries = entries.map(|(row, later)| entry(row, &taken, later));
            Ok(StockLedger::of(
                entries.collect::<Result<_, StoreError>>()?,
            )?)
        })
    }
}

/// The first load that has some of these numbers of a stock, with the numbers: in a printer, or used up.
macro_rules! numbers_taken {
    ($c:ident, $q:ident, $stock:expr, $range:expr) => {{
        let range: formfeed_domain::spool::SerialRange = $range;
        let mut taken = None;
        for row in $q::stock_loads::numbered(&mut *$c, $stock).await? {
            let Some(both) = row.serials()?.and_then(|own| own.overlap(range)) else {
                continue;
            };
            let printer = $q::printers::find(&mut *$c, &row.printer_id).await?;
            let in_use = printer.is_some_and(|printer| printer.removed_at.is_none());
            let newest = $q::stock_loads::current(&mut *$c, &row.printer_id).await?;
            let loaded = in_use && newest.is_some_and(|newest| newest.load_id == row.load_id);
            let between = crate::spooler::store::stock::numbers(both)?;
            let used = $q::attempts::serial_held_between(&mut *$c, &row.load_id, between).await?;
            if loaded || used.is_some() {
                let used = used.map(crate::spooler::rows::serial).transpose()?;
                let printer = crate::spooler::rows::printer_id(row.printer_id)?;
                taken = Some(crate::spooler::SpoolError::SerialTaken {
                    stock: $stock.to_owned(),
                    serial: used.unwrap_or(both.first()),
                    printer,
                    used: used.is_some(),
                });
                break;
            }
        }
        taken
    }};
}

/// The lowest free numbers of a load, for so many sheets; as many as there are.
macro_rules! free_numbers {
    ($c:ident, $q:ident, $load:expr, $range:expr, $wanted:expr) => {{
        let (range, wanted): (formfeed_domain::spool::SerialRange, usize) = ($range, $wanted);
        let limit = i64::try_from(wanted).map_err(crate::spooler::rows::corrupt)?;
        let back = $q::attempts::serials_given_back(&mut *$c, $load, limit).await?;
        let greatest = $q::attempts::greatest_serial(&mut *$c, $load).await?;
        let back: Vec<u64> = back
            .into_iter()
            .map(crate::spooler::rows::serial)
            .collect::<Result<_, _>>()?;
        let greatest = greatest.map(crate::spooler::rows::serial).transpose()?;
        range.lowest_free(&back, greatest, wanted)
    }};
}

/// The bounds of a range, as rows have them.
pub(super) fn numbers(range: SerialRange) -> Result<(i64, i64), StoreError> {
    let first = i64::try_from(range.first()).map_err(corrupt)?;
    let last = i64::try_from(range.last()).map_err(corrupt)?;
    Ok((first, last))
}

fn later_than(row: &LoadRow, same_stock: &[LoadRow]) -> Result<Vec<SerialRange>, StoreError> {
    let later = same_stock
        .iter()
        .filter(|other| other.load_id > row.load_id);
    let ranges: Vec<_> = later.map(LoadRow::serials).collect::<Result<_, _>>()?;
    Ok(ranges.into_iter().flatten().collect())
}

fn entry(row: LoadRow, taken: &[Taken], later: Vec<SerialRange>) -> Result<LoadEntry, StoreError> {
    let own: Vec<_> = taken
        .iter()
        .filter(|(load, ..)| load.as_ref() == Some(&row.load_id))
        .collect();
    let by_state: Vec<_> = own
        .iter()
        .map(|(_, kind, state, _, sheets)| (kind.clone(), state.clone(), *sheets))
        .collect();
    let mut numbers = Vec::new();
    for (_, kind, state, number, _) in own {
        let class = class(kind, state)?;
        if let Some((number, class)) = number.zip(class) {
            numbers.push((serial(number)?, class));
        }
    }
    Ok(LoadEntry {
        load: row.domain(counts(&by_state)?)?,
        taken: numbers,
        later,
    })
}

/// Attempts by kind of job and state, as what became of the sheets that they took.
pub(super) fn counts(taken: &[(String, String, i64)]) -> Result<StockCounts, StoreError> {
    let mut counts = StockCounts::default();
    for (kind, state, sheets) in taken {
        if let Some(class) = class(kind, state)? {
            counts.add(class, u32::try_from(*sheets).map_err(corrupt)?);
        }
    }
    Ok(counts)
}

/// A sheet that a job took which is not known.
fn lost((load, serial): (Option<String>, Option<i64>)) -> Taken {
    let kind = JobKind::Forms.as_str().to_owned();
    let state = AttemptState::Lost.as_str().to_owned();
    (load, kind, state, serial, 1)
}

fn class(kind: &str, state: &str) -> Result<Option<StockClass>, StoreError> {
    let kind: JobKind = kind.parse().map_err(corrupt)?;
    let state: AttemptState = state.parse().map_err(corrupt)?;
    Ok(StockClass::of(kind, state))
}

pub(super) use {free_numbers, numbers_taken};
