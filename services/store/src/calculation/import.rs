//! An import as stored: its life from staging to publication.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportState {
    /// Records are coming in; it cannot be published.
    Staging,
    /// Its records are all there.
    Staged,
    /// The vendor half may be published already; it can only be finished.
    Publishing,
    /// Both halves are published.
    Published,
}

impl ImportState {
    /// The word of the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Staging => "STAGING",
            Self::Staged => "STAGED",
            Self::Publishing => "PUBLISHING",
            Self::Published => "PUBLISHED",
        }
    }

    /// The state of a stored word; `None` for a word that is not ours.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        [
            Self::Staging,
            Self::Staged,
            Self::Publishing,
            Self::Published,
        ]
        .into_iter()
        .find(|state| state.as_str() == word)
    }
}

/// What publication did with one file of an extract, in records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileCount {
    /// File name, such as `vouchers.csv`.
    pub file: String,
    /// Not there before.
    pub new: i64,
    /// There with other values, or gone from a set that was replaced.
    pub changed: i64,
    /// There already, the same.
    pub same: i64,
}

/// An import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Id that its client made.
    pub import_id: String,
    /// Where it stands.
    pub state: ImportState,
    /// Fingerprint of everything staged under it; blank while it is coming in.
    pub content: String,
    /// Who staged it, or published it.
    pub user: String,
    /// Counts up by one with each publication, from 1.
    pub sequence: Option<i64>,
    /// When it was published.
    pub publish_time: Option<DateTime<Utc>>,
    /// Counts of both halves, once published.
    pub files: Vec<FileCount>,
    /// Small number under which its records are staged.
    pub(crate) stage: i64,
    /// All of it was staged without a fault of its own. Nothing that is published later makes one.
    pub faultless: bool,
    /// Its records are in the history already, where nobody sees them before it is published.
    pub(crate) in_place: bool,
}

/// Sequence of the first import that is published.
pub(crate) const FIRST_SEQUENCE: i64 = 1;
