//! What is kept of a job: what was asked, and what people did to it. Its state is derived.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use chrono::{DateTime, Utc};

use super::{Delivery, JobId, PrinterId, Sums};
use crate::form::{Copy, FormType};
use crate::{PayerId, TaxYear};

/// Priorities a job may have; larger goes first.
pub const PRIORITIES: RangeInclusive<i32> = 1..=100;

/// The priority of a job that asks for none.
pub const USUAL_PRIORITY: i32 = 50;

/// What a job puts on its sheets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum JobKind {
    /// Forms 1099 of one type.
    #[default]
    Forms,
    /// The one Form 1096 that travels with forms of one type. It is no form of theirs: it counts none and adds up to
    /// nothing.
    Transmittal,
    /// An X in every place of a form, on every slot: nobody's form, printed to see how ink lies on the stock.
    Alignment,
    /// The three marks whose places on paper are measured ([`crate::alignment::MARKS`]).
    Calibration,
}

impl JobKind {
    /// The word it is kept under.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Forms => "forms",
            Self::Transmittal => "transmittal",
            Self::Alignment => "alignment",
            Self::Calibration => "calibration",
        }
    }

    /// Printed for the eye and thrown away: it holds no form.
    pub fn is_test_sheet(self) -> bool {
        matches!(self, Self::Alignment | Self::Calibration)
    }
}

impl fmt::Display for JobKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// No kind of job.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown kind of job: use forms, transmittal, alignment or calibration")]
pub struct UnknownJobKind;

impl FromStr for JobKind {
    type Err = UnknownJobKind;
    fn from_str(word: &str) -> Result<Self, UnknownJobKind> {
        [
            Self::Forms,
            Self::Transmittal,
            Self::Alignment,
            Self::Calibration,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == word)
        .ok_or(UnknownJobKind)
    }
}

/// What is printed on what. Sealed with the forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobSpec {
    /// What goes on the sheets.
    pub kind: JobKind,
    /// Who files; nobody on a test sheet.
    pub payer: Option<PayerId>,
    /// Year of the payments.
    pub tax_year: TaxYear,
    /// Year whose revision the forms are printed in; of Form 1096 the year of the payments.
    pub format_year: TaxYear,
    /// Return type: one for all forms of a job; of Form 1096 the returns it travels with.
    pub form_type: FormType,
    /// Copy; always A of Form 1096.
    pub copy: Copy,
    /// Form stock.
    pub stock: String,
    /// Where it goes.
    pub printer: PrinterId,
    /// Larger goes first.
    pub priority: i32,
    /// How its forms leave it.
    pub delivery: Delivery,
}

/// How much was sealed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JobSize {
    /// Sheets, forms, void forms and amounts of the whole job; its total is the control total.
    pub sealed: Sums,
}

/// Who did what to a job or a sheet, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// One request to print, as facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its name.
    pub id: JobId,
    /// What is printed on what.
    pub spec: JobSpec,
    /// How much was sealed.
    pub size: JobSize,
    /// Makes a retry of the submission safe.
    pub request_id: String,
    /// Who submitted it; the user a service acted for, where one did.
    pub user: String,
    /// Remarks made at submission.
    pub notes: Vec<String>,
    /// Held by an operator.
    pub held: bool,
    /// Ended by an operator.
    pub canceled: Option<Decision>,
    /// Ended by the system, and why.
    pub aborted: Option<String>,
    /// When it came to its end, with a final report.
    pub ended_at: Option<DateTime<Utc>>,
    /// When it was submitted.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Counts the changes.
    pub version: i64,
}
