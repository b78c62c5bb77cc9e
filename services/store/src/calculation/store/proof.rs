//! What a run saw of one recipient, found again by versions: the ground of its proof.

use std::collections::HashMap;

use formfeed_domain::calculation::Chart;
use formfeed_domain::{CashAccountId, PayerId, VendorId};

use super::CalculationStore;
use crate::StoreError;
use crate::calculation::{Run, RunPage, Selection, SkippedEntry};

/// The payers of cash accounts and the meaning of accounts and codes, as a run saw them.
pub type RunGround = (HashMap<CashAccountId, PayerId>, Chart);

impl CalculationStore {
    /// The run whose results stand for the selection's recipient, and why it was skipped; `None` when no run that
    /// stands went through it.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn standing_run(
        &self,
        selection: &Selection,
    ) -> Result<Option<(Run, Option<SkippedEntry>)>, StoreError> {
        on_read!(self.database, calculation, |c, q| {
            let Some(run_id) = q::published_recipients::run_of(c, selection).await? else {
                return Ok(None);
            };
            let missing = || StoreError::Corrupt("results without their run".to_owned());
            let run = q::runs::get(c, &run_id).await?.ok_or_else(missing)?;
            let skipped = q::run_recipients::skipped(c, selection).await?;
            Ok(Some((run, skipped)))
        })
    }

    /// What a run saw that is the same for all recipients.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn ground_of(&self, run_id: &str) -> Result<RunGround, StoreError> {
        on_read!(self.database, calculation, |c, q| {
            let payers = q::run_cash_accounts::get(c, run_id).await?;
            let chart = q::run_chart::get(c, run_id).await?;
            Ok::<_, StoreError>((payers.into_iter().collect(), chart))
        })
    }

    /// Everything a run's calculation of one recipient looked at, as it was then, whatever came in later.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn page_of(&self, run: &Run, recipient_id: &VendorId) -> Result<RunPage, StoreError> {
        on_read!(self.database, calculation, |c, q| {
            let keys = q::reach::payments_of(c, run, recipient_id.as_str()).await?;
            let paid = q::payments::of_keys(c, keys, run.import_sequence).await?;
            let records = q::whole_records::of_payments(c, run, paid).await?;
            let recipients = [recipient_id.to_string()];
            let vendors = q::whole_records::vendors(c, run, &records, &recipients).await?;
            Ok::<_, StoreError>(RunPage {
                first: recipient_id.clone(),
                last: recipient_id.clone(),
                records,
                vendors,
            })
        })
    }

    /// Whether an import published since a run touches what its trace names, or pays its recipient.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn is_touched_since(
        &self,
        run: &Run,
        trace: &formfeed_domain::calculation::Trace,
    ) -> Result<bool, StoreError> {
        on_read!(self.database, calculation, |c, q| {
            q::newer_history::touches(c, run, trace).await
        })
    }
}
