//! The edits of a recipient's rows in words, beside the trace of what was calculated.

use std::fmt::Write as _;

use formfeed_domain::edit::{Edit, Value};
use formfeed_store::calculation::{InformationEntry, RowEdit};

/// One line for each edit; blank without any.
pub(crate) fn edit_text(rows: &[InformationEntry]) -> String {
    let mut text = String::new();
    let address = rows.iter().find_map(|row| row.address_code_edit.as_ref());
    for row in rows {
        if let Some(edit) = &row.edit {
            let _ = writeln!(text, "{}", of_row(row, edit));
        }
    }
    if let Some(edit) = address {
        let (by, code) = (&edit.by, &edit.address_code);
        let _ = writeln!(
            text,
            "edited: address code {code}, by {} on {}: {}",
            by.user,
            by.time.date_naive(),
            by.reason
        );
    }
    text
}

fn of_row(row: &InformationEntry, edit: &RowEdit) -> String {
    let (what, by) = (row.income_type, &edit.by);
    let done = match &edit.edit {
        Edit::Changed(value) => format!("edited: {what} {}", in_words(value)),
        Edit::Added(value) => format!("added by hand: {what} {}", in_words(value)),
        Edit::Deleted => format!("deleted by hand: {what}"),
    };
    let calculated = match row.calculated {
        Some(calculated) => format!("calculated {calculated}"),
        None => "not calculated".to_owned(),
    };
    let (user, day, reason) = (&by.user, by.time.date_naive(), &by.reason);
    format!("{done} ({calculated}), by {user} on {day}: {reason}")
}

fn in_words(value: &Value) -> String {
    let (amount, parts) = (value.amount, &value.parts);
    let mut words = amount.to_string();
    if !parts.cash_tips.is_zero() {
        let _ = write!(words, ", of it cash tips {}", parts.cash_tips);
    }
    for code in &parts.occupation_codes {
        let _ = write!(words, ", occupation code {code}");
    }
    if !parts.overtime.is_zero() {
        let _ = write!(words, ", of it overtime {}", parts.overtime);
    }
    words
}
