//! Sealing a job: header, forms, sheets, in one transaction.

use chrono::{DateTime, Utc};
use formfeed_domain::form::{Form, Mark};
use formfeed_domain::spool::{Job, JobId, JobKind, JobSpec, PlannedSheet, Sums};
use formfeed_domain::transmittal::Transmittal;

use super::{SpoolerStore, printers::load_printer};
use crate::StoreError;
use crate::audit::Details;
use crate::keys::Keyed as _;
use crate::seal::{Place, Sealed};
use crate::spooler::rows::{FormRow, JobRow, SheetRow, corrupt, small, stored};
use crate::spooler::succession;
use crate::spooler::{SpoolError, snapshot, transmittal_snapshot};

/// Rows in a statement: SQLite takes 32,766 values.
const ROWS: usize = 1_000;

/// What stands for the account number of a Form 1096.
const TRANSMITTAL: &str = "1096";

/// A form, or a Form 1096, sealed for its place in a job.
pub struct SealedForm {
    account_number: String,
    corrects: bool,
    sealed: Sealed,
}

/// A job to be stored, sealed and planned.
pub struct NewJob {
    /// Its name, which its forms were sealed for.
    pub id: JobId,
    /// What is printed on what.
    pub spec: JobSpec,
    /// Makes a retry safe.
    pub request_id: String,
    /// Content of the request, to tell a retry from a reuse. Sealed too: it hides a TIN poorly.
    pub fingerprint: String,
    /// Whose job it is.
    pub user: String,
    /// Name of the token that submitted it.
    pub submitted_by: String,
    /// Remarks.
    pub notes: Vec<String>,
    /// By place.
    pub forms: Vec<SealedForm>,
    /// By number.
    pub sheets: Vec<PlannedSheet>,
    /// When.
    pub at: DateTime<Utc>,
}

/// What became of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Submitted {
    /// A job was made.
    New(Job),
    /// This request made it before.
    Before(Job),
}

impl Submitted {
    /// The job either way.
    pub fn job(self) -> Job {
        match self {
            Self::New(job) | Self::Before(job) => job,
        }
    }
}

impl SpoolerStore {
    /// Seals a form for its place in a job to come.
    ///
    /// # Errors
    /// No randomness.
    pub fn seal(&self, job: &JobId, place: u32, form: &Form) -> Result<SealedForm, StoreError> {
        Ok(SealedForm {
            account_number: form.account_number.clone(),
            corrects: form.marks.contains(&Mark::Corrected),
            sealed: snapshot::seal(&self.keyring, job, place, form)?,
        })
    }

    /// Seals the Form 1096 of a job to come.
    ///
    /// # Errors
    /// No randomness.
    pub fn seal_transmittal(
        &self,
        job: &JobId,
        transmittal: &Transmittal,
    ) -> Result<SealedForm, StoreError> {
        Ok(SealedForm {
            account_number: TRANSMITTAL.to_owned(),
            corrects: false,
            sealed: transmittal_snapshot::seal(&self.keyring, job, transmittal)?,
        })
    }

    /// The job that this request made before, if it did.
    ///
    /// # Errors
    /// [`SpoolError::JobRequestIdReused`] when its content was another.
    pub async fn submitted_before(
        &self,
        request_id: &str,
        fingerprint: &str,
    ) -> Result<Option<Job>, SpoolError> {
        let row = on_read!(self.database, spooler, |c, q| {
            q::jobs::of_request(c, request_id).await
        })?;
        match row {
            Some(row) => self.same(row, fingerprint).await.map(Some),
            None => Ok(None),
        }
    }

    /// The id of a job to come: `fresh`, or one that comes after every job there is.
    ///
    /// # Errors
    /// Storage.
    pub async fn job_id(&self, fresh: &str) -> Result<JobId, SpoolError> {
        let last = on_read!(self.database, spooler, |c, q| q::jobs::last_id(c).await)?;
        let id = JobId::new(succession::after(last.as_deref(), fresh));
        Ok(id.map_err(corrupt)?)
    }

    /// Stores a job whole, or answers the one that this request made before.
    ///
    /// # Errors
    /// [`SpoolError::JobRequestIdReused`]; [`SpoolError::PrinterNotFound`] when the printer was removed meanwhile.
    pub async fn submit(&self, new: NewJob) -> Result<Submitted, SpoolError> {
        let fingerprint = self.keyring.seal(
            fingerprint_place(new.id.as_str()),
            new.fingerprint.as_bytes(),
        )?;
        let (row, forms, sheets) = rows(&new, fingerprint)?;
        let (job, printer) = (row.job_id.clone(), &new.spec.printer);
        let kept: Result<Option<JobRow>, SpoolError> =
            self.keep(&new, row, forms, sheets, printer, &job).await;
        match kept {
            Ok(None) => {
                let row = on_read!(self.database, spooler, |c, q| q::jobs::find(c, &job).await)?;
                let row = row.ok_or_else(|| corrupt("a job that was just stored"))?;
                Ok(Submitted::New(Job::try_from(row)?))
            }
            Ok(Some(before)) => Ok(Submitted::Before(
                self.same(before, &new.fingerprint).await?,
            )),
            Err(SpoolError::Store(StoreError::Conflict(error))) => {
                // Another task stored the same request between our look and our insert.
                match self
                    .submitted_before(&new.request_id, &new.fingerprint)
                    .await?
                {
                    Some(job) => Ok(Submitted::Before(job)),
                    None => Err(StoreError::Conflict(error).into()),
                }
            }
            Err(error) => Err(error),
        }
    }

