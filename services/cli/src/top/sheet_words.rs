//! Sheets in words: which, what is on them, what they count, what the device said.

use formfeed_proto::spooler as pb;
use pb::sheet::State;

use crate::commands::job_history::in_words;
use crate::shown::shown;
use crate::words::{amount, id};

pub(super) fn printer(sheet: &pb::Sheet) -> String {
    let last = sheet.attempts.last();
    last.map(|it| shown(id(&it.printer)).into_owned())
        .unwrap_or_default()
}

pub(super) fn serial(sheet: &pb::Sheet) -> Option<i64> {
    sheet.attempts.last().and_then(|attempt| attempt.serial)
}

pub(super) fn state(sheet: &pb::Sheet) -> &'static str {
    match sheet.state() {
        State::Lost => "lost",
        _ => "spoiled",
    }
}

/// Ranges of sheets that a line names.
const MOST_IN_LINE: usize = 3;
/// Ranges of sheets that a text names.
pub(super) const MOST_TOLD: usize = 40;

/// In a line: `sheets 1 to 20`.
pub(super) fn span(sheets: &[pb::Sheet]) -> String {
    ranges(sheets, MOST_IN_LINE)
}

/// `sheet 3`, or `sheets 1 to 4, 6 and 8 to 40`; of more ranges than `most` only `35 sheets from 1 to 40`.
pub(super) fn ranges(sheets: &[pb::Sheet], most: usize) -> String {
    let mut ranges: Vec<(i32, i32)> = Vec::new();
    for sheet in sheets {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == sheet.number => *last = sheet.number,
            _ => ranges.push((sheet.number, sheet.number)),
        }
    }
    let words = |(first, last): &(i32, i32)| match last - first {
        0 => first.to_string(),
        _ => format!("{first} to {last}"),
    };
    match ranges.as_slice() {
        [] => String::new(),
        [(first, last)] if first == last => format!("sheet {first}"),
        [one] => format!("sheets {}", words(one)),
        [before @ .., last] if ranges.len() <= most => {
            let before: Vec<_> = before.iter().map(words).collect();
            format!("sheets {} and {}", before.join(", "), words(last))
        }
        [(first, _), .., (_, last)] => {
            format!("{} sheets from {first} to {last}", sheets.len())
        }
    }
}

pub(super) fn forms_of(sheets: &[pb::Sheet]) -> String {
    let forms: usize = sheets.iter().map(|it| it.account_numbers.len()).sum();
    match forms {
        1 => "1 form".to_owned(),
        forms => format!("{forms} forms"),
    }
}

pub(super) fn dollars(sheets: &[pb::Sheet]) -> String {
    amount(sheets.iter().map(|it| it.amount_cents).sum())
}

pub(super) fn counts(sheets: &[pb::Sheet]) -> String {
    format!("counts {} and {}", forms_of(sheets), dollars(sheets))
}

pub(super) fn loses(sheets: &[pb::Sheet], word: &str) -> String {
    let forms = forms_of(sheets);
    format!(
        "one sheet of stock {word}, {forms} not counted; then: print it again, or end without it"
    )
}

/// Accounts, amount and serial number of a sheet, as they stand on the paper.
pub(super) fn on_paper(sheet: &pb::Sheet) -> String {
    let accounts: Vec<_> = sheet.account_numbers.iter().map(|it| shown(it)).collect();
    let void = match sheet.void_slots {
        0 => String::new(),
        slots => format!(", {slots} void"),
    };
    let serial = serial(sheet).map(|serial| format!(", serial number {serial}"));
    let serial = serial.unwrap_or_default();
    let amount = amount(sheet.amount_cents);
    format!("on it: {}{void}, {amount}{serial}", accounts.join(", "))
}

/// What the device said of the last try.
pub(super) fn evidence(sheet: &pb::Sheet) -> String {
    let last = sheet.attempts.last();
    let words = last
        .map(|it| in_words(&it.evidence_json))
        .unwrap_or_default();
    match words.is_empty() {
        true => "the device said nothing of it".to_owned(),
        false => format!("evidence: {}", shown(&words)),
    }
}
