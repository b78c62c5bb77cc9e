//! Who may print where duty is separated: nobody who made the figures.

use formfeed_domain::printing::Subject;
use formfeed_runtime::access::duty;
use tonic::Status;

use crate::print::Desk;

impl Desk {
    /// Lets a user print the forms of a payer's year, unless duty is separated and the same user calculated it, or edited
    /// its 1099 information.
    ///
    /// # Errors
    /// FAILED_PRECONDITION `DUTY_NOT_SEPARATE`.
    pub(crate) async fn may_print(&self, subject: &Subject, user: &str) -> Result<(), Status> {
        if !self.duty.is_on()? {
            return Ok(());
        }
        let (payer, year) = (&subject.payer_id, subject.tax_year);
        let calculation = &self.peers.calculation;
        let did = if calculation.last_user(payer, year).await?.as_deref() == Some(user) {
            "calculated"
        } else if calculation.was_edited_by(payer, year, user).await? {
            "edited the 1099 information of"
        } else {
            return Ok(());
        };
        let did = format!("{did} {payer} for {year}");
        Err(duty::not_separate(user, &did, "print its forms"))
    }
}
