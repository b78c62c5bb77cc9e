//! What a check found, and the way out.

use serde::Serialize;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which check, such as `database.integrity`.
    pub check: &'static str,
    /// What was looked at: a service, a file, a printer.
    pub subject: String,
    /// How it is.
    pub verdict: Verdict,
    /// What was seen.
    pub text: String,
    /// What to do about it; blank where all is well.
    pub way_out: String,
}

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Fine,
    /// It works, and somebody should know.
    Warning,
    /// It has to be mended.
    Fault,
}

impl Finding {
    /// All is well.
    pub fn fine(check: &'static str, subject: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(check, subject, Verdict::Fine, text, "")
    }

    /// It works, and somebody should know.
    pub fn warning(
        check: &'static str,
        subject: impl Into<String>,
        text: impl Into<String>,
        way_out: impl Into<String>,
    ) -> Self {
        Self::new(check, subject, Verdict::Warning, text, way_out)
    }

    /// It has to be mended.
    pub fn fault(
        check: &'static str,
        subject: impl Into<String>,
        text: impl Into<String>,
        way_out: impl Into<String>,
    ) -> Self {
        Self::new(check, subject, Verdict::Fault, text, way_out)
    }

    fn new(
        check: &'static str,
        subject: impl Into<String>,
        verdict: Verdict,
        text: impl Into<String>,
        way_out: impl Into<String>,
    ) -> Self {
        Self {
            check,
            subject: subject.into(),
            verdict,
            text: text.into(),
            way_out: way_out.into(),
        }
    }
}
