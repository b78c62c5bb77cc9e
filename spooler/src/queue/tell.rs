//! What a job is told while it waits or is printed: why it does not move, and what the device says.

use formfeed_domain::spool::{AttemptState as A, JobId};
use formfeed_store::spooler::SpoolError;
use tokio::sync::mpsc::UnboundedReceiver;
use tracing::error;

use super::print::json;
use super::situation;
use super::worker::Worker;
use crate::device::{Progress, Reason, Severity};

impl Worker {
    /// Tells the job that is first in line why it waits, once for each reason.
    pub(super) async fn tell_first_in_line(&self) -> Result<(), SpoolError> {
        let shared = &self.shared;
        let first = shared.store.first_in_line(&self.printer).await?;
        let told = match first {
            None => None,
            Some(job) => {
                let status = shared.store.printer_status(&self.printer).await?;
                let obstacles = situation(&job, &status, shared).stops();
                Some((job.id, obstacles)).filter(|(_, obstacles)| !obstacles.is_empty())
            }
        };
        let news = shared.board.set_told(&self.printer, told.clone());
        if let Some((job, obstacles)) = told.filter(|_| news) {
            let about = ("stopped", obstacles.join("; "));
            let about = (about.0, about.1.as_str());
            shared.store.note_event(&job, about, shared.now()).await?;
            shared.hub.ring(&job);
        }
        Ok(())
    }

    /// Follows what the device tells while it works, until it has no more to tell.
    pub(super) async fn listen(
        &self,
        mut told: UnboundedReceiver<Progress>,
        job: &JobId,
        token: &str,
    ) {
        while let Some(progress) = told.recv().await {
            let noted = match progress {
                Progress::Known(evidence) => {
                    let (store, json) = (&self.shared.store, json(&evidence));
                    let lease = &self.held.lease;
                    store
                        .note_evidence(lease, token, A::Intent, &json, self.shared.now())
                        .await
                }
                Progress::Accepted { .. } => Ok(()),
                Progress::Attention(reasons) => self.attend(job, reasons).await,
            };
            if let Err(failed) = noted {
                error!(token, error = %failed, "What the device tells cannot be noted");
            }
        }
    }

    /// Shows what is wrong at the device: errors stop the job, warnings want attention. Both clear by themselves.
    async fn attend(&self, job: &JobId, reasons: Vec<Reason>) -> Result<(), SpoolError> {
        let of = |severity| {
            let some = reasons.iter().filter(move |it| it.severity == severity);
            some.map(|reason| reason.words.clone()).collect::<Vec<_>>()
        };
        let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
        let words = warnings.join("; ");
        if self.shared.board.set_attention(&self.printer, warnings) && !words.is_empty() {
            let about = ("attention", words.as_str());
            self.shared
                .store
                .note_event(job, about, self.shared.now())
                .await?;
            self.shared.hub.ring(job);
        }
        self.trouble(Some(job), errors).await
    }
}
