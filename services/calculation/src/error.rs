//! What a caller is told when an import or a run is refused.

use formfeed_domain::TaxYear;
use formfeed_domain::rules::RuleError;
use formfeed_runtime::{IntoStatus, Refusal, incident, reason, request_id};
use formfeed_store::calculation::{ImportError, RunError};
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
