//! One entry of a payer: an original, or a correction by its kind.

use super::FiledForm;

/// What is filed for one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// Filed for the first time.
    Original(Box<FiledForm>),
    /// One form that corrects amounts, marks or an address, or takes a form back with zeros.
    TypeOne {
        /// As it should be.
        right: Box<FiledForm>,
        /// The record it corrects; IRIS needs it.
        original: Option<OriginalRecord>,
    },
    /// Two forms that correct a TIN, a name or the type of the form.
    TypeTwo {
        /// As it was filed; its amounts are written as zeros.
        as_filed: Box<FiledForm>,
        /// As it should be. In IRIS it goes in a transmission of its own: [`crate::Transmission::second_steps`].
        right: Box<FiledForm>,
        /// The record it corrects; IRIS needs it.
        original: Option<OriginalRecord>,
    },
}

/// What IRIS knows an accepted record by; [`crate::Placed`] and the receipt give it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OriginalRecord {
    /// Submission it was in.
    pub submission: OriginalSubmission,
    /// Number of the record in it.
    pub record_id: u32,
}

/// What IRIS knows a submission by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OriginalSubmission {
    /// Receipt id of the transmission, `2026-12345678901-0123abcde`.
    pub receipt_id: String,
    /// Number of the submission in it.
    pub submission_id: u32,
}

/// What one written record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Original,
    /// Type 1, the only form.
    OneForm,
    /// Type 2, the form that takes back.
    First,
    /// Type 2, the right form.
    Second,
}

impl OriginalSubmission {
    /// `receipt|submission`.
    pub fn unique_id(&self) -> String {
        format!("{}|{}", self.receipt_id, self.submission_id)
    }
}

impl OriginalRecord {
    /// `receipt|submission|record`.
    pub fn unique_id(&self) -> String {
        format!("{}|{}", self.submission.unique_id(), self.record_id)
    }
}

impl Entry {
    /// A form filed for the first time.
    pub fn original(form: FiledForm) -> Self {
        Self::Original(Box::new(form))
    }

    /// A correction of one form.
    pub fn type_one(right: FiledForm, original: Option<OriginalRecord>) -> Self {
        Self::TypeOne {
            right: Box::new(right),
            original,
        }
    }

    /// A correction of two forms.
    pub fn type_two(
        as_filed: FiledForm,
        right: FiledForm,
        original: Option<OriginalRecord>,
    ) -> Self {
        Self::TypeTwo {
            as_filed: Box::new(as_filed),
            right: Box::new(right),
            original,
        }
    }

    /// The form that is right: what the recipient's account looks like after all steps.
    pub fn right(&self) -> &FiledForm {
        match self {
            Self::Original(form) => form,
            Self::TypeOne { right, .. } | Self::TypeTwo { right, .. } => right,
        }
    }
}
