//! A printing: the forms of one payer, year, type and copy, handed to the spooler as one job.

use chrono::{DateTime, Utc};

use crate::form::{Copy, FormType};
use crate::{Money, PayerId, TaxYear};

/// What is printed. A second printing of the same wants a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Who files.
    pub payer_id: PayerId,
    /// Year of the payments.
    pub tax_year: TaxYear,
    /// Return type.
    pub form_type: FormType,
    /// Who gets this printing.
    pub copy: Copy,
}

impl std::fmt::Display for Subject {
    /// `1099-NEC Copy A of payer TE1 for 2025`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            payer_id,
            tax_year,
            form_type,
            copy,
        } = self;
        write!(
            f,
            "{form_type} Copy {copy} of payer {payer_id} for {tax_year}"
        )
    }
}

/// Order of the forms within a job.
#[derive(Debug, Clone, ::core::marker::Copy, Default, PartialEq, Eq)]
pub enum SortOrder {
    /// By key of the recipient.
    #[default]
    Recipient,
    /// By printed name.
    RecipientName,
    /// By postal code, for mailing.
    PostalCode,
}

/// Whose year's revision forms are printed in.
#[derive(Debug, Clone, ::core::marker::Copy, Default, PartialEq, Eq)]
pub enum FormatOf {
    /// Their own year's.
    #[default]
    Own,
    /// That of the newest year with rules that has begun.
    Current,
    /// That of this year.
    Year(TaxYear),
}

/// One handing of forms to the spooler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printing {
    /// Key; later printings have greater ones.
    pub id: String,
    /// The id that makes a retry of the request safe.
    pub request_id: String,
    /// What is printed.
    pub subject: Subject,
    /// Year whose revision the forms print in; the subject's own unless asked otherwise.
    pub format_year: TaxYear,
    /// Where: `printers/{id}`.
    pub printer: String,
    /// The spooler's job: `jobs/{id}`; `None` while it is being handed over, or when that was cut off.
    pub job: Option<String>,
    /// How many forms.
    pub forms: i64,
    /// Sum of their income boxes.
    pub total: Money,
    /// Name of the token that asked.
    pub user: String,
    /// Why it was printed again; blank for the first.
    pub again_reason: String,
    /// What to know of it: forms without a number or an address, the e-file limit.
    pub warnings: Vec<String>,
    /// When, to the microsecond.
    pub create_time: DateTime<Utc>,
}
