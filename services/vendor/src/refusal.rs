//! What a caller is told when a call is refused.

use formfeed_proto::convert::Violations;
use formfeed_runtime::{IntoStatus as _, Refusal, etag, reason, request_id};
use formfeed_store::StoreError;
use formfeed_store::vendor::KeepError;
use tonic::{Code, Status};

/// What is wrong with the parent of an organization that closes a cycle.
pub(crate) const OWN_ANCESTOR: &str =
    "would make the organization its own ancestor; choose another parent";

/// A kind of resource: its word, its collection and the reason for a missing one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) word: &'static str,
    pub(crate) collection: &'static str,
    pub(crate) not_found: &'static str,
}

/// INVALID_ARGUMENT with every bad field; `TIN_MALFORMED` when nothing but a TIN is bad.
pub(crate) fn invalid(bad: &Violations) -> Status {
    let of_tin = |field: &str| matches!(field.rsplit('.').next(), Some("tin" | "tin_type"));
    match bad.list().iter().all(|violation| of_tin(&violation.field)) {
        true => Refusal::violations_because(reason::TIN_MALFORMED, bad),
        false => Refusal::violations(bad),
    }
    .into_status()
}

/// `value` when nothing is wrong, else INVALID_ARGUMENT.
pub(crate) fn valid<T>(bad: Violations, value: Option<T>) -> Result<T, Status> {
    bad.finish(value).map_err(|bad| invalid(&bad))
}

/// NOT_FOUND.
pub(crate) fn not_found(kind: Kind, name: &str) -> Status {
    Refusal::not_found(kind.not_found, format!("there is no {} {name}", kind.word))
        .with("name", name)
        .into_status()
}

/// The store failed.
pub(crate) fn store(error: StoreError) -> Status {
    error.into_status()
}

/// A change was not kept; `name` is the resource it was of.
pub(crate) fn kept(error: KeepError, name: &str, id: &str) -> Status {
    match error {
        KeepError::Store(error) => return error.into_status(),
        KeepError::RequestIdReused => request_id::reused(id),
        KeepError::Exists => Refusal::already_exists(
            reason::RESOURCE_EXISTS,
            format!("{name} exists already; update it, or choose another key"),
        )
        .with("name", name),
        KeepError::Stale => etag::mismatch(name),
        KeepError::Cycle => Refusal::invalid(
            reason::FIELDS_INVALID,
            "an organization would be its own ancestor; choose another parent",
        )
        .field("organization.parent_org_id", OWN_ANCESTOR),
        KeepError::NoImport => Refusal::not_found(
            reason::IMPORT_NOT_FOUND,
            format!("nothing is staged under {name}; stage the extract first"),
        )
        .with("import", name),
        KeepError::ImportHasFaults => Refusal::failed_precondition(
            reason::IMPORT_HAS_FAULTS,
            format!("{name} was staged with faults or not to its end; mend the extract and stage it again"),
        )
        .with("import", name),
        KeepError::ImportPublished => Refusal::failed_precondition(
            reason::IMPORT_PUBLISHED,
            format!("{name} is published; stage a further extract under an import id of its own"),
        )
        .with("import", name),
        KeepError::StagedElsewhere => Refusal::new(
            Code::Aborted,
            reason::STORE_CONFLICT,
            format!("another client stages under {name}; choose an import id of your own"),
        )
        .with("import", name),
        _ => Refusal::aborted(reason::STORE_CONFLICT, "the change was not kept; read again and retry"),
    }
    .into_status()
}
