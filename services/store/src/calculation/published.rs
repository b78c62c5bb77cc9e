//! Which published results a reader asks for.

use formfeed_domain::{IncomeType, PayerId, TaxYear, VendorId};

/// A payer and year, perhaps one recipient or one income type of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// Whose.
    pub payer_id: PayerId,
    /// Which year.
    pub tax_year: TaxYear,
    /// Only this recipient.
    pub recipient_id: Option<VendorId>,
    /// Only this income type.
    pub income_type: Option<IncomeType>,
}
