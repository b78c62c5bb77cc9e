//! The proof of a recipient's amounts, made again from the versions that its run saw.
//!
//! No trace is stored: history rows, vendors, accounts and codes are kept by version, so the calculation of one
//! recipient can be repeated as it was then. What comes out is
//! what the run stored; `formfeed verify` holds the two against each other.

use std::sync::Arc;

use formfeed_domain::VendorId;
use formfeed_domain::calculation::{RunContext, Trace};
use formfeed_runtime::{IntoStatus, incident};
use formfeed_store::calculation::{CalculationStore, Run, Selection, SkippedEntry};
use tonic::Status;

use crate::page::{self, Ground};

/// Makes proofs of one run after the other; cheap to clone.
#[derive(Clone)]
pub(crate) struct Prover {
    store: Arc<CalculationStore>,
}

/// The proof of what stands for a recipient.
#[derive(Debug, Clone)]
pub(crate) struct Proof {
    /// Run that made it.
    pub(crate) run: Run,
    /// Why there are no rows; `None` when there are.
    pub(crate) skipped: Option<SkippedEntry>,
    /// Everything behind it.
    pub(crate) trace: Trace,
}

impl Prover {
    pub(crate) fn new(store: Arc<CalculationStore>) -> Self {
        Self { store }
    }

    /// The proof of what stands for the selection's recipient; `None` when no run that stands went through it.
    pub(crate) async fn standing(&self, selection: &Selection) -> Result<Option<Proof>, Status> {
        let standing = self.store.standing_run(selection).await;
        let standing = standing.map_err(IntoStatus::into_status)?;
        let Some((run, skipped)) = standing else {
            return Ok(None);
        };
        let Some(recipient_id) = &selection.recipient_id else {
            return Ok(None);
        };
        let ground = self.ground(&run).await?;
        let trace = self.trace(&run, &ground, recipient_id).await?;
        // Nothing: the run is of a program that kept no versions of vendors. It wants to be calculated again.
        Ok(trace.map(|trace| Proof {
            run,
            skipped,
            trace,
        }))
    }

    /// What a run saw that is the same for all recipients.
    pub(crate) async fn ground(&self, run: &Run) -> Result<Ground, Status> {
        let ground = self.store.ground_of(&run.asked.run_id).await;
        let (payers, chart) = ground.map_err(IntoStatus::into_status)?;
        Ok(Ground {
            payers: payers.into(),
            without_payer: Vec::new(),
            chart: chart.into(),
        })
    }

    /// The trace of one recipient of a run; `None` if nothing reached it that the run looked at.
    pub(crate) async fn trace(
        &self,
        run: &Run,
        ground: &Ground,
        recipient_id: &VendorId,
    ) -> Result<Option<Trace>, Status> {
        let page = self.store.page_of(run, recipient_id).await;
        let page = page.map_err(IntoStatus::into_status)?;
        let context = RunContext {
            payer_id: run.asked.payer_id.clone(),
            tax_year: run.asked.tax_year,
            method: run.asked.method,
        };
        let outcome = page::outcome_of(&context, ground, &page);
        let outcome = outcome.map_err(|dangling| incident::internal(&dangling))?;
        Ok(outcome.map(|outcome| outcome.trace))
    }

    /// Whether an import published since the run would change the proof.
    pub(crate) async fn is_touched(&self, proof: &Proof) -> Result<bool, Status> {
        let touched = self.store.is_touched_since(&proof.run, &proof.trace).await;
        touched.map_err(IntoStatus::into_status)
    }
}
