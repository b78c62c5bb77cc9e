//! Who may decide about sheets where duty is separated: nobody who had them printed.

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
        if !self.duty.is_on()? {
            return Ok(());
        }
        let job = self.store.job(id).await.map_err(refused)?.job;
        match job.user == user {
            true => {
                let did = format!("had jobs/{id} printed");
                Err(duty::not_separate(user, &did, "decide about its sheets"))
            }
            false => Ok(()),
        }
    }
}
