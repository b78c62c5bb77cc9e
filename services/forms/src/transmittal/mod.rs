//! Form 1096 from what was really printed: the final reports of jobs are added up, and the sheet is printed as a job.
//!
//! A Form 1096 is *of jobs*: which, [`basis`] says; what they come to, [`Figures`]. The way to paper is that of forms: the
//! record first, so that the same request id finishes a hand-over that was cut off.

mod basis;
mod error;
mod figures;

use chrono::{SubsecRound as _, Utc};
use formfeed_domain::correction::{FilingKind, transmittal_note};
use formfeed_domain::payer::Payer;
use formfeed_domain::transmittal::{Filer, Transmittal, TransmittalPrinting};
use formfeed_proto::convert::form::form_type_to;
use formfeed_proto::convert::timestamp_to;
use formfeed_proto::convert::transmittal::{
    TransmittalQuery, TransmittalWish, transmittal_answer, transmittal_to,
};
use formfeed_proto::{forms as pb, spooler};
use formfeed_runtime::{IntoStatus as _, request_id};
use tonic::Status;
use tracing::info;

use self::error::TransmittalError;
use self::figures::Figures;
use crate::duty::Leaving;
use crate::hand_over::{HandOverError, judge};
use crate::print::Desk;

/// Where Forms 1096 live: `transmittals/{id}`.
fn name(id: &str) -> String {
    format!("transmittals/{id}")
}

/// A request to print a Form 1096.
pub(crate) struct Wish {
    /// Makes a retry safe.
    pub(crate) request_id: String,
    /// What was asked, in short, to know a retry by.
    pub(crate) fingerprint: String,
    /// What was asked.
    pub(crate) order: TransmittalWish,
    /// Who asks.
    pub(crate) user: String,
}

/// What the Form 1096 says as things stand.
pub(crate) async fn preview(
    desk: &Desk,
    query: &TransmittalQuery,
) -> Result<pb::Transmittal, Status> {
    let sheet = Sheet::gather(desk, query).await?;
    let jobs = sheet.figures.names();
    let first = desk.store.first_transmittal_of(&jobs);
    let first = first.await.map_err(|error| error.into_status())?;
    let mut answer = sheet.answer(query);
    answer.printed_before = first.and_then(|first| first.job).unwrap_or_default();
    Ok(answer)
}

/// Prints it, or answers what the same request has brought about before.
pub(crate) async fn print(desk: &Desk, wish: Wish) -> Result<pb::Transmittal, Status> {
    let _turn = desk.turns.take(&wish.request_id).await;
    let known = desk.store.transmittal_of_request(&wish.request_id).await;
    let known = known.map_err(|error| error.into_status())?;
    let (mut printing, sheet, is_new) = match known {
        Some((printing, first)) => {
            request_id::check(&wish.request_id, &wish.fingerprint, &first)?;
            let sheet = Sheet::of_jobs(desk, &wish.order.query, &printing.of_jobs).await?;
            if printing.job.is_some() {
                return Ok(sheet.printed(&wish.order.query, &printing));
            }
            (printing, sheet, false)
        }
        None => {
            let whose = (&wish.order.query.payer_id, wish.order.query.tax_year);
            desk.may_bring_out(whose, &wish.user, Leaving::Transmitted)
                .await?;
            desk.peers.spooler.printer(&wish.order.printer).await?;
            let sheet = Sheet::gather(desk, &wish.order.query).await?;
            let printing = begin(desk, &wish, &sheet.figures).await?;
            (printing, sheet, true)
        }
    };
    let job = match hand_over(desk, &wish.order, &printing, &sheet).await {
        Ok(job) | Err(HandOverError::Sealed(job)) => job,
        Err(HandOverError::Refused(status)) if is_new => {
            let withdrawn = desk.store.withdraw_transmittal(&printing.id).await;
            withdrawn.map_err(|error| error.into_status())?;
            return Err(status);
        }
        Err(HandOverError::Refused(status) | HandOverError::Unknown(status)) => return Err(status),
    };
    let noted = desk.store.transmittal_submitted(&printing.id, &job).await;
    noted.map_err(|error| error.into_status())?;
    info!(
        transmittal = printing.id,
        job, "Handed a Form 1096 to the spooler as {job}"
    );
    printing.job = Some(job);
    Ok(sheet.printed(&wish.order.query, &printing))
}

/// Records it before anything is handed over.
async fn begin(desk: &Desk, wish: &Wish, figures: &Figures) -> Result<TransmittalPrinting, Status> {
    let query = &wish.order.query;
    let printing = TransmittalPrinting {
        id: uuid::Uuid::now_v7().to_string(),
        request_id: wish.request_id.clone(),
        payer_id: query.payer_id.clone(),
        tax_year: query.tax_year,
        form_type: query.form_type,
        of_jobs: figures.names(),
        forms: i64::from(figures.forms),
        federal_withheld: figures.federal_withheld,
        total: figures.total,
        printer: wish.order.printer.clone(),
        job: None,
        user: wish.user.clone(),
        again_reason: wish.order.again_reason.clone(),
        create_time: Utc::now().trunc_subsecs(6),
    };
    let first = desk
        .store
        .begin_transmittal(&printing, &wish.fingerprint)
        .await;
    match first.map_err(|error| error.into_status())? {
        None => Ok(printing),
        Some(first) => Err(TransmittalError::PrintedBefore(Box::new(first)).into()),
    }
}

