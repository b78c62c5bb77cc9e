//! Whether a number can be of its kind, and whether it is likely to be.
//!
//! Source: rules/tins.toml, by kind.

use std::fmt;
use std::str::FromStr;

use super::{Tin, TinError, TinKind};
use crate::rules::{Span, tin_lists};

/// Why a number that has the shape of its kind is probably wrong. Says so in words, never in digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TinWarning {
    /// The same digit nine times: the IRS treats it as incorrect.
    DigitsAllEqual,
    /// An SSN known from advertisements and forms, which is nobody's.
    SsnPlaceholder,
    /// An EIN that begins with a prefix the IRS is not known to give out.
    EinPrefixNeverIssued,
}

/// Not one of the words of the contract.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown TIN warning")]
pub struct UnknownTinWarning;

impl TinWarning {
    /// Every warning.
    pub const ALL: [Self; 3] = [
        Self::DigitsAllEqual,
        Self::SsnPlaceholder,
        Self::EinPrefixNeverIssued,
    ];

    /// The word of the contract and of the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DigitsAllEqual => "digits_all_equal",
            Self::SsnPlaceholder => "ssn_placeholder",
            Self::EinPrefixNeverIssued => "ein_prefix_never_issued",
        }
    }
}

impl fmt::Display for TinWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DigitsAllEqual => {
                "the same digit nine times, which the IRS treats as incorrect; ask for a Form W-9"
            }
            Self::SsnPlaceholder => {
                "an SSN known from samples, which is nobody's; ask for a Form W-9"
            }
            Self::EinPrefixNeverIssued => {
                "an EIN with a prefix that the IRS is not known to give out; check it against the Form W-9"
            }
        })
    }
}

impl FromStr for TinWarning {
    type Err = UnknownTinWarning;
    fn from_str(word: &str) -> Result<Self, UnknownTinWarning> {
        Self::ALL
            .into_iter()
            .find(|warning| warning.as_str() == word)
            .ok_or(UnknownTinWarning)
    }
}

/// Refuses a number that its kind never has.
pub(super) fn refuse(tin: &Tin) -> Result<(), TinError> {
    let lists = tin_lists();
    let (area, group, serial) = parts(tin);
    let (can_be, error) = match tin.kind() {
        TinKind::Ssn => (
            Span::any(&lists.ssn_areas, area)
                && Span::any(&lists.ssn_groups, group)
                && Span::any(&lists.ssn_serials, serial),
            TinError::NotAnSsn,
        ),
        TinKind::Itin => (
            Span::any(&lists.itin_areas, area) && Span::any(&lists.itin_groups, group),
            TinError::NotAnItin,
        ),
        TinKind::Atin => (
            Span::any(&lists.atin_areas, area) && Span::any(&lists.atin_groups, group),
            TinError::NotAnAtin,
        ),
        TinKind::Ein => (true, TinError::Malformed),
    };
    match can_be {
        true => Ok(()),
        false => Err(error),
    }
}

/// What is unlikely about a number.
pub(super) fn warnings(tin: &Tin) -> Vec<TinWarning> {
    let (lists, digits) = (tin_lists(), tin.digits());
    let is_so = |warning: &TinWarning| match warning {
        TinWarning::DigitsAllEqual => digits.bytes().all(|byte| byte == digits.as_bytes()[0]),
        TinWarning::SsnPlaceholder => {
            tin.kind() == TinKind::Ssn && Span::any(&lists.ssn_placeholders, digits)
        }
        TinWarning::EinPrefixNeverIssued => {
            tin.kind() == TinKind::Ein && Span::any(&lists.ein_prefixes_never_issued, &digits[..2])
        }
    };
    TinWarning::ALL.into_iter().filter(is_so).collect()
}

