//! What the operators' screens ask about everything at once.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use formfeed_domain::spool::{AttemptState, JobId, PrinterId};

use super::{Recorded, SpoolerStore};
use crate::StoreError;
use crate::spooler::SpoolError;
use crate::spooler::rows::{
    PrinterStateRow, QuestionRow, corrupt, count, job_id, printer_id, stored,
};

/// Entries that are kept of what a printer was up to.
const KEPT: i64 = 1_000;

/// Sheets of one job on one printer that wait for the same kind of decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The job.
    pub job: JobId,
    /// Where they were sent.
    pub printer: PrinterId,
    /// In doubt, awaiting confirmation, spoiled or lost.
    pub state: AttemptState,
    /// The first of the sheets.
    pub first: u32,
    /// The last of them.
    pub last: u32,
    /// How many.
    pub sheets: u64,
    /// Since when the first of them waits.
    pub since: DateTime<Utc>,
}

/// The place of a question among those that wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionKey {
    since: DateTime<Utc>,
    job: JobId,
    state: AttemptState,
    printer: PrinterId,
}

impl Question {
    /// Its place.
    pub fn key(&self) -> QuestionKey {
        QuestionKey {
            since: self.since,
            job: self.job.clone(),
            state: self.state,
            printer: self.printer.clone(),
        }
    }
}

impl fmt::Display for QuestionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.since.timestamp_micros();
        let (state, printer) = (self.state.as_str(), &self.printer);
        write!(f, "{micros} {} {state} {printer}", self.job.as_str())
    }
}

/// No place of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("that is no place of a question")]
pub struct UnknownQuestion;

impl FromStr for QuestionKey {
    type Err = UnknownQuestion;

    fn from_str(text: &str) -> Result<Self, UnknownQuestion> {
        let mut parts = text.splitn(4, ' ');
        let mut next = || parts.next().ok_or(UnknownQuestion);
        let micros = next()?.parse().map_err(|_| UnknownQuestion)?;
        Ok(Self {
            since: DateTime::from_timestamp_micros(micros).ok_or(UnknownQuestion)?,
            job: JobId::new(next()?).map_err(|_| UnknownQuestion)?,
            state: next()?.parse().map_err(|_| UnknownQuestion)?,
            printer: PrinterId::new(next()?).map_err(|_| UnknownQuestion)?,
        })
    }
}

/// Numbers of everything, by a stable word.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// Jobs, such as `pending` or `needs_decision`.
    pub jobs: Vec<(String, u64)>,
    /// Attempts by state, and `pending`: sheets of open jobs that wait to be printed.
    pub sheets: Vec<(String, u64)>,
}

/// What a printer was up to from a moment on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrinterPast {
    /// From when.
    pub at: DateTime<Utc>,
    /// In a word, such as `ready` or `stopped`.
    pub state: String,
    /// Why, in words.
    pub reasons: Vec<String>,
}

impl SpoolerStore {
    /// What waits for a decision of a person, who waits longest first.
    ///
    /// # Errors
    /// Storage.
    pub async fn questions(&self, limit: usize) -> Result<Vec<Question>, SpoolError> {
        self.questions_after(None, limit).await
    }

