//! What publication changed in one file.

use std::ops::AddAssign;

use formfeed_domain::extract::File;

/// Counts of one file's records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileCounts {
    /// Which file.
    pub file: File,
    /// Records that were not there before.
    pub new: i64,
    /// Records that were there with other values.
    pub changed: i64,
    /// Records that were there already, the same.
    pub same: i64,
}

impl FileCounts {
    /// No records.
    pub(crate) fn none(file: File) -> Self {
        Self::of(file, 0, 0, 0)
    }

    /// Counted records.
    pub(crate) fn of(file: File, new: usize, changed: usize, same: usize) -> Self {
        let count = |records| i64::try_from(records).unwrap_or(i64::MAX);
        Self {
            file,
            new: count(new),
            changed: count(changed),
            same: count(same),
        }
    }
}

impl AddAssign for FileCounts {
    fn add_assign(&mut self, other: Self) {
        self.new += other.new;
        self.changed += other.changed;
        self.same += other.same;
    }
}
