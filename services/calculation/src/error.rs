//! What a caller is told when an import or a run is refused.

use formfeed_domain::TaxYear;
use formfeed_domain::edit;
use formfeed_domain::rules::RuleError;
use formfeed_proto::convert::Violations;
use formfeed_proto::convert::edit::note_bad_values;
use formfeed_runtime::{IntoStatus, Refusal, incident, reason, request_id};
use formfeed_store::calculation::{EditError, ImportError, ParameterSetError, RunError};
use tonic::Status;

/// The status of a refused import.
pub(crate) fn import_status(error: ImportError) -> Status {
    let message = error.to_string();
    match error {
        ImportError::NotStaged(import) => {
            Refusal::not_found(reason::IMPORT_NOT_FOUND, message).with("import", import)
        }
        ImportError::Published(import) | ImportError::Publishing(import) => {
            Refusal::failed_precondition(reason::IMPORT_PUBLISHED, message).with("import", import)
        }
        ImportError::Store(error) => return error.into_status(),
        other => return incident::internal(&other),
    }
    .into_status()
}

/// The status of a run that does not begin.
pub(crate) fn run_status(error: RunError, request: &str) -> Status {
    match error {
        RunError::InProgress(run) => {
            let message = format!(
                "your run runs/{run} is at work; wait for it, or cancel it, then ask again"
            );
            Refusal::aborted(reason::RUN_IN_PROGRESS, message)
                .with("run", format!("runs/{run}"))
                .into_status()
        }
        RunError::RequestReused => request_id::reused(request).into_status(),
        RunError::Store(error) => error.into_status(),
        other => incident::internal(&other),
    }
}

/// The status of a year without rules.
pub(crate) fn rule_status(error: &RuleError, tax_year: TaxYear) -> Status {
    match error {
        RuleError::NoRuleForYear { .. } => {
            Refusal::failed_precondition(reason::NO_RULE_FOR_YEAR, error.to_string())
                .with("tax_year", tax_year)
                .into_status()
        }
        other => incident::internal(other),
    }
}

/// Why a change of the row of that name is not allowed.
pub(crate) fn not_allowed(error: &edit::EditError, name: &str) -> Refusal {
    let message = format!("{name}: {error}");
    match error {
        edit::EditError::NoSuchRow => Refusal::not_found(reason::INFORMATION_NOT_FOUND, message),
        edit::EditError::Exists => Refusal::already_exists(reason::RESOURCE_EXISTS, message),
        edit::EditError::Deleted => {
            Refusal::failed_precondition(reason::INFORMATION_DELETED, message)
        }
        edit::EditError::NotEdited => {
            Refusal::failed_precondition(reason::INFORMATION_NOT_EDITED, message)
        }
        edit::EditError::Values(values) => {
            let mut bad = Violations::new();
            note_bad_values(&mut bad, values);
            Refusal::violations(&bad)
        }
        other => Refusal::failed_precondition(reason::FIELDS_INVALID, other.to_string()),
    }
    .with("name", name)
}

/// The status of an edit that was not kept.
pub(crate) fn edit_status(error: EditError<Refusal>, request: &str) -> Status {
    match error {
        EditError::Refused(refusal) => refusal.into_status(),
        EditError::RequestReused => request_id::reused(request).into_status(),
        EditError::Store(error) => error.into_status(),
        other => incident::internal(&other),
    }
}

/// The status of a set of parameters that was not made.
pub(crate) fn parameter_set_status(error: ParameterSetError, name: &str, request: &str) -> Status {
    match error {
        ParameterSetError::Exists => {
            let message = format!("{name} exists already; update it, or choose another name");
            Refusal::already_exists(reason::RESOURCE_EXISTS, message)
                .with("name", name)
                .into_status()
        }
        ParameterSetError::RequestReused => request_id::reused(request).into_status(),
        ParameterSetError::Store(error) => error.into_status(),
        other => incident::internal(&other),
    }
}
