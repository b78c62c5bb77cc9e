//! What a run yields, as stored.

use formfeed_domain::calculation::{Exception, InformationRow, Skipped, StateShare};
use formfeed_domain::edit::{Row, Value};
use formfeed_domain::{IncomeType, Money, VendorId};

use super::{AddressCodeEdit, RowEdit};

/// Everything that comes of one recipient.
#[derive(Debug, Clone)]
pub struct RecipientResult {
    /// The recipient; `None` carries the exceptions of payments that reached nobody.
    pub recipient_id: Option<VendorId>,
    /// Version of the vendor record it was made from.
    pub vendor_version: i64,
    /// Address the form uses; blank if none.
    pub address_code: String,
    /// Name on the form.
    pub recipient_name: String,
    /// Rows, by income type; none if skipped.
    pub rows: Vec<InformationRow>,
    /// What of the rows is which named state's.
    pub states: Vec<StateShare>,
    /// Why there are none.
    pub skipped: Option<Skipped>,
    /// What a person should look at.
    pub exceptions: Vec<Exception>,
}

/// One row of 1099 information: published, edited, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InformationEntry {
    /// Whom it reports.
    pub recipient_id: String,
    /// As what.
    pub income_type: IncomeType,
    /// Place of the income type in the order of the domain.
    pub position: i32,
    /// Reportable amount of the vouchers.
    pub total_1099_amount: Money,
    /// The taxable amount as calculated; `None` when no run that stands made the row.
    pub calculated: Option<Money>,
    /// What of that is which state's, by code; the rest names none.
    pub states: Vec<(String, Money)>,
    /// What a person made of it.
    pub edit: Option<RowEdit>,
    /// Version of the vendor record it was made from.
    pub vendor_version: i64,
    /// Address of that record.
    pub vendor_address_code: String,
    /// What a person made of the address.
    pub address_code_edit: Option<AddressCodeEdit>,
    /// Name on the form when it was made.
    pub recipient_name: String,
    /// Run that went through the recipient; blank if none did.
    pub run_id: String,
}

impl InformationEntry {
    /// What was calculated and what a person made of it.
    pub fn row(&self) -> Row {
        Row {
            calculated: self.calculated,
            edit: self.edit.as_ref().map(|edit| edit.edit.clone()),
        }
    }

    /// What the form reports; `None` when the row was deleted.
    pub fn standing(&self) -> Option<Value> {
        self.row().standing()
    }

    /// Address the form uses.
    pub fn address_code(&self) -> &str {
        let edited = self.address_code_edit.as_ref();
        edited.map_or(&self.vendor_address_code, |edit| &edit.address_code)
    }
}

/// A recipient without a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedEntry {
    /// Who.
    pub recipient_id: String,
    /// Stable word.
    pub reason: String,
    /// In a sentence.
    pub explanation: String,
    /// Run that skipped it.
    pub run_id: String,
    /// Version of the vendor record the run saw.
    pub vendor_version: i64,
}

/// Something a person should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExceptionEntry {
    /// Whose; blank when nobody's.
    pub recipient_id: String,
    /// Order within the recipient.
    pub position: i32,
    /// Stable word.
    pub reason: String,
    /// In a sentence.
    pub explanation: String,
    /// The payment; blank if none.
    pub payment_id: String,
    /// The voucher; blank if none.
    pub voucher_id: String,
    /// The row whose edit was kept.
    pub kept: Option<KeptRow>,
}

/// The amounts of a kept edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptRow {
    /// The row's income type.
    pub income_type: IncomeType,
    /// As calculated; `None` when the run made no such row.
    pub calculated: Option<Money>,
    /// As edited; `None` when the row is deleted.
    pub edited: Option<Money>,
}

/// A row of one run, whether it stands or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultRow {
    /// Whom it reports.
    pub recipient_id: String,
    /// Place of the income type in the order of the domain.
    pub position: i32,
    /// As what.
    pub income_type: IncomeType,
    /// Reportable amount of the vouchers.
    pub total_1099_amount: Money,
    /// What the form would report.
    pub taxable_amount: Money,
    /// Name on the form when it was made.
    pub recipient_name: String,
}
