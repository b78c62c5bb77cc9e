//! The files of an extract, in the order they are imported.

use std::fmt;
use std::str::FromStr;

/// A file of the extract. The order is that of import: what a record refers to comes before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum File {
    /// Who files.
    Payers,
    /// The payers' numbers with the states.
    PayerStates,
    /// The organization tree.
    Organizations,
    /// Bank accounts and their organizations.
    CashAccounts,
    /// General-ledger accounts.
    Accounts,
    /// Relate To codes beside the default ones.
    RelateToCodes,
    /// Vendors.
    Vendors,
    /// Their addresses.
    VendorAddresses,
    /// Approved payables.
    Vouchers,
    /// Their lines.
    VoucherLines,
    /// Movements of money.
    Payments,
    /// What they settled.
    PaymentApplications,
}

/// The service that keeps a file's records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    /// The vendor service.
    Vendor,
    /// The calculation service.
    Calculation,
}

/// Not a file of the extract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a file of an AP extract")]
pub struct UnknownFile;

impl File {
    /// Every file, in order of import.
    pub const ALL: [Self; 12] = [
        Self::Payers,
        Self::PayerStates,
        Self::Organizations,
        Self::CashAccounts,
        Self::Accounts,
        Self::RelateToCodes,
        Self::Vendors,
        Self::VendorAddresses,
        Self::Vouchers,
        Self::VoucherLines,
        Self::Payments,
        Self::PaymentApplications,
    ];

    /// `payers.csv`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Payers => "payers.csv",
            Self::PayerStates => "payer_states.csv",
            Self::Organizations => "organizations.csv",
            Self::CashAccounts => "cash_accounts.csv",
            Self::Accounts => "accounts.csv",
            Self::RelateToCodes => "relate_to_codes.csv",
            Self::Vendors => "vendors.csv",
            Self::VendorAddresses => "vendor_addresses.csv",
            Self::Vouchers => "vouchers.csv",
            Self::VoucherLines => "voucher_lines.csv",
            Self::Payments => "payments.csv",
            Self::PaymentApplications => "payment_applications.csv",
        }
    }

    /// Who keeps its records.
    pub fn owner(self) -> Owner {
        match self {
            Self::Vouchers | Self::VoucherLines | Self::Payments | Self::PaymentApplications => {
                Owner::Calculation
            }
            _ => Owner::Vendor,
        }
    }

    /// Whether an extract is refused without it; the others may be missing when they would be empty.
    pub fn is_required(self) -> bool {
        matches!(self, Self::Payers | Self::Vendors | Self::Payments)
    }

    /// The columns that identify a record.
    pub fn key_columns(self) -> &'static [&'static str] {
        match self {
            Self::Payers => &["payer_id"],
            Self::PayerStates => &["payer_id", "state"],
            Self::Organizations => &["org_id"],
            Self::CashAccounts => &["cash_account_id"],
            Self::Accounts => &["account_id"],
            Self::RelateToCodes => &["position", "code"],
            Self::Vendors => &["vendor_id"],
            Self::VendorAddresses => &["vendor_id", "address_code"],
            Self::Vouchers => &["voucher_id"],
            Self::VoucherLines => &["voucher_id", "line"],
            Self::Payments => &["payment_id"],
            Self::PaymentApplications => &["payment_id", "voucher_id"],
        }
    }

    /// The columns that every row fills; the others may be left out when all their values are blank.
    pub fn required_columns(self) -> &'static [&'static str] {
        match self {
            Self::Payers => &["payer_id", "name"],
            Self::CashAccounts => &["cash_account_id", "org_id"],
            Self::Vendors => &["vendor_id", "name"],
            Self::Vouchers => &["voucher_id", "vendor_id", "invoice_amount"],
            Self::VoucherLines => &["voucher_id", "line", "amount"],
            Self::Payments => &[
                "payment_id",
                "method",
                "payment_date",
                "cash_account_id",
                "amount",
            ],
            Self::PaymentApplications => &["payment_id", "voucher_id", "amount"],
            _ => self.key_columns(),
        }
    }

    /// Every column the file may have.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Payers => &[
                "payer_id",
                "name",
                "tin",
                "address_line_1",
                "address_line_2",
                "city",
                "state",
                "postal_code",
                "country",
                "phone",
                "contact_name",
                "contact_email",
                "contact_fax",
            ],
            Self::PayerStates => &["payer_id", "state", "state_id"],
            Self::Organizations => &["org_id", "parent_org_id", "payer_id"],
            Self::CashAccounts => &["cash_account_id", "org_id", "description"],
            Self::Accounts => &["account_id", "description", "income_type"],
            Self::RelateToCodes => &["position", "code", "description", "income_type"],
            Self::Vendors => &[
                "vendor_id",
                "name",
                "short_name",
                "tin",
                "tin_type",
                "classification",
                "flag_1099",
                "default_income_type",
                "default_relate_to",
                "pay_vendor_id",
                "address_code",
                "second_tin_notice",
                "fatca",
                "first_name",
                "middle_name",
                "last_name",
                "suffix",
            ],
            Self::VendorAddresses => &[
                "vendor_id",
                "address_code",
                "line_1",
                "line_2",
                "city",
                "state",
                "postal_code",
                "country",
            ],
            Self::Vouchers => &[
                "voucher_id",
                "vendor_id",
                "vendor_of_record_id",
                "invoice_number",
                "invoice_date",
                "invoice_amount",
            ],
            Self::VoucherLines => &[
                "voucher_id",
                "line",
                "amount",
                "sales_tax",
                "reportable",
                "income_type",
                "relate_to_1",
                "relate_to_2",
                "account_id",
                "accountable_plan",
            ],
            Self::Payments => &[
                "payment_id",
                "pay_vendor_id",
                "method",
                "payment_date",
                "cash_account_id",
                "amount",
                "federal_tax_withheld",
                "state_tax_withheld",
                "state",
                "void_date",
                "relate_to_1",
                "account_id",
            ],
            Self::PaymentApplications => &["payment_id", "voucher_id", "amount", "discount"],
        }
    }
}

impl fmt::Display for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for File {
    type Err = UnknownFile;
    fn from_str(name: &str) -> Result<Self, UnknownFile> {
        Self::ALL
            .into_iter()
            .find(|file| file.name() == name)
            .ok_or(UnknownFile)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_required_and_every_required_column_is_known() {
        for file in File::ALL {
            assert!(
                file.key_columns()
                    .iter()
                    .all(|c| file.required_columns().contains(c)),
                "{file}"
            );
            assert!(
                file.required_columns()
                    .iter()
                    .all(|c| file.columns().contains(c)),
                "{file}"
            );
            assert_eq!(file.name().parse(), Ok(file));
        }
    }
}
