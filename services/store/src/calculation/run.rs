//! A calculation run as stored.

use chrono::{DateTime, Utc};
use formfeed_domain::calculation::Method;
use formfeed_domain::{Money, PayerId, TaxYear, VendorId};

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    /// At work; nothing of it is visible.
    Running,
    /// Its results stand.
    Completed,
    /// Ended without effect.
    Failed,
    /// Stopped by a user, without effect.
    Canceled,
}

impl RunState {
    /// The word of the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Completed => "COMPLETED",
            Self::Failed => "FAILED",
            Self::Canceled => "CANCELED",
        }
    }

    /// The state of a stored word; `None` for a word that is not ours.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        [Self::Running, Self::Completed, Self::Failed, Self::Canceled]
            .into_iter()
            .find(|state| state.as_str() == word)
    }
}

/// What a run's results are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To stand as the 1099 information of its recipients.
    Standing,
    /// Only to be compared with others; what stands is not touched.
    Lab,
}

impl Purpose {
    /// The word of the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Standing => "STANDING",
            Self::Lab => "LAB",
        }
    }

    /// The purpose of a stored word; `None` for a word that is not ours.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        [Self::Standing, Self::Lab]
            .into_iter()
            .find(|purpose| purpose.as_str() == word)
    }
}

/// What a user asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRun {
    /// Id, made by the service; later runs have greater ones.
    pub run_id: String,
    /// Who asks.
    pub user: String,
    /// The user's id of the request.
    pub request_id: String,
    /// Whose 1099 information.
    pub payer_id: PayerId,
    /// Year of the payments.
    pub tax_year: TaxYear,
    /// By which method.
    pub method: Method,
    /// First recipient, inclusive; `None` is the first there is.
    pub from_recipient_id: Option<VendorId>,
    /// Last recipient, inclusive; `None` is the last there is.
    pub to_recipient_id: Option<VendorId>,
    /// When it begins.
    pub create_time: DateTime<Utc>,
    /// What its results are for.
    pub purpose: Purpose,
}

impl NewRun {
    /// Whether two requests ask for the same.
    pub fn asks_the_same(&self, other: &Self) -> bool {
        (&self.payer_id, self.tax_year, self.method, self.purpose)
            == (&other.payer_id, other.tax_year, other.method, other.purpose)
            && self.from_recipient_id == other.from_recipient_id
            && self.to_recipient_id == other.to_recipient_id
    }
}

/// What a run has come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Recipients with payments of the year.
    pub recipients: i64,
    /// Rows of 1099 information.
    pub rows: i64,
    /// Recipients without a row.
    pub skipped: i64,
    /// Payments and vouchers that need a look.
    pub exceptions: i64,
    /// Σ taxable amounts of the income types.
    pub taxable: Money,
    /// Σ federal tax withheld.
    pub federal_tax_withheld: Money,
    /// Σ state tax withheld.
    pub state_tax_withheld: Money,
}

/// One run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// What was asked for.
    pub asked: NewRun,
    /// Where it stands.
    pub state: RunState,
    /// What went wrong, when it failed.
    pub failure: String,
    /// Sequence of the newest import it sees; 0 before the first.
    pub import_sequence: i64,
    /// Stamp of the vendors it sees; 0 before it has read them.
    pub vendor_stamp: i64,
    /// What it has come to.
    pub totals: Totals,
    /// When it ended.
    pub end_time: Option<DateTime<Utc>>,
}
