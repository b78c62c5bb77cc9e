//! What the history half of an import names within itself.

use formfeed_domain::extract::File;

/// A column whose keys must be found in another file, under the same name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Within {
    pub(crate) file: File,
    pub(crate) column: &'static str,
    pub(crate) to: File,
    /// What is named, as people say it.
    pub(crate) what: &'static str,
}

impl Within {
    /// Every such column.
    pub(crate) const ALL: [Self; 3] = [
        Self {
            file: File::VoucherLines,
            column: "voucher_id",
            to: File::Vouchers,
            what: "voucher",
        },
        Self {
            file: File::PaymentApplications,
            column: "payment_id",
            to: File::Payments,
            what: "payment",
        },
        Self {
            file: File::PaymentApplications,
            column: "voucher_id",
            to: File::Vouchers,
            what: "voucher",
        },
    ];
}
