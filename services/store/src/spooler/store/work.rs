//! Choosing the next sheets of a printer, and reserving them.

use chrono::{DateTime, Utc};
use formfeed_domain::form::Form;
use formfeed_domain::spool::{Job, JobId, JobKind, PrinterId, Shares, TriedSheet};
use formfeed_domain::transmittal::Transmittal;

use super::lease::held;
use super::split::shares;
use super::{Lease, SpoolerStore, printers::load_printer, stock::free_numbers};
use crate::StoreError;
use crate::keys::Keyed as _;
use crate::seal::Sealed;
use crate::spooler::rows::{AttemptRow, corrupt, small, stored};
use crate::spooler::{SpoolError, snapshot, transmittal_snapshot};

/// Rows in a statement: SQLite takes 32,766 values.
const ROWS: usize = 1_000;

/// What a printer can do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// The job whose turn it is.
    pub job: Job,
    /// Numbers of its next sheets, in order.
    pub sheets: Vec<u32>,
    /// The load they are to be taken from.
    pub load: Option<String>,
    /// Whether sheets of the job go, or went, to another printer.
    pub split: bool,
}

/// What a job puts on some of its sheets, opened for printing.
pub enum Opened {
    /// The forms of each sheet, from top to bottom.
    Forms(Vec<Vec<Form>>),
    /// The Form 1096 on the only sheet.
    Transmittal(Box<Transmittal>),
    /// An X in every place.
    Crosses,
    /// The marks that are measured.
    Marks,
}

/// Sheets about to be tried together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// Their job.
    pub job: JobId,
    /// Their numbers, in order.
    pub sheets: Vec<u32>,
    /// The load they are taken from.
    pub load: Option<String>,
    /// Name of the whole on the device.
    pub device_job: String,
    /// Name of the attempts on the device, never used before.
    pub token: String,
}

impl SpoolerStore {
    /// The job whose turn it is on a printer, with as many of its next sheets as `window` says of the sheets that are
    /// left. `None` when nothing can be printed now.
    ///
    /// A printer that takes `any_stock` has no paper to run out of.
    ///
    /// # Errors
    /// Storage.
    pub async fn choose(
        &self,
        printer: &PrinterId,
        any_stock: bool,
        window: impl Fn(&Job, u32) -> u32 + Send + Sync,
    ) -> Result<Option<Chosen>, SpoolError> {
        let window = &window;
        on_reads!(self.database, spooler, |c, q| {
            let facts = load_printer!(c, q, printer);
            let doubt = q::attempts::count_on_printer(c, printer.as_str(), "in_doubt").await?;
            if facts.paused.is_some() || doubt > 0 {
                return Ok(None);
            }
            let stock = match (any_stock, &facts.load) {
                (true, _) => None,
                (false, Some(load)) if load.on_hand() != Some(0) => Some(load.stock.as_str()),
                (false, _) => return Ok(None),
            };
            let Some(id) = q::jobs::next(c, printer.as_str(), stock).await? else {
                return Ok(None);
            };
            let Some(row) = q::jobs::find(c, &id).await? else {
                return Ok(None);
            };
            let job = Job::try_from(row)?;
            let free = match (any_stock, &facts.load) {
                (false, Some(load)) => load.on_hand().unwrap_or(u32::MAX),
                _ => u32::MAX,
            };
            let wanted = small(window(&job, job.size.sealed.sheets).min(free).min(1 << 30))?;
            let split = !q::job_shares::of_job(c, &id).await?.is_empty();
            let numbers = if split {
                q::job_shares::next_sheets(c, &id, printer.as_str(), wanted).await?
            } else {
                let mut numbers = q::attempts::returned(c, &id, wanted).await?;
                let left = i64::from(wanted) - i64::try_from(numbers.len()).map_err(corrupt)?;
                let last = q::attempts::last_sheet(c, &id).await?;
                numbers.extend(q::sheets::wanted_after(c, &id, last, left).await?);
                numbers
            };
            let sheets = numbers.into_iter().map(u32::try_from);
            Ok(Some(Chosen {
                sheets: sheets.collect::<Result<_, _>>().map_err(corrupt)?,
                job,
                split,
                load: facts.load.filter(|_| !any_stock).map(|load| load.id),
            }))
        })
    }

