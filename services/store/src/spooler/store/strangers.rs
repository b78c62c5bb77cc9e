//! What happened on a printer that no attempt under way accounts for: jobs of other people, and results after the decision.

use chrono::{DateTime, Days, Utc};
use formfeed_domain::spool::PrinterId;

use super::printers::{decision, load_printer};
use super::{Act, OpenAttempts, SpoolerStore};
use crate::spooler::SpoolError;
use crate::spooler::rows::stored;
use crate::spooler::store::open::grouped;

/// How long a device is asked about what was decided, in days.
const LATE_DAYS: u64 = 3;
/// About how many attempts at most.
const LATE_ATTEMPTS: i64 = 8;

impl SpoolerStore {
    /// How far a printer had come when its last sheet was done, as the device put it; none before the first.
    ///
    /// # Errors
    /// Storage.
    pub async fn printer_mark(&self, printer: &PrinterId) -> Result<Option<String>, SpoolError> {
        on_read!(self.database, spooler, |c, q| {
            Ok(q::printer_marks::find(c, printer.as_str()).await?)
        })
    }

    /// Notes how far a printer has come.
    ///
    /// # Errors
    /// Storage.
    pub async fn mark_printer(
        &self,
        printer: &PrinterId,
        mark: &str,
        now: DateTime<Utc>,
    ) -> Result<(), SpoolError> {
        on_write!(self.database, spooler, |c, q| {
            let row = (printer.as_str(), mark);
            q::printer_marks::replace(c, row, stored(now)).await?;
            Ok::<_, SpoolError>(())
        })
    }

    /// Stops a printer, until a person lets it go on, because somebody else printed on it; and notes how far it has come, so
    /// that this is asked once.
    ///
    /// # Errors
    /// [`SpoolError::PrinterNotFound`].
    pub async fn pause_for_stranger(
        &self,
        printer: &PrinterId,
        mark: &str,
        act: &Act,
    ) -> Result<(), SpoolError> {
        on_write!(self.database, spooler, |c, q| {
            let _printer = load_printer!(c, q, printer);
            let (id, now) = (printer.as_str(), stored(act.at));
            q::printers::set_paused(c, id, Some(&act.reason), now).await?;
            q::printer_marks::replace(c, (id, mark), now).await?;
            q::decisions::insert(c, vec![decision(printer, "pause", act)]).await?;
            Ok::<_, SpoolError>(())
        })
    }

    /// Whether a device job of that name was ever ours.
    ///
    /// # Errors
    /// Storage.
    pub async fn is_ours(&self, token: &str) -> Result<bool, SpoolError> {
        Ok(on_read!(self.database, spooler, |c, q| {
            q::attempts::knows(c, token).await
        })?)
    }

    /// Attempts on a printer that a person lately decided were not printed or lost, and of which the device has said nothing
    /// since. `device` is the name of who decides what no person does.
    ///
    /// # Errors
    /// Storage.
    pub async fn decided_lately(
        &self,
        printer: &PrinterId,
        device: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<OpenAttempts>, SpoolError> {
        const DECIDED: [&str; 2] = ["not_printed", "lost"];
        let since = now.checked_sub_days(Days::new(LATE_DAYS)).unwrap_or(now);
        let rows = on_read!(self.database, spooler, |c, q| {
            let which = (printer.as_str(), DECIDED.as_slice(), device);
            q::late_results::possible(c, which, stored(since), LATE_ATTEMPTS).await
        })?;
        Ok(grouped(rows)?)
    }

    /// Keeps what a device said of an attempt after a person had decided about it, tells it as an event of its job, and stops
    /// the printer until a person lets it go on. The decision stands.
    ///
    /// # Errors
    /// [`SpoolError::PrinterNotFound`].
    pub async fn note_late_result(
        &self,
        printer: &PrinterId,
        (attempt, evidence): (&OpenAttempts, &str),
        act: &Act,
    ) -> Result<(), SpoolError> {
        let (job, token) = (attempt.job.as_str(), attempt.token.as_str());
        let sheet = attempt
            .sheets
            .first()
            .and_then(|it| i32::try_from(*it).ok());
        on_write!(self.database, spooler, |c, q| {
            let _printer = load_printer!(c, q, printer);
            let now = stored(act.at);
            q::jobs::touch(c, job, now).await?;
            q::late_results::insert(c, (token, job, evidence), now).await?;
            let event = ("late_result", act.reason.as_str(), sheet);
            q::job_events::append(c, job, event, now).await?;
            q::printers::set_paused(c, printer.as_str(), Some(&act.reason), now).await?;
            q::decisions::insert(c, vec![decision(printer, "pause", act)]).await?;
            Ok::<_, SpoolError>(())
        })
    }
}
