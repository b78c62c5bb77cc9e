//! Results of runs side by side.

use chrono::{DateTime, Utc};

use super::CalculationStore;
use crate::StoreError;
use crate::calculation::ResultRow;

impl CalculationStore {
    /// The rows of a run after a recipient and the place of an income type, by both; of one recipient, or of all if blank.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn results_after(
        &self,
        run_id: &str,
        recipient_id: &str,
        after: (&str, i32),
        limit: i64,
    ) -> Result<Vec<ResultRow>, StoreError> {
        on_read!(self.database, calculation, |c, q| {
            q::run_results::rows_after(c, run_id, recipient_id, after, limit).await
        })
    }

    /// Whether anything of a run's results is kept.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn results_are_kept(&self, run_id: &str) -> Result<bool, StoreError> {
        on_read!(self.database, calculation, |c, q| {
            q::run_results::are_kept(c, run_id).await
        })
    }

    /// The imports after one sequence and up to another that changed a voucher or a payment (blank: none), in order.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn imports_between(
        &self,
        sequences: (i64, i64),
        voucher_id: &str,
        payment_id: &str,
    ) -> Result<Vec<String>, StoreError> {
        on_read!(self.database, calculation, |c, q| {
            q::run_results::imports_between(c, sequences, voucher_id, payment_id).await
        })
    }

    /// Forgets the results of runs that were only made to be compared, begun before a time.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn forget_lab_results(&self, before: DateTime<Utc>) -> Result<(), StoreError> {
        let stale = on_read!(self.database, calculation, |c, q| {
            q::run_results::stale_lab_runs(c, before).await
        })?;
        for run_id in stale {
            on_write!(self.database, calculation, |c, q| {
                q::published_recipients::delete_results(c, &run_id).await
            })?;
        }
        Ok(())
    }
}
