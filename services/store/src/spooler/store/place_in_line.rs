//! Where a job waits, and how far in front.

use formfeed_domain::spool::{Job, JobId, PrinterId, Shares, SheetState};

use super::decide::{decision, open_job};
use super::split::{rows_of, shares};
use super::{Act, SpoolerStore};
use crate::audit::Details;
use crate::spooler::SpoolError;
use crate::spooler::rows::{DecisionRow, stored};

impl SpoolerStore {
    /// Sends what is not sent yet of a job to another printer; the sheet at work is finished where it is. Moving a job
    /// to where it is changes nothing.
    ///
    /// # Errors
    /// [`SpoolError::JobEnded`], [`SpoolError::PrinterNotFound`]; [`SpoolError::JobInDoubt`], for whether a sheet in
    /// doubt is to be printed there is not known yet.
    pub async fn move_job(
        &self,
        id: &JobId,
        printer: &PrinterId,
        act: &Act,
    ) -> Result<(), SpoolError> {
        on_write!(self.database, spooler, |c, q| {
            let job = open_job!(c, q, id, act.at);
            if job.canceled.is_some() {
                return Err(SpoolError::JobEnded(id.clone()));
            }
            let there = q::printers::find(c, printer.as_str()).await?;
            if there.is_none_or(|row| row.removed_at.is_some()) {
                return Err(SpoolError::PrinterNotFound(printer.clone()));
            }
            let before: Shares = shares!(c, q, &job);
            if before == Shares::whole(job.size.sealed.sheets, printer.clone()) {
                return Ok(());
            }
            let tally = q::tally::of_job(c, id.as_str()).await?;
            let in_doubt = tally.sheets(SheetState::InDoubt);
            if in_doubt > 0 {
                return Err(SpoolError::JobInDoubt {
                    job: id.clone(),
                    sheets: in_doubt,
                });
            }
            q::jobs::move_to(c, id.as_str(), printer.as_str()).await?;
            if !q::job_shares::of_job(c, id.as_str()).await?.is_empty() {
                let whole = Shares::whole(job.size.sealed.sheets, printer.clone());
                q::job_shares::replace(c, id.as_str(), rows_of(id, &whole)?).await?;
            }
            let from: Vec<_> = before.printers().iter().map(PrinterId::to_string).collect();
            let from = from.join(" and ");
            let message = format!("moved from {from} to {printer} by {}", act.by);
            let about = ("moved", message.as_str(), None);
            q::job_events::append(c, id.as_str(), about, stored(act.at)).await?;
            let row = DecisionRow {
                printer_id: Some(printer.as_str().to_owned()),
                ..decision("move", id, None, act)
            };
            q::decisions::insert(c, vec![row]).await?;
            let details = Details::new().word("from", &from).word("to", printer);
            self.note_act(c, "job.move", id.to_string(), act, details)
                .await?;
            Ok(())
        })
    }

    /// Changes how far in front a job waits: larger goes first. What is begun is finished first all the same.
    ///
    /// # Errors
    /// [`SpoolError::JobEnded`].
    pub async fn set_priority(
        &self,
        id: &JobId,
        priority: i32,
        act: &Act,
    ) -> Result<(), SpoolError> {
        on_write!(self.database, spooler, |c, q| {
            let job = open_job!(c, q, id, act.at);
            if job.canceled.is_some() {
                return Err(SpoolError::JobEnded(id.clone()));
            }
            if job.spec.priority == priority {
                return Ok(());
            }
            q::jobs::set_priority(c, id.as_str(), priority).await?;
            let (before, by) = (job.spec.priority, &act.by);
            let message = format!("priority {priority} instead of {before}, by {by}");
            let about = ("priority", message.as_str(), None);
            q::job_events::append(c, id.as_str(), about, stored(act.at)).await?;
            let verb = format!("priority-{priority}");
            q::decisions::insert(c, vec![decision(&verb, id, None, act)]).await?;
            let details = Details::new()
                .number("before", before)
                .number("priority", priority);
            self.note_act(c, "job.priority", id.to_string(), act, details)
                .await?;
            Ok(())
        })
    }
}
