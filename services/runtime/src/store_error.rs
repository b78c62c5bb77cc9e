//! What a caller is told when the store fails.

use formfeed_store::StoreError;
use tonic::{Code, Status};
use tracing::warn;

use crate::{
    incident, reason,
    status::{IntoStatus, Refusal},
};

/// A service meets a conflict of its own keys before it comes here and names the resource;
/// what is left is a race between two writers, which a retry settles.
impl IntoStatus for StoreError {
    fn into_status(self) -> Status {
        match &self {
            Self::Unavailable(source) => {
                warn!(error = %source, "The database does not answer");
                Refusal::unavailable(
                    reason::STORE_UNAVAILABLE,
                    "the database does not answer; retry shortly",
                )
            }
            Self::Full(_) => {
                warn!("The disk that holds the database is full");
                Refusal::new(
                    Code::ResourceExhausted,
                    reason::STORE_FULL,
                    "the disk that holds the database is full; make room, then retry",
                )
            }
            Self::Conflict(_) => Refusal::aborted(
                reason::STORE_CONFLICT,
                "another writer was faster; read again and retry",
            ),
            other => return incident::internal(other),
        }
        .into_status()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::reason_of;

    #[test]
    fn a_database_that_is_away_may_be_tried_again() {
        let away = StoreError::Unavailable("connection reset".into()).into_status();
        assert_eq!(away.code(), Code::Unavailable);
        assert_eq!(reason_of(&away).unwrap(), reason::STORE_UNAVAILABLE);
        assert!(!away.message().contains("reset"), "{away}");
    }

    #[test]
    fn damaged_data_shows_an_incident_id_and_nothing_of_itself() {
        let damaged = StoreError::Corrupt("row 7 of vendors".to_owned()).into_status();
        assert_eq!(damaged.code(), Code::Internal);
        assert!(!damaged.message().contains("vendors"), "{damaged}");
    }
}
