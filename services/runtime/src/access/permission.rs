//! What a token may do beyond its role.

use std::fmt;

use formfeed_proto::vendor::token::Permission as Message;
use serde::{Deserialize, Serialize};

/// What a token may do beyond its role; no role brings it along.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Permission {
    /// See full TINs, one at a time.
    RevealTin,
}

impl Permission {
    /// Its name, as `formfeed token add --may` takes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RevealTin => "reveal-tin",
        }
    }

    /// The permission of a message; none for `PERMISSION_UNSPECIFIED`.
    pub const fn from_message(permission: Message) -> Option<Self> {
        match permission {
            Message::Unspecified => None,
            Message::RevealTin => Some(Self::RevealTin),
        }
    }
}

impl From<Permission> for Message {
    fn from(permission: Permission) -> Self {
        match permission {
            Permission::RevealTin => Self::RevealTin,
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
