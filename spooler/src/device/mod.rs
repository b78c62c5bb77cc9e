//! Where sheets go. A device is chosen by the scheme of its URI and is as dumb as possible: it
//! knows no queue and no ledger, and decides nothing.
//!
//! The verbs follow the life of an attempt:
//!
//! 1. [`Device::preflight`], before the intent is written: nothing is sent, no error is doubt.
//! 2. [`Device::send`], after it: hands over the bytes and says what the device took.
//! 3. [`Device::settle`]: waits until the device is done, and gathers the evidence.
//! 4. [`Device::find`], after a restart: asks the device what it knows of an attempt.
//!
//! The line that matters runs through [`SendError`]: either it is *proved* that no byte left
//! ([`SendError::NothingSent`]), or the attempt is in doubt and stays so until a person decides.

mod config;
mod error;
mod evidence;
mod file;
mod impact;
mod ipp;
mod job;
mod mark;
mod network;
mod progress;
mod uri;

use std::sync::Arc;

use async_trait::async_trait;

pub use config::DeviceConfig;
pub use error::{Doubt, NotSent, OpenError, PreflightError, SendError};
pub use evidence::{Evidence, Strength, TerminalState};
pub use file::FileDevice;
pub use impact::{ImpactDevice, unstable_path};
pub use ipp::IppDevice;
pub use job::{DeviceJob, DocumentSource, FileSet, InvalidToken, JobKey, JobToken, NamedFile};
pub use mark::{Mark, Since};
pub use network::{AllowedHosts, HostRule, HostRuleError, PrinterHost, Resolver, SystemResolver};
pub(crate) use network::{LocateError, Locator};
pub use progress::{Context, Progress, Reason, Severity, Watcher};
pub use uri::{DeviceKind, DeviceUri, DeviceUriError, FlowControl, Parity, RawSocket, SerialLine};

/// What a device takes and how much at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// What the bytes must be.
    pub format: DocumentFormat,
    /// How many sheets make one device job.
    pub window: Window,
}

/// What the bytes of a device job must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentFormat {
    /// `render::pdf`.
    Pdf,
    /// `render::impact` in the printer's dialect.
    Impact,
}

/// How many sheets make one device job: as many as may fall in doubt together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// All sheets of a job in one, whole or not at all.
    WholeJob,
    /// At most so many.
    Sheets {
        /// On numbered or counted stock of the IRS.
        irs: u32,
        /// On plain paper.
        plain: u32,
    },
}

impl Window {
    /// Sheets of the next device job, of `remaining` sheets that are still to print.
    pub fn sheets(self, irs_stock: bool, remaining: u32) -> u32 {
        match self {
            Self::WholeJob => remaining,
            Self::Sheets { irs, .. } if irs_stock => irs.min(remaining),
            Self::Sheets { plain, .. } => plain.min(remaining),
        }
    }
}

/// What a device said in the pre-flight.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Readiness {
    /// What a person should know although it does not stop the printing.
    pub attention: Vec<Reason>,
    /// Make and model, or the like; empty where the device does not say.
    pub description: String,
}

/// What a restart found about an attempt that was under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The device proves that every sheet was printed, once.
    Settled(Evidence),
    /// The device still works on it: [`Device::settle`] can wait for the end.
    Running(Evidence),
    /// It is proved that nothing was printed and nothing will be.
    NothingPrinted,
    /// Anything less: to be shown to the operator beside the question.
    Inconclusive(Evidence),
}

/// One printer, or a folder that stands for one.
///
/// Calls for one device come one at a time, from one process.
#[async_trait]
pub trait Device: Send + Sync {
    /// What it takes; never changes.
    fn capabilities(&self) -> Capabilities;

    /// Asks whether it could ever print what would be sent to it; a device that cannot be asked might.
    ///
    /// # Errors
    /// Unsuitable; offline or not ready when it cannot be asked now.
    async fn suits(&self) -> Result<(), PreflightError> {
        Ok(())
    }

    /// Connects and asks for state and media. Sends nothing that could be printed.
    ///
    /// # Errors
    /// Offline, not ready or unsuitable; never doubt.
    async fn preflight(&self) -> Result<Readiness, PreflightError>;

    /// Hands the document over. The evidence returned is not yet proof of anything but bytes.
    ///
    /// # Errors
    /// [`SendError`]; waits without limit of its own only where the device is known to be slow.
    async fn send(&self, job: &DeviceJob, context: &Context) -> Result<Evidence, SendError>;

    /// Hands a document over as it is made, as [`Device::send`] does one that is; only a device that takes whole jobs does.
    ///
    /// # Errors
    /// [`SendError`].
    async fn send_stream(
        &self,
        _key: &JobKey,
        _document: Arc<dyn DocumentSource>,
        _context: &Context,
    ) -> Result<Evidence, SendError> {
        Err(SendError::nothing(
            NotSent::Refused,
            "the device takes a document when it is made",
        ))
    }

    /// Hands a folder of files over, as [`Device::send`] does a document; only a folder takes one.
    ///
    /// # Errors
    /// [`SendError`].
    async fn send_files(
        &self,
        _key: &JobKey,
        _files: Arc<dyn FileSet>,
        _context: &Context,
    ) -> Result<Evidence, SendError> {
        Err(SendError::nothing(
            NotSent::Refused,
            "files for each recipient go to a printer whose URI is file:FOLDER",
        ))
    }

    /// Waits until the device is done with what [`Device::send`] or [`Device::find`] returned.
    ///
    /// # Errors
    /// Doubt when the device ends otherwise than completed, contradicts itself, or is lost.
    async fn settle(&self, evidence: Evidence, context: &Context) -> Result<Evidence, SendError>;

    /// Asks what became of an attempt after a restart or a lost connection; `known` is what was
    /// recorded of it. Sends nothing.
    ///
    /// # Errors
    /// The device cannot be asked now; the attempt stays in doubt.
    async fn find(&self, key: &JobKey, known: &Evidence) -> Result<Finding, PreflightError>;

    /// How far the device is now that a job of ours has ended; `None` where it does not count.
    async fn mark(&self, _ended: &Evidence) -> Option<Mark> {
        None
    }

    /// What happened on the device since a mark.
    ///
    /// # Errors
    /// The device cannot be asked now.
    async fn since(&self, mark: &Mark) -> Result<Since, PreflightError> {
        Ok(Since {
            now: mark.clone(),
            ..Since::default()
        })
    }

    /// Asks the device to give up a job. Says nothing about whether it was printed.
    ///
    /// # Errors
    /// The device cannot be asked, or would not.
    async fn cancel(&self, evidence: &Evidence) -> Result<(), PreflightError>;
}

/// Makes the device for a URI. Connects to nothing.
///
/// # Errors
/// The set-up itself is impossible, such as a certificate that cannot be read.
pub fn open(uri: &DeviceUri, config: &DeviceConfig) -> Result<Arc<dyn Device>, OpenError> {
    Ok(match uri {
        DeviceUri::File { folder } => Arc::new(FileDevice::new(folder.clone())),
        DeviceUri::Ipp { url } => Arc::new(IppDevice::new(url, config)?),
        DeviceUri::Serial(_) | DeviceUri::Parallel { .. } | DeviceUri::Socket(_) => {
            Arc::new(ImpactDevice::new(uri.clone(), config.clone()))
        }
    })
}
