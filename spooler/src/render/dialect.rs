//! The command sets of impact printers: the only source of control bytes.

mod escp;
mod escp2;
mod ibm_proprinter;
mod line;
pub(super) mod moves;
mod oki_microline;

use std::fmt;
use std::str::FromStr;

use formfeed_domain::placement::Pitch;
use formfeed_domain::text::without_tins;

use escp::Escp;
use escp2::Escp2;
use ibm_proprinter::IbmProprinter;
use line::Line;
use oki_microline::OkiMicroline;

pub use moves::Move;

/// The commands of one family of impact printers.
///
/// The caller owns the text, the blanks and tabs between texts, and the form feed; a dialect owns what differs between
/// families. None of its methods ever sees data. Places across are thousandths of a point from the left edge.
pub trait Dialect: Send + Sync {
    /// Starts a sheet at its top edge: all settings as after power-on, 6 lines per inch, page length of 66 lines, 10 cpi,
    /// and tab stops at these columns of 10 cpi, counted from 0, where they can be set.
    fn begin_sheet(&self, tabs: Option<&[u8]>, out: &mut Vec<u8>);

    /// What it has of horizontal tabs.
    fn tabs(&self) -> Tabs;

    /// The pitches it has, from wide to narrow.
    fn pitches(&self) -> &'static [Pitch];

    /// Changes the pitch.
    fn pitch(&self, from: Pitch, to: Pitch, out: &mut Vec<u8>);

    /// The parts of a print line that it can feed; 1 where it feeds whole lines only.
    fn steps_of_line(&self) -> i32;

    /// Moves so many steps down, at least one, to the left edge, by the fewest bytes; `away` says that the head may not be
    /// at the left edge now.
    fn down(&self, steps: i32, away: bool, out: &mut Vec<u8>);

    /// The move from one place of a line to another further right, or as near to it as the family gets; `None` where it
    /// has none.
    fn across(&self, from: i32, to: i32, pitch: Pitch) -> Option<Move>;

    /// Whether its commands need all eight bits of a byte.
    fn needs_eight_bits(&self) -> bool;
}

/// Horizontal tabs of a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tabs {
    /// None.
    None,
    /// At every eighth column, and nowhere else.
    EveryEighth,
    /// Where they are set.
    Settable {
        /// How many stops.
        most: usize,
        /// Bytes that setting any takes.
        bytes: usize,
        /// Bytes for each.
        bytes_each: usize,
    },
}

/// The name by which an operator chooses a dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DialectName {
    /// Epson 9-pin ESC/P.
    Escp,
    /// Epson 24-pin ESC/P 2.
    Escp2,
    /// IBM Proprinter.
    IbmProprinter,
    /// Oki Microline Standard.
    OkiMicroline,
    /// A plain line printer.
    Line,
}

impl DialectName {
    /// Every dialect that is built in.
    pub const ALL: [Self; 5] = [
        Self::Escp,
        Self::Escp2,
        Self::IbmProprinter,
        Self::OkiMicroline,
        Self::Line,
    ];

    /// The names of all, as a sentence wants them.
    pub const NAMES: &'static str = "escp, escp2, ibm-proprinter, oki-microline or line";

    /// As written on the command line and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Escp => "escp",
            Self::Escp2 => "escp2",
            Self::IbmProprinter => "ibm-proprinter",
            Self::OkiMicroline => "oki-microline",
            Self::Line => "line",
        }
    }

    /// The command set behind the name.
    pub fn dialect(self) -> &'static dyn Dialect {
        match self {
            Self::Escp => &Escp,
            Self::Escp2 => &Escp2,
            Self::IbmProprinter => &IbmProprinter,
            Self::OkiMicroline => &OkiMicroline,
            Self::Line => &Line,
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
#[error("{shown:?} is not a dialect; use {names}", shown = without_tins(.0), names = DialectName::NAMES)]
pub struct UnknownDialect(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dialect_is_known_by_its_name_and_named_to_whoever_asks_for_another() {
        let unknown = "pcl".parse::<DialectName>().unwrap_err().to_string();
        for name in DialectName::ALL {
            assert_eq!(name.as_str().parse(), Ok(name));
            assert!(unknown.contains(name.as_str()), "{unknown}");
        }
    }

    #[test]
    fn every_dialect_has_the_pitch_of_the_irs_and_comes_to_the_left_edge() {
        for name in DialectName::ALL {
            let dialect = name.dialect();
            assert_eq!(dialect.pitches()[0], Pitch::Ten, "{name}");
            let mut out = Vec::new();
            dialect.down(dialect.steps_of_line(), true, &mut out);
            assert!(out.len() <= 2 && out.ends_with(b"\n"), "{name}: {out:?}");
        }
    }
}
