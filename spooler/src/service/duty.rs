//! Where duty is separated: who had sheets printed does not decide about them, one person alone leaves few of them out of what is good,
//! and a printer that one person alone set up prints nothing.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use formfeed_domain::spool::{JobId, Printer};
use formfeed_proto::convert::printer::printer_name;
use formfeed_runtime::access::duty;
use formfeed_runtime::status::IntoStatus;
use formfeed_runtime::{Refusal, reason};
use formfeed_store::spooler::{Alone, Kept, Quorum};
use tonic::Status;

use super::Handlers;
use super::error::refused;
use super::proposals::proposal_name;

/// How long a sheet counts that one person alone left out of what is good.
const COUNTS: TimeDelta = TimeDelta::hours(24);

impl Handlers {
    /// How many persons a decision takes that agrees to a proposal, or to none.
    ///
    /// # Errors
    /// UNAVAILABLE when nobody knows whether duty is separated.
    pub(super) fn quorum(&self, agrees_to: Option<String>) -> Result<Quorum, Status> {
        let shared = self.shared();
        let most = shared.duty.sheets_alone()?;
        let alone = |most| Alone {
            most,
            since: shared.now() - COUNTS,
        };
        Ok(Quorum {
            alone: most.map(alone),
            agrees_to,
        })
    }

    /// Lets something be sent to a printer, unless one person alone set it up and duty is separated.
    ///
    /// # Errors
    /// FAILED_PRECONDITION `PRINTER_NOT_APPROVED`.
    pub(super) fn may_print_on(&self, printer: &Printer) -> Result<(), Status> {
        let Some(words) = self.shared().waits_for_approval(printer) else {
            return Ok(());
        };
        let name = printer_name(&printer.id);
        let message = format!("printer {}: {words}", printer.id);
        let refusal = Refusal::failed_precondition(reason::PRINTER_NOT_APPROVED, message);
        let refusal = refusal.with("printer", name);
        Err(refusal.with("set_up_by", &printer.set_up.by).into_status())
    }

    /// Lets a user decide about sheets of a job, unless duty is separated and the same user submitted it.
    ///
    /// # Errors
    /// FAILED_PRECONDITION `DUTY_NOT_SEPARATE`.
    pub(super) async fn may_decide(&self, id: &JobId, user: &str) -> Result<(), Status> {
        match self.shared().duty.is_on()? && self.had_printed(id, user).await? {
            true => Err(not_separate(id, user, "decide about its sheets")),
            false => Ok(()),
        }
    }

    /// Whether a user may cancel a job only before anything of it is sent: where duty is separated and the same user submitted
    /// it, for how much it comes to is not for who had it printed to end. Holding it stops it as well.
    ///
    /// # Errors
    /// UNAVAILABLE when nobody knows whether duty is separated; NOT_FOUND.
    pub(super) async fn cancels_only_unsent(&self, id: &JobId, user: &str) -> Result<bool, Status> {
        Ok(self.shared().duty.is_on()? && self.had_printed(id, user).await?)
    }

    /// Lets a user say what becomes of sheets that an older database has forgotten, unless duty is separated and the same
    /// user had one of these jobs printed; where nobody knows which sheets, one of the jobs that have not ended.
    ///
    /// # Errors
    /// FAILED_PRECONDITION `DUTY_NOT_SEPARATE`.
    pub(super) async fn may_reconcile(&self, user: &str) -> Result<(), Status> {
        if !self.shared().duty.is_on()? {
            return Ok(());
        }
        let journal = &self.shared().journal;
        let trouble = journal.look_again(&self.store).await.map_err(refused)?;
        let Some(trouble) = trouble else {
            return Ok(());
        };
        let wanted = "say what was printed of it";
        let printed: BTreeSet<_> = trouble.forgotten.known_jobs.iter().collect();
        for job in printed
            .into_iter()
            .filter_map(|job| JobId::new(job.as_str()).ok())
        {
            if self.had_printed(&job, user).await? {
                return Err(not_separate(&job, user, wanted));
            }
        }
        if trouble.incomplete.is_none() {
            return Ok(());
        }
        let open = self.store.first_open_job_of(user).await.map_err(refused)?;
        open.map_or(Ok(()), |job| Err(not_separate(&job, user, wanted)))
    }

    async fn had_printed(&self, id: &JobId, user: &str) -> Result<bool, Status> {
        let view = self.store.job(id).await.map_err(refused)?;
        Ok(view.job.user == user)
    }
}

/// FAILED_PRECONDITION `SECOND_PERSON_NEEDED`: the decision is kept as a proposal.
pub(super) fn takes_two(sentence: &str, kept: &Kept) -> Status {
    let id = &kept.proposal;
    let message = format!(
        "{sentence}. Nothing is changed; it waits as a proposal until another person agrees (`formfeed job agree {id}`) or somebody withdraws it (`formfeed job withdraw {id} --reason TEXT`)"
    );
    Refusal::failed_precondition(reason::SECOND_PERSON_NEEDED, message)
        .with("job", &kept.job)
        .with("proposal", proposal_name(id))
        .with("sheets", kept.sheets)
        .with("before", kept.before)
        .with("sheets_alone", kept.most)
        .into_status()
}

/// FAILED_PRECONDITION `DUTY_NOT_SEPARATE`: who had a job printed would end it, and something of it may be on paper.
pub(super) fn sent(id: &JobId, user: &str) -> Status {
    let wanted = "cancel it now that sheets of it were sent (hold it instead)";
    not_separate(id, user, wanted)
}

fn not_separate(id: &JobId, user: &str, wanted: &str) -> Status {
    duty::not_separate(user, &format!("had jobs/{id} printed"), wanted)
}
