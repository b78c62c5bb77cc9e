//! What is wrong with an extract, and where.

use std::fmt;

use super::File;

/// Faults listed at most; the rest of the extract is not read for more.
pub const MAX_FAULTS: usize = 1_000;

/// Words of a list that a fault repeats at most.
const MAX_LISTED: usize = 100;

/// The words of a list with commas between them, such as the codes that a fault offers; of a long one, how many more there are.
pub fn listed(words: &[String]) -> String {
    match words.split_at_checked(MAX_LISTED) {
        Some((first, more)) if !more.is_empty() => {
            format!("{} and {} more", first.join(", "), more.len())
        }
        _ => words.join(", "),
    }
}

/// One thing wrong. Shown as `file:line: column: what is wrong`; never repeats a TIN.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Where.
    pub file: File,
    /// Line in the file, counted from 1; the header is line 1.
    pub line: u64,
    /// Column; empty when the whole row or file is meant.
    pub column: String,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl Fault {
    /// A fault of one column.
    pub fn new(file: File, line: u64, column: &str, message: impl fmt::Display) -> Self {
        Self {
            file,
            line,
            column: column.to_owned(),
            message: message.to_string(),
        }
    }

    /// That a key, its parts parted by `, `, stands on an earlier line of the file already.
    pub fn twice(file: File, line: u64, key: &str, first_line: u64) -> Self {
        let columns = file.key_columns().join(", ");
        let message = format!("duplicate key {key}: it stands on line {first_line} already");
        Self::new(file, line, &columns, message)
    }

    /// A fault of a whole row or file.
    pub fn of_row(file: File, line: u64, message: impl fmt::Display) -> Self {
        Self::new(file, line, "", message)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        match self.column.is_empty() {
            true => f.write_str(&self.message),
            false => write!(f, "{}: {}", self.column, self.message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_list_the_first_hundred_are_repeated() {
        let words = |count: usize| vec!["CC".to_owned(); count];
        assert_eq!(listed(&words(2)), "CC, CC");
        assert_eq!(listed(&words(100)).len(), 100 * 4 - 2);
        assert!(listed(&words(1_000_000)).ends_with("CC, CC and 999900 more"));
    }
}
