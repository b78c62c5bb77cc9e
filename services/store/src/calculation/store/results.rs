//! What stands: published 1099 information, skipped recipients, exceptions and traces.

use formfeed_domain::calculation::Trace;

use super::CalculationStore;
use crate::StoreError;
use crate::calculation::{ExceptionEntry, InformationEntry, Selection, SkippedEntry, StoredTrace};

impl CalculationStore {
    /// Rows after a recipient and the place of an income type, by both.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn information_after(
        &self,
        selection: &Selection,
        after: (&str, i32),
        limit: i64,
    ) -> Result<Vec<InformationEntry>, StoreError> {
        on_read!(self.database, calculation, |c, q| {
            q::information::page_after(c, selection, after, limit).await
        })
    }

    /// Recipients without a row after a key, by key.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn skipped_after(
        &self,
        selection: &Selection,
        after: &str,
        limit: i64,
    ) -> Result<Vec<SkippedEntry>, StoreError> {
        on_read!(self.database, calculation, |c, q| {
            q::run_recipients::skipped_after(c, selection, after, limit).await
        })
    }

    /// Exceptions after a recipient and place, by both.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn exceptions_after(
        &self,
        selection: &Selection,
        after: (&str, i32),
        limit: i64,
    ) -> Result<Vec<ExceptionEntry>, StoreError> {
        on_read!(self.database, calculation, |c, q| {
            q::exceptions::page_after(c, selection, after, limit).await
        })
    }

    /// The trace of the selection's recipient; `None` when no run that stands went through it.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn trace(&self, selection: &Selection) -> Result<Option<StoredTrace>, StoreError> {
        on_read!(self.database, calculation, |c, q| {
            let Some((run_id, json)) = q::traces::published(c, selection).await? else {
                return Ok(None);
            };
            let missing = || StoreError::Corrupt("a trace without its run".to_owned());
            let run = q::runs::get(c, &run_id).await?.ok_or_else(missing)?;
            let trace: Trace = serde_json::from_str(&json)
                .map_err(|error| StoreError::Corrupt(error.to_string()))?;
            let mut skipped = q::run_recipients::skipped_after(c, selection, "", 1).await?;
            Ok(Some(StoredTrace {
                newer_history: q::newer_history::touches(c, &run, &trace).await?,
                skipped: skipped.pop(),
                run_id,
                trace: json,
            }))
        })
    }
}
