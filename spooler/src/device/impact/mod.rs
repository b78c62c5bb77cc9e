//! Impact printers: escape codes down a serial line, a parallel port or a raw TCP connection.
//!
//! Such a printer tells next to nothing. What the kernel has taken is not printed, so the evidence is never more than
//! [`Strength::Sent`]. A port that stands still is waited for and shown, and goes on at the next unsent byte; a port that
//! breaks after the first byte leaves doubt.

mod kernel;
mod parallel;
mod port;
mod serial;
mod socket;
mod stall;

use std::io::{self, ErrorKind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;

use parallel::Parallel;
use port::{Finish, Port, PortState};
use serial::Serial;
use socket::Socket;
use stall::Stall;

use super::{
    Capabilities, Context, Device, DeviceConfig, DeviceJob, DeviceUri, DocumentFormat, Evidence,
    Finding, JobKey, NotSent, PreflightError, Progress, Readiness, Reason, SendError, Strength,
    Window,
};

/// Bytes offered to the kernel at once: small, so that a stall shows early.
const CHUNK: usize = 512;

/// Between two looks at a port that stands still.
const PAUSE: Duration = Duration::from_millis(20);

/// Between two looks at a port whose last bytes are on their way.
const SHORT_PAUSE: Duration = Duration::from_millis(2);

/// An impact printer. Holds its port, exclusively, from the first pre-flight on; a connection for one document.
#[derive(Debug, Clone)]
pub struct ImpactDevice {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    uri: DeviceUri,
    config: DeviceConfig,
    port: Mutex<Option<Box<dyn Port>>>,
}

impl ImpactDevice {
    /// A device at a `serial:`, `parallel:` or `socket:` URI; opens nothing yet.
    pub fn new(uri: DeviceUri, config: DeviceConfig) -> Self {
        let port = Mutex::new(None);
        Self {
            inner: Arc::new(Inner { uri, config, port }),
        }
    }

    /// Runs blocking work off the runtime's threads; a panic in it goes on here.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> T + Send + 'static,
    ) -> T {
        let inner = Arc::clone(&self.inner);
        match tokio::task::spawn_blocking(move || work(&inner)).await {
            Ok(value) => value,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
}

/// Of a node whose number may be another printer's after a restart: that, and the name that stays.
pub fn unstable_path(uri: &DeviceUri) -> Option<Reason> {
    match uri {
        DeviceUri::Serial(line) => serial::unstable(&line.path),
        _ => None,
    }
}

/// Why bytes stopped on their way.
type Broken = (NotSent, String);

impl Inner {
    /// A panic of another call leaves no half-done state in an `Option`.
    fn port(&self) -> MutexGuard<'_, Option<Box<dyn Port>>> {
        self.port.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self) -> io::Result<Box<dyn Port>> {
        Ok(match &self.uri {
            DeviceUri::Serial(line) => Box::new(Serial::open(line)?),
            DeviceUri::Parallel { node } => Box::new(Parallel::open(node)?),
            DeviceUri::Socket(address) => Box::new(Socket::open(address, &self.config)?),
            DeviceUri::File { .. } | DeviceUri::Ipp { .. } => {
                return Err(io::Error::other("is no port"));
            }
        })
    }

    fn preflight(&self) -> Result<Readiness, PreflightError> {
        let offline = |error: &dyn std::fmt::Display| PreflightError::Offline {
            detail: format!("{}: {error}", self.uri),
        };
        let mut held = self.port();
        let gone = |port: &mut Box<dyn Port>| {
            port.queued().is_err() || matches!(port.state(), PortState::Gone(_))
        };
        if held.as_mut().is_some_and(gone) {
            *held = None; // Hung up since: a new look at the node.
        }
        if held.is_none() {
            *held = Some(self.open().map_err(|error| offline(&error))?);
        }
        let port = held.as_mut().ok_or_else(|| offline(&"not open"))?;
        let mut reasons = Vec::new();
        if port.queued().map_err(|error| offline(&error))? > 0 {
            reasons.push(Reason::error(
                "unsent-data",
                "the line still holds bytes the printer has not taken",
            ));
        }
        match port.ask() {
            Ok(PortState::Ready | PortState::Unknown) => {}
            Ok(PortState::NotReady(more)) => reasons.extend(more),
            Ok(PortState::Gone(words)) => return Err(offline(&words)),
            Err(error) => {
                *held = None;
                return Err(offline(&error));
            }
        }
        match reasons.is_empty() {
            false => Err(PreflightError::NotReady { reasons }),
            true => Ok(Readiness {
                attention: port.warnings(),
                description: self.uri.to_string(),
            }),
        }
    }

    fn send(&self, job: &DeviceJob, context: &Context) -> Result<Evidence, SendError> {
        let mut held = self.port();
        let mut evidence = Evidence::of(&job.key, job.document.len());
        let Some(port) = held.as_mut() else {
            return Err(SendError::nothing(NotSent::Offline, "the line is not open"));
        };
        match self.pump(port.as_mut(), &job.document, &mut evidence, context) {
            Ok(()) => Ok(evidence),
            Err((why, cause)) => {
                // What a connection took part of is never followed by another document.
                if why == NotSent::Offline || matches!(self.uri, DeviceUri::Socket(_)) {
                    *held = None;
                }
                Err(match evidence.bytes_accepted {
                    0 => SendError::nothing(why, cause),
                    _ => SendError::doubt(cause, evidence),
                })
            }
        }
    }

    /// Feeds the port until all is taken. The evidence counts what the kernel took, to the byte.
    fn pump(
        &self,
        port: &mut dyn Port,
        document: &[u8],
        evidence: &mut Evidence,
        context: &Context,
    ) -> Result<(), Broken> {
        let mut rest = document;
        let mut stall = Stall::new(self.config.stall_notice, context);
        let started = Instant::now();
        while !rest.is_empty() {
            if context.stop.is_cancelled() {
                return Err((NotSent::Stopping, "stopped while sending".to_owned()));
            }
            if started.elapsed() > self.config.send_limit {
                return Err((NotSent::Busy, "the printer took too long".to_owned()));
            }
            match offer(port, &rest[..rest.len().min(CHUNK)])? {
                Offered::Taken(count) => {
                    stall.over();
                    rest = &rest[count..];
                    evidence.bytes_accepted += u64::try_from(count).unwrap_or_default();
                    let bytes = evidence.bytes_accepted;
                    context.report(Progress::Accepted { bytes });
                }
                Offered::Waits(reasons) => {
                    if stall.wait(&reasons, PAUSE) {
                        evidence.messages.extend(told_after(evidence, &reasons));
                    }
                }
            }
        }
        stall.over();
        Ok(())
    }

    /// Waits until this machine holds no byte back and a connection is closed, watching that the port stays whole.
    fn drain(&self, mut evidence: Evidence, context: &Context) -> Result<Evidence, SendError> {
        let mut held = self.port();
        match self.drained(held.as_deref_mut(), context) {
            Ok(Finish::Kept) => {}
            Ok(Finish::HungUp) => *held = None,
            Ok(Finish::Waiting) => {
                *held = None;
                evidence
                    .messages
                    .push("the printer took every byte and did not hang up".to_owned());
            }
            Err((why, cause)) => {
                if why == NotSent::Offline || matches!(self.uri, DeviceUri::Socket(_)) {
                    *held = None;
                }
                return Err(SendError::doubt(cause, evidence));
            }
        }
        evidence.strength = Strength::Sent;
        evidence.messages.push(
            "every byte left this machine; whether the printer marked paper is not known"
                .to_owned(),
        );
        Ok(evidence)
    }

    fn drained(
        &self,
        port: Option<&mut (dyn Port + 'static)>,
        context: &Context,
    ) -> Result<Finish, Broken> {
        let Some(port) = port else {
            return Err((NotSent::Offline, "the line is not open".to_owned()));
        };
        let broke = |error: io::Error| {
            let cause = format!("cable gone after the last byte: {error}");
            (NotSent::Offline, cause)
        };
        let mut stall = Stall::new(self.config.stall_notice, context);
        let (started, mut ended) = (Instant::now(), None);
        loop {
            if context.stop.is_cancelled() {
                return Err((
                    NotSent::Stopping,
                    "stopped while the line drained".to_owned(),
                ));
            }
            if port.queued().map_err(broke)? > 0 {
                if started.elapsed() > self.config.settle_limit {
                    return Err((NotSent::Busy, "the line never drained".to_owned()));
                }
                stall.wait(&waits(port)?, SHORT_PAUSE);
                continue;
            }
            stall.over();
            let ended = *ended.get_or_insert_with(Instant::now);
            match port.finish().map_err(broke)? {
                Finish::Waiting if ended.elapsed() < self.config.request_limit => {
                    std::thread::sleep(SHORT_PAUSE);
                }
                finish => return Ok(finish),
            }
        }
    }
}

/// What became of bytes that were offered.
enum Offered {
    Taken(usize),
    Waits(Vec<Reason>),
}

fn offer(port: &mut dyn Port, bytes: &[u8]) -> Result<Offered, Broken> {
    let gone = |words: String| (NotSent::Offline, words);
    match port.state() {
        PortState::NotReady(reasons) => return Ok(Offered::Waits(reasons)),
        PortState::Gone(words) => return Err(gone(words)),
        PortState::Ready | PortState::Unknown => {}
    }
    match port.write(bytes) {
        Ok(count @ 1..) => Ok(Offered::Taken(count)),
        Ok(0) => waits(port).map(Offered::Waits),
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
            waits(port).map(Offered::Waits)
        }
        Err(error) => Err(gone(format!(
            "cable gone, or the printer switched off: {error}"
        ))),
    }
}

/// Why the port stands still: what the printer says, else where to look.
fn waits(port: &mut dyn Port) -> Result<Vec<Reason>, Broken> {
    match port.state() {
        PortState::NotReady(reasons) => Ok(reasons),
        PortState::Gone(words) => Err((NotSent::Offline, words)),
        PortState::Ready | PortState::Unknown => Ok(vec![port.stalled()]),
    }
}

/// For whoever looks at the sheet: in the middle of it the printer said so.
fn told_after(evidence: &Evidence, reasons: &[Reason]) -> Vec<String> {
    let bytes = evidence.bytes_accepted;
    let told = reasons.iter().map(|it| it.words.as_str());
    told.map(|words| format!("after {bytes} bytes: {words}"))
        .collect()
}

#[async_trait]
impl Device for ImpactDevice {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            format: DocumentFormat::Impact,
            window: Window::Sheets { irs: 1, plain: 1 },
        }
    }

    async fn preflight(&self) -> Result<Readiness, PreflightError> {
        self.blocking(Inner::preflight).await
    }

    async fn send(&self, job: &DeviceJob, context: &Context) -> Result<Evidence, SendError> {
        let (job, context) = (job.clone(), context.clone());
        self.blocking(move |inner| inner.send(&job, &context)).await
    }

    async fn settle(&self, evidence: Evidence, context: &Context) -> Result<Evidence, SendError> {
        let context = context.clone();
        self.blocking(move |inner| inner.drain(evidence, &context))
            .await
    }

    async fn find(&self, key: &JobKey, known: &Evidence) -> Result<Finding, PreflightError> {
        let mut evidence = Evidence {
            token: key.token.to_string(),
            job: key.job.to_string(),
            sheets: key.sheets,
            ..known.clone()
        };
        evidence.strength = Strength::Partial;
        evidence
            .messages
            .push("an impact printer cannot be asked what it printed".to_owned());
        Ok(Finding::Inconclusive(evidence))
    }

    async fn cancel(&self, _: &Evidence) -> Result<(), PreflightError> {
        Err(PreflightError::Unsuitable {
            problems: vec!["an impact printer cannot be told to stop".to_owned()],
        })
    }
}
