//! What a device tells while it works.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::Evidence;

/// Called as things happen, possibly from another thread; must return at once.
pub type Watcher = Arc<dyn Fn(Progress) + Send + Sync>;

/// What goes with every long call to a device.
#[derive(Clone)]
pub struct Context {
    /// Who wants to know.
    pub watcher: Watcher,
    /// Fired when the daemon gives up waiting, after its grace time. What is under way then ends
    /// as nothing sent or in doubt. A cancel by an operator does not fire it: that takes effect
    /// at the border of a sheet.
    pub stop: CancellationToken,
}

impl Context {
    /// For callers that do not listen and never stop early.
    pub fn unwatched() -> Self {
        Self {
            watcher: Arc::new(|_| {}),
            stop: CancellationToken::new(),
        }
    }

    pub(super) fn report(&self, progress: Progress) {
        (self.watcher)(progress);
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("stop", &self.stop).finish()
    }
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// The device knows the job now, and nothing of the document was sent: worth recording, so
    /// that a restart finds it.
    Known(Evidence),
    /// So many bytes have left us.
    Accepted {
        /// Bytes so far.
        bytes: u64,
    },
    /// What a person should look after now: all of it. Empty when all is well again.
    Attention(Vec<Reason>),
}

/// Why a device does not print, or soon will not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Keyword after IPP, without its ending: `media-empty`.
    pub keyword: String,
    /// How bad it is.
    pub severity: Severity,
    /// In words for an operator.
    pub words: String,
}

/// How bad a [`Reason`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Good to know.
    Report,
    /// Prints still.
    Warning,
    /// Does not print.
    Error,
}

impl Reason {
    /// One that stops the printing.
    pub(super) fn error(keyword: &str, words: impl Into<String>) -> Self {
        Self {
            keyword: keyword.to_owned(),
            severity: Severity::Error,
            words: words.into(),
        }
    }
}
