//! The three ways a device fails: before anything was at stake, provably without effect, in doubt.

use super::{Evidence, Reason};

/// Why a device cannot be set up at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The trusted certificate is no PEM certificate.
    #[error("the printer's trusted certificate cannot be read; give one in PEM")]
    Certificate,
    /// The HTTP client would not start.
    #[error("the connection to the printer cannot be set up: {0}")]
    Client(String),
}

/// Why a sheet is not even tried. Nothing was sent: no intent, no doubt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PreflightError {
    /// Nobody answers, or the device node is missing or taken. Try again later.
    #[error("the device is offline: {detail}")]
    Offline {
        /// What was seen.
        detail: String,
    },
    /// The device answers but would not print now. Clears by itself when someone helps it.
    #[error("the device is not ready: {}", words(reasons))]
    NotReady {
        /// All of them, in words.
        reasons: Vec<Reason>,
    },
    /// The device can never print this as it is set up. An administrator must act.
    #[error("the device does not suit: {}", problems.join("; "))]
    Unsuitable {
        /// All of them.
        problems: Vec<String>,
    },
}

fn words(reasons: &[Reason]) -> String {
    let words: Vec<_> = reasons.iter().map(|reason| reason.words.as_str()).collect();
    words.join("; ")
}

/// Why a device job did not end well.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// Proved: no byte of the document reached the device, and none will.
    #[error("nothing was sent: {detail}")]
    NothingSent {
        /// What to do about it.
        why: NotSent,
        /// What was seen.
        detail: String,
    },
    /// Nobody can prove whether the sheets were marked.
    #[error(transparent)]
    InDoubt(#[from] Doubt),
}

/// Why nothing was sent, for who must do what next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotSent {
    /// Try again later.
    Offline,
    /// The device works for someone else; the same attempt may be tried again.
    Busy,
    /// The device would not take it; a person must look.
    Refused,
    /// The daemon is stopping.
    Stopping,
}

/// An attempt that nobody can settle without a person or better evidence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("in doubt: {cause}")]
pub struct Doubt {
    /// What happened, in words for the operator.
    pub cause: String,
    /// What is known all the same.
    pub evidence: Box<Evidence>,
}

impl SendError {
    pub(super) fn nothing(why: NotSent, detail: impl std::fmt::Display) -> Self {
        Self::NothingSent {
            why,
            detail: detail.to_string(),
        }
    }

    pub(super) fn doubt(cause: impl std::fmt::Display, evidence: Evidence) -> Self {
        Self::InDoubt(Doubt {
            cause: cause.to_string(),
            evidence: Box::new(evidence),
        })
    }
}
