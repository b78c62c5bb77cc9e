//! Relate To codes.

use chrono::{DateTime, Utc};
use formfeed_domain::relate_to::{Position, RelateTo};

use super::requests::{create, replaced, revision};
use super::{CreateRequest, VendorStore, limit};
use crate::StoreError;
use crate::vendor::rows::{ImportedRow as _, RelateToRow, instant};
use crate::vendor::{KeepError, Stamp, Stored};

impl VendorStore {
    /// The code of this position.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn relate_to_code(
        &self,
        position: Position,
        code: &str,
    ) -> Result<Option<Stored<RelateTo>>, StoreError> {
        let row = on_read!(self.database, vendor, |c, q| {
            q::relate_to_codes::get(c, position.number(), code).await?
        });
        row.map(Stored::try_from).transpose()
    }

    /// At most `rows` codes after a position and code, in order of both; of one position when it is named.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn relate_to_codes_after(
        &self,
        after: Option<(Position, &str)>,
        only: Option<Position>,
        rows: usize,
    ) -> Result<Vec<Stored<RelateTo>>, StoreError> {
        let after = after.map(|(position, code)| (position.number(), code));
        let only = only.map(Position::number);
        let rows = on_read!(self.database, vendor, |c, q| {
            q::relate_to_codes::page_after(c, after, only, limit(rows)).await?
        });
        rows.into_iter().map(Stored::try_from).collect()
    }

    /// Adds a code and answers what `answer` makes of it, or what the same request was answered before.
    ///
    /// # Errors
    /// [`KeepError::Exists`], [`KeepError::RequestIdReused`].
    pub async fn create_relate_to_code(
        &self,
        request: &CreateRequest,
        code: &RelateTo,
        now: DateTime<Utc>,
        answer: impl FnOnce(Stored<RelateTo>) -> Vec<u8>,
    ) -> Result<Vec<u8>, KeepError> {
        let mut row = RelateToRow::from(code);
        row.succeed(None, instant(now));
        let answer = answer(row.clone().try_into()?);
        let made = (
            "relate-to-code.create",
            format!("relateToCodes/{}-{}", row.position, row.code),
        );
        create!(self, request, answer, now, made, |c, q| {
            q::relate_to_codes::insert(c, vec![row.clone()]).await?
        })
    }

    /// Replaces a code that still is as it was read.
    ///
    /// # Errors
    /// [`KeepError::Stale`].
    pub async fn replace_relate_to_code(
        &self,
        code: &RelateTo,
        read: &Stamp,
        now: DateTime<Utc>,
    ) -> Result<Stored<RelateTo>, KeepError> {
        let mut row = RelateToRow::from(code);
        row.revision = read.revision + 1;
        row.create_time = instant(read.create_time);
        row.update_time = instant(now);
        on_write!(self.database, vendor, |c, q| {
            replaced(q::relate_to_codes::replace(c, &row, read.revision).await?)?;
            let subject = format!("relateToCodes/{}-{}", row.position, row.code);
            let details = revision(row.revision);
            self.auditor
                .note(c, "relate-to-code.update", subject, details)
                .await?;
            Ok::<_, KeepError>(())
        })?;
        Ok(row.try_into()?)
    }
}
