//! Imports become history, or are forgotten.

use chrono::{DateTime, Utc};

use super::CalculationStore;
use crate::StoreError;
use crate::audit::Details;
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
    /// Its vendor half may be published: it can only be finished.
    #[error("import {0} is being published; publish it again to finish it")]
    Publishing(String),
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
                    match q::imports::advance(c, import_id, from, to).await? {
                        true => Ok(()),
                        false => Err(ImportError::NotStaged(import_id.to_owned())),
                    }
                }
                Some(ImportState::Publishing) => Ok(()),
                Some(ImportState::Published) => Err(ImportError::Published(import_id.to_owned())),
                Some(ImportState::Staging) | None => {
                    Err(ImportError::NotStaged(import_id.to_owned()))
                }
            }
        })
    }

    /// Notes that the vendor half is not published after all, and was not: the import is only staged again.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn withdraw_publication(&self, import_id: &str) -> Result<(), StoreError> {
        on_write!(self.database, calculation, |c, q| {
            let (from, to) = (ImportState::Publishing, ImportState::Staged);
            q::imports::advance(c, import_id, from, to).await?;
            Ok(())
        })
    }

    /// Imports whose publication has begun and not ended, by id.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn imports_in_publication(&self) -> Result<Vec<Import>, StoreError> {
        on_read!(self.database, calculation, |c, q| {
            q::imports::in_state(c, ImportState::Publishing).await
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
            if q::imports::newest_sequence(c).await? == 0 {
                q::in_place::claim(c).await?;
            }
            let import = q::imports::get(c, import_id).await?;
            let ready = import.filter(|import| import.state == ImportState::Publishing);
            let import = ready.ok_or_else(|| ImportError::NotStaged(import_id.to_owned()))?;
            if !import.in_place
                && let Some(other) = q::in_place::holder(c).await?
            {
                if other.state == ImportState::Publishing {
                    return Err(ImportError::Publishing(other.import_id));
                }
                q::publication::clear(c, &other.import_id).await?;
                q::imports::delete(c, &other.import_id).await?;
            }
            let sequence = q::imports::newest_sequence(c).await? + 1;
            q::imports::publish(c, import_id, user, sequence, now).await?;
            let mut files = vendor_files.to_vec();
            files.extend(match import.in_place {
                true => q::in_place::publish(c).await?,
                false => q::publication::publish(c, import_id, sequence).await?,
            });
            q::imports::set_files(c, import_id, &files).await?;
            q::publication::clear(c, import_id).await?;
            let sum = |of: fn(&FileCount) -> i64| files.iter().map(of).sum::<i64>();
            let details = Details::new()
                .number("sequence", sequence)
                .number("new", sum(|file| file.new))
                .number("changed", sum(|file| file.changed));
            let subject = format!("imports/{import_id}");
            self.auditor
                .note(c, "import.publish", subject, details)
                .await?;
            let published = q::imports::get(c, import_id).await?;
            published.ok_or_else(|| ImportError::NotStaged(import_id.to_owned()))
        })
    }

    /// Builds the indexes of what an import wrote in place, where they are not there: [`Self::publish_import`] would else.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn build_indexes(&self, import_id: &str) -> Result<(), StoreError> {
        on_write!(self.database, calculation, |c, q| {
            match q::staged_source::Source::of(c, import_id).await? {
                q::staged_source::Source::InPlace => q::in_place::build_indexes(c).await,
                q::staged_source::Source::Staged => Ok(()),
            }
        })
    }

    /// Forgets an import that is not published; unknown ones too.
    ///
    /// # Errors
    /// [`ImportError::Publishing`] once its vendor half may be published, [`ImportError::Published`] once both are.
    pub async fn discard_import(&self, import_id: &str) -> Result<(), ImportError> {
        on_write!(self.database, calculation, |c, q| {
            let import = q::imports::get(c, import_id).await?;
            still_staged(import_id, import.as_ref())?;
            q::publication::clear(c, import_id).await?;
            q::imports::delete(c, import_id).await?;
            if import.is_some() {
                let subject = format!("imports/{import_id}");
                let details = Details::new();
                self.auditor
                    .note(c, "import.discard", subject, details)
                    .await?;
            }
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

/// Refuses what is published already, or perhaps its vendor half.
pub(super) fn still_staged(import_id: &str, import: Option<&Import>) -> Result<(), ImportError> {
    match import.map(|import| import.state) {
        Some(ImportState::Published) => Err(ImportError::Published(import_id.to_owned())),
        Some(ImportState::Publishing) => Err(ImportError::Publishing(import_id.to_owned())),
        Some(ImportState::Staging | ImportState::Staged) | None => Ok(()),
    }
}
