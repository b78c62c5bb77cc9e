//! Jobs, sheets and events as they stand.

use formfeed_domain::spool::{
    Attempt, Finality, Job, JobEvent, JobId, JobReport, PlannedSheet, PrinterId, Sheet, SheetState,
    Tally,
};

use super::SpoolerStore;
use super::split::shares;
use crate::StoreError;
use crate::spooler::SpoolError;
use crate::spooler::rows::{AttemptRow, SheetRow, corrupt, count, small};

/// A job with its tally and report at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobView {
    /// The facts.
    pub job: Job,
    /// Its sheets by what is known of them; empty once it has ended, for then the report says it all.
    pub tally: Tally,
    /// Final, as it was stored, once the job has ended.
    pub report: JobReport,
    /// The printers that it goes to, by their first sheet.
    pub printers: Vec<PrinterId>,
}

/// Which jobs of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobPage {
    /// Only jobs that come after this one: older ones, or further back in line.
    pub before: Option<String>,
    /// Only of this printer.
    pub printer: Option<PrinterId>,
    /// Only of this payer.
    pub payer: Option<String>,
    /// Only of this calendar year.
    pub tax_year: Option<i32>,
    /// Only with a form of this account number.
    pub account: Option<String>,
    /// Only jobs that have not ended.
    pub open_only: bool,
    /// Only jobs that have.
    pub ended_only: bool,
    /// Only jobs that have had a final report, although they may be open again.
    pub reported_only: bool,
    /// In the order they are printed, not the newest first: what is begun, then by priority, then as submitted.
    pub in_line: bool,
    /// At most so many.
    pub limit: usize,
}

/// The view of a job row. A job whose sheets are all settled, and whose row was not ended, ended between the two
/// readings: its row is read again.
macro_rules! view {
    ($c:ident, $q:ident, $row:expr) => {{
        let mut job = Job::try_from($row)?;
        let mut tally = Tally::new();
        if job.ended_at.is_none() {
            tally = $q::tally::of_job(&mut *$c, job.id.as_str()).await?;
            if tally.is_settled()
                && let Some(row) = $q::jobs::find(&mut *$c, job.id.as_str()).await?
            {
                job = Job::try_from(row)?;
            }
        }
        let shares: formfeed_domain::spool::Shares = shares!($c, $q, &job);
        let printers = shares.printers();
        match job.ended_at {
            Some(_) => {
                let content = $q::job_reports::newest(&mut *$c, job.id.as_str()).await?;
                let content = content.ok_or_else(|| corrupt("an ended job without a report"))?;
                let report: JobReport = serde_json::from_str(&content).map_err(corrupt)?;
                let tally = Tally::new();
                JobView {
                    job,
                    tally,
                    report,
                    printers,
                }
            }
            None => {
                let versions = $q::job_reports::versions(&mut *$c, job.id.as_str()).await?;
                let report =
                    JobReport::of(job.spec.kind, &job.size, &tally, Finality::Provisional)?
                        .after(count(versions)?);
                JobView {
                    job,
                    tally,
                    report,
                    printers,
                }
            }
        }
    }};
}

impl SpoolerStore {
    /// One job.
    ///
    /// # Errors
    /// [`SpoolError::JobNotFound`].
    pub async fn job(&self, id: &JobId) -> Result<JobView, SpoolError> {
        on_reads!(self.database, spooler, |c, q| {
            let row = q::jobs::find(c, id.as_str()).await?;
            let row = row.ok_or_else(|| SpoolError::JobNotFound(id.clone()))?;
            Ok(view!(c, q, row))
        })
    }

    /// The final report of a job in one version, as it was stored.
    ///
    /// # Errors
    /// [`SpoolError::ReportNotFound`].
    pub async fn final_report(&self, id: &JobId, version: u32) -> Result<JobReport, SpoolError> {
        let number = small(version)?;
        let content = on_read!(self.database, spooler, |c, q| {
            q::job_reports::of_version(c, id.as_str(), number).await
        })?;
        let content = content.ok_or_else(|| SpoolError::ReportNotFound {
            job: id.clone(),
            version,
        })?;
        Ok(serde_json::from_str(&content).map_err(corrupt)?)
    }

