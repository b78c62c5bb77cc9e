//! Sheets of a job → their forms, opened some hundred at a time: memory does not grow with the forms.

use std::sync::Arc;

use formfeed_domain::form::Form;
use formfeed_domain::spool::Job;
use formfeed_store::spooler::Opened;
use tokio::runtime::Handle;

use super::Shared;

/// Sheets in memory at once.
pub(super) const BATCH: usize = 200;

/// The sealed sheets of a job of forms.
pub(super) struct SealedSheets {
    shared: Arc<Shared>,
    runtime: Handle,
    /// Their job.
    pub(super) job: Job,
}

impl SealedSheets {
    /// Of this job; within a runtime, which opens them.
    pub(super) fn new(shared: Arc<Shared>, job: Job) -> Self {
        Self {
            shared,
            runtime: Handle::current(),
            job,
        }
    }

    /// The forms of each sheet of these numbers, which ascend; at most [`BATCH`]. Blocks.
    pub(super) fn open(&self, sheets: &[u32]) -> Result<Vec<Vec<Form>>, String> {
        let opened = self.shared.store.opened(&self.job, sheets);
        match self.runtime.block_on(opened) {
            Ok(Opened::Forms(forms)) => Ok(forms),
            Ok(_) => Err("the job is none of forms".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }
}
