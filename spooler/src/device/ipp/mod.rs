//! `ipp:` and `ipps:` send PDF to a page printer and follow the job to its end.
//!
//! A job is created first and its document sent after, where the printer can: then the job's
//! number and uuid are known before a byte of the document leaves, and "busy" is said while
//! nothing is at stake. Never Restart-Job, never a second try of a document.

mod address;
mod answer;
mod attributes;
mod certificate;
mod client;
mod events;
mod job;
mod login;
mod printer;
mod reasons;
mod request;
mod rhythm;
mod since;

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use formfeed_store::panic_point;
use ipp::model::StatusCode;
use ipp::parser::IppParseError;
use ipp::prelude::{IppAttributes, IppRequestResponse, Uri};
use url::Url;

pub(super) use address::way_out;
use client::{IppClient, IppClientError};
use events::Events;
use job::{JobStatus, Verdict};
use printer::PrinterStatus;
use request::Requests;
use rhythm::Rhythm;

use super::{
    Capabilities, Context, Device, DeviceConfig, DeviceJob, DocumentFormat, Evidence, Finding,
    JobKey, Mark, NotSent, OpenError, PreflightError, Progress, Readiness, Reason, SendError,
    Since, Strength, Window,
};

/// What a printer said of itself holds so long where a question more would only cost time.
const FRESH: Duration = Duration::from_millis(100);

/// A page printer on the network.
#[derive(Debug, Clone)]
pub struct IppDevice {
    client: IppClient,
    requests: Requests,
    config: DeviceConfig,
    rhythm: Rhythm,
    last_said: Arc<Mutex<Option<(Instant, PrinterStatus)>>>,
}

impl IppDevice {
    /// A device at an `ipp:` or `ipps:` URL; connects to nothing yet.
    ///
    /// # Errors
    /// The trusted certificate cannot be read, or there is no TLS to be had.
    pub fn new(url: &Url, config: &DeviceConfig) -> Result<Self, OpenError> {
        let printer: Uri = url
            .as_str()
            .parse()
            .map_err(|_| OpenError::Client("the URL is no URI".to_owned()))?;
        Ok(Self {
            client: IppClient::new(url, config)?,
            requests: Requests::new(printer, config.media.clone()),
            config: config.clone(),
            rhythm: Rhythm::default(),
            last_said: Arc::default(),
        })
    }

    async fn ask(
        &self,
        request: Result<IppRequestResponse, IppParseError>,
    ) -> Result<IppAttributes, IppClientError> {
        self.client.ask(built(request)?).await
    }

    async fn printer(&self) -> Result<PrinterStatus, IppClientError> {
        let asked = Instant::now();
        let answer = self.ask(self.requests.get_printer_attributes()).await?;
        let status = PrinterStatus::read(&answer);
        let mut said = self
            .last_said
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *said = Some((asked, status.clone()));
        Ok(status)
    }

    /// What it said of itself a moment ago, else now.
    async fn printer_lately(&self) -> Result<PrinterStatus, IppClientError> {
        let said = self
            .last_said
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        match said {
            Some((asked, status)) if asked.elapsed() < FRESH => Ok(status),
            _ => self.printer().await,
        }
    }

    async fn job(&self, id: i32) -> Result<JobStatus, IppClientError> {
        let answer = self.ask(self.requests.get_job_attributes(id)).await?;
        Ok(JobStatus::read(&answer))
    }

