//! Records come in under an import and are checked; nobody else sees them.

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection as _;
use formfeed_domain::extract::{Fault, MAX_FAULTS};
use futures::future::try_join_all;
use futures::try_join;
use rusqlite::{OptionalExtension as _, Transaction};

use super::imports::still_staged;
use super::{CalculationStore, ImportError};
use crate::calculation::dialect::staged_rows::{FILES, rows_of};
use crate::calculation::dialect::{postgres, sqlite};
use crate::calculation::import::FIRST_SEQUENCE;
use crate::calculation::within::Within;
use crate::calculation::{Import, ImportState, Reference, ReferenceKind, Staged, StagedItem};
use crate::staged_import::forgotten_before;
use crate::{Database, StoreError, calculation};

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
            // Another process took the number or the place that we meant to take: take the next.
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
            q::in_place::share(c).await?;
            let in_place = q::in_place::is_free(c).await?;
            if in_place {
                q::in_place::begin(c).await?;
            }
            q::imports::begin(c, import_id, user, now, in_place).await?;
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

    /// Stages records, in batches as they came.
    ///
    /// # Errors
    /// [`ImportError::NotStaged`] when another import was published in the place that this one was written to.
    pub async fn stage(
        &self,
        import_id: &str,
        records: Vec<Vec<Staged>>,
    ) -> Result<(), ImportError> {
        let import = self.import(import_id).await?;
        let displaced = || ImportError::NotStaged(import_id.to_owned());
        let import = import.ok_or_else(displaced)?;
        self.stage_unreadable(import_id, &records).await?;
        let twice = match import.in_place {
            true => self.stage_in_place(&import, records).await?,
            false => {
                self.stage_apart(import.stage, records).await?;
                Some(Vec::new())
            }
        };
        let twice = twice.ok_or_else(displaced)?;
        if !twice.is_empty() {
            on_write!(self.database, calculation, |c, q| {
                q::staged_faults::insert(c, import_id, &twice.iter().collect::<Vec<_>>()).await
            })?;
        }
        Ok(())
    }

    /// Into the staged tables.
    async fn stage_apart(&self, stage: i64, records: Vec<Vec<Staged>>) -> Result<(), StoreError> {
        match &self.database {
            Database::Sqlite(database) => {
                let work = move |tx: &Transaction<'_>| {
                    for file in FILES {
                        sqlite::insert(tx, &file.staged, rows_of(file.file, stage, &records))?;
                    }
                    Ok(())
                };
                database.load(work).await
            }
            Database::Postgres(database) => {
                let mut connection = database.connection().await?;
                connection
                    .transaction(async |c| {
                        for file in FILES {
                            let rows: Vec<_> = rows_of(file.file, stage, &records).collect();
                            postgres::insert(c, &file.staged, &rows).await?;
                        }
                        Ok(())
                    })
                    .await
            }
        }
    }

    /// Into the history itself, which is empty but for this import; answers the keys that come twice, or `None` when
    /// the import has lost its place.
    async fn stage_in_place(
        &self,
        import: &Import,
        records: Vec<Vec<Staged>>,
    ) -> Result<Option<Vec<Fault>>, StoreError> {
        let mut twice = Vec::new();
        match &self.database {
            Database::Sqlite(database) => {
                let import_id = import.import_id.clone();
                let work = move |tx: &Transaction<'_>| {
                    let text = "SELECT in_place FROM imports WHERE import_id = ?1";
                    let held = tx.query_row(text, [&import_id], |row| row.get(0));
                    if !held.optional()?.unwrap_or(false) {
                        return Ok(None);
                    }
                    for file in FILES {
                        let rows = rows_of(file.file, FIRST_SEQUENCE, &records);
                        twice.extend(sqlite::insert_once(tx, file, rows)?);
                    }
                    Ok(Some(twice))
                };
                database.load(work).await
            }
            Database::Postgres(database) => {
                let mut connection = database.connection().await?;
                connection
                    .transaction(async |c| {
                        calculation::postgres::in_place::share(c).await?;
                        let held =
                            calculation::postgres::imports::get(c, &import.import_id).await?;
                        if !held.is_some_and(|import| import.in_place) {
                            return Ok(None);
                        }
                        for file in FILES {
                            let rows = rows_of(file.file, FIRST_SEQUENCE, &records);
                            let rows: Vec<_> = rows.collect();
                            twice.extend(postgres::insert_once(c, file, &rows).await?);
                        }
                        Ok(Some(twice))
                    })
                    .await
            }
        }
    }

    /// Stages what could not be read, with its faults.
    async fn stage_unreadable(
        &self,
        import_id: &str,
        records: &[Vec<Staged>],
    ) -> Result<(), StoreError> {
        let (mut unreadable, mut faults) = (Vec::new(), Vec::new());
        for staged in records.iter().flatten() {
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
    /// [`ImportError::NotStaged`] when another import was published in the place that this one was written to.
    pub async fn end_staging(&self, import_id: &str, content: &str) -> Result<(), ImportError> {
        on_write!(self.database, calculation, |c, q| {
            q::imports::set_content(c, import_id, content).await?;
            let (from, to) = (ImportState::Staging, ImportState::Staged);
            match q::imports::advance(c, import_id, from, to).await? {
                true => Ok(()),
                false => Err(ImportError::NotStaged(import_id.to_owned())),
            }
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
        let noted = async {
            on_read!(self.database, calculation, |c, q| {
                q::staged_faults::of_import(c, import_id).await
            })
        };
        let duplicates = async {
            on_read!(self.database, calculation, |c, q| {
                q::staged_checks::duplicates(c, import_id).await
            })
        };
        let dangling = Within::ALL.map(async |reference| {
            on_read!(self.database, calculation, |c, q| {
                q::staged_checks::dangling(c, import_id, reference).await
            })
        });
        let found = try_join!(noted, duplicates, try_join_all(dangling))?;
        let (mut faults, duplicates, dangling) = found;
        faults.extend(duplicates);
        faults.extend(dangling.into_iter().flatten());
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
