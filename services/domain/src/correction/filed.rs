//! What was filed: the batch, and each form in it as it was.

use std::str::FromStr;

use chrono::{DateTime, Utc};

use crate::form::{Form, FormType};
use crate::{PayerId, TaxYear, VendorId, assembly, eligibility};

/// One of our own words, unknown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown word")]
pub struct UnknownWord;

macro_rules! words {
    ($type:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl $type {
            /// The stable word of store and protocol.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        impl FromStr for $type {
            type Err = UnknownWord;
            fn from_str(word: &str) -> Result<Self, UnknownWord> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(UnknownWord),
                }
            }
        }
    };
}

/// What a form was filed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// For the first time.
    Original,
    /// The one form of a type 1 correction.
    TypeOne,
    /// The form of a type 2 correction that takes back what was filed.
    TypeTwoFirst,
    /// The form of a type 2 correction that is right.
    TypeTwoSecond,
}

words!(Step {
    Original = "original",
    TypeOne = "type_one",
    TypeTwoFirst = "type_two_first",
    TypeTwoSecond = "type_two_second",
});

impl Step {
    /// The form has an X in CORRECTED.
    pub fn is_marked(self) -> bool {
        matches!(self, Self::TypeOne | Self::TypeTwoFirst)
    }
}

/// How a batch went out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// As Copy A on paper.
    Printing,
    /// As an electronic file.
    Export,
}

words!(Source {
    Printing = "printing",
    Export = "export",
});

/// What a batch holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FilingKind {
    /// The forms of the year.
    Originals,
    /// Corrections, and originals that are late.
    Corrections,
    /// Nothing that is filed: another copy of a batch of corrections, for people.
    Copies,
}

words!(FilingKind {
    Originals = "originals",
    Corrections = "corrections",
    Copies = "copies",
});

/// One batch: a printing of Copy A, or an electronic file that is no test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filing {
    /// Key: that of the printing or the export.
    pub id: String,
    /// How it went out.
    pub source: Source,
    /// What it holds.
    pub kind: FilingKind,
    /// Who files.
    pub payer_id: PayerId,
    /// Year of the payments.
    pub tax_year: TaxYear,
    /// Type of its forms, or of the forms that its corrections take back.
    pub form_type: FormType,
    /// How it was decided who gets a form.
    pub eligibility: eligibility::Options,
    /// How the forms were made.
    pub assembly: assembly::Options,
    /// Why it was made, where it is no first filing.
    pub reason: String,
    /// Never sent to the IRS, as a person says.
    pub not_sent: Option<NotSent>,
    /// When, to the microsecond.
    pub create_time: DateTime<Utc>,
}

/// A person's word that a batch was never sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotSent {
    /// Why.
    pub reason: String,
    /// Name of the token.
    pub user: String,
}

/// Where a filed form is: its batch, and its place there, counted from 0.
pub type FormKey = (String, u32);

/// Where a form is in an electronic file, each counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// The file.
    pub file: u32,
    /// Its submission in it.
    pub submission_id: u32,
    /// Its record in that.
    pub record_id: u32,
}

/// One form as it was filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiledForm {
    /// Batch and place.
    pub key: FormKey,
    /// Whom it reports.
    pub vendor_id: VendorId,
    /// The other vendor ids of the same person whose amounts are on it.
    pub covers: Vec<VendorId>,
    /// Version of the vendor's record whose number it showed; 0 if there was none.
    pub vendor_version: i64,
    /// Address of that record; blank for its usual one.
    pub address_code: String,
    /// Counts what was filed for this payer, year, form type and recipient; gaps mean nothing.
    pub sequence: i32,
    /// What it was filed as.
    pub step: Step,
    /// The filed form that it corrects.
    pub corrects: Option<FormKey>,
    /// Where it is in its electronic file.
    pub placed: Option<Placed>,
    /// The form but for its two numbers.
    pub form: Form,
}

/// A form that is left out before it was ever filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoidedForm {
    /// Who files.
    pub payer_id: PayerId,
    /// Year of the payments.
    pub tax_year: TaxYear,
    /// Return type.
    pub form_type: FormType,
    /// Whom it would report.
    pub vendor_id: VendorId,
    /// Why.
    pub reason: String,
    /// Name of the token that said so.
    pub user: String,
    /// When, to the microsecond.
    pub create_time: DateTime<Utc>,
}