    /// Makes the job and sends its document.
    async fn create_and_send(
        &self,
        job: &DeviceJob,
        printer: &PrinterStatus,
        context: &Context,
    ) -> Result<Evidence, SendError> {
        let mut evidence = Evidence::of(&job.key, job.document.len());
        let request = self.requests.create_job(job.key.token.as_str(), printer);
        let answer = match self.ask(request).await {
            Ok(answer) => answer,
            Err(error) => {
                self.take_back(job.key.token.as_str()).await;
                return Err(nothing_sent(error));
            }
        };
        let created = JobStatus::read(&answer);
        let Some(id) = created.id else {
            return Err(SendError::nothing(
                NotSent::Refused,
                "the printer made a job without a number",
            ));
        };
        evidence.device_job_id = Some(id);
        evidence.device_job_uuid = match created.uuid {
            Some(uuid) => Some(uuid),
            None => self.job(id).await.ok().and_then(|job| job.uuid),
        };
        context.report(Progress::Known(evidence.clone()));
        let request = self.requests.send_document(id);
        let sent = self.stream(request, job, &mut evidence, context).await;
        match sent {
            Ok(_) => Ok(evidence),
            Err(error) if evidence.bytes_accepted == 0 => {
                let _ = self.ask(self.requests.cancel_job(id)).await; // An empty job; best effort.
                Err(nothing_sent(error))
            }
            Err(error) => Err(SendError::doubt(error, evidence)),
        }
    }

    /// Cancels a job that was made without our knowing its number: it got no document, would wait for one, and keep the
    /// printer busy. Best effort.
    async fn take_back(&self, token: &str) {
        for job in self.jobs_named(token).await.unwrap_or_default() {
            if let Some(id) = job.id.filter(|_| !job.has_ended()) {
                let _ = self.ask(self.requests.cancel_job(id)).await;
            }
        }
    }

    /// Sends job and document in one, for printers that offer nothing better.
    async fn print_at_once(
        &self,
        job: &DeviceJob,
        printer: &PrinterStatus,
        context: &Context,
    ) -> Result<Evidence, SendError> {
        let mut evidence = Evidence::of(&job.key, job.document.len());
        let request = self.requests.print_job(job.key.token.as_str(), printer);
        match self.stream(request, job, &mut evidence, context).await {
            Ok(answer) => {
                let created = JobStatus::read(&answer);
                evidence.device_job_id = created.id;
                evidence.device_job_uuid = created.uuid;
                Ok(evidence)
            }
            Err(error) if evidence.bytes_accepted == 0 => Err(nothing_sent(error)),
            Err(error) => Err(SendError::doubt(error, evidence)),
        }
    }

    async fn stream(
        &self,
        request: Result<IppRequestResponse, IppParseError>,
        job: &DeviceJob,
        evidence: &mut Evidence,
        context: &Context,
    ) -> Result<IppAttributes, IppClientError> {
        let pulled = Arc::new(AtomicU64::new(0));
        let reporter = context.clone();
        let report = move |bytes| reporter.report(Progress::Accepted { bytes });
        let request = built(request)?;
        let question = built(self.requests.get_printer_attributes())?;
        self.client.be_asked_anew(question).await?;
        let sending = self.client.send(
            request,
            Arc::clone(&job.document),
            Arc::clone(&pulled),
            report,
        );
        let result = tokio::select! {
            result = sending => result,
            () = context.stop.cancelled() => Err(IppClientError::NoAnswer("stopped".to_owned())),
        };
        evidence.bytes_accepted = pulled.load(Ordering::SeqCst);
        result
    }

    /// The jobs on the printer that carry our name, the newest last.
    async fn jobs_named(&self, token: &str) -> Result<Vec<JobStatus>, IppClientError> {
        let mut jobs = Vec::new();
        for which in ["not-completed", "completed"] {
            let answer = self.ask(self.requests.get_jobs(which)).await?;
            jobs.extend(JobStatus::read_all(&answer));
        }
        jobs.retain(|job| job.name.as_deref() == Some(token) && job.id.is_some());
        jobs.sort_by_key(|job| job.id);
        jobs.dedup_by_key(|job| job.id);
        Ok(jobs)
    }

    /// Our job among those of its name: the one of the uuid we know, else the only one.
    async fn ours(&self, known: &Evidence) -> Result<Option<JobStatus>, IppClientError> {
        let jobs = self.jobs_named(&known.token).await?;
        let chosen = match &known.device_job_uuid {
            Some(uuid) => jobs.iter().find(|job| job.uuid.as_ref() == Some(uuid)),
            None if jobs.len() == 1 => jobs.first(),
            None => None,
        };
        match chosen.and_then(|job| job.id) {
            // Get-Jobs may leave attributes out; the job itself does not.
            Some(id) => self.job(id).await.map(Some),
            None => Ok(None),
        }
    }