/// Hands it to the spooler with the full TIN. Doing so again for the same record answers the same job.
async fn hand_over(
    desk: &Desk,
    order: &TransmittalWish,
    printing: &TransmittalPrinting,
    sheet: &Sheet,
) -> Result<String, HandOverError> {
    let query = &order.query;
    let purpose = name(&printing.id);
    let released = desk
        .peers
        .vendors
        .release_tins(Vec::new(), &query.payer_id, purpose);
    let released = released.await.map_err(HandOverError::Refused)?;
    let mut says = sheet.transmittal(query);
    says.filer.tin = released.payer;
    let request = spooler::SubmitTransmittalRequest {
        request_id: format!("transmittal-{}", printing.id),
        payer_id: query.payer_id.to_string(),
        tax_year: query.tax_year.year(),
        form_type: form_type_to(query.form_type).into(),
        jobs: printing.of_jobs.clone(),
        transmittal: Some(transmittal_to(&says)),
        printer: order.printer.clone(),
        stock: order.stock.clone(),
        priority: 0,
        on_behalf_of: printing.user.clone(),
    };
    let submitted = desk.peers.spooler.submit_transmittal(request).await;
    submitted.map(|job| job.name).map_err(judge)
}

/// What stands on a Form 1096, but for the full TIN.
struct Sheet {
    figures: Figures,
    filer: Filer,
    truncated_tin: String,
    /// Why forms are filed again; blank without type 2 corrections.
    note: String,
}

/// What the corrections among the printings are to.
async fn note(desk: &Desk, figures: &Figures) -> Result<String, Status> {
    let mut forms = Vec::new();
    for job in &figures.jobs {
        let id = job.printing.strip_prefix("printings/").unwrap_or_default();
        let filing = desk.store.filing(id).await;
        let filing = filing.map_err(|error| error.into_status())?;
        if filing.is_some_and(|filing| filing.kind == FilingKind::Corrections) {
            let filed = desk.store.filed_forms(id).await;
            forms.extend(filed.map_err(|error| error.into_status())?);
        }
    }
    Ok(transmittal_note(&forms))
}

impl Sheet {
    /// Of the printing that the query is about.
    async fn gather(desk: &Desk, query: &TransmittalQuery) -> Result<Self, Status> {
        let filer = desk.peers.vendors.filer(&query.payer_id).await?;
        let figures = basis::of_query(desk, query).await?;
        Self::of(desk, query, filer, figures).await
    }

    /// Of these jobs, whatever was printed since.
    async fn of_jobs(
        desk: &Desk,
        query: &TransmittalQuery,
        jobs: &[String],
    ) -> Result<Self, Status> {
        let filer = desk.peers.vendors.filer(&query.payer_id).await?;
        let figures = basis::of_jobs(desk, query, jobs).await?;
        Self::of(desk, query, filer, figures).await
    }

    async fn of(
        desk: &Desk,
        query: &TransmittalQuery,
        (payer, truncated_tin): (Payer, String),
        mut figures: Figures,
    ) -> Result<Self, Status> {
        let whose = (&query.payer_id, query.tax_year, query.form_type);
        let sent = desk.store.first_export_of(whose).await;
        if let Some(sent) = sent.map_err(|error| error.into_status())? {
            figures.warnings.push(format!(
                "the forms went into an electronic file too, exports/{}: Form 1096 travels with paper only",
                sent.id
            ));
        }
        Ok(Self {
            note: note(desk, &figures).await?,
            figures,
            filer: Filer::of(&payer),
            truncated_tin,
        })
    }

    fn transmittal(&self, query: &TransmittalQuery) -> Transmittal {
        Transmittal {
            form_type: query.form_type,
            tax_year: query.tax_year,
            filer: self.filer.clone(),
            forms: self.figures.forms,
            federal_withheld: self.figures.federal_withheld,
            total: self.figures.total,
            note: self.note.clone(),
        }
    }

    fn answer(&self, query: &TransmittalQuery) -> pb::Transmittal {
        let mut warnings = self.figures.warnings.clone();
        if self.truncated_tin.is_empty() {
            warnings.push("the payer has no TIN: boxes 1 and 2 stay blank".to_owned());
        }
        if self.filer.contact.is_empty() {
            warnings.push("the payer names nobody whom the IRS may ask".to_owned());
        }
        pb::Transmittal {
            jobs: self.figures.jobs.clone(),
            filer_truncated_tin: self.truncated_tin.clone(),
            warnings,
            ..transmittal_answer(&query.payer_id, &self.transmittal(query))
        }
    }

    fn printed(&self, query: &TransmittalQuery, printing: &TransmittalPrinting) -> pb::Transmittal {
        pb::Transmittal {
            name: name(&printing.id),
            job: printing.job.clone().unwrap_or_default(),
            user: printing.user.clone(),
            again_reason: printing.again_reason.clone(),
            create_time: Some(timestamp_to(printing.create_time)),
            ..self.answer(query)
        }
    }
}
