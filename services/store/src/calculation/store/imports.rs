//! Imports become history, or are forgotten.

use chrono::{DateTime, Utc};

use super::CalculationStore;
use crate::StoreError;
use crate::calculation::{FileCount, Import, ImportState};

/// Why an import is not moved on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The caller stages it first.
    #[error("import {0} is not staged, or not wholly; stage both halves again")]
    NotStaged(String),
    /// It is done.
    #[error("import {0} is published already")]
    Published(String),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<diesel::result::Error> for ImportError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

impl CalculationStore {
    /// Notes that the vendor half is about to be published. Doing so again changes nothing.
    ///
    /// # Errors
    /// [`ImportError::NotStaged`] unless all of this half is staged.
    pub async fn begin_publication(&self, import_id: &str) -> Result<(), ImportError> {
        on_write!(self.database, calculation, |c, q| {
            let import = q::imports::get(c, import_id).await?;
            match import.map(|import| import.state) {
                Some(ImportState::Staged) => {
                    let (from, to) = (ImportState::Staged, ImportState::Publishing);
                    q::imports::advance(c, import_id, from, to).await?;
                    Ok(())
                }
                Some(ImportState::Publishing) => Ok(()),
                Some(ImportState::Published) => Err(ImportError::Published(import_id.to_owned())),
                Some(ImportState::Staging) | None => {
                    Err(ImportError::NotStaged(import_id.to_owned()))
                }
            }
        })
    }

    /// Publishes this half at once: the staged records become history under the next sequence number.
    ///
    /// # Errors
    /// [`ImportError::NotStaged`] unless publication has begun.
    pub async fn publish_import(
        &self,
        import_id: &str,
        user: &str,
        vendor_files: &[FileCount],
        now: DateTime<Utc>,
    ) -> Result<Import, ImportError> {
        on_write!(self.database, calculation, |c, q| {
            let import = q::imports::get(c, import_id).await?;
            if import.is_none_or(|import| import.state != ImportState::Publishing) {
                return Err(ImportError::NotStaged(import_id.to_owned()));
            }
            let sequence = q::imports::newest_sequence(c).await? + 1;
            q::imports::publish(c, import_id, user, sequence, now).await?;
            let mut files = vendor_files.to_vec();
            files.extend(q::publication::publish(c, import_id, sequence).await?);
            q::imports::set_files(c, import_id, &files).await?;
            q::publication::clear(c, import_id).await?;
            let published = q::imports::get(c, import_id).await?;
            published.ok_or_else(|| ImportError::NotStaged(import_id.to_owned()))
        })
    }

    /// Forgets an import that is not published; unknown ones too.
    ///
    /// # Errors
    /// [`ImportError::Published`] once it is published.
    pub async fn discard_import(&self, import_id: &str) -> Result<(), ImportError> {
        on_write!(self.database, calculation, |c, q| {
            let import = q::imports::get(c, import_id).await?;
            if import.is_some_and(|import| import.state == ImportState::Published) {
                return Err(ImportError::Published(import_id.to_owned()));
            }
            q::publication::clear(c, import_id).await?;
            q::imports::delete(c, import_id).await?;
            Ok(())
        })
    }

    /// Published imports before a sequence (`None`: from the newest), newest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn imports_before(
        &self,
        sequence: Option<i64>,
        limit: i64,
    ) -> Result<Vec<Import>, StoreError> {
        let before = sequence.unwrap_or(i64::MAX);
        on_read!(self.database, calculation, |c, q| {
            q::imports::page_before(c, before, limit).await
        })
    }
}
