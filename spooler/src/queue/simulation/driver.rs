//! The devices of the simulation: how workers reach its printers.
//!
//! They fail in every way that the devices' contract allows, but what they prove is true: evidence of full strength is only
//! given for paper that was marked. Whether the real devices judge so is held by their own tests.

use std::net::IpAddr;
use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use formfeed_domain::spool::{Printer, PrinterAccess};
use tokio::time::Instant;

use super::printer::{Fault, Hardware, Inner, OnDevice};
use super::weather::Weather;
use crate::device::{
    Capabilities, Context, Device, DeviceJob, DeviceKind, DeviceUri, DocumentFormat,
    DocumentSource, Doubt, Evidence, Finding, JobKey, LocateError, Mark, NotSent, PreflightError,
    Progress, Readiness, Reason, SendError, Severity, Since, Strength, TerminalState, Window,
};
use crate::queue::equipment::{Devices, Equipment};
use crate::render::DialectName;

/// Between two questions about a job.
const POLL: Duration = Duration::from_millis(400);
/// How long a printer that does not answer is waited for.
const UNREACHABLE: Duration = Duration::from_secs(40);

/// The printers of a run, in the order of their names.
pub(super) struct Workshop {
    pub(super) hardware: Vec<Arc<Hardware>>,
    pub(super) weather: Arc<Weather>,
}

#[async_trait]
impl Devices for Workshop {
    fn set_up(
        &self,
        facts: Printer,
        _access: PrinterAccess,
        _kept: Option<Arc<dyn Device>>,
    ) -> Result<Equipment, String> {
        let at: usize = facts.uri.parse().map_err(|_| "no such device".to_owned())?;
        let hardware = self.hardware.get(at).cloned().ok_or("no such device")?;
        Ok(Equipment {
            facts,
            kind: hardware.kind,
            device: Arc::new(Driver {
                hardware,
                weather: self.weather.clone(),
            }),
            dialect: Some(DialectName::Escp.dialect()),
        })
    }

    async fn locate(&self, _uri: &DeviceUri) -> Result<Option<IpAddr>, LocateError> {
        Ok(None)
    }
}

/// A printer as a worker reaches it.
struct Driver {
    hardware: Arc<Hardware>,
    weather: Arc<Weather>,
}

/// What the printer says of a job.
enum Said {
    Running,
    Proved,
    Doubt(&'static str),
}

impl Driver {
    fn can_be_asked(&self) -> bool {
        matches!(self.hardware.kind, DeviceKind::Ipp | DeviceKind::File)
    }

    fn answers(&self) -> Result<MutexGuard<'_, Inner>, PreflightError> {
        let inner = self.hardware.now();
        match inner.off {
            true => Err(PreflightError::Offline {
                detail: "off".to_owned(),
            }),
            false => Ok(inner),
        }
    }

    /// Our job among those of its name: of the uuid we know, else the only one.
    fn ours(&self, known: &Evidence) -> Result<Option<OnDevice>, PreflightError> {
        let inner = self.answers()?;
        let named: Vec<_> = inner
            .jobs
            .iter()
            .filter(|job| job.name == known.token)
            .collect();
        let ours = match &known.device_job_uuid {
            Some(uuid) => named.into_iter().find(|job| job.uuid == *uuid),
            None if named.len() == 1 => named.first().copied(),
            None => None,
        };
        Ok(ours.cloned())
    }

    async fn hand_over(&self, key: &JobKey, context: &Context) -> Result<Evidence, SendError> {
        self.weather.moment().await;
        let mut evidence = Evidence::of(key, 100);
        let token = key.token.as_str();
        if context.stop.is_cancelled() {
            return nothing(NotSent::Stopping, "stopped");
        }
        let fault = match self.answers() {
            Ok(mut inner) => {
                assert!(!inner.tray.contains_key(token), "{token} is sent twice");
                inner.fault.take()
            }
            Err(_) => return nothing(NotSent::Offline, "off"),
        };
        if fault == Some(Fault::Busy) {
            return nothing(NotSent::Busy, "busy");
        }
        // A crash in the middle of the sending finds it before or after the printer has all it needs.
        let early = self.weather.draw(2) == 0;
        let mut accepted = None;
        for accepts in [early, !early] {
            if accepts {
                let mut inner = self.hardware.now();
                accepted = Some(inner.accept(token, fault, self.hardware.pace));
            }
            if let Some(job) = accepted
                .as_ref()
                .filter(|_| self.hardware.kind == DeviceKind::Ipp)
            {
                evidence.device_job_id = Some(job.id);
                evidence.device_job_uuid = Some(job.uuid.clone());
                (context.watcher)(Progress::Known(evidence.clone()));
            }
            self.weather.moment().await;
        }
        evidence.bytes_accepted = 100;
        match fault {
            Some(Fault::LosesAnswer | Fault::CutLate | Fault::CutEarly) => {
                evidence.bytes_accepted = 50;
                Err(doubt("the connection was cut", evidence))
            }
            _ => Ok(evidence),
        }
    }
}

fn nothing(why: NotSent, detail: &str) -> Result<Evidence, SendError> {
    let detail = detail.to_owned();
    Err(SendError::NothingSent { why, detail })
}

fn doubt(cause: &str, evidence: Evidence) -> SendError {
    SendError::InDoubt(Doubt {
        cause: cause.to_owned(),
        evidence: Box::new(evidence),
    })
}

