//! What is kept of a printer.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};

use super::{PrinterId, SerialRange, StockCounts};

/// On whose word a sheet counts as good: a printer's policy, and the ground of each good attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EvidencePolicy {
    /// The device's: terminal state, name and counters fit.
    Device,
    /// An operator's.
    Operator,
    /// None: every byte was taken and nothing unusual seen.
    Sent,
}

impl EvidencePolicy {
    /// Every ground, from the strongest.
    pub const ALL: [Self; 3] = [Self::Device, Self::Operator, Self::Sent];

    /// The word of the command line and the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Operator => "operator",
            Self::Sent => "sent",
        }
    }

    /// In words, for reports.
    pub fn words(self) -> &'static str {
        match self {
            Self::Device => "by the device's own word",
            Self::Operator => "by an operator's word",
            Self::Sent => "because every byte was taken, and no more than that",
        }
    }
}

impl fmt::Display for EvidencePolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Not a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown evidence policy: use device, operator or sent")]
pub struct UnknownEvidence;

impl FromStr for EvidencePolicy {
    type Err = UnknownEvidence;
    fn from_str(word: &str) -> Result<Self, UnknownEvidence> {
        Self::ALL
            .into_iter()
            .find(|evidence| evidence.as_str() == word)
            .ok_or(UnknownEvidence)
    }
}

/// Form stock put into a printer. The newest is the one that is loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockLoad {
    /// Its key.
    pub id: String,
    /// Name of the stock.
    pub stock: String,
    /// Sheets put in; `None` when not counted.
    pub sheets: Option<u32>,
    /// Their serial numbers, where the stock is numbered.
    pub serials: Option<SerialRange>,
    /// Sheets of it that attempts took, by what became of them.
    pub counts: StockCounts,
    /// Who put it in.
    pub loaded_by: String,
    /// When.
    pub loaded_at: DateTime<Utc>,
}

impl StockLoad {
    /// Sheets that new attempts may take, where they are counted: put in, less what is or may be used up. Never below zero.
    pub fn on_hand(&self) -> Option<u32> {
        let taken = self.counts.taken();
        self.sheets.map(|sheets| sheets.saturating_sub(taken))
    }
}

/// Who stands for how a printer is set up: its URI, and how it is reached beyond that.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SetUp {
    /// Grows by one each time that it is added or its access is changed.
    pub change: u32,
    /// Who did that last; blank of a printer from before this was kept.
    pub by: String,
    /// Who approved it since, another than that.
    pub approved_by: Option<String>,
}

impl SetUp {
    /// Who alone stands for it; `None` once a second person does.
    pub fn by_one(&self) -> Option<&str> {
        match self.approved_by {
            None if !self.by.is_empty() => Some(&self.by),
            _ => None,
        }
    }
}

/// A printer, as facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printer {
    /// Its name.
    pub id: PrinterId,
    /// The device.
    pub uri: String,
    /// Escape-code dialect of an impact printer.
    pub dialect: Option<String>,
    /// EvidencePolicy policy; `None` leaves it to the kind of device and the stock.
    pub evidence: Option<EvidencePolicy>,
    /// Why an operator paused it.
    pub paused: Option<String>,
    /// What is loaded.
    pub load: Option<StockLoad>,
    /// Makes a retry of its creation safe.
    pub request_id: String,
    /// Who stands for how it is set up.
    pub set_up: SetUp,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Counts the changes.
    pub version: i64,
}
