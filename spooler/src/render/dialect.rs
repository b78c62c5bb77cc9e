//! The command sets of impact printers: the only source of control bytes.

use std::fmt;
use std::str::FromStr;

use formfeed_domain::placement::Pitch;

use super::escp::Escp;

/// The commands of one family of impact printers.
///
/// The caller owns the text and the line structure (CR, LF, FF); a dialect adds only what differs
/// between families. Every method appends bytes and none of them ever sees data.
pub trait Dialect: Send + Sync {
    /// Starts a sheet at its top edge: reset, 6 lines per inch, page length of 66 lines, 10 cpi.
    fn begin_sheet(&self, out: &mut Vec<u8>);

    /// Changes the pitch.
    fn pitch(&self, from: Pitch, to: Pitch, out: &mut Vec<u8>);

    /// Moves to `sixtieths` of an inch from the left edge, if the family can, and says whether it
    /// did. Where it cannot, the caller spaces.
    fn move_to(&self, sixtieths: u16, out: &mut Vec<u8>) -> bool;

    /// Feeds `steps` of 1/216 inch, fewer than a line, if the family can, and says whether it did.
    fn feed(&self, steps: u8, out: &mut Vec<u8>) -> bool;
}

/// The name by which an operator chooses a dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DialectName {
    /// Epson 9-pin ESC/P.
    Escp,
}

impl DialectName {
    /// Every dialect that is built in.
    pub const ALL: [Self; 1] = [Self::Escp];

    /// As written on the command line and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Escp => "escp",
        }
    }

    /// The command set behind the name.
    pub fn dialect(self) -> &'static dyn Dialect {
        match self {
            Self::Escp => &Escp,
        }
    }
}

impl fmt::Display for DialectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for DialectName {
    type Err = UnknownDialect;

    fn from_str(name: &str) -> Result<Self, UnknownDialect> {
        Self::ALL
            .into_iter()
            .find(|dialect| dialect.as_str() == name)
            .ok_or_else(|| UnknownDialect(name.to_owned()))
    }
}

/// A dialect that is not built in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a dialect; use escp")]
pub struct UnknownDialect(pub String);
