//! Records of an extract as an import stages them.

use formfeed_domain::Tin;
use formfeed_domain::account::Account;
use formfeed_domain::extract::File;
use formfeed_domain::organization::{CashAccount, Organization};
use formfeed_domain::payer::{Payer, PayerState};
use formfeed_domain::relate_to::RelateTo;
use formfeed_domain::vendor::{Vendor, VendorAddress};

use crate::vendor::rows::{
    AccountRow, CashAccountRow, ImportRecordRow, ImportedRow, OrganizationRow, PayerRow,
    PayerStateRow, RelateToRow, VendorAddressRow, VendorVersionRow,
};
use crate::{Keyring, StoreError};

/// A record of the vendor half of an extract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExtractRecord {
    /// `payers.csv`
    Payer(Box<Payer>),
    /// `payer_states.csv`
    PayerState(PayerState),
    /// `organizations.csv`
    Organization(Organization),
    /// `cash_accounts.csv`
    CashAccount(CashAccount),
    /// `accounts.csv`
    Account(Account),
    /// `relate_to_codes.csv`
    RelateTo(RelateTo),
    /// `vendors.csv`
    Vendor(Box<Vendor>),
    /// `vendor_addresses.csv`
    VendorAddress(Box<VendorAddress>),
}

/// A record with its place in the extract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagedRecord {
    /// Its file.
    pub file: File,
    /// Its line in the file, from 1.
    pub line: i32,
    /// Its key, the parts joined by `/`.
    pub key: String,
    /// What it says; `None` when it could not be read: it then counts as existing and no more.
    pub record: Option<ExtractRecord>,
}

impl StagedRecord {
    pub(super) fn row(
        &self,
        keyring: &Keyring,
        import_id: &str,
    ) -> Result<ImportRecordRow, StoreError> {
        let mut row = ImportRecordRow {
            import_id: import_id.to_owned(),
            file: self.file.name().to_owned(),
            key: self.key.clone(),
            line: self.line,
            content: self
                .record
                .as_ref()
                .map(ExtractRecord::content)
                .transpose()?,
            tin_key_version: None,
            tin_sealed: None,
        };
        let tin = self.record.as_ref().and_then(ExtractRecord::tin);
        row.seal_tin(keyring, tin)?;
        Ok(row)
    }
}

impl ExtractRecord {
    fn content(&self) -> Result<String, StoreError> {
        match self {
            Self::Payer(payer) => PayerRow::from(&**payer).content(),
            Self::PayerState(state) => PayerStateRow::from(state).content(),
            Self::Organization(organization) => OrganizationRow::from(organization).content(),
            Self::CashAccount(account) => CashAccountRow::from(account).content(),
            Self::Account(account) => AccountRow::from(account).content(),
            Self::RelateTo(code) => RelateToRow::from(code).content(),
            Self::Vendor(vendor) => VendorVersionRow::from(&**vendor).content(),
            Self::VendorAddress(address) => VendorAddressRow::from(&**address).content(),
        }
    }

    fn tin(&self) -> Option<&Tin> {
        match self {
            Self::Payer(payer) => payer.tin.as_ref(),
            Self::Vendor(vendor) => vendor.tin.as_ref(),
            _ => None,
        }
    }
}
