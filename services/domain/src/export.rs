//! An export: the forms of one payer, year and type as an electronic file.

use chrono::{DateTime, Utc};

use crate::form::FormType;
use crate::{Money, PayerId, TaxYear};

/// What the file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// XML for IRIS by programs (A2A).
    IrisXml,
    /// CSV for IRIS's portal.
    IrisCsv,
    /// Records of 750 bytes for FIRE.
    Fire,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::IrisXml, Self::IrisCsv, Self::Fire];

    /// `iris-xml`, `iris-csv` or `fire`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::IrisXml => "iris-xml",
            Self::IrisCsv => "iris-csv",
            Self::Fire => "fire",
        }
    }

    /// How names of such files end: `xml`, `csv` or `txt`.
    pub fn extension(self) -> &'static str {
        match self {
            Self::IrisXml => "xml",
            Self::IrisCsv => "csv",
            Self::Fire => "txt",
        }
    }
}

/// No such format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown format: use iris-xml, iris-csv or fire")]
pub struct UnknownFormat;

impl std::str::FromStr for Format {
    type Err = UnknownFormat;
    fn from_str(word: &str) -> Result<Self, UnknownFormat> {
        let mut all = Self::ALL.into_iter();
        all.find(|format| format.as_str() == word)
            .ok_or(UnknownFormat)
    }
}

/// How the IRS took a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AnswerStatus {
    /// It has a receipt and is looked at.
    Processing,
    /// It is filed.
    Accepted,
    /// It is filed, and what is wrong in it is to be corrected.
    AcceptedWithErrors,
    /// Nothing of it is filed.
    Rejected,
}

impl AnswerStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [
        Self::Processing,
        Self::Accepted,
        Self::AcceptedWithErrors,
        Self::Rejected,
    ];

    /// The stable word of store and command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Processing => "processing",
            Self::Accepted => "accepted",
            Self::AcceptedWithErrors => "accepted-with-errors",
            Self::Rejected => "rejected",
        }
    }
}

/// No such status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown status: use processing, accepted, accepted-with-errors or rejected")]
pub struct UnknownStatus;

impl std::str::FromStr for AnswerStatus {
    type Err = UnknownStatus;
    fn from_str(word: &str) -> Result<Self, UnknownStatus> {
        let mut all = Self::ALL.into_iter();
        all.find(|status| status.as_str() == word)
            .ok_or(UnknownStatus)
    }
}

/// What the IRS answered to a file of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Key of the export.
    pub export_id: String,
    /// Which of its files, counted from 1.
    pub file: u32,
    /// What the IRS knows the file by.
    pub receipt_id: String,
    /// How it was taken.
    pub status: AnswerStatus,
    /// The IRS's list of errors.
    pub errors: Vec<String>,
    /// Name of the token that kept it.
    pub user: String,
    /// When it was kept, to the microsecond.
    pub update_time: DateTime<Utc>,
}

/// One electronic file that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// Key, a UUID; later exports have greater ones. IRIS knows the transmission by it.
    pub id: String,
    /// The id that makes a retry of the request safe.
    pub request_id: String,
    /// Who files.
    pub payer_id: PayerId,
    /// Year of the payments.
    pub tax_year: TaxYear,
    /// Return type.
    pub form_type: FormType,
    /// What the file is.
    pub format: Format,
    /// A test, which files nothing.
    pub is_test: bool,
    /// How many forms.
    pub forms: i64,
    /// Sum of their boxes that make Form 1096 box 5.
    pub total: Money,
    /// Sum of their box 4.
    pub federal_withheld: Money,
    /// How many files.
    pub files: i32,
    /// SHA-256 of all files one after another, 64 hexadecimal digits.
    pub digest: String,
    /// Name of the token that asked.
    pub user: String,
    /// Why it was filed again; blank for the first.
    pub again_reason: String,
    /// When, to the microsecond.
    pub create_time: DateTime<Utc>,
}
