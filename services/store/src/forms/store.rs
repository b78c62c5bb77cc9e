//! What the forms service asks of storage.

use std::path::Path;

use chrono::{DateTime, Utc};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use formfeed_domain::correction::{FiledForm, Filing};
use formfeed_domain::export::{Answer, Export};
use formfeed_domain::form::FormType;
use formfeed_domain::printing::{Printing, Subject};
use formfeed_domain::transmittal::TransmittalPrinting;
use formfeed_domain::{Money, PayerId, TaxYear};

use super::told;
use crate::audit::{Audited, Auditor, Details, Trail};
use crate::database::Migrations;
use crate::{Database, DatabaseUrl, StoreError};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/forms/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/forms/postgres");
/// The forms service's migrations.
pub(crate) const MIGRATIONS: Migrations = Migrations {
    service: "forms",
    sqlite: SQLITE,
    postgres: POSTGRES,
};

/// The forms service's tables.
pub struct FormsStore {
    pub(super) database: Database,
    pub(super) auditor: Auditor,
}

/// Which printings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrintingFilter {
    /// Only this payer's.
    pub payer_id: Option<PayerId>,
    /// Only this year's.
    pub tax_year: Option<TaxYear>,
}

/// The forms of a batch by position, made as they are wanted; `None` after the last.
pub type FormAt<'a> = &'a (dyn Fn(usize) -> Option<FiledForm> + Sync);

/// A batch with its forms as they are filed.
#[derive(Clone, Copy)]
pub struct ToFile<'a> {
    /// The batch.
    pub filing: &'a Filing,
    /// Its forms.
    pub forms: FormAt<'a>,
    /// The mark at which what the forms are made of was read, see [`FormsStore::filing_mark`]; `None` for a batch whose
    /// forms say themselves what they follow.
    pub seen: Option<i64>,
}

/// What became of the wish to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It is recorded; the forms may be handed over.
    New,
    /// Nothing was recorded: the same was printed before, first by this printing, and no reason was given.
    PrintedBefore(Box<Printing>),
    /// Nothing was recorded: something was filed or left out since the forms were gathered.
    Meanwhile,
}

/// What became of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// It is kept.
    New,
    /// Nothing was kept: the same was made before, first by this one, and no reason was given.
    MadeBefore(Box<Export>),
    /// Nothing was kept: something was filed or left out since the forms were gathered.
    Meanwhile,
}

impl FormsStore {
    /// Opens the database, brings its tables up to date, and reads the key file of the audit trail, which is made with
    /// the first start only.
    ///
    /// # Errors
    /// See [`Database::open`]; [`StoreError::Open`] when the key is not the one of the trail.
    pub async fn open(url: &DatabaseUrl, audit_key: &Path) -> Result<Self, StoreError> {
        let database = Database::open(url, MIGRATIONS).await?;
        let auditor = Auditor::open(&database, MIGRATIONS.service, audit_key).await?;
        Ok(Self { database, auditor })
    }

