//! What stands: published 1099 information, skipped recipients and exceptions.

use super::CalculationStore;
use crate::StoreError;
use crate::calculation::{ExceptionEntry, InformationEntry, Selection, SkippedEntry};

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
}
