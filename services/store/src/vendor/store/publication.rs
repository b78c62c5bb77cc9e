//! Publishing an import: every staged record in one transaction, or none.

use chrono::{DateTime, Utc};
use formfeed_domain::extract::{File, Owner};

use super::organizations::refuse_cycles;
use super::{FileCounts, VendorStore};
use crate::StoreError;
use crate::audit::Details;
use crate::vendor::KeepError;
use crate::vendor::rows::{ImportFileRow, PUBLISHED, STAGED, instant};

impl VendorStore {
    /// Publishes a staged import and answers the counts of its files. Doing so again answers them again.
    ///
    /// # Errors
    /// [`KeepError::NoImport`]; [`KeepError::ImportHasFaults`]; [`KeepError::Cycle`] when another change of the
    /// organization tree came in between.
    pub async fn publish_import(
        &self,
        import_id: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<FileCounts>, KeepError> {
        let files = File::ALL
            .into_iter()
            .filter(|file| file.owner() == Owner::Vendor);
        let files: Vec<_> = files.collect();
        on_write!(self.database, vendor, |c, q| {
            let import = q::imports::lock(c, import_id).await?;
            let mut import = import.ok_or(KeepError::NoImport)?;
            if import.state == PUBLISHED {
                return Ok(counts(q::import_files::of_import(c, import_id).await?)?);
            }
            if import.state != STAGED || import.has_faults {
                return Err(KeepError::ImportHasFaults);
            }
            q::organizations::lock(c).await?;
            let mut done = Vec::new();
            for file in &files {
                let now = instant(now);
                done.push(q::publish::file(c, self.keyring.clone(), import_id, *file, now).await?);
            }
            refuse_cycles(q::organizations::all(c).await?)?;
            let rows: Vec<_> = done
                .iter()
                .map(|counts| file_row(import_id, counts))
                .collect();
            q::import_files::insert(c, &rows).await?;
            q::import_records::clear(c, import_id).await?;
            import.state = PUBLISHED.to_owned();
            import.update_time = instant(now);
            q::imports::put(c, &import).await?;
            let (subject, details) = (format!("imports/{import_id}"), told(&done));
            self.auditor
                .note(c, "import.publish", subject, details)
                .await?;
            Ok(done)
        })
    }
}

/// New and changed records of all files.
fn told(done: &[FileCounts]) -> Details {
    let sum = |of: fn(&FileCounts) -> i64| done.iter().map(of).sum::<i64>();
    Details::new()
        .number("new", sum(|counts| counts.new))
        .number("changed", sum(|counts| counts.changed))
}

fn file_row(import_id: &str, counts: &FileCounts) -> ImportFileRow {
    ImportFileRow {
        import_id: import_id.to_owned(),
        file: counts.file.name().to_owned(),
        new_records: counts.new,
        changed_records: counts.changed,
        same_records: counts.same,
    }
}

/// Counts as they were stored, in the order of the files.
fn counts(rows: Vec<ImportFileRow>) -> Result<Vec<FileCounts>, StoreError> {
    let count = |row: ImportFileRow| {
        let unknown = |_| StoreError::Corrupt("a file of an import is none of ours".to_owned());
        Ok(FileCounts {
            file: row.file.parse().map_err(unknown)?,
            new: row.new_records,
            changed: row.changed_records,
            same: row.same_records,
        })
    };
    let counts = rows
        .into_iter()
        .map(count)
        .collect::<Result<Vec<_>, StoreError>>();
    counts.map(|mut counts| {
        counts.sort_by_key(|counts| counts.file);
        counts
    })
}
