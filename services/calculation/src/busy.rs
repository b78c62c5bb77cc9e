//! One call at a time for an import.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use formfeed_runtime::{Refusal, reason};

/// The imports that a call is at work on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Busy(Arc<Mutex<HashSet<String>>>);

/// The turn of one call; ends when dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    busy: Busy,
    import_id: String,
}

impl Busy {
    /// Takes the turn on an import.
    ///
    /// # Errors
    /// ABORTED `IMPORT_IN_PROGRESS` while another call has it.
    pub(crate) fn take(&self, import_id: &str) -> Result<Turn, Refusal> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match taken.insert(import_id.to_owned()) {
            true => Ok(Turn {
                busy: self.clone(),
                import_id: import_id.to_owned(),
            }),
            false => {
                let message = format!(
                    "another call stages or publishes import {import_id}; wait for it, or take a new import id"
                );
                Err(Refusal::aborted(reason::IMPORT_IN_PROGRESS, message).with("import", import_id))
            }
        }
    }
}

impl Turn {
    /// Whose turn it is.
    pub(crate) fn import_id(&self) -> &str {
        &self.import_id
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut taken = self.busy.0.lock().unwrap_or_else(PoisonError::into_inner);
        taken.remove(&self.import_id);
    }
}
