//! What people decide about jobs and sheets. Each decision is recorded in the transaction that carries it out.

use chrono::{DateTime, Utc};
use formfeed_domain::spool::{
    AttemptState, EvidencePolicy, Job, JobId, Outcome, PrinterId, SheetRange,
};

use super::ending::end_if_done;
use super::propose::{Wanted, seconded};
use super::{Act, Kept, Quorum, SpoolerStore};
use crate::StoreError;
use crate::audit::Details;
use crate::spooler::SpoolError;
use crate::spooler::rows::{AttemptRow, DecisionRow, corrupt, count, printer_id, small, stored};

/// Rows in a statement: SQLite takes 32,766 values.
pub(super) const ROWS: usize = 1_000;

/// The job, or an error when there is none or it has ended.
macro_rules! open_job {
    ($c:ident, $q:ident, $id:expr, $at:expr) => {{
        let id: &JobId = $id;
        $q::jobs::touch(&mut *$c, id.as_str(), stored($at)).await?;
        let row = $q::jobs::find(&mut *$c, id.as_str()).await?;
        let job = Job::try_from(row.ok_or_else(|| SpoolError::JobNotFound(id.clone()))?)?;
        if job.ended_at.is_some() {
            return Err(SpoolError::JobEnded(id.clone()));
        }
        job
    }};
}

pub(super) use open_job;

