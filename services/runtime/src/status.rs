//! The one place where errors become `Status`.
//!
//! Each `Status` carries one `google.rpc.ErrorInfo` (reason, domain
//! `formfeed`, metadata) and beside it a `BadRequest` with all bad fields or a
//! `PreconditionFailure`, as many as fit the trailers of any client.

use std::{collections::HashMap, time::Duration};

use formfeed_proto::convert::Violations;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::{reason, trailers};

/// The `domain` of every `ErrorInfo` of ours.
pub const DOMAIN: &str = "formfeed";

/// An error that knows what a caller is to be told.
pub trait IntoStatus {
    /// The error as the caller sees it.
    fn into_status(self) -> Status;
}

/// A call refused: code, reason word, a sentence with the way out, and details.
///
/// It converts into a `Status` by `?`, `.into()` or [`IntoStatus`].
#[derive(Debug, Clone)]
pub struct Refusal(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    code: Code,
    reason: &'static str,
    message: String,
    metadata: HashMap<String, String>,
    fields: Vec<[String; 2]>,
    preconditions: Vec<[String; 3]>,
    retry_after: Option<Duration>,
}

impl Refusal {
    /// A refusal with a word of [`reason`] and a sentence. Neither TIN, name nor SQL belongs in it.
    pub fn new(code: Code, reason: &'static str, message: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            code,
            reason,
            message: message.into(),
            metadata: HashMap::new(),
            fields: Vec::new(),
            preconditions: Vec::new(),
            retry_after: None,
        }))
    }

    /// INVALID_ARGUMENT; add each bad field with [`Refusal::field`].
    pub fn invalid(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Code::InvalidArgument, reason, message)
    }

    /// INVALID_ARGUMENT with every bad field of a request, under the reason that they share, else `FIELDS_INVALID`.
    pub fn violations(violations: &Violations) -> Self {
        let reason = violations.reason().unwrap_or(reason::FIELDS_INVALID);
        Self::violations_because(reason, violations)
    }

    /// INVALID_ARGUMENT with every bad field of a request, under a reason of its own.
    pub fn violations_because(reason: &'static str, violations: &Violations) -> Self {
        let refusal = Self::invalid(reason, violations.to_string());
        violations.list().iter().fold(refusal, |refusal, bad| {
            refusal.field(&bad.field, &bad.description)
        })
    }

    /// NOT_FOUND.
    pub fn not_found(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Code::NotFound, reason, message)
    }

    /// ALREADY_EXISTS.
    pub fn already_exists(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Code::AlreadyExists, reason, message)
    }

    /// FAILED_PRECONDITION; without [`Refusal::precondition`] the reason itself becomes the one violation.
    pub fn failed_precondition(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Code::FailedPrecondition, reason, message)
    }

    /// ABORTED: the caller may read again and retry.
    pub fn aborted(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Code::Aborted, reason, message)
    }

    /// UNAVAILABLE: the caller may retry as is.
    pub fn unavailable(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Code::Unavailable, reason, message)
    }

    /// PERMISSION_DENIED.
    pub fn denied(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Code::PermissionDenied, reason, message)
    }

    /// UNAUTHENTICATED.
    pub fn unauthenticated(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Code::Unauthenticated, reason, message)
    }

    /// Adds an entry to the `ErrorInfo`'s metadata, such as `job` or `tax_year`.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl ToString) -> Self {
        self.0.metadata.insert(key.into(), value.to_string());
        self
    }

    /// Adds a bad field with what is wrong and the way out.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>, description: impl Into<String>) -> Self {
        self.0.fields.push([field.into(), description.into()]);
        self
    }

    /// Adds a violated precondition: its kind, the resource it is about, and the way out.
    #[must_use]
    pub fn precondition(
        mut self,
        kind: impl Into<String>,
        subject: impl Into<String>,
        description: impl Into<String>,
    ) -> Self {
        self.0
            .preconditions
            .push([kind.into(), subject.into(), description.into()]);
        self
    }

    /// Says how long to wait before the next try.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// The gRPC code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The reason word.
    pub fn reason(&self) -> &'static str {
        self.0.reason
    }

    /// The sentence.
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

