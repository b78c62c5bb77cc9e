//! The second person who stands for how a printer is set up.

use formfeed_domain::spool::PrinterId;

use super::printers::{decision, load_printer};
use super::{Act, SpoolerStore};
use crate::audit::Details;
use crate::spooler::SpoolError;
use crate::spooler::rows::stored;

impl SpoolerStore {
    /// Notes that a second person stands for how a printer is set up, as the change of that number left it. What is approved
    /// already stays so.
    ///
    /// # Errors
    /// [`SpoolError::PrinterNotFound`]; [`SpoolError::SetUpAnew`] when it was changed since; [`SpoolError::OwnSetUp`] for who
    /// made that change.
    pub async fn approve_printer(
        &self,
        id: &PrinterId,
        change: u32,
        act: &Act,
    ) -> Result<(), SpoolError> {
        on_write!(self.database, spooler, |c, q| {
            q::printers::lock(c, id.as_str()).await?;
            let printer = load_printer!(c, q, id);
            let set_up = printer.set_up;
            if set_up.change != change {
                return Err(SpoolError::SetUpAnew {
                    printer: id.clone(),
                    by: set_up.by,
                    change: set_up.change,
                });
            }
            let Some(by) = set_up.by_one() else {
                return Ok(());
            };
            if by == act.by {
                return Err(SpoolError::OwnSetUp {
                    printer: id.clone(),
                    by: set_up.by,
                });
            }
            q::printers::approve(c, id.as_str(), &act.by, stored(act.at)).await?;
            q::decisions::insert(c, vec![decision(id, "approve", act)]).await?;
            let details = Details::new()
                .word("uri", &printer.uri)
                .word("set_up_by", by)
                .number("change", i64::from(change));
            self.note_act(c, "printer.approve", format!("printers/{id}"), act, details)
                .await?;
            Ok(())
        })
    }
}