impl SpoolerStore {
    /// What people decided about a job and its sheets after a decision, which is blank for the first, the oldest first.
    ///
    /// # Errors
    /// [`SpoolError::JobNotFound`].
    pub async fn decisions_after(
        &self,
        id: &JobId,
        after: &str,
        limit: usize,
    ) -> Result<Vec<Recorded>, SpoolError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<DecisionRow> = on_read!(self.database, spooler, |c, q| {
            if q::jobs::find(c, id.as_str()).await?.is_none() {
                return Err(SpoolError::JobNotFound(id.clone()));
            }
            Ok::<_, SpoolError>(q::decisions::of_job_after(c, id.as_str(), after, limit).await?)
        })?;
        let recorded = rows.into_iter().map(|row| Ok(Recorded::try_from(row)?));
        recorded.collect()
    }

    /// The newest decisions about a job and its sheets, the newest first.
    ///
    /// # Errors
    /// Storage.
    pub async fn newest_decisions(
        &self,
        id: &JobId,
        limit: usize,
    ) -> Result<Vec<Recorded>, SpoolError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = on_read!(self.database, spooler, |c, q| {
            q::decisions::newest_of_job(c, id.as_str(), limit).await
        })?;
        let recorded = rows.into_iter().map(|row| Ok(Recorded::try_from(row)?));
        recorded.collect()
    }

    /// The last decision about one attempt of a sheet, if there is any.
    ///
    /// # Errors
    /// Storage.
    pub async fn last_decision(
        &self,
        id: &JobId,
        sheet: u32,
        attempt: u32,
    ) -> Result<Option<Recorded>, SpoolError> {
        let of = (small(sheet)?, small(attempt)?);
        let row = on_read!(self.database, spooler, |c, q| {
            q::decisions::last_of_attempt(c, id.as_str(), of).await
        })?;
        Ok(row.map(Recorded::try_from).transpose()?)
    }

    /// Keeps a job from printing its next sheet. Holding a held job changes nothing.
    ///
    /// # Errors
    /// [`SpoolError::JobEnded`].
    pub async fn hold(&self, id: &JobId, act: &Act) -> Result<(), SpoolError> {
        self.set_held(id, true, act).await
    }

    /// Lets a held job go on.
    ///
    /// # Errors
    /// [`SpoolError::JobEnded`].
    pub async fn release(&self, id: &JobId, act: &Act) -> Result<(), SpoolError> {
        self.set_held(id, false, act).await
    }

    async fn set_held(&self, id: &JobId, held: bool, act: &Act) -> Result<(), SpoolError> {
        let (kind, message) = match held {
            true => ("held", format!("held by {}", act.by)),
            false => ("released", format!("released by {}", act.by)),
        };
        on_write!(self.database, spooler, |c, q| {
            let job = open_job!(c, q, id, act.at);
            if job.canceled.is_some() {
                return Err(SpoolError::JobEnded(id.clone()));
            }
            if job.held == held {
                return Ok(());
            }
            q::jobs::set_held(c, id.as_str(), held).await?;
            let about = (kind, message.as_str(), None);
            q::job_events::append(c, id.as_str(), about, stored(act.at)).await?;
            let row = decision(kind, id, None, act);
            q::decisions::insert(c, vec![row]).await?;
            let action = if held { "job.hold" } else { "job.release" };
            self.note_act(c, action, id.to_string(), act, Details::new())
                .await?;
            Ok(())
        })
    }

    /// Ends a job at the border of the sheet at work; good sheets stay good and counted. Canceling again changes
    /// nothing. `only_unsent` is for who may end it only before anything of it is sent: whether it was is asked while no
    /// sheet can begin.
    ///
    /// # Errors
    /// [`SpoolError::JobEnded`], [`SpoolError::JobSent`].
    pub async fn cancel(&self, id: &JobId, only_unsent: bool, act: &Act) -> Result<(), SpoolError> {
        on_write!(self.database, spooler, |c, q| {
            let job = open_job!(c, q, id, act.at);
            if job.canceled.is_some() {
                return Ok(());
            }
            if only_unsent && q::attempts::device_jobs(c, id.as_str()).await? > 0 {
                return Err(SpoolError::JobSent {
                    job: id.clone(),
                    by: act.by.clone(),
                });
            }
            let at = stored(act.at);
            q::jobs::cancel(c, id.as_str(), &act.by, &act.reason, at).await?;
            let message = format!("canceled by {}: {}", act.by, act.reason);
            let about = ("cancel_requested", message.as_str(), None);
            q::job_events::append(c, id.as_str(), about, at).await?;
            q::decisions::insert(c, vec![decision("cancel", id, None, act)]).await?;
            end_if_done!(c, q, id, act.at);
            self.note_act(c, "job.cancel", id.to_string(), act, Details::new())
                .await?;
            Ok::<_, SpoolError>(())
        })
    }

    /// Decides what became of sheets that are in doubt or wait for a word: all of the range, or none. `serial` is what was
    /// read off the first of them. More sheets than the quorum leaves to one person are left out of what is good by two only.
    ///
    /// # Errors
    /// [`SpoolError::SheetNotFound`], [`SpoolError::NothingToDecide`], [`SpoolError::Decided`], [`SpoolError::OtherSerial`],
    /// [`SpoolError::TakesTwo`], [`SpoolError::ProposalNotFound`], [`SpoolError::ProposalStale`].
    pub async fn resolve(
        &self,
        id: &JobId,
        range: &SheetRange,
        outcome: Outcome,
        serial: Option<i64>,
        act: &Act,
        quorum: &Quorum,
    ) -> Result<(), SpoolError> {
        let numbers: Vec<i32> = range
            .sheets()
            .iter()
            .map(|sheet| small(*sheet))
            .collect::<Result<_, _>>()?;
        let to = outcome.state();
        let reason = match act.reason.is_empty() {
            true => outcome.as_str(),
            false => act.reason.as_str(),
        };
        let kept: Option<Kept> = on_write!(self.database, spooler, |c, q| {
            q::jobs::touch(c, id.as_str(), stored(act.at)).await?;
            let row = q::jobs::find(c, id.as_str()).await?;
            let job = Job::try_from(row.ok_or_else(|| SpoolError::JobNotFound(id.clone()))?)?;
            within(&job, range)?;
            let mut last = Vec::with_capacity(numbers.len());
            for sheets in numbers.chunks(ROWS) {
                let attempts = q::attempts::of_sheets(c, id.as_str(), sheets).await?;
                last.extend(decidable(&job, sheets, &attempts, to)?);
            }
            same_number(last.first(), serial)?;
            let wanted = last.iter().map(|attempt| Wanted {
                sheet: attempt.sheet,
                attempt: attempt.number,
                wastes: wastes(outcome, attempt),
            });
            let wanted: Vec<_> = wanted.collect();
            let decided = (id, outcome.as_str());
            let seconded = seconded!(self, c, q, decided, &wanted, act, (quorum, None));
            for attempts in last.chunks(ROWS) {
                let sheets: Vec<i32> = attempts.iter().map(|attempt| attempt.sheet).collect();
                let mut moved = 0;
                for from in ["in_doubt", "awaiting_confirmation"] {
                    let step = q::attempts::Step {
                        from,
                        to: to.as_str(),
                        evidence: None,
                        basis: (to == AttemptState::Good)
                            .then(|| EvidencePolicy::Operator.as_str()),
                        decided_by: Some(&act.by),
                        reason: Some(reason),
                        now: stored(act.at),
                    };
                    moved += q::attempts::step_sheets(c, id.as_str(), &sheets, &step).await?;
                }
                if moved != sheets.len() {
                    return Err(SpoolError::Overtaken);
                }
                let rows = attempts.iter().map(|attempt| DecisionRow {
                    proposed_by: seconded.by.get(&attempt.sheet).cloned(),
                    wastes: wastes(outcome, attempt),
                    ..decision(outcome.as_str(), id, Some(attempt), act)
                });
                q::decisions::insert(c, rows.collect()).await?;
                q::proposals::remove(c, id.as_str(), &sheets).await?;
            }
            let with = seconded.names();
            let message = told(range, outcome, act, &with);
            let about = ("sheet_decided", message.as_str(), numbers.first().copied());
            q::job_events::append(c, id.as_str(), about, stored(act.at)).await?;
            end_if_done!(c, q, id, act.at);
            let details = sheets_of(range)
                .word("outcome", outcome.as_str())
                .word("proposed_by", &with);
            self.note_act(c, "sheet.decide", id.to_string(), act, details)
                .await?;
            Ok::<_, SpoolError>(None)
        })?;
        kept.map_or(Ok(()), |kept| Err(SpoolError::TakesTwo(kept)))
    }
}

