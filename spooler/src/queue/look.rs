//! Whether a printer without work is there. Its own worker asks the device, so that nobody comes between it and a sheet.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use formfeed_domain::spool::PrinterId;
use tokio::sync::oneshot;

use super::equipment::Equipment;
use super::worker::Worker;
use crate::device::{PreflightError, Readiness};

/// How long a printer has to say something; its own limits are longer, and a job may come meanwhile.
pub(crate) const PATIENCE: Duration = Duration::from_secs(4);

/// What a device said when it was looked at.
pub(crate) type Said = Result<Readiness, PreflightError>;

type Wanted = HashMap<PrinterId, Vec<oneshot::Sender<Said>>>;

/// Who waits to hear what which printer says.
#[derive(Default)]
pub(crate) struct Looks {
    wanted: Mutex<Wanted>,
}

impl Looks {
    /// Has a printer's worker look at the device when it has no sheet to print; it has to be woken.
    pub(crate) fn want(&self, printer: &PrinterId) -> oneshot::Receiver<Said> {
        let (teller, told) = oneshot::channel();
        let mut wanted = self.wanted();
        let waiting = wanted.entry(printer.clone()).or_default();
        waiting.retain(|it| !it.is_closed()); // they wait no longer
        waiting.push(teller);
        told
    }

    fn take(&self, printer: &PrinterId) -> Vec<oneshot::Sender<Said>> {
        let mut waiting = self.wanted().remove(printer).unwrap_or_default();
        waiting.retain(|it| !it.is_closed());
        waiting
    }

    fn wanted(&self) -> MutexGuard<'_, Wanted> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Worker {
    /// Asks the device what is asked before a sheet, for those who want to know. Whether anybody did, and all is well.
    pub(super) async fn look(&self, equipment: &Equipment) -> bool {
        let waiting = self.shared.looks.take(&self.printer);
        if waiting.is_empty() {
            return false;
        }
        let said = tokio::select! {
            biased;
            said = equipment.device.preflight() => said,
            () = tokio::time::sleep(PATIENCE) => Err(unanswered()),
            () = self.shared.stopping.cancelled() => return false,
            () = self.held.over.cancelled() => return false,
        };
        let is_well = said.is_ok();
        for teller in waiting {
            teller.send(said.clone()).ok(); // who asked may be gone
        }
        is_well
    }
}

fn unanswered() -> PreflightError {
    let seconds = PATIENCE.as_secs();
    PreflightError::Offline {
        detail: format!("no answer within {seconds} seconds"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_no_longer_is_forgotten() {
        let looks = Looks::default();
        let (a, b) = (PrinterId::new("a").unwrap(), PrinterId::new("b").unwrap());
        drop(looks.want(&a));
        let waits = looks.want(&a);
        drop(looks.want(&b));
        assert_eq!(looks.take(&a).len(), 1, "asked for while somebody waits");
        assert_eq!((looks.take(&a).len(), looks.take(&b).len()), (0, 0));
        drop(waits);
    }
}
