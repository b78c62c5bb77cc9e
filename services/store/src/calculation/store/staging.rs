//! Records come in under an import and are checked; nobody else sees them.

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection as _;
use formfeed_domain::extract::{Fault, MAX_FAULTS};
use rusqlite::Transaction;

use super::imports::still_staged;
use super::{CalculationStore, ImportError};
use crate::calculation::dialect::staged_rows::{TABLES, rows_of};
use crate::calculation::dialect::{postgres, sqlite};
use crate::calculation::{Import, ImportState, Reference, ReferenceKind, Staged, StagedItem};
use crate::staged_import::forgotten_before;
use crate::{Database, StoreError};

impl CalculationStore {
    /// One import, staged or published.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn import(&self, import_id: &str) -> Result<Option<Import>, StoreError> {
        on_read!(self.database, calculation, |c, q| {
            q::imports::get(c, import_id).await
        })
    }

    /// Begins to stage an import, forgetting what was staged under it before, and imports staged too long ago.
    ///
    /// # Errors
    /// [`ImportError::Publishing`] once its vendor half may be published, [`ImportError::Published`] once both are.
    pub async fn begin_staging(
        &self,
        import_id: &str,
        user: &str,
        now: DateTime<Utc>,
    ) -> Result<(), ImportError> {
        match self.try_begin_staging(import_id, user, now).await {
            // Another process took the number that we meant to take: take the next.
            Err(ImportError::Store(StoreError::Conflict(_))) => {
                self.try_begin_staging(import_id, user, now).await
            }
            answer => answer,
        }
    }

    async fn try_begin_staging(
        &self,
        import_id: &str,
        user: &str,
        now: DateTime<Utc>,
    ) -> Result<(), ImportError> {
        on_write!(self.database, calculation, |c, q| {
            let before = q::imports::get(c, import_id).await?;
            still_staged(import_id, before.as_ref())?;
            for stale in q::imports::take_stale(c, forgotten_before(now)).await? {
                q::publication::clear(c, &stale).await?;
                q::imports::delete(c, &stale).await?;
            }
            q::publication::clear(c, import_id).await?;
            q::imports::begin(c, import_id, user, now).await?;
            Ok(())
        })
    }

    /// Forgets imports that have been staged for longer than [`STAGED_IMPORT_LIFE`](crate::STAGED_IMPORT_LIFE);
    /// answers their ids.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn forget_stale_imports(
        &self,
        now: DateTime<Utc>,
    ) -> Result<Vec<String>, StoreError> {
        on_write!(self.database, calculation, |c, q| {
            let stale = q::imports::take_stale(c, forgotten_before(now)).await?;
            for import_id in &stale {
                q::publication::clear(c, import_id).await?;
                q::imports::delete(c, import_id).await?;
            }
            Ok(stale)
        })
    }

    /// Stages records.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn stage(&self, import_id: &str, records: Vec<Staged>) -> Result<(), StoreError> {
        let import = self.import(import_id).await?;
        let missing = || StoreError::Corrupt(format!("import {import_id} is missing"));
        let stage = import.ok_or_else(missing)?.stage;
        self.stage_unreadable(import_id, &records).await?;
        match &self.database {
            Database::Sqlite(database) => {
                let work = move |tx: &Transaction<'_>| {
                    for table in TABLES {
                        sqlite::insert(tx, table, rows_of(table, stage, &records))?;
                    }
                    Ok(())
                };
                database.load(work).await
            }
            Database::Postgres(database) => {
                let mut connection = database.connection().await?;
                connection
                    .transaction(async |c| {
                        for table in TABLES {
                            let rows: Vec<_> = rows_of(table, stage, &records).collect();
                            postgres::insert(c, table, &rows).await?;
                        }
                        Ok(())
                    })
                    .await
            }
        }
    }

    /// Stages what could not be read, with its faults.
    async fn stage_unreadable(
        &self,
        import_id: &str,
        records: &[Staged],
    ) -> Result<(), StoreError> {
        let (mut unreadable, mut faults) = (Vec::new(), Vec::new());
        for staged in records {
            if let StagedItem::Unreadable {
                file,
                key,
                faults: found,
            } = &staged.item
            {
                unreadable.push((staged.position, staged.line, file.name(), key.as_str()));
                faults.extend(found);
            }
        }
        if unreadable.is_empty() {
            return Ok(());
        }
        on_write!(self.database, calculation, |c, q| {
            let row = |&(position, line, file, record_key)| q::staged_unreadable::Row {
                import_id,
                position,
                line,
                file,
                record_key,
            };
            let rows: Vec<_> = unreadable.iter().map(row).collect();
            q::staged_unreadable::insert(c, &rows).await?;
            if !faults.is_empty() {
                q::staged_faults::insert(c, import_id, &faults).await?;
            }
            Ok::<(), StoreError>(())
        })
    }

    /// Ends staging: all records of the import are there. `content` is the fingerprint of them all.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn end_staging(&self, import_id: &str, content: &str) -> Result<(), StoreError> {
        on_write!(self.database, calculation, |c, q| {
            q::imports::set_content(c, import_id, content).await?;
            let (from, to) = (ImportState::Staging, ImportState::Staged);
            q::imports::advance(c, import_id, from, to).await?;
            Ok::<(), StoreError>(())
        })
    }

    /// Notes that no fault was found in all that is staged.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn note_faultless(&self, import_id: &str) -> Result<(), StoreError> {
        on_write!(self.database, calculation, |c, q| {
            q::imports::set_faultless(c, import_id).await
        })
    }

    /// Every fault within this half, at most [`MAX_FAULTS`], by file and line. Records that a client could not
    /// read are its own to list.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn staged_faults(&self, import_id: &str) -> Result<Vec<Fault>, StoreError> {
        let mut faults = on_read!(self.database, calculation, |c, q| {
            let mut faults = q::staged_faults::of_import(c, import_id).await?;
            faults.extend(q::staged_checks::duplicates(c, import_id).await?);
            faults.extend(q::staged_checks::dangling(c, import_id).await?);
            Ok::<_, StoreError>(faults)
        })?;
        faults.sort();
        faults.truncate(MAX_FAULTS);
        Ok(faults)
    }

    /// The records that could not be read, which bar publication.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn unreadable(&self, import_id: &str) -> Result<Vec<Fault>, StoreError> {
        on_read!(self.database, calculation, |c, q| {
            q::staged_unreadable::faults(c, import_id).await
        })
    }

    /// Every key of a kind that the staged records name in the vendor half.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn references(
        &self,
        import_id: &str,
        kind: ReferenceKind,
    ) -> Result<Vec<String>, StoreError> {
        on_read!(self.database, calculation, |c, q| {
            q::staged_references::keys(c, import_id, kind).await
        })
    }

    /// Where the staged records name these keys of a kind.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn places(
        &self,
        import_id: &str,
        kind: ReferenceKind,
        keys: &[String],
    ) -> Result<Vec<Reference>, StoreError> {
        let mut places = Vec::new();
        for keys in keys.chunks(MAX_FAULTS) {
            places.extend(on_read!(self.database, calculation, |c, q| {
                q::staged_references::places(c, import_id, kind, keys).await
            })?);
            if places.len() >= MAX_FAULTS {
                break;
            }
        }
        Ok(places)
    }
}
