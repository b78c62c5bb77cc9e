//! Who may bring forms out where duty is separated: nobody who made their figures.

use formfeed_domain::{PayerId, TaxYear};
use formfeed_runtime::access::duty;
use tonic::Status;

use crate::print::Desk;

/// How forms leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leaving {
    /// On paper: any copy, corrections too.
    Printed,
    /// In an electronic file, also one for a test.
    Exported,
    /// Added up on a Form 1096.
    Transmitted,
}

impl Leaving {
    fn words(self) -> &'static str {
        match self {
            Self::Printed => "print its forms",
            Self::Exported => "make an electronic file of its forms",
            Self::Transmitted => "print its Form 1096",
        }
    }
}

impl Desk {
    /// Lets a user bring out the forms of a payer's year, unless duty is separated and the same user made a run whose figures
    /// are in them, or edited its 1099 information.
    ///
    /// # Errors
    /// FAILED_PRECONDITION `DUTY_NOT_SEPARATE`.
    pub(crate) async fn may_bring_out(
        &self,
        (payer, year): (&PayerId, TaxYear),
        user: &str,
        leaving: Leaving,
    ) -> Result<(), Status> {
        if !self.duty.is_on()? {
            return Ok(());
        }
        let calculation = &self.peers.calculation;
        let did = if calculation.was_calculated_by(payer, year, user).await? {
            "calculated"
        } else if calculation.was_edited_by(payer, year, user).await? {
            "edited the 1099 information of"
        } else {
            return Ok(());
        };
        let did = format!("{did} {payer} for {year}");
        Err(duty::not_separate(user, &did, leaving.words()))
    }
}