    /// Tells who watches when the printer's troubles change.
    async fn report_reasons(&self, shown: &mut Vec<Reason>, context: &Context) {
        let Ok(printer) = self.printer().await else {
            return;
        };
        show(printer.reasons().to_vec(), shown, context);
    }
}

#[async_trait]
impl Device for IppDevice {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            format: DocumentFormat::Pdf,
            window: Window::Sheets { irs: 1, plain: 50 },
        }
    }

    async fn suits(&self) -> Result<(), PreflightError> {
        let printer = self.printer().await.map_err(IppClientError::in_preflight)?;
        printer.takes_pdf()
    }

    async fn preflight(&self) -> Result<Readiness, PreflightError> {
        let mut printer = self
            .printer_lately()
            .await
            .map_err(IppClientError::in_preflight)?;
        if printer.ready_for(&self.config.media).is_err() {
            // That is not known from a moment ago.
            printer = self.printer().await.map_err(IppClientError::in_preflight)?;
        }
        let readiness = printer.ready_for(&self.config.media)?;
        let request = self.requests.validate_job("preflight", &printer);
        match self.ask(request).await {
            Ok(_) => Ok(readiness),
            Err(error) if error.is_unknown_operation() => Ok(readiness),
            Err(error) => Err(error.in_preflight()),
        }
    }

    async fn send(&self, job: &DeviceJob, context: &Context) -> Result<Evidence, SendError> {
        let printer = self.printer_lately().await.map_err(nothing_sent)?;
        if context.stop.is_cancelled() {
            return Err(SendError::nothing(NotSent::Stopping, "stopped"));
        }
        panic_point("spooler-ipp", job.document.escape_ascii());
        match printer.creates_jobs() {
            true => self.create_and_send(job, &printer, context).await,
            false => self.print_at_once(job, &printer, context).await,
        }
    }

    async fn settle(&self, evidence: Evidence, context: &Context) -> Result<Evidence, SendError> {
        let mut evidence = evidence;
        let Some(id) = evidence.device_job_id else {
            return Err(SendError::doubt(
                "the printer gave no number to the job",
                evidence,
            ));
        };
        let started = Instant::now();
        let mut heard = Instant::now();
        let mut shown = Vec::new();
        let mut looked: Option<Instant> = None;
        let events = Events::default();
        let listening = async {
            if let Ok(printer) = self.printer_lately().await {
                events.listen(self, &printer, id).await;
            }
            std::future::pending::<()>().await;
        };
        let mut listening = pin!(listening);
        loop {
            match self.job(id).await {
                Ok(status) => {
                    heard = Instant::now();
                    match status.judge(&mut evidence) {
                        Verdict::Proved => {
                            self.rhythm.took(evidence.sheets, started.elapsed());
                            show(Vec::new(), &mut shown, context);
                            return Ok(evidence);
                        }
                        Verdict::Doubt(cause) => return Err(SendError::doubt(cause, evidence)),
                        Verdict::Running => {
                            if looked.is_none_or(|at| at.elapsed() >= self.config.poll_interval) {
                                looked = Some(Instant::now());
                                self.report_reasons(&mut shown, context).await;
                            }
                        }
                    }
                }
                Err(error) if error.is_unknown_job() => {
                    return Err(SendError::doubt(
                        "the printer no longer knows the job",
                        evidence,
                    ));
                }
                Err(error) if heard.elapsed() > self.config.unreachable_limit => {
                    return Err(SendError::doubt(error, evidence));
                }
                Err(error) => {
                    let lost = Reason::error("unreachable", error.to_string());
                    show(vec![lost], &mut shown, context);
                }
            }
            if started.elapsed() > self.config.settle_limit {
                return Err(SendError::doubt(
                    "the printer never finished the job",
                    evidence,
                ));
            }
            let most = self.config.poll_interval;
            let pause = match events.is_waiting() {
                true => most,
                false => self.rhythm.pause(evidence.sheets, started.elapsed(), most),
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = events.bell.notified() => {}
                () = &mut listening => {}
                () = context.stop.cancelled() => {
                    return Err(SendError::doubt("stopped while the printer worked", evidence));
                }
            }
        }
    }

    async fn find(&self, key: &JobKey, known: &Evidence) -> Result<Finding, PreflightError> {
        let mut evidence = Evidence {
            token: key.token.to_string(),
            job: key.job.to_string(),
            sheets: key.sheets,
            strength: Strength::Partial,
            terminal: None,
            ..known.clone()
        };
        let found = self
            .ours(&evidence)
            .await
            .map_err(IppClientError::in_preflight)?;
        let Some(status) = found else {
            evidence
                .messages
                .push("the printer shows no job of this name".to_owned());
            return Ok(Finding::Inconclusive(evidence));
        };
        evidence.device_job_id = status.id;
        Ok(match status.judge(&mut evidence) {
            Verdict::Proved => Finding::Settled(evidence),
            Verdict::Running => Finding::Running(evidence),
            Verdict::Doubt(cause) => {
                evidence.messages.push(cause);
                Finding::Inconclusive(evidence)
            }
        })
    }

    async fn mark(&self, ended: &Evidence) -> Option<Mark> {
        let job_id = ended.device_job_id?;
        let printer = self.printer().await.ok();
        Some(Mark {
            job_id: Some(job_id),
            impressions: printer.and_then(|printer| printer.impressions),
        })
    }

    async fn since(&self, mark: &Mark) -> Result<Since, PreflightError> {
        let printer = self
            .printer_lately()
            .await
            .map_err(IppClientError::in_preflight)?;
        let jobs = match self.ask(self.requests.get_last_jobs()).await {
            Ok(answer) => JobStatus::read_all(&answer),
            // It keeps its list to itself: its counter may tell.
            Err(IppClientError::Refused { .. } | IppClientError::Http { .. }) => Vec::new(),
            Err(error) => return Err(error.in_preflight()),
        };
        let jobs = jobs.into_iter();
        let numbered = jobs.filter_map(|job| Some((job.id?, job.name.unwrap_or_default())));
        let jobs = numbered.collect();
        Ok(since::since(mark, jobs, printer.impressions))
    }

    async fn cancel(&self, evidence: &Evidence) -> Result<(), PreflightError> {
        let found = self
            .ours(evidence)
            .await
            .map_err(IppClientError::in_preflight)?;
        match found.and_then(|job| job.id) {
            Some(id) => self
                .ask(self.requests.cancel_job(id))
                .await
                .map(|_| ())
                .map_err(IppClientError::in_preflight),
            None => Err(PreflightError::Unsuitable {
                problems: vec!["the printer shows no job of this name".to_owned()],
            }),
        }
    }
}

fn built(request: Result<IppRequestResponse, IppParseError>) -> Result<Vec<u8>, IppClientError> {
    match request {
        Ok(request) => Ok(request.to_bytes().to_vec()),
        Err(error) => Err(IppClientError::Garbled(format!(
            "our own question: {error}"
        ))),
    }
}

/// An error while it is proved that no byte of the document left.
fn nothing_sent(error: IppClientError) -> SendError {
    let why = match &error {
        IppClientError::Refused {
            status:
                StatusCode::ServerErrorBusy
                | StatusCode::ServerErrorNotAcceptingJobs
                | StatusCode::ServerErrorTemporaryError
                | StatusCode::ServerErrorServiceUnavailable,
            ..
        } => NotSent::Busy,
        IppClientError::Refused { .. }
        | IppClientError::Http { status: 300..500 }
        | IppClientError::Certificate(_)
        | IppClientError::Login(_) => NotSent::Refused,
        _ => NotSent::Offline,
    };
    SendError::nothing(why, error)
}

fn show(reasons: Vec<Reason>, shown: &mut Vec<Reason>, context: &Context) {
    if reasons != *shown {
        context.report(Progress::Attention(reasons.clone()));
        *shown = reasons;
    }
}