/// What follows from a look at our job.
fn said(job: &OnDevice, evidence: &mut Evidence) -> Said {
    if !job.ended {
        return Said::Running;
    }
    evidence.terminal = Some(job.ends_as);
    match (job.ends_as, job.marks) {
        (TerminalState::Completed, true) => {
            evidence.strength = Strength::Device;
            Said::Proved
        }
        (TerminalState::Completed, false) => Said::Doubt("completed, with no side"),
        _ => Said::Doubt("ended before it was completed"),
    }
}

#[async_trait]
impl Device for Driver {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            format: DocumentFormat::Impact,
            window: match self.hardware.kind {
                DeviceKind::File => Window::WholeJob,
                _ => Window::Sheets { irs: 1, plain: 50 },
            },
        }
    }

    async fn preflight(&self) -> Result<Readiness, PreflightError> {
        self.weather.moment().await;
        let inner = self.answers()?;
        if inner.jam || inner.jobs.iter().any(|job| job.hangs) {
            let jam = Reason {
                keyword: "media-jam".to_owned(),
                severity: Severity::Error,
                words: "a jam".to_owned(),
            };
            return Err(PreflightError::NotReady { reasons: vec![jam] });
        }
        Ok(Readiness::default())
    }

    async fn send(&self, job: &DeviceJob, context: &Context) -> Result<Evidence, SendError> {
        self.hand_over(&job.key, context).await
    }

    /// As the folder: all of it appears at once, or nothing, under a name that was not there.
    async fn send_stream(
        &self,
        key: &JobKey,
        _document: Arc<dyn DocumentSource>,
        _context: &Context,
    ) -> Result<Evidence, SendError> {
        self.weather.moment().await;
        {
            let mut inner = self.hardware.now();
            if inner.off || inner.fault.take().is_some() {
                return nothing(NotSent::Offline, "the folder is away");
            }
            if inner.jobs.iter().any(|job| job.uuid == key.job.as_str()) {
                return nothing(NotSent::Refused, "a file of that name is there");
            }
            let job = inner.accept(key.token.as_str(), None, Duration::ZERO);
            let file = inner.jobs.iter_mut().find(|it| it.id == job.id);
            file.expect("it is there").uuid = key.job.to_string();
        }
        drop(self.hardware.now()); // it lies there by now
        self.weather.moment().await;
        let mut evidence = Evidence::of(key, 100);
        evidence.bytes_accepted = 100;
        Ok(evidence)
    }

    async fn settle(&self, evidence: Evidence, context: &Context) -> Result<Evidence, SendError> {
        let mut evidence = evidence;
        if !self.can_be_asked() {
            self.weather.moment().await;
            evidence.strength = Strength::Sent;
            return Ok(evidence);
        }
        let mut heard = Instant::now();
        loop {
            match self.ours(&evidence) {
                Ok(None) => return Err(doubt("the printer does not know the job", evidence)),
                Ok(Some(job)) => {
                    heard = Instant::now();
                    match said(&job, &mut evidence) {
                        Said::Proved => return Ok(evidence),
                        Said::Doubt(cause) => return Err(doubt(cause, evidence)),
                        Said::Running => {}
                    }
                }
                Err(_) if heard.elapsed() > UNREACHABLE => {
                    return Err(doubt("the printer does not answer", evidence));
                }
                Err(_) => {}
            }
            tokio::select! {
                biased;
                () = context.stop.cancelled() => return Err(doubt("stopped", evidence)),
                () = tokio::time::sleep(POLL) => {}
            }
        }
    }

    async fn find(&self, key: &JobKey, known: &Evidence) -> Result<Finding, PreflightError> {
        self.weather.moment().await;
        let mut evidence = Evidence {
            token: key.token.to_string(),
            job: key.job.to_string(),
            sheets: key.sheets,
            strength: Strength::Partial,
            terminal: None,
            ..known.clone()
        };
        if !self.can_be_asked() {
            return Ok(Finding::Inconclusive(evidence));
        }
        let is_folder = self.hardware.kind == DeviceKind::File;
        let Some(job) = self.ours(&evidence)? else {
            return Ok(match is_folder {
                true => Finding::NothingPrinted,
                false => Finding::Inconclusive(evidence),
            });
        };
        evidence.device_job_id = Some(job.id);
        Ok(match said(&job, &mut evidence) {
            Said::Proved => Finding::Settled(evidence),
            Said::Running => Finding::Running(evidence),
            Said::Doubt(_) => Finding::Inconclusive(evidence),
        })
    }

    async fn mark(&self, ended: &Evidence) -> Option<Mark> {
        let job_id = Some(ended.device_job_id?);
        let sides = self.answers().ok().map(|inner| inner.sides);
        Some(Mark {
            job_id,
            impressions: sides,
        })
    }

    async fn since(&self, mark: &Mark) -> Result<Since, PreflightError> {
        self.weather.moment().await;
        let inner = self.answers()?;
        let ended = || inner.jobs.iter().filter(|job| job.ended);
        let newest = ended().map(|job| job.id).max();
        let known = mark.job_id.unwrap_or(0);
        let anew = newest.is_some_and(|newest| newest < known);
        let later = ended().filter(|job| anew || job.id > known);
        Ok(Since {
            jobs: later.map(|job| job.name.clone()).collect(),
            impressions: mark.impressions.map(|then| inner.sides - then),
            now: Mark {
                job_id: newest.or(mark.job_id),
                impressions: Some(inner.sides),
            },
        })
    }

    async fn cancel(&self, _evidence: &Evidence) -> Result<(), PreflightError> {
        Ok(())
    }
}
