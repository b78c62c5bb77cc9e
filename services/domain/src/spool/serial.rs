//! Serial numbers of numbered stock: each sheet of a load has one, and they follow each other.

/// The numbers of a numbered load, one for each sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SerialRange {
    first: u64,
    last: u64,
}

/// Why a range is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SerialRangeError {
    /// No such number.
    #[error("a serial number is 1 to {}", SerialRange::MAX)]
    Number,
    /// Too few or too many sheets for one load.
    #[error("a numbered load has 1 to {} sheets", SerialRange::LIMIT)]
    Sheets,
}

impl SerialRange {
    /// The greatest serial number.
    pub const MAX: u64 = 999_999_999_999;
    /// Most sheets of a numbered load.
    pub const LIMIT: u32 = 100_000;

    /// The numbers of so many sheets from `first` on.
    ///
    /// # Errors
    /// [`SerialRangeError`].
    pub fn new(first: u64, sheets: u32) -> Result<Self, SerialRangeError> {
        if sheets == 0 || sheets > Self::LIMIT {
            return Err(SerialRangeError::Sheets);
        }
        let last = first.saturating_add(u64::from(sheets) - 1);
        match first > 0 && last <= Self::MAX {
            true => Ok(Self { first, last }),
            false => Err(SerialRangeError::Number),
        }
    }

    /// The lowest number.
    pub fn first(self) -> u64 {
        self.first
    }

    /// The greatest number.
    pub fn last(self) -> u64 {
        self.last
    }

    /// The numbers of both.
    pub fn overlap(self, other: Self) -> Option<Self> {
        let (first, last) = (self.first.max(other.first), self.last.min(other.last));
        (first <= last).then_some(Self { first, last })
    }

    /// The lowest numbers that new attempts may take, at most `wanted`: those that attempts gave back, in order, then
    /// those after the greatest that was ever taken.
    pub fn lowest_free(self, given_back: &[u64], greatest: Option<u64>, wanted: usize) -> Vec<u64> {
        let fresh = greatest.map_or(self.first, |greatest| greatest + 1)..=self.last;
        let free = given_back.iter().copied().chain(fresh);
        free.take(wanted).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(first: u64, sheets: u32) -> SerialRange {
        SerialRange::new(first, sheets).unwrap()
    }

    #[test]
    fn a_hundred_sheets_from_1001_end_with_1100() {
        assert_eq!(range(1_001, 100).last(), 1_100);
        for (first, sheets, error) in [
            (0, 1, SerialRangeError::Number),
            (SerialRange::MAX, 2, SerialRangeError::Number),
            (u64::MAX, 2, SerialRangeError::Number),
            (1, 0, SerialRangeError::Sheets),
            (1, 100_001, SerialRangeError::Sheets),
        ] {
            assert_eq!(SerialRange::new(first, sheets), Err(error));
        }
    }

    #[test]
    fn ranges_that_touch_do_not_overlap() {
        let lot = range(1_001, 100);
        assert_eq!(lot.overlap(range(1_101, 5)), None);
        assert_eq!(lot.overlap(range(1_100, 5)), Some(range(1_100, 1)));
        assert_eq!(lot.overlap(range(1_020, 5)), Some(range(1_020, 5)));
    }

    #[test]
    fn a_number_given_back_is_taken_before_a_fresh_one() {
        let lot = range(1_001, 6);
        assert_eq!(lot.lowest_free(&[], None, 2), [1_001, 1_002]);
        assert_eq!(
            lot.lowest_free(&[1_002], Some(1_004), 3),
            [1_002, 1_005, 1_006]
        );
        assert_eq!(lot.lowest_free(&[], Some(1_006), 1), [] as [u64; 0]);
    }
}
