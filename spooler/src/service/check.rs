//! Whether a printer is there: asked for while it has nothing to do, and only by who drives it.

use std::time::Duration;

use formfeed_domain::spool::PrinterId;
use formfeed_proto::spooler::CheckPrinterResponse;
use formfeed_proto::spooler::check_printer_response::Outcome;
use formfeed_store::spooler::{PrinterStatus, SpoolError};

use super::Handlers;
use crate::device::{PreflightError, Reason};
use crate::queue::{PATIENCE, Said, Shared, condition};

/// Until its worker has heard the printer, or has had enough of waiting for it.
const WITHIN: Duration = PATIENCE.saturating_add(Duration::from_millis(500));

impl Handlers {
    /// Has a printer's worker ask the device, where that comes between it and nothing.
    pub(super) async fn check_device(
        &self,
        id: &PrinterId,
    ) -> Result<CheckPrinterResponse, SpoolError> {
        if let Some(known) = self.without_asking(id).await? {
            return Ok(known);
        }
        let said = self.queue.shared().looks.want(id);
        self.queue.wake(id);
        if let Ok(Ok(said)) = tokio::time::timeout(WITHIN, said).await {
            return Ok(answer(said));
        }
        // Its worker had something else to do by then, or is no more.
        let known = self.without_asking(id).await?;
        let why = "nobody came to it meanwhile; ask again".to_owned();
        Ok(known.unwrap_or_else(|| told(Outcome::NotAsked, vec![why])))
    }

    /// What there is to say of a printer that is not to be asked now; `None` of one that is.
    async fn without_asking(
        &self,
        id: &PrinterId,
    ) -> Result<Option<CheckPrinterResponse>, SpoolError> {
        let status = self.store.printer_status(id).await?;
        Ok(known_of(&status, self.queue.shared()))
    }
}

fn known_of(status: &PrinterStatus, shared: &Shared) -> Option<CheckPrinterResponse> {
    let not_asked = |why: String| Some(told(Outcome::NotAsked, vec![why]));
    if status.in_doubt > 0 {
        return not_asked("a sheet on it is in doubt".to_owned());
    }
    let condition = condition(status, shared);
    if !condition.trouble.is_empty() {
        return Some(told(Outcome::NotReady, condition.trouble));
    }
    if let Some(job) = condition.at_work {
        return not_asked(format!("it works on {job}"));
    }
    match &status.lease {
        Some(lease) if lease.instance != shared.me.instance => {
            let spooler = &lease.spooler;
            not_asked(format!("spooler {spooler} drives it: ask that one"))
        }
        _ => None,
    }
}

fn answer(said: Said) -> CheckPrinterResponse {
    match said {
        Ok(ready) => CheckPrinterResponse {
            description: ready.description,
            ..told(Outcome::Ready, words(&ready.attention))
        },
        Err(PreflightError::Offline { detail }) => told(Outcome::Offline, vec![detail]),
        Err(PreflightError::NotReady { reasons }) => told(Outcome::NotReady, words(&reasons)),
        Err(PreflightError::Unsuitable { problems }) => told(Outcome::NotReady, problems),
    }
}

fn told(outcome: Outcome, reasons: Vec<String>) -> CheckPrinterResponse {
    CheckPrinterResponse {
        outcome: outcome.into(),
        reasons,
        ..CheckPrinterResponse::default()
    }
}

fn words(reasons: &[Reason]) -> Vec<String> {
    reasons.iter().map(|reason| reason.words.clone()).collect()
}
