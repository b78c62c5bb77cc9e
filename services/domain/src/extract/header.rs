//! The header row: which column stands where.

use super::{Fault, File};
use crate::text::without_tins;

/// A checked header of one file.
#[derive(Debug, Clone)]
pub struct Header {
    file: File,
    /// Columns in the file.
    pub(super) width: usize,
    /// The columns in their places. They are few: to look through them is quicker than to hash.
    places: Vec<&'static str>,
}

impl Header {
    /// Reads the header's column names, in any order; a byte order mark before the first is passed over.
    ///
    /// # Errors
    /// A fault for every unknown, repeated or missing column.
    pub fn check<'a>(
        file: File,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, Vec<Fault>> {
        let mut places: Vec<&'static str> = Vec::new();
        let (mut faults, mut width) = (Vec::new(), 0);
        for (at, name) in names.into_iter().enumerate() {
            width = at + 1;
            let name = match at {
                0 => name.trim_start_matches('\u{feff}'),
                _ => name,
            };
            let known = file.columns().iter().find(|column| **column == name);
            match known {
                None => faults.push(unknown(file, name)),
                Some(column) if places.contains(column) => {
                    faults.push(Fault::new(file, 1, name, "stands twice in the header"));
                }
                Some(column) => places.push(column),
            }
        }
        for column in file.required_columns() {
            if !places.contains(column) {
                faults.push(Fault::new(file, 1, column, "this column is required"));
            }
        }
        match faults.is_empty() {
            true => Ok(Self {
                file,
                width,
                places,
            }),
            false => Err(faults),
        }
    }

    /// Whose header.
    pub fn file(&self) -> File {
        self.file
    }

    /// Where a column stands, which may be at `likely`; `None` when the file leaves it out.
    pub(super) fn place(&self, column: &str, likely: usize) -> Option<usize> {
        if self.places.get(likely).is_some_and(|name| *name == column) {
            return Some(likely);
        }
        self.places.iter().position(|name| *name == column)
    }
}

/// The name may be anything at all, such as a cell of a file without a header: it is shown short, with escapes, and no TIN.
fn unknown(file: File, name: &str) -> Fault {
    let shown: String = without_tins(name)
        .chars()
        .take(40)
        .flat_map(char::escape_debug)
        .collect();
    let known = file.columns().join(", ");
    Fault::new(
        file,
        1,
        &shown,
        format!("unknown column; known are {known}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(names: &[&str]) -> Vec<String> {
        let faults = Header::check(File::Organizations, names.iter().copied()).unwrap_err();
        faults.iter().map(Fault::to_string).collect()
    }

    #[test]
    fn columns_may_stand_in_any_order_and_blank_ones_be_left_out() {
        let header = Header::check(File::Organizations, ["\u{feff}payer_id", "org_id"]).unwrap();
        for likely in 0..3 {
            assert_eq!(header.place("org_id", likely), Some(1));
            assert_eq!(header.place("payer_id", likely), Some(0));
            assert_eq!(header.place("parent_org_id", likely), None);
        }
    }

    #[test]
    fn an_unknown_a_repeated_and_a_missing_column_are_all_named() {
        assert_eq!(
            faults(&["payer_id", "payer_id", "colour\u{1b}"]),
            [
                "organizations.csv:1: payer_id: stands twice in the header",
                "organizations.csv:1: colour\\u{1b}: unknown column; known are org_id, parent_org_id, payer_id",
                "organizations.csv:1: org_id: this column is required",
            ]
        );
    }
}