    /// The job that is first in line on a printer, whatever stock it needs.
    ///
    /// # Errors
    /// Storage.
    pub async fn first_in_line(&self, printer: &PrinterId) -> Result<Option<Job>, SpoolError> {
        on_reads!(self.database, spooler, |c, q| {
            let Some(id) = q::jobs::next(c, printer.as_str(), None).await? else {
                return Ok(None);
            };
            let row = q::jobs::find(c, &id).await?;
            Ok(row.map(Job::try_from).transpose()?)
        })
    }

    /// Device jobs that a job made, and that may have printed.
    ///
    /// # Errors
    /// Storage.
    pub async fn device_jobs(&self, job: &JobId) -> Result<i64, SpoolError> {
        Ok(on_read!(self.database, spooler, |c, q| {
            q::attempts::device_jobs(c, job.as_str()).await
        })?)
    }

    /// The next number of an attempt of a sheet.
    ///
    /// # Errors
    /// Storage.
    pub async fn next_attempt(&self, job: &JobId, sheet: u32) -> Result<u32, SpoolError> {
        let sheet = small(sheet)?;
        let last = on_read!(self.database, spooler, |c, q| {
            q::attempts::last_numbers(c, job.as_str(), &[sheet]).await
        })?;
        let last = last.into_iter().find_map(|(_, number)| number).unwrap_or(0);
        Ok(u32::try_from(last).map_err(corrupt)? + 1)
    }

    /// Opens what is sealed for the sheets of these numbers, which ascend and are not many: 1,000 at most.
    ///
    /// # Errors
    /// A seal that does not open: then nothing is printed.
    pub async fn opened(&self, job: &Job, sheets: &[u32]) -> Result<Opened, SpoolError> {
        match job.spec.kind {
            JobKind::Forms => self.forms_of(job, sheets).await.map(Opened::Forms),
            JobKind::Transmittal => {
                let transmittal = self.transmittal_of(job).await?;
                Ok(Opened::Transmittal(Box::new(transmittal)))
            }
            JobKind::Alignment => Ok(Opened::Crosses),
            JobKind::Calibration => Ok(Opened::Marks),
        }
    }

    async fn transmittal_of(&self, job: &Job) -> Result<Transmittal, SpoolError> {
        let rows = on_read!(self.database, spooler, |c, q| {
            q::job_forms::between(c, job.id.as_str(), 0, 1).await
        })?;
        let row = rows.into_iter().next();
        let row = row.ok_or_else(|| corrupt("a job that lacks its Form 1096"))?;
        let sealed = Sealed {
            key_version: row.key_version,
            bytes: row.sealed,
        };
        self.keys().know(sealed.key_version).await?;
        let of = (job.spec.form_type, job.spec.tax_year);
        let opened = transmittal_snapshot::open(&self.keyring, &job.id, of, &sealed);
        Ok(opened?)
    }

    async fn forms_of(&self, job: &Job, sheets: &[u32]) -> Result<Vec<Vec<Form>>, SpoolError> {
        let numbers = sheets.iter().map(|sheet| small(*sheet));
        let numbers: Vec<i32> = numbers.collect::<Result<_, _>>()?;
        let (plans, rows) = on_reads!(self.database, spooler, |c, q| {
            let plans = q::sheets::numbered(c, job.id.as_str(), &numbers).await?;
            let mut rows = Vec::new();
            for run in plans.chunk_by(|one, next| one.first_form + one.forms == next.first_form) {
                if let (Some(first), Some(last)) = (run.first(), run.last()) {
                    let before = last.first_form + last.forms;
                    let forms = q::job_forms::between(c, job.id.as_str(), first.first_form, before);
                    rows.extend(forms.await?);
                }
            }
            Ok::<_, SpoolError>((plans, rows))
        })?;
        if plans.len() != sheets.len() {
            return Err(corrupt("a sheet that is not planned").into());
        }
        for row in &rows {
            self.keys().know(row.key_version).await?;
        }
        let of = (job.spec.form_type, job.spec.tax_year);
        let mut rows = rows.into_iter();
        let mut opened = Vec::with_capacity(plans.len());
        for sheet in plans {
            let on_it = usize::try_from(sheet.forms).map_err(corrupt)?;
            let mut forms = Vec::with_capacity(on_it);
            for row in rows.by_ref().take(on_it) {
                let place = u32::try_from(row.place).map_err(corrupt)?;
                let sealed = Sealed {
                    key_version: row.key_version,
                    bytes: row.sealed,
                };
                forms.push(snapshot::open(&self.keyring, &job.id, place, of, &sealed)?);
            }
            if forms.len() != on_it {
                return Err(corrupt("a sheet that lacks a form").into());
            }
            opened.push(forms);
        }
        Ok(opened)
    }