    /// The same after one of them.
    ///
    /// # Errors
    /// Storage.
    pub async fn questions_after(
        &self,
        after: Option<&QuestionKey>,
        limit: usize,
    ) -> Result<Vec<Question>, SpoolError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let first = (DateTime::UNIX_EPOCH.naive_utc(), "", "", "");
        let place = after.map_or(first, |key| {
            let (job, printer) = (key.job.as_str(), key.printer.as_str());
            (stored(key.since), job, key.state.as_str(), printer)
        });
        let rows = on_read!(self.database, spooler, |c, q| {
            q::overview::questions(c, place, limit).await
        })?;
        let questions = rows.into_iter().map(Question::try_from);
        Ok(questions.collect::<Result<_, StoreError>>()?)
    }

    /// When the last sheets of a job that a printer printed were done: at most so many, the last first.
    ///
    /// # Errors
    /// Storage.
    pub async fn printed_lately(
        &self,
        job: &JobId,
        printer: &PrinterId,
        limit: usize,
    ) -> Result<Vec<DateTime<Utc>>, SpoolError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let times = on_read!(self.database, spooler, |c, q| {
            q::overview::lately(c, job.as_str(), printer.as_str(), limit).await
        })?;
        Ok(times.into_iter().map(|at| at.and_utc()).collect())
    }

    /// Jobs and sheets by where they stand.
    ///
    /// # Errors
    /// Storage.
    pub async fn counts(&self) -> Result<Counts, SpoolError> {
        let number = |number: i64| u64::try_from(number).map_err(corrupt);
        on_read!(self.database, spooler, |c, q| {
            let mut counts = Counts::default();
            for row in q::overview::jobs(c).await? {
                counts.jobs.push((row.word, number(row.number)?));
            }
            for row in q::overview::sheets(c).await? {
                counts.sheets.push((row.word, number(row.number)?));
            }
            Ok(counts)
        })
    }

    /// Notes what a printer is up to where that is news.
    ///
    /// # Errors
    /// Storage.
    pub async fn note_printer_state(
        &self,
        printer: &PrinterId,
        now: &PrinterPast,
    ) -> Result<(), SpoolError> {
        let id = printer.as_str();
        let reasons = serde_json::to_string(&now.reasons).map_err(corrupt)?;
        on_write!(self.database, spooler, |c, q| {
            let last = q::printer_states::last(c, id).await?;
            let same = |row: &PrinterStateRow| row.state == now.state && row.reasons == reasons;
            if last.as_ref().is_some_and(same) {
                return Ok(());
            }
            let sequence = last.map_or(1, |row| row.sequence + 1);
            let row = PrinterStateRow {
                printer_id: id.to_owned(),
                sequence,
                at: stored(now.at),
                state: now.state.clone(),
                reasons,
            };
            q::printer_states::insert(c, row).await?;
            q::printer_states::forget_before(c, id, sequence - KEPT).await?;
            Ok(())
        })
    }

    /// What a printer was up to, the newest first.
    ///
    /// # Errors
    /// Storage.
    pub async fn printer_states(
        &self,
        printer: &PrinterId,
        limit: usize,
    ) -> Result<Vec<PrinterPast>, SpoolError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = on_read!(self.database, spooler, |c, q| {
            q::printer_states::newest(c, printer.as_str(), limit).await
        })?;
        let past = rows.into_iter().map(|row| {
            Ok(PrinterPast {
                at: row.at.and_utc(),
                state: row.state,
                reasons: serde_json::from_str(&row.reasons).map_err(corrupt)?,
            })
        });
        Ok(past.collect::<Result<_, StoreError>>()?)
    }

    /// What people decided about a printer itself, the newest first.
    ///
    /// # Errors
    /// Storage.
    pub async fn printer_decisions(
        &self,
        printer: &PrinterId,
        limit: usize,
    ) -> Result<Vec<Recorded>, SpoolError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = on_read!(self.database, spooler, |c, q| {
            q::decisions::of_printer(c, printer.as_str(), limit).await
        })?;
        let recorded = rows.into_iter().map(Recorded::try_from);
        Ok(recorded.collect::<Result<_, StoreError>>()?)
    }
}

impl TryFrom<QuestionRow> for Question {
    type Error = StoreError;

    fn try_from(row: QuestionRow) -> Result<Self, StoreError> {
        Ok(Self {
            job: job_id(row.job_id)?,
            printer: printer_id(row.printer_id)?,
            state: row.state.parse().map_err(corrupt)?,
            first: count(row.first)?,
            last: count(row.last)?,
            sheets: u64::try_from(row.sheets).map_err(corrupt)?,
            since: row.since.and_utc(),
        })
    }
}
