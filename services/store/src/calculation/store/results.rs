//! What stands: published 1099 information, skipped recipients and exceptions.

use super::CalculationStore;
use crate::StoreError;
use crate::calculation::{ExceptionEntry, InformationEntry, Selection, Show, SkippedEntry};

impl CalculationStore {
    /// Rows as they stand after a recipient and the place of an income type, by both.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn information_after(
        &self,
        selection: &Selection,
        show: Show,
        after: (&str, i32),
        limit: i64,
    ) -> Result<Vec<InformationEntry>, StoreError> {
        on_read!(self.database, calculation, |c, q| {
            q::effective::page_after(c, selection, show, after, limit).await
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

    /// Exceptions after a recipient and place, by both; kept edits behind a recipient's others.
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
            let mut entries = q::exceptions::page_after(c, selection, after, limit).await?;
            entries.extend(q::kept_edits::page_after(c, selection, after, limit).await?);
            entries
                .sort_by(|a, b| (&a.recipient_id, a.position).cmp(&(&b.recipient_id, b.position)));
            entries.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            Ok(entries)
        })
    }
}
