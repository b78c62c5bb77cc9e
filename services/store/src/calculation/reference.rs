//! What the history half of an import names in the vendor half.

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

    /// The staged columns that name it: table, file and column.
    pub(crate) fn columns(self) -> &'static [(&'static str, &'static str, &'static str)] {
        const VOUCHERS: (&str, &str) = ("staged_vouchers", "vouchers.csv");
        const LINES: (&str, &str) = ("staged_voucher_lines", "voucher_lines.csv");
        const PAYMENTS: (&str, &str) = ("staged_payments", "payments.csv");
        match self {
            Self::Vendor => &[
                (VOUCHERS.0, VOUCHERS.1, "vendor_id"),
                (VOUCHERS.0, VOUCHERS.1, "vendor_of_record_id"),
                (PAYMENTS.0, PAYMENTS.1, "pay_vendor_id"),
            ],
            Self::CashAccount => &[(PAYMENTS.0, PAYMENTS.1, "cash_account_id")],
            Self::Account => &[
                (LINES.0, LINES.1, "account_id"),
                (PAYMENTS.0, PAYMENTS.1, "account_id"),
            ],
            Self::RelateTo1 => &[
                (LINES.0, LINES.1, "relate_to_1"),
                (PAYMENTS.0, PAYMENTS.1, "relate_to_1"),
            ],
            Self::RelateTo2 => &[(LINES.0, LINES.1, "relate_to_2")],
        }
    }
}

/// A place where a key is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// File name.
    pub file: &'static str,
    /// Line in it.
    pub line: i32,
    /// Column.
    pub column: &'static str,
    /// The key named.
    pub key: String,
}
