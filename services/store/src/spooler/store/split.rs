//! One job on several printers, by whole sheets: each sheet goes to one printer at a time.

use formfeed_domain::spool::{Job, JobId, PrinterId, Share, Shares};

use super::decide::{decision, open_job};
use super::{Act, SpoolerStore};
use crate::StoreError;
use crate::audit::Details;
use crate::spooler::SpoolError;
use crate::spooler::rows::{DecisionRow, ShareRow, corrupt, count, printer_id, small, stored};

/// The shares of a job, of one that is not split too.
macro_rules! shares {
    ($c:ident, $q:ident, $job:expr) => {{
        let job: &formfeed_domain::spool::Job = $job;
        let rows = $q::job_shares::of_job(&mut *$c, job.id.as_str()).await?;
        crate::spooler::store::split::shares_of(job, rows)?
    }};
}

pub(super) use shares;

impl SpoolerStore {
    /// Gives sheets that wait to be printed to a printer: those named, or the second half of those that wait elsewhere.
    /// The rest goes where it went, and so does what is at work or in doubt.
    ///
    /// # Errors
    /// [`SpoolError::JobEnded`], [`SpoolError::PrinterNotFound`], [`SpoolError::SheetNotFound`];
    /// [`SpoolError::NotWaiting`] when a named sheet does not wait, or too few do.
    pub async fn split_job(
        &self,
        id: &JobId,
        printer: &PrinterId,
        sheets: Option<(u32, u32)>,
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
            let all = job.size.sealed.sheets;
            let (first, last) = sheets.unwrap_or((1, all));
            if last > all {
                return Err(SpoolError::SheetNotFound {
                    job: id.clone(),
                    sheets: all,
                    sheet: last,
                });
            }
            let shares: Shares = shares!(c, q, &job);
            let bounds = (small(first)?, small(last)?);
            let waiting = q::job_shares::waiting(c, id.as_str(), bounds).await?;
            let waiting: Vec<u32> = waiting.into_iter().map(count).collect::<Result<_, _>>()?;
            let given = match sheets {
                Some(_) => {
                    let stands = (first..=last).find(|sheet| !waiting.contains(sheet));
                    if stands.is_some() {
                        return Err(SpoolError::NotWaiting {
                            job: id.clone(),
                            sheet: stands,
                        });
                    }
                    waiting
                }
                None => second_half(&shares, waiting, printer),
            };
            if given.is_empty() {
                return Err(SpoolError::NotWaiting {
                    job: id.clone(),
                    sheet: None,
                });
            }
            let shares = shares.with(&given, printer);
            if let [only] = shares.printers().as_slice() {
                q::jobs::move_to(c, id.as_str(), only.as_str()).await?;
            }
            q::job_shares::replace(c, id.as_str(), rows_of(id, &shares)?).await?;
            let message = format!("{printer} prints {} now, by {}", in_words(&given), act.by);
            let about = ("split", message.as_str(), None);
            q::job_events::append(c, id.as_str(), about, stored(act.at)).await?;
            let row = DecisionRow {
                printer_id: Some(printer.as_str().to_owned()),
                ..decision("split", id, None, act)
            };
            q::decisions::insert(c, vec![row]).await?;
            let details = Details::new()
                .word("printer", printer)
                .word("sheets", in_words(&given));
            self.note_act(c, "job.split", id.to_string(), act, details)
                .await?;
            Ok(())
        })
    }

    /// The printers that a job goes to, by their first sheet.
    ///
    /// # Errors
    /// [`SpoolError::JobNotFound`].
    pub async fn printers_of(&self, id: &JobId) -> Result<Vec<PrinterId>, SpoolError> {
        on_read!(self.database, spooler, |c, q| {
            let row = q::jobs::find(c, id.as_str()).await?;
            let row = row.ok_or_else(|| SpoolError::JobNotFound(id.clone()))?;
            let job = Job::try_from(row)?;
            let shares: Shares = shares!(c, q, &job);
            Ok(shares.printers())
        })
    }
}

/// Of the sheets that wait for another printer, the second half.
fn second_half(shares: &Shares, waiting: Vec<u32>, printer: &PrinterId) -> Vec<u32> {
    let elsewhere = |sheet: &u32| shares.printer_of(*sheet) != Some(printer);
    let mut elsewhere: Vec<_> = waiting.into_iter().filter(elsewhere).collect();
    elsewhere.split_off(elsewhere.len().div_ceil(2))
}

pub(super) fn shares_of(job: &Job, rows: Vec<ShareRow>) -> Result<Shares, StoreError> {
    let sheets = job.size.sealed.sheets;
    if rows.is_empty() {
        return Ok(Shares::whole(sheets, job.spec.printer.clone()));
    }
    let share = |row: ShareRow| {
        Ok(Share {
            first: count(row.first_sheet)?,
            last: count(row.last_sheet)?,
            printer: printer_id(row.printer_id)?,
        })
    };
    let shares = rows
        .into_iter()
        .map(share)
        .collect::<Result<Vec<_>, StoreError>>()?;
    Shares::kept(shares, sheets).ok_or_else(|| corrupt("shares of a job that do not add up"))
}

/// Kept even when one printer has them all again: the sheets were not begun in order.
pub(super) fn rows_of(job: &JobId, shares: &Shares) -> Result<Vec<ShareRow>, StoreError> {
    let row = |share: &Share| {
        Ok(ShareRow {
            job_id: job.as_str().to_owned(),
            first_sheet: small(share.first)?,
            last_sheet: small(share.last)?,
            printer_id: share.printer.as_str().to_owned(),
        })
    };
    shares.as_slice().iter().map(row).collect()
}

/// `sheet 3`, or `3 sheets from 2 to 5`.
fn in_words(sheets: &[u32]) -> String {
    match sheets {
        [only] => format!("sheet {only}"),
        [first, .., last] => format!("{} sheets from {first} to {last}", sheets.len()),
        [] => String::new(),
    }
}