    /// A sign of life of the database; see [`Database::ping`].
    ///
    /// # Errors
    /// As there.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.database.ping().await
    }

    /// Records a printing before anything is handed over. Without a reason to print again it must be
    /// the first of its subject.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its request id is taken, or another process was faster.
    pub async fn begin(&self, printing: &Printing, fingerprint: &str) -> Result<Begun, StoreError> {
        self.begin_filing(printing, fingerprint, None).await
    }

    /// As [`FormsStore::begin`], with the forms as they are filed, numbered as the next of their recipients unless
    /// they say otherwise: all of it is kept, or nothing.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] also when a form of the same number was filed meanwhile.
    pub async fn begin_filing(
        &self,
        printing: &Printing,
        fingerprint: &str,
        filed: Option<ToFile<'_>>,
    ) -> Result<Begun, StoreError> {
        on_write!(self.database, forms, |c, q| {
            if printing.again_reason.is_empty()
                && let Some(first) = q::printings::first_of(c, &printing.subject).await?
            {
                return Ok(Begun::PrintedBefore(Box::new(first)));
            }
            if let Some(ToFile {
                filing,
                seen: Some(seen),
                ..
            }) = filed
                && !q::filing_marks::take(c, whose(filing), seen).await?
            {
                return Ok(Begun::Meanwhile);
            }
            q::printings::insert(c, printing, fingerprint).await?;
            if let Some(ToFile { filing, forms, .. }) = filed {
                q::filings::insert(c, filing).await?;
                q::filed_forms::insert(c, filing, forms).await?;
            }
            let details = told::printing(printing, filed.map(|filed| filed.filing));
            let subject = format!("printings/{}", printing.id);
            self.auditor
                .note(c, "forms.print", subject, details)
                .await?;
            Ok(Begun::New)
        })
    }

    /// Notes the spooler's job of a printing, and the quantity and total the job was sealed with.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn submitted(
        &self,
        id: &str,
        (job, forms, total): (&str, i64, Money),
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        on_write!(self.database, forms, |c, q| {
            q::printings::set_job(c, id, (job, forms, total), now).await?;
            let details = Details::new().word("job", job).number("forms", forms);
            let subject = format!("printings/{id}");
            self.auditor
                .note(c, "forms.hand-over", subject, details)
                .await
        })
    }

    /// Forgets a printing that the spooler has refused; one that has a job stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn withdraw(&self, id: &str) -> Result<(), StoreError> {
        on_write!(self.database, forms, |c, q| {
            q::printings::delete_without_job(c, id).await?;
            let subject = format!("printings/{id}");
            self.auditor
                .note(c, "forms.withdraw", subject, Details::new())
                .await
        })
    }

    /// The printing of that key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn get(&self, id: &str) -> Result<Option<Printing>, StoreError> {
        on_read!(self.database, forms, |c, q| q::printings::get(c, id).await)
    }

    /// The printing a request id brought about, and the fingerprint it came with.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of_request(
        &self,
        request_id: &str,
    ) -> Result<Option<(Printing, String)>, StoreError> {
        on_read!(self.database, forms, |c, q| {
            q::printings::of_request(c, request_id).await
        })
    }

    /// The first printing of a subject.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn first_of(&self, subject: &Subject) -> Result<Option<Printing>, StoreError> {
        on_read!(self.database, forms, |c, q| {
            q::printings::first_of(c, subject).await
        })
    }

    /// Every printing of a subject, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all_of(&self, subject: &Subject) -> Result<Vec<Printing>, StoreError> {
        on_read!(self.database, forms, |c, q| {
            q::printings::all_of(c, subject).await
        })
    }

    /// Printings before a key, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn page_before(
        &self,
        filter: &PrintingFilter,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Printing>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        on_read!(self.database, forms, |c, q| {
            q::printings::page_before(c, filter, before, limit).await
        })
    }

    /// Keeps an export with the forms as they are filed. Without a reason, and unless it is a test, it must be the first
    /// of its payer, year and form type.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its request id is taken, or another process was faster.
    pub async fn add_export(
        &self,
        export: &Export,
        fingerprint: &str,
        filed: Option<ToFile<'_>>,
    ) -> Result<Kept, StoreError> {
        let of = (&export.payer_id, export.tax_year, export.form_type);
        on_write!(self.database, forms, |c, q| {
            if export.again_reason.is_empty()
                && !export.is_test
                && let Some(first) = q::exports::first_of(c, of).await?
            {
                return Ok(Kept::MadeBefore(Box::new(first)));
            }
            if let Some(ToFile {
                filing,
                seen: Some(seen),
                ..
            }) = filed
                && !q::filing_marks::take(c, whose(filing), seen).await?
            {
                return Ok(Kept::Meanwhile);
            }
            q::exports::insert(c, export, fingerprint).await?;
            if let Some(ToFile { filing, forms, .. }) = filed {
                q::filings::insert(c, filing).await?;
                q::filed_forms::insert(c, filing, forms).await?;
            }
            let details = told::export(export, filed.map(|filed| filed.filing));
            let subject = format!("exports/{}", export.id);
            self.auditor
                .note(c, "forms.export", subject, details)
                .await?;
            Ok(Kept::New)
        })
    }

    /// The export a request id brought about, and the fingerprint it came with.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn export_of_request(
        &self,
        request_id: &str,
    ) -> Result<Option<(Export, String)>, StoreError> {
        on_read!(self.database, forms, |c, q| {
            q::exports::of_request(c, request_id).await
        })
    }

    /// The export of that key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn export(&self, id: &str) -> Result<Option<Export>, StoreError> {
        on_read!(self.database, forms, |c, q| q::exports::get(c, id).await)
    }

    /// Keeps what the IRS answered to a file; the newest word stands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_answer(&self, answer: &Answer) -> Result<(), StoreError> {
        on_write!(self.database, forms, |c, q| {
            q::export_answers::put(c, answer).await?;
            let details = Details::new()
                .number("file", answer.file)
                .word("status", answer.status.as_str())
                .word("receipt", &answer.receipt_id);
            let subject = format!("exports/{}", answer.export_id);
            self.auditor
                .note(c, "export.answer", subject, details)
                .await
        })
    }

    /// What the IRS answered to some exports, by export and file.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn answers(&self, export_ids: &[String]) -> Result<Vec<Answer>, StoreError> {
        on_read!(self.database, forms, |c, q| {
            q::export_answers::of_exports(c, export_ids).await
        })
    }

    /// The first export of a payer's forms of a year and type that was no test.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn first_export_of(
        &self,
        whose: (&PayerId, TaxYear, FormType),
    ) -> Result<Option<Export>, StoreError> {
        on_read!(self.database, forms, |c, q| {
            q::exports::first_of(c, whose).await
        })
    }

    /// Exports before a key, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn exports_before(
        &self,
        filter: &PrintingFilter,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Export>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        on_read!(self.database, forms, |c, q| {
            q::exports::page_before(c, filter, before, limit).await
        })
    }

    /// Records a Form 1096 before it is handed over; answers the first one of the same jobs, and records nothing, where it
    /// has no reason to be printed again.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its request id is taken, or another process was faster.
    pub async fn begin_transmittal(
        &self,
        printing: &TransmittalPrinting,
        fingerprint: &str,
    ) -> Result<Option<TransmittalPrinting>, StoreError> {
        on_write!(self.database, forms, |c, q| {
            if printing.again_reason.is_empty()
                && let Some(first) = q::transmittals::first_of(c, &printing.of_jobs).await?
            {
                return Ok(Some(first));
            }
            q::transmittals::insert(c, printing, fingerprint).await?;
            let subject = format!("transmittals/{}", printing.id);
            let details = told::transmittal(printing);
            self.auditor
                .note(c, "transmittal.print", subject, details)
                .await?;
            Ok(None)
        })
    }

    /// The first Form 1096 of the same jobs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn first_transmittal_of(
        &self,
        of_jobs: &[String],
    ) -> Result<Option<TransmittalPrinting>, StoreError> {
        on_read!(self.database, forms, |c, q| {
            q::transmittals::first_of(c, of_jobs).await
        })
    }

    /// The Form 1096 a request id brought about, and the fingerprint it came with.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn transmittal_of_request(
        &self,
        request_id: &str,
    ) -> Result<Option<(TransmittalPrinting, String)>, StoreError> {
        on_read!(self.database, forms, |c, q| {
            q::transmittals::of_request(c, request_id).await
        })
    }

    /// Notes the spooler's job of a Form 1096.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn transmittal_submitted(&self, id: &str, job: &str) -> Result<(), StoreError> {
        on_write!(self.database, forms, |c, q| {
            q::transmittals::set_job(c, id, job).await?;
            let subject = format!("transmittals/{id}");
            let details = Details::new().word("job", job);
            self.auditor
                .note(c, "transmittal.hand-over", subject, details)
                .await
        })
    }

    /// Forgets a Form 1096 that the spooler has refused; one that has a job stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn withdraw_transmittal(&self, id: &str) -> Result<(), StoreError> {
        on_write!(self.database, forms, |c, q| {
            q::transmittals::delete_without_job(c, id).await?;
            let subject = format!("transmittals/{id}");
            self.auditor
                .note(c, "transmittal.withdraw", subject, Details::new())
                .await
        })
    }
}

impl Audited for FormsStore {
    fn trail(&self) -> Trail<'_> {
        Trail::new(&self.database, &self.auditor)
    }
}

/// Whose forms a batch files.
fn whose(filing: &Filing) -> (&PayerId, TaxYear, FormType) {
    (&filing.payer_id, filing.tax_year, filing.form_type)
}
