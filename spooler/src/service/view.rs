//! Jobs and printers as they stand: what is kept, with what the devices are up to.

use formfeed_domain::spool::{Job, JobId, JobStanding, JobState, PrinterId, Situation};
use formfeed_proto::convert::job::job_to;
use formfeed_proto::convert::printer::{PrinterStanding, printer_name, printer_to};
use formfeed_proto::convert::printer_access::access_to;
use formfeed_proto::convert::timestamp_to;
use formfeed_proto::spooler as pb;
use formfeed_runtime::etag::etag;
use formfeed_store::at_once;
use formfeed_store::spooler::{JobView, PrinterLine, PrinterStatus, SpoolError, Tenure};

use super::Handlers;
use crate::device::DeviceUri;
use crate::queue::{Shared, condition, evidence_in_force, situation};

impl Handlers {
    /// A job as a message.
    pub(crate) async fn job(&self, id: &JobId) -> Result<pb::Job, SpoolError> {
        at_once(async {
            let view = self.store.job(id).await?;
            self.job_message(&view).await
        })
        .await
    }

    /// A job that was read already, as a message. One that seems to be stopped is read once more: what stops it may be what
    /// its last sheet took meanwhile.
    pub(crate) async fn job_message(&self, view: &JobView) -> Result<pb::Job, SpoolError> {
        let situation = match view.job.ended_at {
            Some(_) => Situation::default(),
            None => self.situation_on(&view.job, &view.printers).await?,
        };
        let standing = JobStanding::of(&view.job, &view.tally, &situation);
        if standing.state != JobState::Stopped {
            return Ok(message(view, &standing));
        }
        let view = self.store.job(&view.job.id).await?;
        let standing = JobStanding::of(&view.job, &view.tally, &situation);
        Ok(message(&view, &standing))
    }

    /// What the printers of a job are up to.
    async fn situation_on(
        &self,
        job: &Job,
        printers: &[PrinterId],
    ) -> Result<Situation, SpoolError> {
        let shared = self.queue.shared();
        let mut situations = Vec::with_capacity(printers.len());
        for printer in printers {
            situations.push(match self.store.printer_status(printer).await {
                Ok(printer) => situation(job, &printer, shared),
                Err(SpoolError::PrinterNotFound(printer)) => printer_gone(&printer),
                Err(error) => return Err(error),
            });
        }
        Ok(Situation::of_all(situations))
    }

    /// The job whose turn it is on a printer, whatever stock it wants, and what keeps the printer from it. A job that is held, or
    /// whose sheets wait for a person's word alone, has no turn.
    pub(crate) async fn turn(
        &self,
        printer: &PrinterId,
    ) -> Result<Option<(JobId, Vec<String>)>, SpoolError> {
        // Before the job: the last sheet of stock may be what its last sheet takes.
        let status = self.store.printer_status(printer).await?;
        let first = self.store.first_in_line(printer).await?;
        Ok(first.map(|job| {
            let stops = situation(&job, &status, self.queue.shared()).stops();
            (job.id, stops)
        }))
    }

    /// A printer as a message.
    pub(crate) async fn printer(&self, id: &PrinterId) -> Result<pb::Printer, SpoolError> {
        let shared = self.queue.shared();
        let (status, line) = at_once(async {
            let status = self.store.printer_status(id).await;
            (status, self.store.printer_line(id).await)
        })
        .await;
        let mut status = status?;
        let standing = standing(&status, line?, shared);
        let etag = etag(&printer_name(id), status.printer.version);
        if let Ok(uri) = DeviceUri::parse(&status.printer.uri) {
            status.printer.evidence = Some(evidence_in_force(&status.printer, uri.kind()));
        }
        let mut printer = printer_to(&status.printer, standing, etag);
        printer.access = access_to(&self.store.shown_access(id).await?);
        Ok(printer)
    }
}

fn message(view: &JobView, standing: &JobStanding) -> pb::Job {
    let job = &view.job;
    let etag = etag(&job.id.to_string(), job.version);
    pb::Job {
        printers: view.printers.iter().map(printer_name).collect(),
        ..job_to(job, standing, &view.report, etag)
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

fn standing(status: &PrinterStatus, line: PrinterLine, shared: &Shared) -> PrinterStanding {
    use pb::printer::State;
    let condition = condition(status, shared);
    let mut reasons = Vec::new();
    let state = if status.in_doubt > 0 {
        reasons.push("a sheet is in doubt: say what became of it".to_owned());
        State::Quarantined
    } else if status.printer.paused.is_some() || !condition.trouble.is_empty() {
        State::Stopped
    } else if line.at_work.is_some() {
        State::Processing
    } else {
        State::Idle
    };
    reasons.extend(status.printer.paused.clone());
    reasons.extend(condition.trouble);
    reasons.extend(condition.attention);
    let current = line.at_work.or(condition.at_work);
    PrinterStanding {
        state,
        reasons,
        in_doubt: status.in_doubt,
        current_job: current
            .map(|job: JobId| job.to_string())
            .unwrap_or_default(),
        open_jobs: line.open_jobs,
        spooler: status
            .lease
            .as_ref()
            .map(|lease| lease.spooler.clone())
            .unwrap_or_default(),
        lease: status.lease.as_ref().map(lease_to),
        waits_for_approval: shared.waits_for_approval(&status.printer).is_some(),
    }
}

/// Who drives a printer, as a message.
fn lease_to(lease: &Tenure) -> pb::Lease {
    pb::Lease {
        epoch: lease.epoch,
        spooler: lease.spooler.clone(),
        since: Some(timestamp_to(lease.since)),
        taken_by: lease.by.clone(),
        reason: lease.reason.clone(),
        address: lease.address.clone(),
        shows_life: lease.shows_life,
        last_sign_time: lease.seen_at.map(timestamp_to),
    }
}
