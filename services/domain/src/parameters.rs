//! Saved parameters: what a calculation is asked for each year, kept by name.

use crate::calculation::Method;
use crate::{PayerId, VendorId};

/// Parameters of a calculation, but for the tax year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameters {
    /// Whose 1099 information.
    pub payer_id: PayerId,
    /// By which method.
    pub method: Method,
    /// First recipient, inclusive; `None` is the first there is.
    pub from_recipient_id: Option<VendorId>,
    /// Last recipient, inclusive; `None` is the last there is.
    pub to_recipient_id: Option<VendorId>,
}
