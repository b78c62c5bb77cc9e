//! Edits of the 1099 information as stored, and their history.

use chrono::{DateTime, Utc};
use formfeed_domain::edit::{ChangeKind, Edit, Snapshot};
use formfeed_domain::{IncomeType, Money, PayerId, TaxYear, VendorId};

use crate::StoreError;

/// Who did something, when and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Name of the token.
    pub user: String,
    /// Why.
    pub reason: String,
    /// When.
    pub time: DateTime<Utc>,
}

/// The current edit of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowEdit {
    /// What stands instead of the calculated amount.
    pub edit: Edit,
    /// What was calculated when it was made; `None` when there was no such row.
    pub calculated_then: Option<Money>,
    /// Who made it.
    pub by: Signature,
    /// The change that made it.
    pub version: i64,
    /// The last run that left it as it is.
    pub kept_by_run: Option<String>,
}

/// The current edit of a recipient's address code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressCodeEdit {
    /// What stands instead of the vendor's.
    pub address_code: String,
    /// Who made it.
    pub by: Signature,
    /// The change that made it.
    pub version: i64,
    /// The last run that left it as it is.
    pub kept_by_run: Option<String>,
}

/// A vendor as a row names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NamedVendor {
    /// Version of the vendor's record.
    pub version: i64,
    /// Address the form uses; blank if none.
    pub address_code: String,
    /// Name on the form.
    pub name: String,
}

/// A request to change the 1099 information of one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditRequest {
    /// Whose.
    pub payer_id: PayerId,
    /// Which year.
    pub tax_year: TaxYear,
    /// Whom it reports.
    pub recipient_id: VendorId,
    /// The user's id of the request.
    pub request_id: String,
    /// Digest of its method and content.
    pub fingerprint: String,
    /// Who asks.
    pub by: Signature,
}

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowChange {
    /// What is done, for the history.
    pub kind: ChangeKind,
    /// The edit from now on; `None` drops it.
    pub edit: Option<Edit>,
    /// The vendor, for a row that no run made.
    pub vendor: Option<NamedVendor>,
}

/// What becomes of an address code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressCodeChange {
    /// What is done, for the history.
    pub kind: ChangeKind,
    /// The address code from now on; `None` drops the edit.
    pub address_code: Option<String>,
}

/// One entry of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeEntry {
    /// Its number within the payer and year.
    pub sequence: i64,
    /// Whose.
    pub recipient_id: String,
    /// Which row; `None` is the address code.
    pub income_type: Option<IncomeType>,
    /// What was done.
    pub kind: ChangeKind,
    /// What stood before.
    pub before: Snapshot,
    /// What stands since.
    pub after: Snapshot,
    /// Who did it.
    pub by: Signature,
}

/// Why an edit was not kept; `E` is the caller's own reason.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EditError<E> {
    /// The decision was to refuse it.
    #[error("{0}")]
    Refused(E),
    /// The caller's mistake: a request id belongs to one request.
    #[error("the request id was used before, with other content")]
    RequestReused,
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl<E> From<diesel::result::Error> for EditError<E> {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}