/// Area, group and serial number of the pattern `AAA-GG-SSSS`.
fn parts(tin: &Tin) -> (&str, &str, &str) {
    let digits = tin.digits();
    (&digits[..3], &digits[3..5], &digits[5..])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn enter(kind: TinKind, text: &str) -> Result<Tin, TinError> {
        Tin::enter(kind, text)
    }

    #[test]
    fn a_number_its_kind_never_has_is_refused() {
        use TinKind::{Atin, Itin, Ssn};
        for (kind, text, error) in [
            (Ssn, "000-12-3456", TinError::NotAnSsn),
            (Ssn, "666-12-3456", TinError::NotAnSsn),
            (Ssn, "900-12-3456", TinError::NotAnSsn),
            (Ssn, "999-12-3456", TinError::NotAnSsn),
            (Ssn, "123-00-6789", TinError::NotAnSsn),
            (Ssn, "123-45-0000", TinError::NotAnSsn),
            (Itin, "899-70-0001", TinError::NotAnItin),
            (Itin, "900-49-0001", TinError::NotAnItin),
            (Itin, "900-66-0001", TinError::NotAnItin),
            (Itin, "900-69-0001", TinError::NotAnItin),
            (Itin, "900-89-0001", TinError::NotAnItin),
            (Itin, "900-93-0001", TinError::NotAnItin),
            (Atin, "900-92-0001", TinError::NotAnAtin),
            (Atin, "123-93-0001", TinError::NotAnAtin),
        ] {
            assert_eq!(enter(kind, text), Err(error), "{kind:?}");
        }
        for (kind, text) in [
            (Ssn, "001-01-0001"),
            (Ssn, "665-99-9999"),
            (Ssn, "899-01-0001"),
            (Itin, "900-50-0000"),
            (Itin, "999-99-9999"),
            (Atin, "900-93-0000"),
            (TinKind::Ein, "00-0000000"),
        ] {
            assert!(enter(kind, text).is_ok(), "{kind:?}");
        }
        assert!(
            Tin::parse(Ssn, "900-70-0001").is_ok(),
            "what is stored already is read"
        );
    }

    #[test]
    fn an_unlikely_number_is_warned_of_and_let_in() {
        let warned = |kind, text: &str| enter(kind, text).unwrap().warnings();
        for text in ["111-11-1111", "333-33-3333", "888888888"] {
            assert_eq!(warned(TinKind::Ssn, text), [TinWarning::DigitsAllEqual]);
        }
        for text in ["123-45-6789", "078-05-1120"] {
            assert_eq!(warned(TinKind::Ssn, text), [TinWarning::SsnPlaceholder]);
        }
        for prefix in [
            "00", "07", "08", "09", "17", "19", "28", "29", "49", "69", "70", "78", "79", "89",
            "96", "97",
        ] {
            let number = format!("{prefix}-1234567");
            let warned = warned(TinKind::Ein, &number);
            assert_eq!(warned, [TinWarning::EinPrefixNeverIssued], "{prefix}");
        }
        assert_eq!(warned(TinKind::Ein, "12-3456789"), []);
        assert_eq!(warned(TinKind::Ssn, "123-45-6788"), []);
        assert_eq!(
            warned(TinKind::Ein, "000000000"),
            [TinWarning::DigitsAllEqual, TinWarning::EinPrefixNeverIssued]
        );
    }

    proptest! {
        #[test]
        fn neither_an_error_nor_a_warning_tells_a_digit(digits in "[0-9]{9}") {
            for kind in [TinKind::Ssn, TinKind::Ein, TinKind::Itin, TinKind::Atin] {
                let told = match Tin::enter(kind, &digits) {
                    Ok(tin) => tin.warnings().iter().map(ToString::to_string).collect(),
                    Err(error) => error.to_string(),
                };
                prop_assert!(!told.bytes().any(|byte| byte.is_ascii_digit() && byte != b'9'), "{}", told);
                prop_assert!(!told.contains(&digits));
            }
        }

        #[test]
        fn what_may_be_entered_can_be_read_again(digits in "[0-9]{9}") {
            for kind in [TinKind::Ssn, TinKind::Ein, TinKind::Itin, TinKind::Atin] {
                if let Ok(tin) = Tin::enter(kind, &digits) {
                    prop_assert_eq!(Tin::parse(kind, tin.digits()).unwrap(), tin);
                }
            }
        }
    }
}
