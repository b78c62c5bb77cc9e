//! The five roles.

use std::fmt;

use formfeed_proto::vendor::token::Role as Message;
use serde::{Deserialize, Serialize};

/// What a token's bearer may do.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything people may do, tokens included.
    Admin,
    /// Vendors, imports, calculation, forms.
    Clerk,
    /// Printers, the queue, decisions about sheets; no list of what recipients were paid.
    Operator,
    /// Reads, changes nothing.
    Auditor,
    /// One Formfeed service calling another; what it may call goes by its name.
    Service,
}

impl Role {
    /// Its name, in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Clerk => "clerk",
            Self::Operator => "operator",
            Self::Auditor => "auditor",
            Self::Service => "service",
        }
    }

    /// The role of a message; none for `ROLE_UNSPECIFIED`.
    pub const fn from_message(role: Message) -> Option<Self> {
        match role {
            Message::Unspecified => None,
            Message::Admin => Some(Self::Admin),
            Message::Clerk => Some(Self::Clerk),
            Message::Operator => Some(Self::Operator),
            Message::Auditor => Some(Self::Auditor),
            Message::Service => Some(Self::Service),
        }
    }
}

impl From<Role> for Message {
    fn from(role: Role) -> Self {
        match role {
            Role::Admin => Self::Admin,
            Role::Clerk => Self::Clerk,
            Role::Operator => Self::Operator,
            Role::Auditor => Self::Auditor,
            Role::Service => Self::Service,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
