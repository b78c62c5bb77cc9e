//! The history of edits: what was done, and what stood before and after.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Value;

/// What a person did. The words are stable: they are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// Changed the amount or the parts of a row.
    Edited,
    /// Added a row.
    Added,
    /// Deleted a row.
    Deleted,
    /// Dropped the edit of a row.
    Reverted,
    /// Changed the recipient's address code.
    AddressCodeEdited,
    /// Dropped the edit of the address code.
    AddressCodeReverted,
}

/// What stood at one side of a change; nothing at all where there was no row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Snapshot {
    /// What the row reported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// The address code, where the change was about that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_code: Option<String>,
}

/// Not a kind of change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown kind of change")]
pub struct UnknownChange;

impl ChangeKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Edited,
        Self::Added,
        Self::Deleted,
        Self::Reverted,
        Self::AddressCodeEdited,
        Self::AddressCodeReverted,
    ];

    /// The word of the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Edited => "EDITED",
            Self::Added => "ADDED",
            Self::Deleted => "DELETED",
            Self::Reverted => "REVERTED",
            Self::AddressCodeEdited => "ADDRESS_CODE_EDITED",
            Self::AddressCodeReverted => "ADDRESS_CODE_REVERTED",
        }
    }
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ChangeKind {
    type Err = UnknownChange;
    fn from_str(word: &str) -> Result<Self, UnknownChange> {
        let mut kinds = Self::ALL.into_iter();
        kinds
            .find(|kind| kind.as_str() == word)
            .ok_or(UnknownChange)
    }
}