    /// Jobs, the newest first unless asked for in line.
    ///
    /// # Errors
    /// Storage.
    pub async fn jobs(&self, page: &JobPage) -> Result<Vec<JobView>, SpoolError> {
        let limit = i64::try_from(page.limit).unwrap_or(i64::MAX);
        on_reads!(self.database, spooler, |c, q| {
            let place = match &page.before {
                Some(job) if page.in_line => q::jobs::place(c, job).await?,
                _ => None,
            };
            let narrow = q::jobs::Narrow {
                before: page.before.as_deref().filter(|_| !page.in_line),
                behind: place.as_ref(),
                printer: page.printer.as_ref().map(PrinterId::as_str),
                payer: page.payer.as_deref(),
                tax_year: page.tax_year,
                account: page.account.as_deref(),
                open_only: page.open_only,
                ended_only: page.ended_only,
                reported_only: page.reported_only,
                in_line: page.in_line,
            };
            let rows = q::jobs::page_before(c, narrow, limit).await?;
            let mut views = Vec::with_capacity(rows.len());
            for row in rows {
                views.push(view!(c, q, row));
            }
            Ok(views)
        })
    }

    /// Sheets of a job after a number, with accounts and attempts.
    ///
    /// # Errors
    /// [`SpoolError::JobNotFound`].
    pub async fn sheets(
        &self,
        id: &JobId,
        after: u32,
        limit: usize,
        undecided_only: bool,
    ) -> Result<Vec<Sheet>, SpoolError> {
        let (after, limit) = (small(after)?, i64::try_from(limit).unwrap_or(i64::MAX));
        let job = id.as_str();
        on_reads!(self.database, spooler, |c, q| {
            let row = q::jobs::find(c, job).await?;
            let row = row.ok_or_else(|| SpoolError::JobNotFound(id.clone()))?;
            let ended = row.ended_at.is_some();
            let rows = match undecided_only {
                true => q::sheets::undecided_after(c, job, after, limit).await?,
                false => q::sheets::after(c, job, after, limit).await?,
            };
            let numbers: Vec<_> = rows.iter().map(|row| row.number).collect();
            let attempts = q::attempts::of_sheets(c, job, &numbers).await?;
            let mut sheets = Vec::with_capacity(rows.len());
            let (from, before) = span(&rows);
            let accounts = q::job_forms::accounts_between(c, job, from, before).await?;
            let abandoned = q::abandoned_sheets::among(c, job, &numbers).await?;
            for row in rows {
                let given_up = ended || abandoned.contains(&row.number);
                sheets.push(sheet(row, &attempts, &accounts, given_up)?);
            }
            Ok(sheets)
        })
    }

    /// Events of a job after a sequence number.
    ///
    /// # Errors
    /// Storage.
    pub async fn events_after(
        &self,
        id: &JobId,
        sequence: i64,
        limit: usize,
    ) -> Result<Vec<JobEvent>, SpoolError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = on_read!(self.database, spooler, |c, q| {
            q::job_events::after(c, id.as_str(), sequence, limit).await
        })?;
        let events = rows.into_iter().map(JobEvent::try_from);
        Ok(events.collect::<Result<_, StoreError>>()?)
    }
}

impl SpoolerStore {
    /// The sequence number of the last event that told a job's end; 0 for none. A job that was opened again ends anew.
    ///
    /// # Errors
    /// Storage.
    pub async fn last_end(&self, id: &JobId) -> Result<i64, SpoolError> {
        on_read!(self.database, spooler, |c, q| {
            Ok(q::job_events::last_end(c, id.as_str()).await?)
        })
    }

    /// The sequence number of a job's last event; 0 for none.
    ///
    /// # Errors
    /// Storage.
    pub async fn last_event(&self, id: &JobId) -> Result<i64, SpoolError> {
        on_read!(self.database, spooler, |c, q| {
            Ok(q::job_events::last(c, id.as_str()).await?)
        })
    }
}

/// Places of the forms on these sheets, the end not included.
fn span(rows: &[SheetRow]) -> (i32, i32) {
    let first = rows.first().map_or(0, |row| row.first_form);
    let last = rows.last().map_or(0, |row| row.first_form + row.forms);
    (first, last)
}

fn sheet(
    row: SheetRow,
    attempts: &[AttemptRow],
    accounts: &[(i32, String)],
    given_up: bool,
) -> Result<Sheet, StoreError> {
    let places = row.first_form..row.first_form + row.forms;
    let number = row.number;
    let own = attempts.iter().filter(|attempt| attempt.sheet == number);
    let attempts: Vec<Attempt> = own
        .map(|attempt| Attempt::try_from(attempt.clone()))
        .collect::<Result<_, _>>()?;
    Ok(Sheet {
        plan: PlannedSheet::try_from(row)?,
        state: SheetState::of(attempts.iter().map(Attempt::counts_as), given_up),
        accounts: accounts
            .iter()
            .filter(|(place, _)| places.contains(place))
            .map(|(_, account)| account.clone())
            .collect(),
        attempts,
    })
}
