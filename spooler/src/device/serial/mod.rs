//! `serial:` sends escape codes down a serial line.
//!
//! A line tells next to nothing. What the kernel has taken is not printed, so the evidence is never
//! more than [`Strength::Sent`]. A line that stands still is waited for and shown, and goes on at
//! the next unsent byte; a line that breaks after the first byte leaves doubt.

mod line;

use std::io::ErrorKind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;

use line::{Line, LineState};

use super::{
    Capabilities, Context, Device, DeviceConfig, DeviceJob, DocumentFormat, Evidence, Finding,
    JobKey, NotSent, PreflightError, Progress, Readiness, Reason, SendError, SerialLine, Strength,
    Window,
};

/// Bytes offered to the kernel at once: small, so that a stall shows early.
const CHUNK: usize = 512;

/// Between two looks at a line that stands still.
const PAUSE: Duration = Duration::from_millis(20);

/// An impact printer on a serial line. Holds the port, exclusively, from the first pre-flight on.
#[derive(Debug, Clone)]
pub struct SerialDevice {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    address: SerialLine,
    config: DeviceConfig,
    line: Mutex<Option<Line>>,
}

impl SerialDevice {
    /// A device on `address`; opens nothing yet.
    pub fn new(address: SerialLine, config: DeviceConfig) -> Self {
        let line = Mutex::new(None);
        Self {
            inner: Arc::new(Inner {
                address,
                config,
                line,
            }),
        }
    }

    /// Runs blocking line work off the runtime's threads; a panic in it goes on here.
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

impl Inner {
    /// A panic of another call leaves no half-done state in an `Option`.
    fn line(&self) -> MutexGuard<'_, Option<Line>> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn preflight(&self) -> Result<Readiness, PreflightError> {
        let offline = |error: &dyn std::fmt::Display| PreflightError::Offline {
            detail: format!("{}: {error}", self.address.path.display()),
        };
        let mut held = self.line();
        if held.as_ref().is_some_and(|line| line.queued().is_err()) {
            *held = None; // Hung up since: a new look at the node.
        }
        if held.is_none() {
            *held = Some(Line::open(&self.address).map_err(|error| offline(&error))?);
        }
        let line = held.as_mut().ok_or_else(|| offline(&"not open"))?;
        let mut reasons = Vec::new();
        if line.queued().map_err(|error| offline(&error))? > 0 {
            reasons.push(Reason::error(
                "unsent-data",
                "the line still holds bytes the printer has not taken",
            ));
        }
        if line.state() == LineState::NotReady {
            reasons.push(not_ready());
        }
        match reasons.is_empty() {
            false => Err(PreflightError::NotReady { reasons }),
            true => Ok(Readiness {
                attention: line.warnings().to_vec(),
                description: self.address.to_string(),
            }),
        }
    }

    fn send(&self, job: &DeviceJob, context: &Context) -> Result<Evidence, SendError> {
        let mut held = self.line();
        let mut evidence = Evidence::of(&job.key, job.document.len());
        let Some(line) = held.as_mut() else {
            return Err(SendError::nothing(NotSent::Offline, "the line is not open"));
        };
        match self.pump(line, &job.document, &mut evidence.bytes_accepted, context) {
            Ok(()) => Ok(evidence),
            Err((why, cause)) => {
                if why == NotSent::Offline {
                    *held = None;
                }
                Err(match evidence.bytes_accepted {
                    0 => SendError::nothing(why, cause),
                    _ => SendError::doubt(cause, evidence),
                })
            }
        }
    }

    /// Feeds the line until all is taken. `accepted` counts what the kernel took, to the byte.
    fn pump(
        &self,
        line: &mut Line,
        document: &[u8],
        accepted: &mut u64,
        context: &Context,
    ) -> Result<(), (NotSent, String)> {
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
            let chunk = &rest[..rest.len().min(CHUNK)];
            let written = match line.state() {
                LineState::NotReady => Ok(0),
                LineState::Ready | LineState::Unknown => line.write(chunk),
            };
            match written {
                Ok(0) => stall.wait(),
                Ok(count) => {
                    stall.over();
                    rest = &rest[count..];
                    *accepted += u64::try_from(count).unwrap_or_default();
                    context.report(Progress::Accepted { bytes: *accepted });
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => stall.wait(),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    return Err((NotSent::Offline, format!("the line broke: {error}")));
                }
            }
        }
        stall.over();
        Ok(())
    }

    /// Waits until the kernel holds no byte back, watching that the line stays whole.
    fn drain(&self, mut evidence: Evidence, context: &Context) -> Result<Evidence, SendError> {
        let mut held = self.line();
        let mut stall = Stall::new(self.config.stall_notice, context);
        let started = Instant::now();
        loop {
            let queued = match held.as_ref().map(Line::queued) {
                None => return Err(SendError::doubt("the line is not open", evidence)),
                Some(Err(error)) => {
                    *held = None;
                    let cause = format!("the line broke after the last byte: {error}");
                    return Err(SendError::doubt(cause, evidence));
                }
                Some(Ok(queued)) => queued,
            };
            if queued == 0 {
                break;
            }
            if context.stop.is_cancelled() {
                return Err(SendError::doubt("stopped while the line drained", evidence));
            }
            if started.elapsed() > self.config.settle_limit {
                return Err(SendError::doubt("the line never drained", evidence));
            }
            stall.wait();
        }
        stall.over();
        evidence.strength = Strength::Sent;
        evidence.messages.push(
            "every byte left this machine; whether the printer marked paper is not known"
                .to_owned(),
        );
        Ok(evidence)
    }
}

#[async_trait]
impl Device for SerialDevice {
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
            .push("a printer on a serial line cannot be asked".to_owned());
        Ok(Finding::Inconclusive(evidence))
    }

    async fn cancel(&self, _: &Evidence) -> Result<(), PreflightError> {
        Err(PreflightError::Unsuitable {
            problems: vec!["a printer on a serial line cannot be told to stop".to_owned()],
        })
    }
}

/// A line that stands still: said once when it lasts, and once when it is over.
struct Stall<'a> {
    notice: Duration,
    context: &'a Context,
    since: Option<Instant>,
    told: bool,
}

impl<'a> Stall<'a> {
    fn new(notice: Duration, context: &'a Context) -> Self {
        Self {
            notice,
            context,
            since: None,
            told: false,
        }
    }

    fn wait(&mut self) {
        let since = *self.since.get_or_insert_with(Instant::now);
        if !self.told && since.elapsed() >= self.notice {
            self.told = true;
            self.context.report(Progress::Attention(vec![not_ready()]));
        }
        std::thread::sleep(PAUSE);
    }

    fn over(&mut self) {
        self.since = None;
        if std::mem::take(&mut self.told) {
            self.context.report(Progress::Attention(Vec::new()));
        }
    }
}

fn not_ready() -> Reason {
    Reason::error(
        "stalled",
        "the printer takes no data: look at paper, cover and the on-line light",
    )
}
