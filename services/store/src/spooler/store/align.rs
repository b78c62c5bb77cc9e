//! How the ink of a printer is put right on a stock.

use formfeed_domain::alignment::Alignment;
use formfeed_domain::spool::PrinterId;

use super::printers::{decision, load_printer};
use super::{Act, SpoolerStore};
use crate::StoreError;
use crate::audit::Details;
use crate::spooler::SpoolError;
use crate::spooler::alignment_row::{Aligned, AlignmentRow};
use crate::spooler::rows::stored;

impl SpoolerStore {
    /// What is set for a stock on a printer, if anything.
    ///
    /// # Errors
    /// [`SpoolError::PrinterNotFound`].
    pub async fn alignment(
        &self,
        printer: &PrinterId,
        stock: &str,
    ) -> Result<Option<Aligned>, SpoolError> {
        on_read!(self.database, spooler, |c, q| {
            let device = load_printer!(c, q, printer);
            let row = q::alignments::newest(c, printer.as_str(), stock).await?;
            let row = row.filter(|row| row.is_of(&device));
            Ok(row.map(Aligned::try_from).transpose()?)
        })
    }

    /// Everything that was ever set for a printer, by stock, the newest of each first.
    ///
    /// # Errors
    /// [`SpoolError::PrinterNotFound`].
    pub async fn alignments(&self, printer: &PrinterId) -> Result<Vec<Aligned>, SpoolError> {
        on_read!(self.database, spooler, |c, q| {
            let device = load_printer!(c, q, printer);
            let rows = q::alignments::of_printer(c, printer.as_str()).await?;
            let rows = rows.into_iter().filter(|row| row.is_of(&device));
            let rows = rows.map(Aligned::try_from);
            Ok(rows.collect::<Result<Vec<_>, StoreError>>()?)
        })
    }

    /// Sets what is done for a stock on a printer, in place of the version that was `seen`; 0 is before the first.
    ///
    /// # Errors
    /// [`SpoolError::PrinterNotFound`]; [`SpoolError::AlignedMeanwhile`].
    pub async fn align(
        &self,
        (printer, stock): (&PrinterId, &str),
        (alignment, seen): (Alignment, u32),
        act: &Act,
    ) -> Result<(), SpoolError> {
        let meanwhile = || SpoolError::AlignedMeanwhile(printer.clone());
        let done: Result<(), SpoolError> = on_write!(self.database, spooler, |c, q| {
            let device = load_printer!(c, q, printer);
            let before = q::alignments::newest(c, printer.as_str(), stock).await?;
            let in_force = before.as_ref().filter(|row| row.is_of(&device));
            if u32::try_from(in_force.map_or(0, |row| row.version)) != Ok(seen) {
                return Err(meanwhile());
            }
            let before = before.map_or(0, |row| row.version);
            let told = (act.by.as_str(), act.reason.as_str(), stored(act.at));
            let row = AlignmentRow::new((printer, stock, before + 1), alignment, told);
            q::alignments::insert(c, row).await?;
            q::decisions::insert(c, vec![decision(printer, "align", act)]).await?;
            let subject = format!("printers/{printer}");
            let details = Details::new()
                .word("stock", stock)
                .number("version", before + 1);
            self.note_act(c, "printer.align", subject, act, details)
                .await?;
            Ok(())
        });
        match done {
            Err(SpoolError::Store(StoreError::Conflict(_))) => Err(meanwhile()),
            done => done,
        }
    }
}
