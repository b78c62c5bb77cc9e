//! What can go wrong with storage, by who can mend it.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// Why storage did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database is away, busy too long or cut the connection: safe to retry.
    #[error("the database does not answer")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// No room to write.
    #[error("the disk that holds the database is full")]
    Full(#[source] DieselError),
    /// A key is taken, or another writer was faster.
    #[error("a record with this key exists already")]
    Conflict(#[source] DieselError),
    /// What is stored is not what this program stores: wrong version, damaged, or edited by hand.
    #[error("stored data is not readable: {0}")]
    Corrupt(String),
    /// A sealed value does not open: wrong or missing key, or a value moved between rows.
    #[error(transparent)]
    Seal(#[from] crate::SealError),
    /// Neither the file nor the address can be used as a database.
    #[error("cannot open the database: {0}")]
    Open(String),
    /// Our bug, or a failure of the database software.
    #[error("the database refused a query")]
    Query(#[source] DieselError),
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        let DieselError::DatabaseError(kind, information) = &error else {
            return match error {
                DieselError::BrokenTransactionManager => Self::Unavailable(Box::new(error)),
                other => Self::Query(other),
            };
        };
        let message = information.message().to_ascii_lowercase();
        match kind {
            DatabaseErrorKind::UniqueViolation => Self::Conflict(error),
            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::SerializationFailure => {
                Self::Unavailable(Box::new(error))
            }
            _ if [
                "database is locked",
                "database is busy",
                "terminating connection",
                "connection",
            ]
            .iter()
            .any(|sign| message.contains(sign)) =>
            {
                Self::Unavailable(Box::new(error))
            }
            _ if message.contains("is full") || message.contains("no space left") => {
                Self::Full(error)
            }
            _ => Self::Query(error),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    /// The same failures come by another way: they are told apart by what SQLite says of them.
    fn from(error: rusqlite::Error) -> Self {
        let kind = match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::ConstraintViolation) => DatabaseErrorKind::UniqueViolation,
            _ => DatabaseErrorKind::Unknown,
        };
        DieselError::DatabaseError(kind, Box::new(error.to_string())).into()
    }
}
