//! For whom the results of a run stand.

use super::CalculationStore;
use crate::StoreError;
use crate::calculation::Selection;

impl CalculationStore {
    /// Recipients of the selection's payer and year for whom results stand, rows or none, after a key, by key.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn standing_recipients_after(
        &self,
        selection: &Selection,
        after: &str,
        limit: i64,
    ) -> Result<Vec<String>, StoreError> {
        on_read!(self.database, calculation, |c, q| {
            q::published_recipients::page_after(c, selection, after, limit).await
        })
    }

    /// How many they are.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn standing_recipients(&self, selection: &Selection) -> Result<i64, StoreError> {
        on_read!(self.database, calculation, |c, q| {
            q::published_recipients::count(c, selection).await
        })
    }
}
