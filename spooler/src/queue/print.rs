//! Sheet → device: one attempt from the choice to the outcome.
//!
//! The order is the promise: pre-flight before anything is written, the intent durable before the first byte leaves,
//! the outcome durable before the next sheet is chosen.

use std::sync::Arc;
use std::time::Duration;

use formfeed_domain::spool::{AttemptState as A, Job};
use formfeed_domain::stock;
use formfeed_store::at_once;
use formfeed_store::spooler::{Change, Chosen, Reservation, SpoolError};
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::Instant;
use tracing::{error, info, warn};

use super::crash::CrashPoint;
use super::equipment::Equipment;
use super::payload::Payload;
use super::verdict::verdict;
use super::worker::{Turn, Worker};
use super::{flaps, policy};
use crate::device::{Context, Doubt, Evidence, NotSent, PreflightError, SendError};

/// Between two tries to record what happened on paper.
const RECORD_AGAIN: Duration = Duration::from_millis(500);
/// How long the answer holds that a lease is in force.
const FRESH: Duration = Duration::from_millis(500);

/// Who settled an attempt that no person decided.
pub(super) const BY_DEVICE: &str = "device";

impl Worker {
    /// Prints the next sheets of this printer, if any.
    pub(super) async fn print_next(&mut self, equipment: &Equipment) -> Result<Turn, SpoolError> {
        let Some(chosen) = self.choose(equipment).await? else {
            self.shared.board.set_work(&self.printer, None);
            self.trouble(None, vec![]).await?;
            self.tell_first_in_line().await?;
            return Ok(Turn::Idle);
        };
        let job = &chosen.job;
        self.shared.board.set_work(&self.printer, Some(&job.id));
        let ready = equipment.device.preflight().await;
        let is_away = matches!(ready, Err(PreflightError::Offline { .. }));
        if self.flaps.note(is_away, Instant::now()) {
            let told = flaps::words(&self.printer);
            self.shared
                .store
                .pause(&self.printer, &self.act(&told))
                .await?;
            self.trouble(Some(&job.id), vec![told]).await?;
            return Ok(Turn::Idle);
        }
        if let Err(error) = ready {
            self.trouble(Some(&job.id), words(&error)).await?;
            return Ok(Turn::Later);
        }
        if !self.undisturbed(equipment, &chosen).await? {
            return Ok(Turn::Later);
        }
        match at_once(self.begin(equipment, &chosen)).await? {
            Some(payload) => self.attempt(equipment, job, payload).await,
            None => Ok(Turn::Later),
        }
    }

    /// Composes the chosen sheets and records that they are about to leave. `None` when they cannot now.
    async fn begin(
        &self,
        equipment: &Equipment,
        chosen: &Chosen,
    ) -> Result<Option<Payload>, SpoolError> {
        let job = &chosen.job;
        let payload = match self.compose(equipment, chosen).await? {
            Ok(payload) => payload,
            Err(reason) => {
                self.trouble(Some(&job.id), vec![reason]).await?;
                return Ok(None);
            }
        };
        let reservation = Reservation {
            job: job.id.clone(),
            sheets: chosen.sheets.clone(),
            load: chosen.load.clone(),
            device_job: payload.key().job.to_string(),
            token: payload.key().token.to_string(),
        };
        self.trouble(Some(&job.id), vec![]).await?;
        match self.start_attempt(&reservation, &payload).await {
            Ok(()) => Ok(Some(payload)),
            Err(SpoolError::NotNow) => Ok(None),
            Err(lost @ SpoolError::LeaseLost(_)) => Err(lost),
            Err(older @ SpoolError::OlderThanPaper(_)) => {
                // The attempt was made before, and its bytes have left then.
                self.record(&reservation.token, &forgotten(&older)).await;
                Err(older)
            }
            Err(failed) => {
                // Whether it was recorded or not: no byte has left, so it may be taken back.
                self.take_back(&reservation.token).await;
                Err(failed)
            }
        }
    }

