//! What went wrong, in words for people and as a document for programs, and the exit code it means.

use std::fmt::Write as _;
use std::io;

use formfeed_proto::convert::Violations;
use formfeed_runtime::reason;
use formfeed_runtime::service::Service;
use serde_json::{Value, json};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// How a command ended, as the shell sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// The work failed, or finished with forms in doubt.
    Failed = 1,
    /// Not a command line of ours.
    Usage = 2,
    /// The input was refused; nothing was changed.
    Refused = 3,
    /// A service cannot be reached.
    Unreachable = 4,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command ended early.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The command line says two things at once, or too little.
    #[error("{0}")]
    Usage(String),
    /// What was given cannot be used.
    #[error("{0}")]
    Refused(String),
    /// Fields that a service would refuse too, with others that do not come as far as there.
    #[error("{0}")]
    BadFields(Violations),
    /// Something on this machine failed.
    #[error("{what}: {why}")]
    Failed {
        /// What was tried.
        what: String,
        /// Why it did not work.
        why: String,
    },
    /// No way to a service is known, or nobody answers there.
    #[error("{0}")]
    Unreachable(String),
    /// A service answered with an error.
    #[error("{service}: {}", .status.message())]
    Answered {
        /// Which service.
        service: Service,
        /// Its answer.
        status: Box<Status>,
    },
    /// Nobody reads what is printed.
    #[error("cannot print: {0}")]
    Print(#[from] io::Error),
}

impl CliError {
    /// Something on this machine failed.
    pub fn failed(what: impl Into<String>, why: impl std::error::Error) -> Self {
        let what = what.into();
        Self::Failed {
            what,
            why: chain(&why),
        }
    }

    /// The exit code it means.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) => Exit::Usage,
            Self::Refused(_) | Self::BadFields(_) => Exit::Refused,
            Self::Failed { .. } | Self::Print(_) => Exit::Failed,
            Self::Unreachable(_) => Exit::Unreachable,
            Self::Answered { status, .. } => exit_of(status.code()),
        }
    }

    /// For people: the message, every bad field, and the reason word in brackets.
    pub fn text(&self) -> String {
        if let Self::BadFields(bad) = self {
            let bad = bad.list().iter();
            let lines = bad.map(|bad| format!("\n  {}: {}", bad.field, bad.description));
            let head = format!("error: refused [{}]", reason::FIELDS_INVALID);
            return lines.fold(head, |text, line| text + &line);
        }
        let Self::Answered { status, .. } = self else {
            return format!("error: {self}");
        };
        let mut text = format!("error: {}", status.message());
        if let Some(info) = status.get_details_error_info() {
            let _ = write!(text, " [{}]", info.reason);
        }
        for (field, description) in violations(status) {
            let _ = match field.is_empty() {
                true => write!(text, "\n  {description}"),
                false => write!(text, "\n  {field}: {description}"),
            };
        }
        text
    }

    /// For programs: the same as one JSON document.
    pub fn document(&self) -> Value {
        if let Self::BadFields(bad) = self {
            let bad = bad.list().iter();
            let violations: Vec<_> = bad
                .map(|bad| json!({"field": bad.field, "description": bad.description}))
                .collect();
            return json!({"error": {
                "message": self.to_string(),
                "code": code_name(Code::InvalidArgument),
                "reason": reason::FIELDS_INVALID,
                "violations": violations,
            }});
        }
        let Self::Answered { service, status } = self else {
            return json!({"error": {"message": self.to_string()}});
        };
        let info = status.get_details_error_info();
        let violations: Vec<_> = violations(status)
            .into_iter()
            .map(|(field, description)| json!({"field": field, "description": description}))
            .collect();
        json!({"error": {
            "message": status.message(),
            "service": service.name(),
            "code": code_name(status.code()),
            "reason": info.as_ref().map(|info| info.reason.as_str()),
            "metadata": info.as_ref().map(|info| &info.metadata),
            "violations": violations,
        }})
    }
}

/// An error with its causes, each once.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            let _ = write!(text, ": {cause_text}");
        }
        source = cause.source();
    }
    text
}

fn exit_of(code: Code) -> Exit {
    match code {
        Code::Ok => Exit::Done,
        Code::InvalidArgument
        | Code::NotFound
        | Code::AlreadyExists
        | Code::FailedPrecondition
        | Code::Aborted
        | Code::OutOfRange
        | Code::PermissionDenied
        | Code::Unauthenticated => Exit::Refused,
        Code::Unavailable => Exit::Unreachable,
        _ => Exit::Failed,
    }
}

/// Bad fields and unmet conditions, in the order the service found them.
fn violations(status: &Status) -> Vec<(String, String)> {
    let details = status.get_error_details();
    let fields = details
        .bad_request()
        .into_iter()
        .flat_map(|bad| &bad.field_violations);
    let fields = fields.map(|v| (v.field.clone(), v.description.clone()));
    let conditions = details
        .precondition_failure()
        .into_iter()
        .flat_map(|p| &p.violations);
    let conditions = conditions.map(|v| (v.subject.clone(), v.description.clone()));
    fields
        .chain(conditions)
        .filter(|(_, text)| text != status.message())
        .collect()
}

/// `INVALID_ARGUMENT` as gRPC writes it.
fn code_name(code: Code) -> String {
    let mut name = String::new();
    for letter in format!("{code:?}").chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonic_types::ErrorDetails;

    fn answered(code: Code, details: ErrorDetails) -> CliError {
        let status = Status::with_error_details(code, "2 fields are wrong", details);
        CliError::Answered {
            service: Service::Vendor,
            status: Box::new(status),
        }
    }

    #[test]
    fn every_bad_field_is_shown_with_the_reason() {
        let mut details = ErrorDetails::new();
        details.set_error_info(
            "FIELDS_INVALID",
            "formfeed",
            [("payer".to_owned(), "TE1".to_owned())],
        );
        details.add_bad_request_violation("vendor.tin", "has nine digits");
        details.add_bad_request_violation("vendor.flag_1099", "use Y, N or D");
        let error = answered(Code::InvalidArgument, details);
        assert_eq!(
            error.text(),
            "error: 2 fields are wrong [FIELDS_INVALID]\n  vendor.tin: has nine digits\n  vendor.flag_1099: use Y, N or D"
        );
        let document = error.document();
        assert_eq!(document["error"]["code"], "INVALID_ARGUMENT");
        assert_eq!(
            document["error"]["violations"][1]["field"],
            "vendor.flag_1099"
        );
    }

    #[test]
    fn the_exit_code_tells_refused_from_unreachable_from_failed() {
        let exit = |code| answered(code, ErrorDetails::new()).exit() as u8;
        assert_eq!(exit(Code::NotFound), 3);
        assert_eq!(exit(Code::FailedPrecondition), 3);
        assert_eq!(exit(Code::Unavailable), 4);
        assert_eq!(exit(Code::Internal), 1);
        assert_eq!(CliError::Usage(String::new()).exit() as u8, 2);
    }
}
