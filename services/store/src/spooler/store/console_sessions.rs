//! Who is signed in to a spooler's console: kept, so that a restart signs nobody out.

use chrono::{DateTime, Utc};

use super::SpoolerStore;
use crate::spooler::SpoolError;
use crate::spooler::rows::{ConsoleSessionRow, stored};

/// One signed-in person in one browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleSession {
    /// Hash of what the browser has, in base64 of 43 characters (RFC 4648, 5).
    pub session: String,
    /// The spooler whose console it is.
    pub spooler: String,
    /// Name of the token that was shown.
    pub token_name: String,
    /// When that token was made, to the microsecond: a later one of the same name is another.
    pub token_made: DateTime<Utc>,
    /// When its person last did something, not later than in truth.
    pub used_at: DateTime<Utc>,
}

impl SpoolerStore {
    /// Keeps a new session.
    ///
    /// # Errors
    /// Storage.
    pub async fn keep_console_session(&self, new: &ConsoleSession) -> Result<(), SpoolError> {
        on_write!(self.database, spooler, |c, q| {
            let row = ConsoleSessionRow {
                session: new.session.clone(),
                spooler: new.spooler.clone(),
                token_name: new.token_name.clone(),
                token_made: stored(new.token_made),
                used_at: stored(new.used_at),
            };
            Ok(q::console_sessions::insert(c, row).await?)
        })
    }

    /// Notes that a session is in use.
    ///
    /// # Errors
    /// Storage.
    pub async fn use_console_session(
        &self,
        session: &str,
        at: DateTime<Utc>,
    ) -> Result<(), SpoolError> {
        on_write!(self.database, spooler, |c, q| {
            Ok(q::console_sessions::used(c, session, stored(at)).await?)
        })
    }

    /// Ends a session for ever.
    ///
    /// # Errors
    /// Storage.
    pub async fn end_console_session(&self, session: &str) -> Result<(), SpoolError> {
        on_write!(self.database, spooler, |c, q| {
            Ok(q::console_sessions::delete(c, session).await?)
        })
    }

    /// The sessions of a spooler that were used since, the last used first; the others are forgotten.
    ///
    /// # Errors
    /// Storage.
    pub async fn console_sessions(
        &self,
        spooler: &str,
        since: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<ConsoleSession>, SpoolError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = on_write!(self.database, spooler, |c, q| {
            q::console_sessions::delete_before(c, spooler, stored(since)).await?;
            Ok::<_, SpoolError>(q::console_sessions::of_spooler(c, spooler, limit).await?)
        })?;
        Ok(rows.into_iter().map(ConsoleSession::from).collect())
    }
}

impl From<ConsoleSessionRow> for ConsoleSession {
    fn from(row: ConsoleSessionRow) -> Self {
        Self {
            session: row.session,
            spooler: row.spooler,
            token_name: row.token_name,
            token_made: row.token_made.and_utc(),
            used_at: row.used_at.and_utc(),
        }
    }
}
