//! Where the records of an import lie that is not published: in the staged tables, or in the history itself.

use formfeed_domain::extract::File;

use super::imports::STAGE;
use super::{Conn, imports};
use crate::StoreError;

/// Where the records of an import lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// Under its stage number.
    Staged,
    /// In the history, alone.
    InPlace,
}

impl Source {
    /// Where the records of an import lie.
    pub(crate) async fn of(conn: &mut Conn, import_id: &str) -> Result<Self, StoreError> {
        let import = imports::get(conn, import_id).await?;
        Ok(match import.is_some_and(|import| import.in_place) {
            true => Self::InPlace,
            false => Self::Staged,
        })
    }

    /// The table of a file's records.
    pub(crate) fn table(self, file: File) -> &'static str {
        match (self, file) {
            (Self::Staged, File::Vouchers) => "staged_vouchers",
            (Self::Staged, File::VoucherLines) => "staged_voucher_lines",
            (Self::Staged, File::Payments) => "staged_payments",
            (Self::Staged, _) => "staged_applications",
            (Self::InPlace, file) => history(file),
        }
    }

    /// In SQL, whether a row of alias `row` is of the import of id `$1`.
    pub(crate) fn is_of_import(self, row: &str) -> String {
        match self {
            Self::Staged => format!("{row}.stage = {STAGE}"),
            Self::InPlace => {
                "EXISTS (SELECT 1 FROM imports WHERE import_id = $1 AND in_place)".to_owned()
            }
        }
    }

    /// The column that tells the order in which the records of a file came.
    pub(crate) fn order(self) -> &'static str {
        match self {
            Self::Staged => "position",
            Self::InPlace => "line",
        }
    }
}

/// The table of a file's history.
pub(crate) fn history(file: File) -> &'static str {
    match file {
        File::Vouchers => "vouchers",
        File::VoucherLines => "voucher_lines",
        File::Payments => "payments",
        _ => "payment_applications",
    }
}
