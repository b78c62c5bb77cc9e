//! Saved parameters of runs, as stored.

use chrono::{DateTime, Utc};
use formfeed_domain::ParameterSetId;
use formfeed_domain::parameters::Parameters;

/// A set of parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterSet {
    /// Its name.
    pub id: ParameterSetId,
    /// What a run is asked for.
    pub parameters: Parameters,
    /// Who changed it last.
    pub user: String,
    /// Counts up with each change, from 1.
    pub version: i64,
    /// When it was made.
    pub create_time: DateTime<Utc>,
    /// When it was changed last.
    pub update_time: DateTime<Utc>,
}

/// A request to keep a set under a new name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewParameterSet {
    /// The set, in its first version.
    pub set: ParameterSet,
    /// The user's id of the request.
    pub request_id: String,
    /// Digest of its method and content.
    pub fingerprint: String,
}

/// Why a set was not made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ParameterSetError {
    /// The name is taken.
    #[error("a set of that name exists already")]
    Exists,
    /// The caller's mistake: a request id belongs to one request.
    #[error("the request id was used before, with other content")]
    RequestReused,
    /// See [`crate::StoreError`].
    #[error(transparent)]
    Store(#[from] crate::StoreError),
}

impl From<diesel::result::Error> for ParameterSetError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}
