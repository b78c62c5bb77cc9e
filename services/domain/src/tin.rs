//! Taxpayer identification numbers: kept with their kind, shown truncated.

mod check;

use std::fmt;
use std::str::FromStr;

pub use check::{TinWarning, UnknownTinWarning};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Which office issued the number and for whom.
///
/// Source: IRS, General Instructions for Certain Information Returns, part J.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TinKind {
    /// Social security number, `XXX-XX-XXXX`.
    Ssn,
    /// Employer identification number, `XX-XXXXXXX`.
    Ein,
    /// Individual taxpayer identification number, `9XX-XX-XXXX`.
    Itin,
    /// Adoption taxpayer identification number, `9XX-93-XXXX`.
    Atin,
}

impl TinKind {
    /// The word of the AP extract and of the store: `ssn`, `ein`, `itin`, `atin`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ssn => "ssn",
            Self::Ein => "ein",
            Self::Itin => "itin",
            Self::Atin => "atin",
        }
    }
}

impl FromStr for TinKind {
    type Err = TinError;
    fn from_str(word: &str) -> Result<Self, TinError> {
        match word {
            "ssn" => Ok(Self::Ssn),
            "ein" => Ok(Self::Ein),
            "itin" => Ok(Self::Itin),
            "atin" => Ok(Self::Atin),
            _ => Err(TinError::UnknownKind),
        }
    }
}

/// Nine digits and their kind. Wiped from memory on drop; never printed whole by accident.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Tin {
    digits: [u8; 9],
    #[zeroize(skip)]
    kind: TinKind,
}

/// Why a text is not a TIN. Never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TinError {
    /// Not nine ASCII digits with dashes in the usual places.
    #[error("a TIN has nine digits, written 123456789, 123-45-6789 or 12-3456789")]
    Malformed,
    /// Not `ssn`, `ein`, `itin` or `atin`.
    #[error("unknown TIN type: use ssn, ein, itin or atin")]
    UnknownKind,
    /// An SSN whose area, group or serial number is one of those never given out.
    #[error(
        "no SSN is given out with this area, group or serial number; check the number, or whether it is an itin, atin or ein"
    )]
    NotAnSsn,
    /// Not in the range of ITINs.
    #[error("not in the range of ITINs; check the number, or whether it is an ssn, atin or ein")]
    NotAnItin,
    /// Not in the range of ATINs.
    #[error("not in the range of ATINs; check the number, or whether it is an ssn, itin or ein")]
    NotAnAtin,
}

impl Tin {
    /// Reads a number that is entered: as [`Tin::parse`], and one that its kind can have.
    ///
    /// What is only unlikely is no error: see [`Tin::warnings`]. A number already stored is read by [`Tin::parse`]: it
    /// was entered under the rules of its day.
    ///
    /// # Errors
    /// [`TinError`].
    pub fn enter(kind: TinKind, text: &str) -> Result<Self, TinError> {
        let tin = Self::parse(kind, text)?;
        check::refuse(&tin).map(|()| tin)
    }

    /// Why the number is probably wrong; nothing of it keeps it from being used.
    pub fn warnings(&self) -> Vec<TinWarning> {
        check::warnings(self)
    }

    /// Reads nine digits, dashes in the usual places allowed.
    ///
    /// # Errors
    /// [`TinError::Malformed`] for anything else; look-alike Unicode digits too.
    pub fn parse(kind: TinKind, text: &str) -> Result<Self, TinError> {
        let bytes = text.as_bytes();
        let is_dash = |at: usize| bytes[at] == b'-';
        let dashes_fit = match bytes.len() {
            9 => true,
            10 => is_dash(2),
            11 => is_dash(3) && is_dash(6),
            _ => false,
        };
        let mut digits = [0_u8; 9];
        let mut found = bytes.iter().filter(|b| **b != b'-');
        for digit in &mut digits {
            *digit = *found
                .next()
                .filter(|b| b.is_ascii_digit())
                .ok_or(TinError::Malformed)?;
        }
        match dashes_fit && found.next().is_none() {
            true => Ok(Self { digits, kind }),
            false => Err(TinError::Malformed),
        }
    }

    /// The kind it is kept with.
    pub fn kind(&self) -> TinKind {
        self.kind
    }

    /// The nine digits without dashes: for sealing and for electronic files only.
    pub fn digits(&self) -> &str {
        std::str::from_utf8(&self.digits).expect("parse admits ASCII digits only")
    }

    /// With dashes in the pattern of its kind: `123-45-6789`, an EIN `12-3456789`.
    ///
    /// Full: for Copies A, 1 and C alone.
    pub fn full(&self) -> String {
        let d = self.digits();
        match self.kind {
            TinKind::Ein => format!("{}-{}", &d[..2], &d[2..]),
            _ => format!("{}-{}-{}", &d[..3], &d[3..5], &d[5..]),
        }
    }

    /// First five digits replaced: `XXX-XX-6789`, an EIN `XX-XXX6789`.
    ///
    /// Source: Treas. Reg. § 301.6109-4.
    pub fn truncated(&self) -> String {
        truncated(self.kind, &self.digits()[5..])
    }
}

/// The truncated form of a number of which only the last four digits are at hand.
pub fn truncated(kind: TinKind, last_four: &str) -> String {
    match kind {
        TinKind::Ein => format!("XX-XXX{last_four}"),
        _ => format!("XXX-XX-{last_four}"),
    }
}

impl fmt::Debug for Tin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tin({})", self.truncated())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_are_taken_in_the_usual_places_only() {
        for text in ["987654321", "98-7654321", "987-65-4321"] {
            assert_eq!(
                Tin::parse(TinKind::Ein, text).unwrap().digits(),
                "987654321"
            );
        }
        for text in [
            "9876-54321",
            "98765432",
            "9876543210",
            "98-765-4321",
            "９87654321",
            "-98765432",
        ] {
            assert_eq!(
                Tin::parse(TinKind::Ssn, text),
                Err(TinError::Malformed),
                "{text}"
            );
        }
    }

    #[test]
    fn a_tin_never_shows_its_first_five_digits_in_debug_output() {
        let tin = Tin::parse(TinKind::Ssn, "987654321").unwrap();
        assert_eq!(format!("{tin:?}"), "Tin(XXX-XX-4321)");
        assert_eq!(
            Tin::parse(TinKind::Ein, "987654321").unwrap().truncated(),
            "XX-XXX4321"
        );
    }
}
