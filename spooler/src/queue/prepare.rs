//! Which sheets go next, and the bytes they are.

use std::sync::Arc;

use formfeed_domain::spool::{Delivery, Job, JobKind};
use formfeed_domain::stock;
use formfeed_store::spooler::{Chosen, SpoolError};

use super::aside::aside;
use super::compose::{self, ComposeError, Target};
use super::equipment::Equipment;
use super::payload::{Composed, Payload};
use super::recipient_files::RecipientFiles;
use super::sealed_sheets::SealedSheets;
use super::takes_any_stock;
use super::whole_job::WholeJob;
use super::worker::Worker;
use crate::device::{JobKey, JobToken, Window};

impl Worker {
    /// The next sheets of this printer, as many as its device takes at a time; `None` when none may go there.
    pub(super) async fn choose(&self, equipment: &Equipment) -> Result<Option<Chosen>, SpoolError> {
        let any_stock = takes_any_stock(equipment.kind);
        let window = equipment.device.capabilities().window;
        let sheets = |job: &Job, left| {
            let irs_stock = stock::find(&job.spec.stock).is_ok_and(|stock| stock.for_irs);
            window.sheets(irs_stock, left)
        };
        let chosen = self
            .shared
            .store
            .choose(&self.printer, any_stock, &sheets)
            .await?;
        Ok(chosen.filter(|chosen| !chosen.sheets.is_empty()))
    }

    /// The bytes of the chosen sheets and their name; inner error in words when they cannot be made.
    pub(super) async fn compose(
        &self,
        equipment: &Equipment,
        chosen: &Chosen,
    ) -> Result<Result<Payload, String>, SpoolError> {
        let job = chosen.job.clone();
        let store = &self.shared.store;
        let aligned = store.alignment(&self.printer, &job.spec.stock).await?;
        let target = Target {
            format: equipment.device.capabilities().format,
            dialect: equipment.dialect,
            alignment: aligned.map(|aligned| aligned.alignment),
        };
        let window = equipment.device.capabilities().window;
        let key = self.key(chosen, window).await?;
        if (window, job.spec.kind) == (Window::WholeJob, JobKind::Forms) {
            let sealed = SealedSheets::new(self.shared.clone(), job);
            let sheets = chosen.sheets.clone();
            let compose = move || match sealed.job.spec.delivery {
                Delivery::Job => WholeJob::new(sealed, sheets, target.map())
                    .map(|whole| Composed::Stream(Arc::new(whole))),
                Delivery::Recipient(_) => RecipientFiles::new(sealed, &sheets)
                    .map(|files| Composed::Files(Arc::new(files))),
            };
            return Ok(composed(key, compose));
        }
        let opened = match store.opened(&job, &chosen.sheets).await {
            Ok(opened) => opened,
            Err(SpoolError::Store(formfeed_store::StoreError::Seal(error))) => {
                return Ok(Err(error.to_string()));
            }
            Err(error) => return Err(error),
        };
        let compose = move || compose::document(&job, &opened, target).map(Composed::Document);
        Ok(composed(key, compose))
    }

    /// What is printed whole has the job's own name for the first device job that may print; later ones are numbered, for
    /// a name is used once. Everything else has the name of its attempt.
    async fn key(&self, chosen: &Chosen, window: Window) -> Result<JobKey, SpoolError> {
        let store = &self.shared.store;
        let job = &chosen.job.id;
        let (id, first) = (job.as_str(), chosen.sheets.first().copied().unwrap_or(1));
        let number = store.next_attempt(job, first).await?;
        let token = format!("{id}-s{first}-a{number}");
        let whole = match window {
            // Several printers of a split job would count the same.
            Window::WholeJob if !chosen.split => match store.device_jobs(job).await? {
                0 => id.to_owned(),
                before => format!("{id}-{}", before + 1),
            },
            _ => token.clone(),
        };
        let name = |text: String| -> JobToken {
            text.parse()
                .expect("a job's id and numbers are letters, digits and dashes")
        };
        Ok(JobKey {
            job: name(whole),
            token: name(token),
            sheets: u32::try_from(chosen.sheets.len()).unwrap_or(u32::MAX),
        })
    }
}

/// What was composed off the runtime's threads, with its names; inner error in words.
fn composed(
    key: JobKey,
    compose: impl FnOnce() -> Result<Composed, ComposeError>,
) -> Result<Payload, String> {
    let why = match aside(compose) {
        Ok(Ok(composed)) => return Ok(Payload::new(key, composed)),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "rendering broke off".to_owned(),
    };
    Err(format!("the sheet cannot be printed: {why}"))
}
