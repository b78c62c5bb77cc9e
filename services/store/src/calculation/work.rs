//! What a run at work reads.

use std::collections::HashMap;

use formfeed_domain::VendorId;
use formfeed_domain::calculation::VendorFacts;
use formfeed_domain::calculation::assemble::Records;

/// A vendor as the run saw it when it began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunVendor {
    /// What decides the calculation.
    pub facts: VendorFacts,
    /// Version of the vendor's record.
    pub version: i64,
    /// Address the form uses; blank if none.
    pub address_code: String,
    /// Name on the form.
    pub name: String,
}

/// Everything the calculation of a range of recipients looks at.
#[derive(Debug, Clone)]
pub struct RunPage {
    /// First recipient, inclusive.
    pub first: VendorId,
    /// Last recipient, inclusive; the next page begins after it.
    pub last: VendorId,
    /// The history.
    pub records: Records,
    /// Every vendor the records name, and every recipient.
    pub vendors: HashMap<VendorId, RunVendor>,
}