/// A decision as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its key; later decisions have greater ones.
    pub id: String,
    /// Attempt of the sheet it is about.
    pub attempt: Option<u32>,
    /// Printer of that attempt, or the one the job was moved to.
    pub printer: Option<PrinterId>,
    /// What was done, such as `cancel` or `spoiled`.
    pub verb: String,
    /// Sheet it is about.
    pub sheet: Option<u32>,
    /// Who.
    pub by: String,
    /// Who proposed it before, where one person's word was not enough.
    pub proposed_by: Option<String>,
    /// Why; blank where none was needed.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl TryFrom<DecisionRow> for Recorded {
    type Error = StoreError;

    fn try_from(row: DecisionRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.decision_id,
            attempt: row.attempt.map(count).transpose()?,
            printer: row.printer_id.map(printer_id).transpose()?,
            verb: row.verb,
            sheet: row.sheet.map(count).transpose()?,
            by: row.decided_by,
            proposed_by: row.proposed_by,
            reason: row.reason,
            at: row.decided_at.and_utc(),
        })
    }
}

/// Every sheet of the range is one of the job's.
pub(super) fn within(job: &Job, range: &SheetRange) -> Result<(), SpoolError> {
    let sheets = job.size.sealed.sheets;
    match range.sheets().iter().find(|sheet| **sheet > sheets) {
        None => Ok(()),
        Some(sheet) => Err(SpoolError::SheetNotFound {
            job: job.id.clone(),
            sheets,
            sheet: *sheet,
        }),
    }
}

