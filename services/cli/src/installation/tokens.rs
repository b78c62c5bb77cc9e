//! The access tokens at a restore: those of the backup, but none that was revoked since comes into force again.

use formfeed_runtime::access::{RestoredTokens, restored_tokens};

use super::FILES;
use super::put_back::Restore;
use crate::errors::CliError;

impl Restore<'_> {
    /// The tokens that are put in place; `None` where nothing here knows what became of them since the backup.
    ///
    /// # Errors
    /// [`CliError::Refused`] when the file that is there cannot be read.
    pub(super) fn tokens(&self) -> Result<Option<RestoredTokens>, CliError> {
        if !self.data_dir.join(FILES[0]).exists() || !self.from.join(FILES[0]).exists() {
            return Ok(None);
        }
        let restored = restored_tokens(self.from, self.data_dir);
        restored.map(Some).map_err(|error| {
            CliError::Refused(format!(
                "{}: {error}; nobody knows from it which tokens were revoked since the backup: mend it, or move it away and look with `formfeed token list` after the restore",
                self.data_dir.join(FILES[0]).display()
            ))
        })
    }
}
