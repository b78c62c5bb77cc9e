//! What people do to a job, carried out to its end and told.

use formfeed_domain::spool::{JobId, Outcome, PrinterId, Ruling, SheetRange};
use formfeed_proto::convert::Violations;
use formfeed_proto::convert::ruling::RulingOrder;
use formfeed_proto::spooler as pb;
use formfeed_runtime::status::IntoStatus;
use formfeed_runtime::{Refusal, detached, reason, request_id};
use formfeed_store::spooler::{Act, Once, Quorum, SpoolError};
use tonic::{Request, Response, Status};

use super::Handlers;
use super::act::act;
use super::error::refused;
use crate::queue::{CrashPoint, may_still_print};

/// What people do to a job.
pub(super) enum Verb {
    Hold(Act),
    Release(Act),
    Cancel(bool, Act),
    Resolve(Resolution, Quorum, Act),
    Rule(RulingOrder, Once, Quorum, Act),
    Withdraw(String, Act),
    Move(PrinterId, Act),
    Split(PrinterId, Option<(u32, u32)>, Act),
    Priority(i32, Act),
}

/// What became of sheets.
pub(super) struct Resolution {
    pub(super) sheets: SheetRange,
    pub(super) outcome: Outcome,
    /// What was read off the first of them.
    pub(super) serial: Option<i64>,
}

impl Handlers {
    /// Reads a decision about sheets and carries it out.
    pub(super) async fn rule<T: prost::Message>(
        &self,
        request: &Request<T>,
        request_id: String,
        read: impl Fn(&mut Violations, &T) -> Option<RulingOrder>,
    ) -> Result<Response<pb::Job>, Status> {
        let mut bad = Violations::new();
        request_id::require(&mut bad, &request_id);
        let order = read(&mut bad, request.get_ref());
        let mut order = bad.finish(order).map_err(IntoStatus::into_status)?;
        let act = act(request, &order.reason);
        let once = Once {
            fingerprint: request_id::fingerprint_bytes([
                order.ruling.as_str().as_bytes(),
                request.get_ref().encode_to_vec().as_slice(),
            ]),
            request_id,
        };
        let id = order.job.clone();
        self.may_decide(&id, &act.by).await?;
        if order.ruling == Ruling::Restart {
            let all = self.to_the_last(&id, &order.sheets).await;
            order.sheets = all.map_err(refused)?;
        }
        let quorum = self.quorum(None)?;
        self.change_job(id, Verb::Rule(order, once, quorum, act))
            .await
    }

    /// Carries a verb out to its end, tells the watchers and the printer, and answers the job.
    pub(super) async fn change_job(
        &self,
        id: JobId,
        verb: Verb,
    ) -> Result<Response<pb::Job>, Status> {
        let handlers = self.clone();
        detached::finish(async move {
            let done = handlers.carry_out(&id, verb).await;
            let shared = handlers.queue.shared();
            shared.hub.ring(&id);
            done.map_err(refused)?;
            let view = handlers.store.job(&id).await.map_err(refused)?;
            for printer in handlers.store.printers_of(&id).await.map_err(refused)? {
                handlers.queue.wake(&printer);
            }
            let job = handlers.job_message(&view).await.map_err(refused)?;
            Ok(Response::new(job))
        })
        .await
    }

    /// A sheet that may still come out of its printer is not one that was not printed.
    pub(super) async fn refuse_at_work(
        &self,
        id: &JobId,
        range: &SheetRange,
    ) -> Result<(), Status> {
        let shared = self.queue.shared();
        let may = may_still_print(shared, id, range.sheets()).await;
        let Some(words) = may.map_err(refused)? else {
            return Ok(());
        };
        let message = format!(
            "{words}; wait for it, or switch it off and on and say so (`--device-restarted`)"
        );
        Err(
            Refusal::failed_precondition(reason::DEVICE_AT_WORK, message)
                .with("job", id)
                .into_status(),
        )
    }

    async fn carry_out(&self, id: &JobId, verb: Verb) -> Result<(), SpoolError> {
        let crash = &self.queue.shared().crash;
        crash.pass(CrashPoint::BeforeDecision).await;
        self.record(id, verb).await?;
        crash.pass(CrashPoint::AfterDecision).await;
        Ok(())
    }

    async fn record(&self, id: &JobId, verb: Verb) -> Result<(), SpoolError> {
        let store = &self.store;
        match verb {
            Verb::Hold(act) => store.hold(id, &act).await,
            Verb::Release(act) => store.release(id, &act).await,
            Verb::Cancel(only_unsent, act) => store.cancel(id, only_unsent, &act).await,
            Verb::Resolve(said, quorum, act) => {
                let Resolution {
                    sheets,
                    outcome,
                    serial,
                } = said;
                store
                    .resolve(id, &sheets, outcome, serial, &act, &quorum)
                    .await
            }
            Verb::Move(printer, act) => store.move_job(id, &printer, &act).await,
            Verb::Split(printer, sheets, act) => store.split_job(id, &printer, sheets, &act).await,
            Verb::Priority(priority, act) => store.set_priority(id, priority, &act).await,
            Verb::Rule(order, once, quorum, act) => {
                let RulingOrder { sheets, ruling, .. } = order;
                store.rule(id, &sheets, ruling, &act, &once, &quorum).await
            }
            Verb::Withdraw(proposal, act) => store.withdraw_proposal(id, &proposal, &act).await,
        }
    }

    /// From the first sheet of a range to the last of the job.
    async fn to_the_last(&self, id: &JobId, from: &SheetRange) -> Result<SheetRange, SpoolError> {
        let job = self.store.job(id).await?.job;
        let sheets = job.size.sealed.sheets;
        let first = from.sheets().first().copied().unwrap_or(1);
        SheetRange::new(first, sheets, &[]).map_err(|_| SpoolError::SheetNotFound {
            job: id.clone(),
            sheets,
            sheet: first,
        })
    }
}
