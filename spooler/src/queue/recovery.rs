//! After a restart: what was under way is in doubt, and the device is asked what it knows of it.
//!
//! Only its full-strength evidence settles anything, and only under the policy `device`; less is shown to the operator
//! beside the question. Doing it again changes nothing.

use std::sync::Arc;

use formfeed_domain::spool::{AttemptState as A, EvidencePolicy, Job};
use formfeed_domain::stock;
use formfeed_store::spooler::{Change, OpenAttempts, SpoolError};
use tracing::{info, warn};

use super::crash::CrashPoint;
use super::equipment::Equipment;
use super::policy;
use super::print::{BY_DEVICE, json, nothing_printed};
use super::worker::{LOOK_ANYWAY, Worker};
use crate::device::{Context, Evidence, Finding, JobKey, SendError, Strength};

impl Worker {
    /// Settles what can be settled. `false` when the device cannot be asked yet.
    pub(super) async fn recover(&self, equipment: &Equipment) -> Result<bool, SpoolError> {
        let store = &self.shared.store;
        store.recover(&self.held.lease, self.shared.now()).await?;
        self.shared.crash.pass(CrashPoint::InRecovery).await;
        let mut asked = true;
        for open in store.open_attempts(&self.printer).await? {
            self.shared.hub.ring(&open.job);
            if open.state == A::InDoubt {
                asked &= self.ask(equipment, &open).await?;
            }
        }
        Ok(asked)
    }

    async fn ask(&self, equipment: &Equipment, open: &OpenAttempts) -> Result<bool, SpoolError> {
        let job = self.shared.store.job(&open.job).await?.job;
        let known: Evidence = serde_json::from_str(&open.evidence).unwrap_or_default();
        let Some(key) = key(open, &known) else {
            return Ok(true);
        };
        let policy = policy_for(equipment, &job);
        let found = match equipment.device.find(&key, &known).await {
            Ok(found) => found,
            Err(error) => {
                warn!(token = open.token, error = %error, "The device cannot be asked about a sheet in doubt");
                self.trouble(Some(&open.job), vec![error.to_string()])
                    .await?;
                return Ok(false);
            }
        };
        self.trouble(Some(&open.job), vec![]).await?;
        let found = match found {
            Finding::Running(evidence) => tokio::select! {
                biased;
                found = self.wait_for(equipment, evidence) => found,
                decided = self.until_decided(&open.token) => return decided.map(|()| true),
            },
            found => found,
        };
        self.settle(policy, open, found).await?;
        self.shared.hub.ring(&open.job);
        Ok(true)
    }

    /// Waits until a person has said what became of attempts in doubt: whatever the device still does, it does for nobody.
    async fn until_decided(&self, token: &str) -> Result<(), SpoolError> {
        loop {
            let open = self.shared.store.open_attempts(&self.printer).await?;
            let in_doubt = |it: &OpenAttempts| it.token == token && it.state == A::InDoubt;
            if !open.iter().any(in_doubt) {
                return Ok(());
            }
            self.wait(LOOK_ANYWAY).await;
            if self.shared.stopping.is_cancelled() {
                std::future::pending::<()>().await; // the wait for the device ends too
            }
        }
    }

    /// The device still works on it: the end is evidence as any other.
    async fn wait_for(&self, equipment: &Equipment, evidence: Evidence) -> Finding {
        let context = Context {
            watcher: Arc::new(|_| {}),
            stop: self.shared.stopping.clone(),
        };
        let settled = tokio::select! {
            biased;
            settled = equipment.device.settle(evidence.clone(), &context) => settled,
            () = self.held.over.cancelled() => return Finding::Inconclusive(evidence),
        };
        match settled {
            Ok(evidence) if evidence.strength == Strength::Device => Finding::Settled(evidence),
            Ok(evidence) => Finding::Inconclusive(evidence),
            Err(SendError::InDoubt(doubt)) => Finding::Inconclusive(*doubt.evidence),
            Err(SendError::NothingSent { .. }) => Finding::Inconclusive(evidence),
        }
    }

    async fn settle(
        &self,
        policy: EvidencePolicy,
        open: &OpenAttempts,
        found: Finding,
    ) -> Result<(), SpoolError> {
        let (store, lease) = (&self.shared.store, &self.held.lease);
        let trusted = policy == EvidencePolicy::Device;
        // Another daemon that stood still may send it yet: that nothing was printed is a person's word then.
        let own = open
            .spooler
            .as_ref()
            .is_none_or(|spooler| *spooler == lease.spooler);
        let change = match found {
            Finding::Settled(evidence) if trusted && evidence.strength == Strength::Device => {
                Change {
                    evidence: Some(json(&evidence)),
                    basis: Some(EvidencePolicy::Device),
                    decided_by: Some(BY_DEVICE.to_owned()),
                    reason: Some("the device proves it after a restart".to_owned()),
                    ..Change::new(A::InDoubt, A::Good)
                }
            }
            Finding::NothingPrinted if trusted && own => {
                nothing_printed("the device knows nothing of it after a restart")
            }
            Finding::Settled(evidence)
            | Finding::Running(evidence)
            | Finding::Inconclusive(evidence) => {
                let json = json(&evidence);
                return store
                    .note_evidence(lease, &open.token, A::InDoubt, &json, self.shared.now())
                    .await;
            }
            Finding::NothingPrinted => return Ok(()),
        };
        info!(token = open.token, outcome = %change.to, "The device settles a sheet in doubt");
        store
            .step(lease, &open.token, &change, self.shared.now())
            .await
    }
}

fn policy_for(equipment: &Equipment, job: &Job) -> EvidencePolicy {
    match stock::find(&job.spec.stock) {
        Ok(stock) => policy::evidence(&equipment.facts, equipment.kind, stock),
        Err(_) => EvidencePolicy::Operator,
    }
}

/// The names of the device job; `None` when some of its sheets were decided already, or the names are not ours.
pub(super) fn key(open: &OpenAttempts, known: &Evidence) -> Option<JobKey> {
    let sheets = u32::try_from(open.sheets.len()).ok()?;
    let partly_decided = known.sheets != 0 && known.sheets != sheets;
    if partly_decided {
        return None;
    }
    Some(JobKey {
        job: open.device_job.parse().ok()?,
        token: open.token.parse().ok()?,
        sheets,
    })
}