    /// Reserves sheets for an attempt, if the facts still allow it; of numbered stock with their serial numbers, the lowest that are free.
    /// Answers the number of each sheet's attempt. Without the intent that follows, a reservation is given back anyway: it is not waited for until it is on the disk.
    ///
    /// # Errors
    /// [`SpoolError::LeaseLost`]; [`SpoolError::NotNow`] when job, printer, load or a doubt forbid it by now, or a sheet is held already.
    pub async fn reserve(
        &self,
        lease: &Lease,
        new: &Reservation,
        now: DateTime<Utc>,
    ) -> Result<Vec<TriedSheet>, SpoolError> {
        let (job, printer) = (new.job.as_str(), &lease.printer);
        let numbers: Vec<i32> = new
            .sheets
            .iter()
            .map(|sheet| small(*sheet))
            .collect::<Result<_, _>>()?;
        let done: Result<Vec<TriedSheet>, SpoolError> =
            on_light_write!(self.database, spooler, |c, q| {
                held!(c, q, lease);
                q::jobs::touch(c, job, stored(now)).await?;
                let row = q::jobs::find(c, job).await?;
                let facts = Job::try_from(row.ok_or(SpoolError::NotNow)?)?;
                if new.load.is_some() {
                    q::printers::lock(c, printer.as_str()).await?;
                }
                let device = load_printer!(c, q, printer);
                let doubt = q::attempts::count_on_printer(c, printer.as_str(), "in_doubt").await?;
                let shares: Shares = shares!(c, q, &facts);
                let goes_here = |sheet: &u32| shares.printer_of(*sheet) == Some(printer);
                let job_stands = facts.held
                    || !new.sheets.iter().all(goes_here)
                    || facts.canceled.is_some()
                    || facts.aborted.is_some()
                    || facts.ended_at.is_some();
                let serials = device.load.as_ref().and_then(|load| load.serials);
                let load = device.load.map(|load| load.id);
                let other_load = new.load.is_some() && load != new.load;
                if job_stands || device.paused.is_some() || doubt > 0 || other_load {
                    return Err(SpoolError::NotNow);
                }
                let numbered = new.load.as_deref().zip(serials);
                let serials = match numbered {
                    Some((load, range)) => free_numbers!(c, q, load, range, numbers.len()),
                    None => Vec::new(),
                };
                if numbered.is_some() && serials.len() < numbers.len() {
                    return Err(SpoolError::NotNow);
                }
                let serials: Vec<_> = serials
                    .into_iter()
                    .map(i64::try_from)
                    .collect::<Result<_, _>>()
                    .map_err(corrupt)?;
                let mut tried = Vec::with_capacity(numbers.len());
                for (at, sheets) in numbers.chunks(ROWS).enumerate() {
                    let last = q::attempts::last_numbers(c, job, sheets).await?;
                    let rows = sheets.iter().enumerate().map(|(place, sheet)| AttemptRow {
                        serial: serials.get(at * ROWS + place).copied(),
                        ..row_of(lease, new, *sheet, &last, now)
                    });
                    let rows: Vec<_> = rows.collect();
                    for row in &rows {
                        tried.push(row.tried()?);
                    }
                    q::attempts::insert(c, rows).await?;
                }
                q::jobs::start(c, job).await?;
                Ok(tried)
            });
        match done {
            Err(SpoolError::Store(StoreError::Conflict(_))) => Err(SpoolError::NotNow),
            done => done,
        }
    }
}

fn row_of(
    lease: &Lease,
    new: &Reservation,
    sheet: i32,
    last: &[(i32, Option<i32>)],
    now: DateTime<Utc>,
) -> AttemptRow {
    let before = last
        .iter()
        .find(|(of, _)| *of == sheet)
        .and_then(|(_, number)| *number);
    AttemptRow {
        job_id: new.job.as_str().to_owned(),
        sheet,
        number: before.unwrap_or(0) + 1,
        state: "reserved".to_owned(),
        printer_id: lease.printer.as_str().to_owned(),
        load_id: new.load.clone(),
        device_job: new.device_job.clone(),
        token: new.token.clone(),
        evidence: String::new(),
        basis: None,
        decided_by: None,
        reason: None,
        created_at: stored(now),
        updated_at: stored(now),
        reprint: None,
        serial: None,
        spooler: Some(lease.spooler.clone()),
        epoch: Some(lease.epoch),
    }
}