    /// `Some` is the job that this request made before; then nothing is stored.
    async fn keep(
        &self,
        new: &NewJob,
        row: JobRow,
        forms: Vec<Vec<FormRow>>,
        sheets: Vec<Vec<SheetRow>>,
        printer: &formfeed_domain::spool::PrinterId,
        job: &str,
    ) -> Result<Option<JobRow>, SpoolError> {
        on_write!(self.database, spooler, |c, q| {
            if let Some(before) = q::jobs::of_request(c, &new.request_id).await? {
                return Ok(Some(before));
            }
            let _printer = load_printer!(c, q, printer);
            q::jobs::insert(c, row).await?;
            for rows in forms {
                q::job_forms::insert(c, rows).await?;
            }
            for rows in sheets {
                q::sheets::insert(c, rows).await?;
            }
            let message = sealed(new);
            let about = ("submitted", message.as_str(), None);
            q::job_events::append(c, job, about, stored(new.at)).await?;
            let details = told(new);
            let subject = job.to_string();
            self.auditor.note(c, "job.submit", subject, details).await?;
            Ok(None)
        })
    }

    async fn same(&self, row: JobRow, fingerprint: &str) -> Result<Job, SpoolError> {
        let sealed = Sealed {
            key_version: row.fingerprint_key_version,
            bytes: row.fingerprint.clone(),
        };
        self.keys().know(sealed.key_version).await?;
        let first = self
            .keyring
            .open_sealed(fingerprint_place(&row.job_id), &sealed)?;
        let request_id = row.request_id.clone();
        let job = Job::try_from(row)?;
        match first.as_slice() == fingerprint.as_bytes() {
            true => Ok(job),
            false => Err(SpoolError::JobRequestIdReused {
                request_id,
                job: job.id,
            }),
        }
    }
}

fn fingerprint_place(job: &str) -> Place<'_> {
    Place {
        table: "jobs",
        column: "fingerprint",
        id: job,
    }
}

/// What the audit trail says of a new job.
fn told(new: &NewJob) -> Details {
    let spec = &new.spec;
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    Details::new()
        .word("kind", spec.kind.as_str())
        .word(
            "payer",
            spec.payer.as_ref().map_or("", |payer| payer.as_str()),
        )
        .number("tax_year", spec.tax_year.year())
        .word("form_type", spec.form_type.as_str())
        .word("copy", spec.copy.as_str())
        .word("printer", &spec.printer)
        .number("forms", number(new.forms.len()))
        .number("sheets", number(new.sheets.len()))
}

fn sealed(new: &NewJob) -> String {
    let (forms, sheets) = (new.forms.len(), new.sheets.len());
    match new.spec.kind {
        JobKind::Forms => format!("{forms} forms sealed on {sheets} sheets"),
        JobKind::Transmittal => format!("Form 1096 sealed on {sheets} sheets"),
        JobKind::Alignment => "an alignment sheet is wanted".to_owned(),
        JobKind::Calibration => "a sheet of marks to measure is wanted".to_owned(),
    }
}

type Rows = (JobRow, Vec<Vec<FormRow>>, Vec<Vec<SheetRow>>);

fn rows(new: &NewJob, fingerprint: Sealed) -> Result<Rows, StoreError> {
    let id = new.id.as_str();
    let size: Sums = new.sheets.iter().map(|sheet| sheet.sums).sum();
    let spec = &new.spec;
    let job = JobRow {
        job_id: id.to_owned(),
        request_id: new.request_id.clone(),
        fingerprint_key_version: fingerprint.key_version,
        fingerprint: fingerprint.bytes,
        user_name: new.user.clone(),
        submitted_by: new.submitted_by.clone(),
        payer_id: spec
            .payer
            .as_ref()
            .map_or("", |payer| payer.as_str())
            .to_owned(),
        tax_year: spec.tax_year.year(),
        form_type: spec.form_type.as_str().to_owned(),
        copy: spec.copy.as_str().to_owned(),
        stock: spec.stock.clone(),
        printer_id: spec.printer.as_str().to_owned(),
        priority: spec.priority,
        sheets: small(size.sheets)?,
        forms: small(size.forms)?,
        void_forms: small(size.void_forms)?,
        total_cents: size.total.cents(),
        federal_cents: size.federal_withheld.cents(),
        state_cents: size.state_withheld.cents(),
        notes: serde_json::to_string(&new.notes).map_err(corrupt)?,
        started: false,
        held: false,
        canceled_by: None,
        cancel_reason: None,
        canceled_at: None,
        aborted: None,
        ended_at: None,
        created_at: stored(new.at),
        updated_at: stored(new.at),
        version: 1,
        kind: spec.kind.as_str().to_owned(),
        delivery: spec.delivery.as_str().to_owned(),
        format_year: (spec.format_year != spec.tax_year).then(|| spec.format_year.year()),
    };
    let form = |(place, form): (usize, &SealedForm)| {
        Ok(FormRow {
            job_id: id.to_owned(),
            place: i32::try_from(place).map_err(corrupt)?,
            account_number: form.account_number.clone(),
            corrects: form.corrects,
            key_version: form.sealed.key_version,
            sealed: form.sealed.bytes.clone(),
        })
    };
    let forms = new.forms.iter().enumerate().map(form);
    let sheets = new.sheets.iter().map(|plan| SheetRow::of(&new.id, plan));
    Ok((
        job,
        chunks(forms.collect::<Result<_, StoreError>>()?),
        chunks(sheets.collect::<Result<_, StoreError>>()?),
    ))
}

fn chunks<T>(rows: Vec<T>) -> Vec<Vec<T>> {
    let mut rows = rows.into_iter().peekable();
    let mut chunks = Vec::new();
    while rows.peek().is_some() {
        chunks.push(rows.by_ref().take(ROWS).collect());
    }
    chunks
}
