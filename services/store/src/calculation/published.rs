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

/// Which rows of a selection are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Show {
    /// Deleted rows too.
    pub deleted: bool,
    /// Only rows that a person changed.
    pub edited_only: bool,
}

impl Show {
    /// Every row, deleted ones too.
    pub const ALL: Self = Self {
        deleted: true,
        edited_only: false,
    };
}
