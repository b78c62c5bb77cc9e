//! What an operator says became of a sheet.

use std::collections::BTreeSet;

use super::AttemptState;

/// What became of a sheet that was in doubt or waited for confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It is on paper and good.
    Printed,
    /// It was marked and is thrown away.
    Spoiled,
    /// It is gone.
    Lost,
    /// It was not marked; it may be printed again.
    NotPrinted,
}

impl Outcome {
    /// The word in the audit and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Printed => "printed",
            Self::Spoiled => "spoiled",
            Self::Lost => "lost",
            Self::NotPrinted => "not-printed",
        }
    }

    /// The one of that word.
    pub fn find(word: &str) -> Option<Self> {
        let all = [Self::Printed, Self::Spoiled, Self::Lost, Self::NotPrinted];
        all.into_iter().find(|outcome| outcome.as_str() == word)
    }

    /// Whether paper that may be marked is left out of what is good by it: called spoiled or lost, or not printed although it was
    /// sent in full.
    pub fn wastes(self, from: AttemptState) -> bool {
        match self {
            Self::Printed => false,
            Self::Spoiled | Self::Lost => true,
            Self::NotPrinted => from == AttemptState::AwaitingConfirmation,
        }
    }

    /// The state the attempt takes.
    pub fn state(self) -> AttemptState {
        match self {
            Self::Printed => AttemptState::Good,
            Self::Spoiled => AttemptState::Spoiled,
            Self::Lost => AttemptState::Lost,
            Self::NotPrinted => AttemptState::NotPrinted,
        }
    }

    /// Anything but the expected needs a word of explanation.
    pub fn wants_reason(self) -> bool {
        self != Self::Printed
    }
}

/// Sheets of a job that one decision is about: "1-20 except 7".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRange {
    sheets: Vec<u32>,
}

/// Why a range is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SheetRangeError {
    /// Sheets are counted from 1.
    #[error("sheets are counted from 1")]
    Zero,
    /// The last comes before the first.
    #[error("the last sheet comes before the first")]
    Backwards,
    /// An exception is not in the range, so it is a slip of the pen.
    #[error("sheet {0} is excepted but not in the range")]
    StrayException(u32),
    /// Nothing is left.
    #[error("no sheet is left of the range")]
    Empty,
    /// More sheets than a job may have.
    #[error("a range has at most {} sheets", SheetRange::LIMIT)]
    TooLong,
}

impl SheetRange {
    /// All of them in as few words as they go into: `1-40, 43`.
    pub fn in_ranges(&self) -> String {
        let follows = |before: &u32, next: &u32| before.checked_add(1) == Some(*next);
        let ranges = self.sheets.chunk_by(follows).map(|range| match range {
            [first, .., last] => format!("{first}-{last}"),
            range => range.iter().map(u32::to_string).collect(),
        });
        ranges.collect::<Vec<_>>().join(", ")
    }

    /// Most sheets of one decision.
    pub const LIMIT: u32 = 1_000_000;

    /// The sheets from `first` to `last`, both included, without `except`.
    ///
    /// # Errors
    /// [`SheetRangeError`].
    pub fn new(first: u32, last: u32, except: &[u32]) -> Result<Self, SheetRangeError> {
        if first == 0 {
            return Err(SheetRangeError::Zero);
        }
        if last < first {
            return Err(SheetRangeError::Backwards);
        }
        if last - first >= Self::LIMIT {
            return Err(SheetRangeError::TooLong);
        }
        if let Some(stray) = except.iter().find(|sheet| !(first..=last).contains(*sheet)) {
            return Err(SheetRangeError::StrayException(*stray));
        }
        let except: BTreeSet<_> = except.iter().collect();
        let sheets: Vec<_> = (first..=last).filter(|s| !except.contains(s)).collect();
        match sheets.is_empty() {
            true => Err(SheetRangeError::Empty),
            false => Ok(Self { sheets }),
        }
    }

    /// These sheets, in any order.
    ///
    /// # Errors
    /// [`SheetRangeError::Zero`], [`SheetRangeError::Empty`].
    pub fn of(sheets: impl IntoIterator<Item = u32>) -> Result<Self, SheetRangeError> {
        let sheets: BTreeSet<_> = sheets.into_iter().collect();
        match sheets.first() {
            None => Err(SheetRangeError::Empty),
            Some(0) => Err(SheetRangeError::Zero),
            Some(_) => Ok(Self {
                sheets: sheets.into_iter().collect(),
            }),
        }
    }

    /// The sheets, in order.
    pub fn sheets(&self) -> &[u32] {
        &self.sheets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_to_five_except_three_is_four_sheets() {
        let range = SheetRange::new(1, 5, &[3]).unwrap();
        assert_eq!(range.sheets(), [1, 2, 4, 5]);
    }

    #[test]
    fn many_sheets_are_told_in_few_words() {
        let told = |last, except: &[u32]| SheetRange::new(1, last, except).unwrap().in_ranges();
        assert_eq!(told(1, &[]), "1");
        assert_eq!(told(43, &[41, 42]), "1-40, 43");
        assert_eq!(told(5, &[1, 3, 4]), "2, 5");
        assert_eq!(told(100_000, &[]), "1-100000");
    }

    #[test]
    fn a_slip_of_the_pen_decides_nothing() {
        for (first, last, except, error) in [
            (0, 1, &[][..], SheetRangeError::Zero),
            (5, 4, &[], SheetRangeError::Backwards),
            (1, 5, &[7], SheetRangeError::StrayException(7)),
            (1, 1, &[1], SheetRangeError::Empty),
            (1, u32::MAX, &[], SheetRangeError::TooLong),
        ] {
            assert_eq!(SheetRange::new(first, last, except), Err(error));
        }
    }
}
