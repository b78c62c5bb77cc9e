//! Who may decide about sheets where duty is separated: nobody who had them printed.

use std::collections::BTreeSet;

use formfeed_domain::spool::JobId;
use formfeed_runtime::access::duty;
use tonic::Status;

use super::Handlers;
use super::error::refused;

impl Handlers {
    /// Lets a user decide about sheets of a job, unless duty is separated and the same user submitted it.
    ///
    /// # Errors
    /// FAILED_PRECONDITION `DUTY_NOT_SEPARATE`.
    pub(super) async fn may_decide(&self, id: &JobId, user: &str) -> Result<(), Status> {
        match self.duty.is_on()? && self.had_printed(id, user).await? {
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
        Ok(self.duty.is_on()? && self.had_printed(id, user).await?)
    }

    /// Lets a user say what becomes of sheets that an older database has forgotten, unless duty is separated and the same
    /// user had one of these jobs printed; where nobody knows which sheets, one of the jobs that have not ended.
    ///
    /// # Errors
    /// FAILED_PRECONDITION `DUTY_NOT_SEPARATE`.
    pub(super) async fn may_reconcile(&self, user: &str) -> Result<(), Status> {
        if !self.duty.is_on()? {
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

/// FAILED_PRECONDITION `DUTY_NOT_SEPARATE`: who had a job printed would end it, and something of it may be on paper.
pub(super) fn sent(id: &JobId, user: &str) -> Status {
    let wanted = "cancel it now that sheets of it were sent (hold it instead)";
    not_separate(id, user, wanted)
}

fn not_separate(id: &JobId, user: &str, wanted: &str) -> Status {
    duty::not_separate(user, &format!("had jobs/{id} printed"), wanted)
}