    /// Reserves the sheets, then makes the intent durable.
    async fn start_attempt(
        &self,
        reservation: &Reservation,
        payload: &Payload,
    ) -> Result<(), SpoolError> {
        let store = &self.shared.store;
        let lease = &self.held.lease;
        let now = self.shared.now();
        let tried = store.reserve(lease, reservation, now).await?;
        self.shared.crash.pass(CrashPoint::AfterReserve).await;
        let evidence = payload.evidence();
        let intent = Change {
            evidence: Some(json(&evidence)),
            ..Change::new(A::Reserved, A::Intent)
        };
        let token = &reservation.token;
        store.step(lease, token, &intent, self.shared.now()).await?;
        self.shared.journal.note(lease, reservation, tried)?;
        self.shared.hub.ring(&reservation.job);
        self.shared.crash.pass(CrashPoint::AfterIntent).await;
        Ok(())
    }

    /// Releases an attempt that never reached its device, however long storage takes.
    async fn take_back(&self, token: &str) {
        let released = |from| Change {
            reason: Some("it could not be recorded in time".to_owned()),
            ..Change::new(from, A::Released)
        };
        for from in [A::Reserved, A::Intent] {
            self.record(token, &released(from)).await;
        }
    }

    /// From the intent to the outcome.
    async fn attempt(
        &self,
        equipment: &Equipment,
        job: &Job,
        payload: Payload,
    ) -> Result<Turn, SpoolError> {
        let token = payload.key().token.to_string();
        let (teller, told) = unbounded_channel();
        let context = Context {
            watcher: Arc::new(move |progress| {
                teller.send(progress).ok();
            }),
            stop: self.held.over.clone(),
        };
        let (turn, ()) = tokio::join!(
            self.send_and_settle(equipment, job, &payload, context),
            self.listen(told, &job.id, &token),
        );
        self.shared.board.set_attention(&self.printer, vec![]);
        self.shared.hub.ring(&job.id);
        turn
    }

    /// Asks once more whether the printer is this run's. An answer that is not fresh any more, for the process or its host stood
    /// still meanwhile, is asked for again.
    async fn before_the_first_byte(&self) -> Result<(), SpoolError> {
        loop {
            let asked = Instant::now();
            self.shared.store.in_force(&self.held.lease).await?;
            self.shared.crash.pass(CrashPoint::BeforeSend).await;
            if asked.elapsed() < FRESH {
                return Ok(());
            }
        }
    }

    async fn send_and_settle(
        &self,
        equipment: &Equipment,
        job: &Job,
        payload: &Payload,
        context: Context,
    ) -> Result<Turn, SpoolError> {
        let token = payload.key().token.as_str();
        match self.before_the_first_byte().await {
            Ok(()) => {}
            Err(lost @ SpoolError::LeaseLost(_)) => return Err(lost), // who took it over left it in doubt
            Err(failed) => {
                self.take_back(token).await;
                return Err(failed);
            }
        }
        let sent = payload.send(equipment.device.as_ref(), &context).await;
        self.shared.crash.pass(CrashPoint::AfterSend).await;
        let evidence = match sent {
            Ok(evidence) => evidence,
            Err(SendError::NothingSent { why, detail }) => {
                let change = Change {
                    reason: Some(detail.clone()),
                    ..Change::new(A::Intent, A::Released)
                };
                self.record(token, &change).await;
                return self.not_sent(job, why, detail).await;
            }
            Err(SendError::InDoubt(doubt)) => {
                self.record(token, &in_doubt(A::Intent, &doubt)).await;
                return Ok(Turn::Again);
            }
        };
        let change = Change {
            evidence: Some(json(&evidence)),
            ..Change::new(A::Intent, A::InFlight)
        };
        let recorded = async {
            self.record(token, &change).await;
            self.shared.crash.pass(CrashPoint::AfterInFlight).await;
        };
        // The device is asked first: while it thinks about it, this is recorded.
        let settling = equipment.device.settle(evidence.clone(), &context);
        let (settled, ()) = tokio::join!(settling, recorded);
        self.shared.crash.pass(CrashPoint::AfterSettle).await;
        let ended = match &settled {
            Err(SendError::InDoubt(doubt)) => doubt.evidence.as_ref(),
            Ok(evidence) => evidence,
            Err(SendError::NothingSent { .. }) => &evidence,
        };
        let ended = ended.clone();
        let turn = match settled {
            Ok(evidence) => {
                self.judge(equipment, job, token, &evidence).await;
                Ok(Turn::Again)
            }
            Err(SendError::InDoubt(doubt)) => {
                self.record(token, &in_doubt(A::InFlight, &doubt)).await;
                Ok(Turn::Again)
            }
            Err(SendError::NothingSent { why, detail }) => {
                // Proved after the fact: doubt first, as for everything that had left, then the proof.
                let doubt = Doubt {
                    cause: detail.clone(),
                    evidence: Box::new(evidence),
                };
                self.record(token, &in_doubt(A::InFlight, &doubt)).await;
                self.record(token, &nothing_printed(&detail)).await;
                self.not_sent(job, why, detail).await
            }
        };
        self.keep_mark(equipment, &ended).await;
        self.shared.crash.pass(CrashPoint::AfterOutcome).await;
        turn
    }

