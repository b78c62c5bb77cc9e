//! Staging an import: records under an import id, seen by no reader.

use chrono::{DateTime, Utc};

use super::{StagedRecord, VendorStore};
use crate::StoreError;
use crate::audit::Details;
use crate::seal::{Place, Sealed};
use crate::staged_import::forgotten_before;
use crate::vendor::KeepError;
use crate::vendor::rows::{ImportRow, PUBLISHED, STAGED, STAGING, instant};

/// Records of one statement.
const STATEMENT: usize = 500;

/// How staging begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// Records may come in; what was staged before is forgotten.
    Staging,
    /// The import is published: its records may only be compared.
    Published,
}

impl VendorStore {
    /// Begins to stage records under an import id, forgetting imports staged too long ago. `staging_id` is a fresh id
    /// of this very attempt.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin_staging(
        &self,
        import_id: &str,
        staging_id: &str,
        now: DateTime<Utc>,
    ) -> Result<Begun, KeepError> {
        let row = ImportRow {
            import_id: import_id.to_owned(),
            state: STAGING.to_owned(),
            staging_id: staging_id.to_owned(),
            has_faults: false,
            digest_key_version: None,
            digest_sealed: None,
            create_time: instant(now),
            update_time: instant(now),
        };
        on_write!(self.database, vendor, |c, q| {
            let before = q::imports::lock(c, import_id).await?;
            if before.is_some_and(|before| before.state == PUBLISHED) {
                return Ok(Begun::Published);
            }
            for stale in q::imports::take_stale(c, instant(forgotten_before(now))).await? {
                q::import_records::clear(c, &stale).await?;
                q::imports::delete(c, &stale).await?;
            }
            q::import_records::clear(c, import_id).await?;
            q::imports::put(c, &row).await?;
            Ok(Begun::Staging)
        })
    }

    /// Forgets imports that have been staged for longer than [`STAGED_IMPORT_LIFE`](crate::STAGED_IMPORT_LIFE), sealed
    /// numbers and all; answers their ids.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_stale_imports(
        &self,
        now: DateTime<Utc>,
    ) -> Result<Vec<String>, StoreError> {
        on_write!(self.database, vendor, |c, q| {
            let stale = q::imports::take_stale(c, instant(forgotten_before(now))).await?;
            for import_id in &stale {
                q::import_records::clear(c, import_id).await?;
                q::imports::delete(c, import_id).await?;
            }
            Ok(stale)
        })
    }

    /// Stages some thousand records more. No key may come twice.
    ///
    /// # Errors
    /// [`KeepError::StagedElsewhere`] when another attempt has begun.
    pub async fn stage(
        &self,
        import_id: &str,
        staging_id: &str,
        records: &[StagedRecord],
    ) -> Result<(), KeepError> {
        let rows = records
            .iter()
            .map(|record| record.row(&self.keyring, import_id));
        let rows = rows.collect::<Result<Vec<_>, StoreError>>()?;
        on_write!(self.database, vendor, |c, q| {
            own_staging(q::imports::lock(c, import_id).await?, staging_id)?;
            for rows in rows.chunks(STATEMENT) {
                q::import_records::insert(c, rows.to_vec()).await?;
            }
            Ok(())
        })
    }

    /// Ends staging. Without faults the import may be published.
    ///
    /// # Errors
    /// [`KeepError::StagedElsewhere`] when another attempt has begun.
    pub async fn end_staging(
        &self,
        import_id: &str,
        staging_id: &str,
        has_faults: bool,
        fingerprint: &str,
        now: DateTime<Utc>,
    ) -> Result<(), KeepError> {
        let sealed = self
            .keyring
            .seal(place(import_id), fingerprint.as_bytes())?;
        on_write!(self.database, vendor, |c, q| {
            let mut row = own_staging(q::imports::lock(c, import_id).await?, staging_id)?;
            row.state = STAGED.to_owned();
            row.has_faults = has_faults;
            row.digest_key_version = Some(sealed.key_version);
            row.digest_sealed = Some(sealed.bytes.clone());
            row.update_time = instant(now);
            Ok(q::imports::put(c, &row).await?)
        })
    }

    /// Whether an import was staged with this very content.
    ///
    /// # Errors
    /// [`KeepError::NoImport`].
    pub async fn is_content_of_import(
        &self,
        import_id: &str,
        fingerprint: &str,
    ) -> Result<bool, KeepError> {
        let row = on_read!(self.database, vendor, |c, q| {
            q::imports::get(c, import_id).await?
        });
        let row = row.ok_or(KeepError::NoImport)?;
        let (Some(key_version), Some(bytes)) = (row.digest_key_version, row.digest_sealed) else {
            return Ok(false);
        };
        let first = self
            .keyring
            .open_sealed(place(import_id), &Sealed { key_version, bytes })?;
        Ok(first.as_slice() == fingerprint.as_bytes())
    }

    /// Forgets what is staged under an import id; nothing happens when nothing is.
    ///
    /// # Errors
    /// [`KeepError::ImportPublished`].
    pub async fn discard_import(&self, import_id: &str) -> Result<(), KeepError> {
        on_write!(self.database, vendor, |c, q| {
            let before = q::imports::lock(c, import_id).await?;
            let Some(before) = before else {
                return Ok(());
            };
            if before.state == PUBLISHED {
                return Err(KeepError::ImportPublished);
            }
            q::import_records::clear(c, import_id).await?;
            q::imports::delete(c, import_id).await?;
            let (subject, details) = (format!("imports/{import_id}"), Details::new());
            self.auditor
                .note(c, "import.discard", subject, details)
                .await?;
            Ok(())
        })
    }
}

fn own_staging(row: Option<ImportRow>, staging_id: &str) -> Result<ImportRow, KeepError> {
    row.filter(|row| row.state == STAGING && row.staging_id == staging_id)
        .ok_or(KeepError::StagedElsewhere)
}

fn place(import_id: &str) -> Place<'_> {
    Place {
        table: "imports",
        column: "digest_sealed",
        id: import_id,
    }
}
