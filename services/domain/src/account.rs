//! General-ledger accounts and the income type each is mapped to.

use crate::{AccountId, IncomeType};

/// An account; unmapped accounts keep their payments off the 1099 in the DIRECT_PAYMENTS method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Key.
    pub account_id: AccountId,
    /// Free text.
    pub description: String,
    /// What its payments report as; `None` is not mapped. Never a withheld type.
    pub income_type: Option<IncomeType>,
}
