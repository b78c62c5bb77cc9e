//! What the history half of an import names in the vendor half.

use formfeed_domain::extract::File;

/// Kind of record named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReferenceKind {
    /// A vendor.
    Vendor,
    /// A cash account.
    CashAccount,
    /// A general-ledger account.
    Account,
    /// A Relate To code of position 1.
    RelateTo1,
    /// A Relate To code of position 2.
    RelateTo2,
}

impl ReferenceKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::Vendor,
        Self::CashAccount,
        Self::Account,
        Self::RelateTo1,
        Self::RelateTo2,
    ];

    /// The columns that name it.
    pub(crate) fn columns(self) -> &'static [(File, &'static str)] {
        match self {
            Self::Vendor => &[
                (File::Vouchers, "vendor_id"),
                (File::Vouchers, "vendor_of_record_id"),
                (File::Payments, "pay_vendor_id"),
            ],
            Self::CashAccount => &[(File::Payments, "cash_account_id")],
            Self::Account => &[
                (File::VoucherLines, "account_id"),
                (File::Payments, "account_id"),
            ],
            Self::RelateTo1 => &[
                (File::VoucherLines, "relate_to_1"),
                (File::Payments, "relate_to_1"),
            ],
            Self::RelateTo2 => &[(File::VoucherLines, "relate_to_2")],
        }
    }
}

/// A place where a key is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// File.
    pub file: File,
    /// Line in it.
    pub line: i32,
    /// Column.
    pub column: &'static str,
    /// The key named.
    pub key: String,
}
