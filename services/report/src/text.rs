//! Reports as plain text, without pages.

use std::fmt::Write as _;

use crate::{Block, Document, Table};

/// The document as text: columns below each other, sums below a line of dashes.
pub fn render_text(document: &Document) -> String {
    let mut text = format!(
        "{}\n{}\n{}\n",
        visible(&document.title),
        visible(&document.subject()),
        document.printed()
    );
    for block in &document.blocks {
        match block {
            Block::Heading(heading) => text.push_str(&format!("\n{}\n", visible(heading))),
            Block::Line(line) => text.push_str(&format!("{}\n", visible(line))),
            Block::Table(table) => rows(table, &mut text),
        }
    }
    text
}

fn rows(table: &Table, text: &mut String) {
    let cells = || {
        let heads = std::iter::once((&table.heads, false));
        heads.chain(table.rows.iter().map(|row| (&row.cells, row.is_total)))
    };
    let shown: Vec<(Vec<String>, bool)> = cells()
        .map(|(cells, is_total)| (cells.iter().map(|cell| visible(cell)).collect(), is_total))
        .collect();
    let width = |at: usize| {
        let widths = shown.iter().filter_map(|(cells, _)| cells.get(at));
        widths
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or_default()
    };
    let widths: Vec<_> = (0..table.heads.len()).map(width).collect();
    let mut above_is_total = false;
    for (cells, is_total) in &shown {
        if *is_total && !above_is_total {
            let dashes: Vec<_> = widths.iter().map(|width| "-".repeat(*width)).collect();
            let _ = writeln!(text, "{}", dashes.join("  ")); // a String takes everything
        }
        above_is_total = *is_total;
        let mut line = String::new();
        for ((cell, width), right) in cells.iter().zip(&widths).zip(&table.to_the_right) {
            line += &match right {
                true => format!("{cell:>width$}  "),
                false => format!("{cell:<width$}  "),
            };
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
}

/// Control characters as escapes: a terminal shows them and does not obey.
fn visible(text: &str) -> String {
    match text.chars().any(char::is_control) {
        true => text.escape_debug().to_string(),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone as _, Utc};
    use formfeed_domain::TaxYear;

    use super::*;

    #[test]
    fn columns_stand_below_each_other_and_escape_codes_are_shown_not_obeyed() {
        let time = Utc.with_ymd_and_hms(2026, 1, 12, 9, 30, 0).unwrap();
        let mut document = Document::new("Report", "TE1 Acme", TaxYear::new(2025).unwrap(), time);
        document.heading("Rows");
        let mut table = Table::new(["recipient", ">taxable"]);
        table.row(["a\u{1b}[2J", "1.00"]);
        table.row(["Élodie", "1234.50"]);
        table.total(["2 rows", "1235.50"]);
        document.table(table);
        document.lines("one\n  two");
        let expected = "Report\nPayer TE1 Acme, tax year 2025\n2026-01-12 09:30 UTC\n\nRows\n\
            recipient   taxable\na\\u{1b}[2J     1.00\nÉlodie      1234.50\n\
            ----------  -------\n2 rows      1235.50\none\n  two\n";
        assert_eq!(render_text(&document), expected);
    }
}