impl IntoStatus for Refusal {
    fn into_status(self) -> Status {
        let Parts {
            code,
            reason,
            message,
            metadata,
            fields,
            mut preconditions,
            retry_after,
        } = *self.0;
        if code == Code::FailedPrecondition && preconditions.is_empty() {
            let subject = metadata.values().next().cloned().unwrap_or_default();
            preconditions.push([reason.to_owned(), subject, message.clone()]);
        }
        let message = trailers::message(message);
        let mut details = ErrorDetails::new();
        details.set_error_info(reason, DOMAIN, metadata);
        if retry_after.is_some() {
            details.set_retry_info(retry_after);
        }
        for [field, description] in trailers::entries(fields) {
            details.add_bad_request_violation(field, description);
        }
        for [kind, subject, description] in trailers::entries(preconditions) {
            details.add_precondition_failure_violation(kind, subject, description);
        }
        Status::with_error_details(code, message, details)
    }
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        refusal.into_status()
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Refusal {}

impl IntoStatus for Violations {
    fn into_status(self) -> Status {
        Refusal::violations(&self).into_status()
    }
}

impl IntoStatus for Status {
    fn into_status(self) -> Status {
        self
    }
}

/// What the metadata of a `Status` of ours says under a key, for callers that go on with it.
pub fn metadata_of(status: &Status, key: &str) -> Option<String> {
    status
        .get_details_error_info()
        .filter(|info| info.domain == DOMAIN)
        .and_then(|mut info| info.metadata.remove(key))
}

/// The reason word of a `Status` of ours, for callers that decide by it.
pub fn reason_of(status: &Status) -> Option<String> {
    status
        .get_details_error_info()
        .filter(|info| info.domain == DOMAIN)
        .map(|info| info.reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bad_field_is_listed_beside_one_reason() {
        let mut violations = Violations::new();
        violations.add("vendor.tin", "has eight digits; give nine");
        violations.require("vendor.name", "");
        let status = violations.into_status();
        assert_eq!(status.code(), Code::InvalidArgument);
        let details = status.get_error_details();
        let info = details.error_info().unwrap();
        assert_eq!(
            (info.reason.as_str(), info.domain.as_str()),
            ("FIELDS_INVALID", "formfeed")
        );
        let fields = &details.bad_request().unwrap().field_violations;
        let fields: Vec<_> = fields.iter().map(|bad| bad.field.as_str()).collect();
        assert_eq!(fields, ["vendor.tin", "vendor.name"]);
    }

    #[test]
    fn a_failed_precondition_says_which() {
        let status: Status =
            Refusal::failed_precondition(reason::NO_RULE_FOR_YEAR, "no rules for 2031")
                .with("tax_year", 2031)
                .into();
        let details = status.get_error_details();
        let violated = &details.precondition_failure().unwrap().violations[0];
        assert_eq!(
            (violated.r#type.as_str(), violated.subject.as_str()),
            ("NO_RULE_FOR_YEAR", "2031")
        );
        assert_eq!(reason_of(&status).unwrap(), reason::NO_RULE_FOR_YEAR);
    }

    #[test]
    fn a_refusal_of_a_thousand_fields_fits_the_trailers_of_any_client() {
        let mut violations = Violations::new();
        for index in 0..1_000 {
            violations.add(
                format!("forms[{index}].recipient_name"),
                "contains Ä; remove it",
            );
        }
        let status = violations.into_status();
        let fields = status.get_details_bad_request().unwrap().field_violations;
        assert!(fields.len() > 60, "{}", fields.len());
        assert!(fields.last().unwrap().description.contains("others"));
        let headers = status.into_http::<tonic::body::Body>().headers().clone();
        let size: usize = headers
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len() + 32)
            .sum();
        assert!(size < 7_800, "{size}");
    }

    #[test]
    fn reasons_are_unique_words() {
        let unique: std::collections::BTreeSet<_> = reason::ALL.iter().collect();
        assert_eq!(unique.len(), reason::ALL.len());
    }
}