/// The last attempt of each sheet, when all of them want a decision; else why not.
fn decidable(
    job: &Job,
    sheets: &[i32],
    attempts: &[AttemptRow],
    to: AttemptState,
) -> Result<Vec<AttemptRow>, SpoolError> {
    let last_of = |sheet: i32| attempts.iter().rfind(|attempt| attempt.sheet == sheet);
    let check = |sheet: &i32| {
        let number = u32::try_from(*sheet).map_err(corrupt)?;
        let nothing = || SpoolError::NothingToDecide {
            job: job.id.clone(),
            sheet: number,
        };
        let attempt = last_of(*sheet).ok_or_else(nothing)?;
        let state: AttemptState = attempt.state.parse().map_err(corrupt)?;
        match &attempt.decided_by {
            _ if state.is_undecided() => Ok(attempt.clone()),
            Some(by) => Err(SpoolError::Decided {
                sheet: number,
                by: by.clone(),
                state: state.to_string(),
                same: state == to,
            }),
            None => Err(nothing()),
        }
    };
    sheets.iter().map(check).collect()
}

/// Whether paper that may be marked is left out of what is good by it.
fn wastes(outcome: Outcome, attempt: &AttemptRow) -> bool {
    let from = attempt.state.parse();
    from.map_or(true, |from| outcome.wastes(from))
}

/// The number in the hand is the one that the sheet was to take.
fn same_number(attempt: Option<&AttemptRow>, read: Option<i64>) -> Result<(), SpoolError> {
    match attempt.zip(read) {
        Some((attempt, read)) if attempt.serial != Some(read) => Err(SpoolError::OtherSerial {
            sheet: u32::try_from(attempt.sheet).map_err(corrupt)?,
            printer: attempt.printer_id.clone(),
            taken: attempt.serial,
            read,
        }),
        _ => Ok(()),
    }
}

fn told(range: &SheetRange, outcome: Outcome, act: &Act, with: &str) -> String {
    let sheets = sheets_in_words(range);
    let why = match act.reason.is_empty() {
        true => String::new(),
        false => format!(": {}", act.reason),
    };
    let as_proposed = as_proposed(with);
    format!(
        "{} says {sheets} {}{as_proposed}{why}",
        act.by,
        outcome.as_str()
    )
}

/// `, as ada proposed`; blank where nobody did.
pub(super) fn as_proposed(by: &str) -> String {
    match by {
        "" => String::new(),
        by => format!(", as {by} proposed"),
    }
}

/// The sheets of a decision, as the audit trail says it.
pub(super) fn sheets_of(range: &SheetRange) -> Details {
    let count = i64::try_from(range.sheets().len());
    Details::new()
        .word("sheets", range.in_ranges())
        .number("count", count.unwrap_or(i64::MAX))
}

/// `sheet 3` or `3 sheets from 2 to 5`.
pub(super) fn sheets_in_words(range: &SheetRange) -> String {
    match range.sheets() {
        [only] => format!("sheet {only}"),
        [first, .., last] => format!("{} sheets from {first} to {last}", range.sheets().len()),
        [] => String::new(),
    }
}

/// The key of a decision about one sheet: those of one act go by sheet.
pub(super) fn key(act: &str, sheet: i32) -> String {
    format!("{act}-{sheet:010}")
}

pub(super) fn decision(
    verb: &str,
    job: &JobId,
    attempt: Option<&AttemptRow>,
    act: &Act,
) -> DecisionRow {
    DecisionRow {
        decision_id: match attempt {
            Some(attempt) => key(&act.id, attempt.sheet),
            None => act.id.clone(),
        },
        verb: verb.to_owned(),
        job_id: Some(job.as_str().to_owned()),
        sheet: attempt.map(|attempt| attempt.sheet),
        attempt: attempt.map(|attempt| attempt.number),
        printer_id: attempt.map(|attempt| attempt.printer_id.clone()),
        decided_by: act.by.clone(),
        reason: act.reason.clone(),
        decided_at: stored(act.at),
        proposed_by: None,
        wastes: false,
    }
}
