//! Plain tables for people.

use std::fmt;

use crate::shown::shown;

/// Rows under a heading; columns of amounts stand to the right.
#[derive(Debug)]
pub(crate) struct Table {
    heading: Vec<String>,
    to_the_right: Vec<bool>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table; a heading that begins with `>` stands to the right, with its column.
    pub(crate) fn new(heading: &[&str]) -> Self {
        let to_the_right = heading.iter().map(|name| name.starts_with('>')).collect();
        let heading = heading
            .iter()
            .map(|name| name.trim_start_matches('>').to_owned())
            .collect();
        Self {
            heading,
            to_the_right,
            rows: Vec::new(),
        }
    }

    /// Adds a row; control characters are shown as escapes.
    pub(crate) fn row<const N: usize>(&mut self, cells: [&str; N]) {
        self.rows
            .push(cells.map(|cell| shown(cell).into_owned()).into());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = || std::iter::once(&self.heading).chain(&self.rows);
        let width = |at: usize| {
            let widths = lines().map(|line| line.get(at).map_or(0, |cell| cell.chars().count()));
            widths.max().unwrap_or_default()
        };
        let widths: Vec<_> = (0..self.heading.len()).map(width).collect();
        for line in lines() {
            let mut text = String::new();
            for ((cell, width), right) in line.iter().zip(&widths).zip(&self.to_the_right) {
                match right {
                    true => text.push_str(&format!("{cell:>width$}  ")),
                    false => text.push_str(&format!("{cell:<width$}  ")),
                }
            }
            writeln!(f, "{}", text.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_stand_to_the_right_and_escape_codes_are_shown_not_obeyed() {
        let mut table = Table::new(&["recipient", ">amount"]);
        table.row(["Élodie", "1.00"]);
        table.row(["a\u{1b}[2J", "1234.50"]);
        assert_eq!(
            table.to_string(),
            "recipient    amount\nÉlodie         1.00\na\\u{1b}[2J  1234.50\n"
        );
    }
}
