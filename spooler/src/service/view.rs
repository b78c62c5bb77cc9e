//! Jobs and printers as they stand: what is kept, with what the devices are up to.

use formfeed_domain::spool::{JobId, JobStanding, PrinterId, Situation};
use formfeed_proto::convert::job::job_to;
use formfeed_proto::convert::printer::{PrinterStanding, printer_name, printer_to};
use formfeed_proto::convert::printer_access::access_to;
use formfeed_proto::spooler as pb;
use formfeed_runtime::etag::etag;
use formfeed_store::spooler::{JobView, PrinterStatus, SpoolError};

use super::Handlers;
use crate::device::DeviceUri;
use crate::queue::{Board, evidence_in_force, situation};

impl Handlers {
    /// A job as a message.
    pub(super) async fn job(&self, id: &JobId) -> Result<pb::Job, SpoolError> {
        let view = self.queue.shared().store.job(id).await?;
        self.job_message(&view).await
    }

    /// A job that was read already, as a message.
    pub(super) async fn job_message(&self, view: &JobView) -> Result<pb::Job, SpoolError> {
        let shared = self.queue.shared();
        let job = &view.job;
        let situation = match job.ended_at {
            Some(_) => Situation::default(),
            None => match shared.store.printer_status(&job.spec.printer).await {
                Ok(printer) => situation(job, &printer, &shared.board),
                Err(SpoolError::PrinterNotFound(printer)) => printer_gone(&printer),
                Err(error) => return Err(error),
            },
        };
        let standing = JobStanding::of(job, &view.tally, &situation);
        let etag = etag(&job.id.to_string(), job.version);
        Ok(job_to(job, &standing, &view.report, etag))
    }

    /// A printer as a message.
    pub(super) async fn printer(&self, id: &PrinterId) -> Result<pb::Printer, SpoolError> {
        let shared = self.queue.shared();
        let mut status = shared.store.printer_status(id).await?;
        let standing = standing(&status, &shared.board);
        let etag = etag(&printer_name(id), status.printer.version);
        if let Ok(uri) = DeviceUri::parse(&status.printer.uri) {
            status.printer.evidence = Some(evidence_in_force(&status.printer, uri.kind()));
        }
        let mut printer = printer_to(&status.printer, standing, etag);
        printer.access = access_to(&shared.store.shown_access(id).await?);
        Ok(printer)
    }
}

/// A job that was opened again after its printer was removed.
fn printer_gone(printer: &PrinterId) -> Situation {
    Situation {
        obstacles: vec![format!(
            "printer {printer} is gone: add it again or move the job to another"
        )],
        ..Situation::default()
    }
}

fn standing(status: &PrinterStatus, board: &Board) -> PrinterStanding {
    use pb::printer::State;
    let condition = board.of(&status.printer.id);
    let mut reasons = Vec::new();
    let state = if status.in_doubt > 0 {
        reasons.push("a sheet is in doubt: say what became of it".to_owned());
        State::Quarantined
    } else if status.printer.paused.is_some() || !condition.trouble.is_empty() {
        State::Stopped
    } else if status.at_work.is_some() {
        State::Processing
    } else {
        State::Idle
    };
    reasons.extend(status.printer.paused.clone());
    reasons.extend(condition.trouble);
    reasons.extend(condition.attention);
    let current = status.at_work.clone().or(condition.at_work);
    PrinterStanding {
        state,
        reasons,
        in_doubt: status.in_doubt,
        current_job: current
            .map(|job: JobId| job.to_string())
            .unwrap_or_default(),
        open_jobs: status.open_jobs,
    }
}
