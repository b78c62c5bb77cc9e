//! Why a change was not kept.

use crate::StoreError;

/// Why a change was not kept; nothing of it was stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeepError {
    /// The database failed, or a value could not be sealed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The request id came before with other content.
    #[error("the request id was used with other content")]
    RequestIdReused,
    /// A resource of that key exists.
    #[error("a resource with this key exists already")]
    Exists,
    /// The resource was changed since it was read.
    #[error("the resource was changed since it was read")]
    Stale,
    /// The organization would be its own ancestor.
    #[error("the organization would be its own ancestor")]
    Cycle,
    /// There is no such staged or published import.
    #[error("there is no such import")]
    NoImport,
    /// The import was staged with faults, or its staging has not ended.
    #[error("the import has faults, or its staging has not ended")]
    ImportHasFaults,
    /// The import is published already.
    #[error("the import is published already")]
    ImportPublished,
    /// Another client stages under the same import id.
    #[error("another client stages under the same import id")]
    StagedElsewhere,
}

impl From<diesel::result::Error> for KeepError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<crate::SealError> for KeepError {
    fn from(error: crate::SealError) -> Self {
        Self::Store(error.into())
    }
}
