//! Why nothing is corrected or left out, and what a caller is told.

use formfeed_proto::convert::correction::CorrectionsQuery;
use formfeed_runtime::{IntoStatus as _, Refusal, reason};
use tonic::Status;

/// Why the forms service refuses a correction.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum CorrectionError {
    /// The caller files first.
    #[error(
        "nothing of payer {} for {} was filed{}: print Copy A or export first; before that there is nothing to correct",
        .0.payer_id, .0.tax_year, of_type(.0)
    )]
    NothingFiled(CorrectionsQuery),
    /// Nothing to do, unless something changes.
    #[error(
        "payer {} has nothing to correct for {}{}: what was filed is what would be filed today",
        .0.payer_id, .0.tax_year, of_type(.0)
    )]
    NothingToCorrect(CorrectionsQuery),
    /// The caller names who asks for a correction, or wants all of them.
    #[error(
        "payer {} has nothing that must be corrected for {}{}: {} forms are off by so little that they may stand; name the recipient who asks for a correction (--recipient), or correct them all (--include-small)",
        .0.payer_id, .0.tax_year, of_type(.0), .1
    )]
    OnlySmall(CorrectionsQuery, usize),
    /// An operator decides about the sheets.
    #[error("the last word about {recipient} is not on paper yet: settle {waits_for} first")]
    Waits {
        /// Whom it is about.
        recipient: String,
        /// Job or printing.
        waits_for: String,
    },
    /// The caller lists again.
    #[error(
        "somebody else has filed or corrected one of these forms meanwhile: list the corrections again"
    )]
    Meanwhile,
    /// No corrections were filed of which a copy could be printed.
    #[error("no corrections of {} were filed for {} yet: only what Copy A or a file has corrected has other copies", .0.payer_id, .0.tax_year)]
    NoCorrections(CorrectionsQuery),
    /// The caller gives the receipts.
    #[error("IRIS corrects by the receipt of the file that it accepted: give the receipt id of {}", .0.join(", "))]
    ReceiptMissing(Vec<String>),
    /// The caller corrects in the way it was filed.
    #[error("IRIS has no record of {}: not filed as IRIS XML from here. Correct on paper, or in the portal", .0.join(", "))]
    NoIrisRecord(Vec<String>),
    /// The caller corrects instead.
    #[error(
        "{recipient} was filed as {filed_as}: correct it with formfeed correct, or say first that it was never sent"
    )]
    Filed {
        /// Whom it is about.
        recipient: String,
        /// The batch.
        filed_as: String,
    },
    /// There is nothing to take in.
    #[error("the form of {0} is not left out")]
    NotVoided(String),
    /// There is no such batch.
    #[error("there is no {0} that files anything")]
    NoSuchFiling(String),
}

fn of_type(query: &CorrectionsQuery) -> String {
    let form_type = query.form_type;
    form_type.map_or_else(String::new, |form_type| format!(" as {form_type}"))
}

impl From<CorrectionError> for Status {
    fn from(error: CorrectionError) -> Self {
        let message = error.to_string();
        let year = |reason, query: &CorrectionsQuery| {
            Refusal::failed_precondition(reason, message.clone())
                .with("payer_id", &query.payer_id)
                .with("tax_year", query.tax_year)
        };
        let refusal = match &error {
            CorrectionError::NothingFiled(of) | CorrectionError::NoCorrections(of) => {
                year(reason::NOTHING_FILED, of)
            }
            CorrectionError::NothingToCorrect(of) | CorrectionError::OnlySmall(of, _) => {
                year(reason::NOTHING_TO_CORRECT, of)
            }
            CorrectionError::Waits { waits_for, .. } => {
                Refusal::failed_precondition(reason::CORRECTION_WAITS, message)
                    .with("waits_for", waits_for)
            }
            CorrectionError::Meanwhile => {
                Refusal::new(tonic::Code::Aborted, reason::CORRECTED_MEANWHILE, message)
            }
            CorrectionError::ReceiptMissing(files) => {
                Refusal::failed_precondition(reason::RECEIPT_MISSING, message)
                    .with("exports", files.join(" "))
            }
            CorrectionError::NoIrisRecord(_) => {
                Refusal::failed_precondition(reason::NO_IRIS_RECORD, message)
            }
            CorrectionError::Filed { filed_as, .. } => {
                Refusal::failed_precondition(reason::FORM_FILED, message).with("filed_as", filed_as)
            }
            CorrectionError::NotVoided(_) => Refusal::not_found(reason::FORM_NOT_VOIDED, message),
            CorrectionError::NoSuchFiling(name) => {
                Refusal::not_found(reason::FILING_NOT_FOUND, message).with("filing", name)
            }
        };
        refusal.into_status()
    }
}
