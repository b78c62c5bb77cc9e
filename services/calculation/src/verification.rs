//! Holds what stands for a payer and year against its traces. The checking is `formfeed_domain::verify`'s, which
//! shares nothing with the calculation; here it is only given what the store answers.

use std::sync::Arc;

use formfeed_domain::VendorId;
use formfeed_domain::verify::{self, Kept, KeptRow, Proof};
use formfeed_runtime::{IntoStatus, incident};
use formfeed_store::calculation::{CalculationStore, ResultRow, Run, Selection, SkippedEntry};
use futures::{StreamExt as _, stream};
use tokio::sync::{Mutex, mpsc};
use tonic::Status;

use crate::page::Ground;
use crate::proof::Prover;

/// Recipients read at a time.
const PAGE: i64 = 500;

/// Recipients looked at side by side.
const TOGETHER: usize = 4;

/// Rows of one recipient at most: one for each income type.
const ROWS_OF_A_RECIPIENT: i64 = 100;

/// A recipient's results may be replaced between the making of its trace and the reading of its rows; then it is
/// looked at again.
const LOOKS: usize = 5;

/// A verification at work.
pub(crate) struct Verification {
    store: Arc<CalculationStore>,
    prover: Prover,
    /// Payer and year.
    selection: Selection,
    /// What the last run seen saw: most recipients are of the same.
    ground: Mutex<Option<(String, Arc<Ground>)>>,
}

impl Verification {
    pub(crate) fn new(store: Arc<CalculationStore>, selection: Selection) -> Self {
        Self {
            prover: Prover::new(store.clone()),
            store,
            selection,
            ground: Mutex::new(None),
        }
    }

    /// Goes through the recipients in order of their keys and hands each proof on; ends early when nobody takes them.
    pub(crate) async fn work(self: Arc<Self>, proofs: mpsc::Sender<Proof>) -> Result<(), Status> {
        let mut after = String::new();
        loop {
            let page = self
                .store
                .standing_recipients_after(&self.selection, &after, PAGE);
            let page = page.await.map_err(IntoStatus::into_status)?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after.clone_from(last);
            let looks = stream::iter(page).map(|recipient_id| self.clone().prove(recipient_id));
            let mut looks = looks.buffered(TOGETHER);
            while let Some(proof) = looks.next().await {
                if proofs.send(proof?).await.is_err() {
                    return Ok(());
                }
            }
        }
    }

    /// The proof of one recipient. What does not hold is looked at again until the same run's results are seen twice.
    async fn prove(self: Arc<Self>, recipient_id: String) -> Result<Proof, Status> {
        let recipient_id = VendorId::new(recipient_id).map_err(|bad| incident::internal(&bad))?;
        let selection = Selection {
            recipient_id: Some(recipient_id.clone()),
            ..self.selection.clone()
        };
        let (mut seen, mut proof) = self.look(&selection, &recipient_id).await?;
        for _ in 1..LOOKS {
            if proof.findings.is_empty() {
                break;
            }
            let before = seen;
            (seen, proof) = self.look(&selection, &recipient_id).await?;
            if seen == before {
                break;
            }
        }
        Ok(proof)
    }

    /// One look at a recipient: the run whose results stand, and what the proof came to.
    async fn look(
        &self,
        selection: &Selection,
        recipient_id: &VendorId,
    ) -> Result<(Option<String>, Proof), Status> {
        let standing = self.store.standing_run(selection).await;
        let standing = standing.map_err(IntoStatus::into_status)?;
        let Some((run, skipped)) = standing else {
            return Ok((None, Proof::default()));
        };
        let ground = self.ground(&run).await?;
        let trace = self.prover.trace(&run, &ground, recipient_id).await?;
        let rows = self
            .store
            .results_after(
                &run.asked.run_id,
                recipient_id.as_str(),
                ("", -1),
                ROWS_OF_A_RECIPIENT,
            )
            .await;
        let rows = rows.map_err(IntoStatus::into_status)?;
        let proof = match trace {
            None => verify::without_trace(recipient_id.as_str()),
            Some(trace) => {
                let json = serde_json::to_string(&trace);
                let json = json.map_err(|error| incident::internal(&error))?;
                verify::check(&json, &kept(selection, recipient_id, skipped, &rows))
            }
        };
        Ok((Some(run.asked.run_id), proof))
    }

    /// What a run saw that is the same for all recipients.
    async fn ground(&self, run: &Run) -> Result<Arc<Ground>, Status> {
        let mut last = self.ground.lock().await;
        match &*last {
            Some((run_id, ground)) if *run_id == run.asked.run_id => Ok(ground.clone()),
            _ => {
                let ground = Arc::new(self.prover.ground(run).await?);
                *last = Some((run.asked.run_id.clone(), ground.clone()));
                Ok(ground)
            }
        }
    }
}

fn kept(
    selection: &Selection,
    recipient_id: &VendorId,
    skipped: Option<SkippedEntry>,
    rows: &[ResultRow],
) -> Kept {
    let row = |row: &ResultRow| KeptRow {
        income_type: row.income_type.to_string(),
        total_cents: row.total_1099_amount.cents(),
        taxable_cents: row.taxable_amount.cents(),
    };
    Kept {
        payer_id: selection.payer_id.to_string(),
        tax_year: selection.tax_year.year(),
        recipient_id: recipient_id.to_string(),
        rows: rows.iter().map(row).collect(),
        skipped: skipped.map(|skipped| skipped.reason),
    }
}
