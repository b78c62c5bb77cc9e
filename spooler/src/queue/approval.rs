//! Printers that one person alone set up: nothing is sent to them where duty is separated.

use formfeed_domain::spool::Printer;
use tracing::error;

use super::Shared;

impl Shared {
    /// Why nothing is sent to a printer before a second person stands for how it is set up; `None` where nobody waits for that.
    pub(crate) fn waits_for_approval(&self, printer: &Printer) -> Option<String> {
        let by = printer.set_up.by_one()?;
        match self.duty.read() {
            Ok(duty) if !duty.separate => None,
            Ok(_) => Some(format!(
                "{by} alone set it up, and duty is separated: another person looks at it and approves it (`formfeed printer approve {} --change {}`)",
                printer.id, printer.set_up.change
            )),
            Err(error) => {
                error!(%error, "Cannot use the file of the separation of duty");
                Some(format!(
                    "{by} alone set it up, and nobody knows whether that will do: duty.toml cannot be read"
                ))
            }
        }
    }
}
