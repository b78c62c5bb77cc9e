//! Where the sheets of form stock are.

use formfeed_domain::spool::{AttemptState, PrinterId, StockClass, StockCounts, StockLedger};

use super::{SpoolerStore, printers::load_printer};
use crate::StoreError;
use crate::spooler::SpoolError;
use crate::spooler::rows::corrupt;

impl SpoolerStore {
    /// What became of every sheet of stock that was put into a printer. The loads are read before the attempts: a sheet
    /// that is taken meanwhile is of a load that was read, or of none in this ledger.
    ///
    /// # Errors
    /// [`SpoolError::PrinterNotFound`], [`SpoolError::Ledger`].
    pub async fn stock_ledger(&self, id: &PrinterId) -> Result<StockLedger, SpoolError> {
        on_read!(self.database, spooler, |c, q| {
            let _printer = load_printer!(c, q, id);
            let rows = q::stock_loads::of_printer(c, id.as_str()).await?;
            let taken = q::attempts::taken_of_printer(c, id.as_str()).await?;
            let mut loads = Vec::with_capacity(rows.len());
            for row in rows {
                let own = taken
                    .iter()
                    .filter(|(load, ..)| load.as_ref() == Some(&row.load_id));
                let own: Vec<_> = own
                    .map(|(_, state, sheets)| (state.clone(), *sheets))
                    .collect();
                loads.push(row.domain(counts(&own)?)?);
            }
            Ok(StockLedger::of(loads)?)
        })
    }
}

/// Attempts by state, as what became of the sheets that they took.
pub(super) fn counts(taken: &[(String, i64)]) -> Result<StockCounts, StoreError> {
    let mut counts = StockCounts::default();
    for (state, sheets) in taken {
        let state: AttemptState = state.parse().map_err(corrupt)?;
        if let Some(class) = StockClass::of(state) {
            counts.add(class, u32::try_from(*sheets).map_err(corrupt)?);
        }
    }
    Ok(counts)
}