    /// The device is done: its evidence under the printer's policy decides.
    async fn judge(&self, equipment: &Equipment, job: &Job, token: &str, evidence: &Evidence) {
        let policy = match stock::find(&job.spec.stock) {
            Ok(stock) => policy::evidence(&equipment.facts, equipment.kind, stock),
            Err(_) => formfeed_domain::spool::EvidencePolicy::Operator,
        };
        let verdict = verdict(policy, evidence.strength);
        let change = Change {
            evidence: Some(json(evidence)),
            basis: verdict.basis,
            reason: verdict.reason.map(str::to_owned),
            ..Change::new(A::InFlight, verdict.state)
        };
        self.record(token, &change).await;
        info!(
            job.name = %job.id, token, printer = %self.printer, sheets = evidence.sheets,
            outcome = %verdict.state, "{} sheets of {} are {}", evidence.sheets, job.id, verdict.state
        );
    }

    /// Nothing was sent: what to do about it.
    async fn not_sent(&self, job: &Job, why: NotSent, detail: String) -> Result<Turn, SpoolError> {
        self.shared.hub.ring(&job.id);
        match why {
            NotSent::Stopping => Ok(Turn::End),
            NotSent::Offline | NotSent::Busy | NotSent::Refused => {
                self.trouble(Some(&job.id), vec![detail]).await?;
                Ok(Turn::Later)
            }
        }
    }

    /// Records what happened on paper, however long storage takes: until it is durable nothing more is printed. When
    /// the spooler is cut off meanwhile, the next start finds the attempt where it was, and in doubt.
    pub(super) async fn record(&self, token: &str, change: &Change) {
        loop {
            let lease = &self.held.lease;
            match self
                .shared
                .store
                .step(lease, token, change, self.shared.now())
                .await
            {
                Ok(()) => return,
                Err(SpoolError::LeaseLost(_)) => {
                    warn!(token, from = %change.from, to = %change.to, "Another drives the printer by now; the attempt stays as that one left it");
                    self.shared.leases.lose(lease);
                    return;
                }
                // Recorded by an earlier try whose answer was lost, or never begun.
                Err(SpoolError::Overtaken) => {
                    warn!(token, from = %change.from, to = %change.to, "An attempt is not where it was left");
                    return;
                }
                Err(failed) => {
                    error!(token, error = %failed, "What happened on paper cannot be recorded yet");
                    self.waits_for_storage(&failed);
                }
            }
            tokio::select! {
                biased;
                () = tokio::time::sleep(RECORD_AGAIN) => {}
                () = self.held.over.cancelled() => return,
            }
        }
    }
}

/// What a device showed, as it is kept.
pub(super) fn json(evidence: &Evidence) -> String {
    serde_json::to_string(evidence).unwrap_or_default()
}

fn in_doubt(from: A, doubt: &Doubt) -> Change {
    Change {
        evidence: Some(json(&doubt.evidence)),
        reason: Some(doubt.cause.clone()),
        ..Change::new(from, A::InDoubt)
    }
}

/// What the journal knows and the database has forgotten: a person looks.
fn forgotten(why: &SpoolError) -> Change {
    Change {
        reason: Some(why.to_string()),
        ..Change::new(A::Intent, A::InDoubt)
    }
}

/// The device proves that nothing was printed: the sheet waits again.
pub(super) fn nothing_printed(why: &str) -> Change {
    Change {
        decided_by: Some(BY_DEVICE.to_owned()),
        reason: Some(format!("proved: {why}")),
        ..Change::new(A::InDoubt, A::NotPrinted)
    }
}

pub(super) fn words(error: &PreflightError) -> Vec<String> {
    match error {
        PreflightError::NotReady { reasons } => {
            reasons.iter().map(|reason| reason.words.clone()).collect()
        }
        other => vec![other.to_string()],
    }
}
