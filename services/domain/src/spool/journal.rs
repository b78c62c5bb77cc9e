//! What a spooler writes beside its database before a sheet gets its first byte: the paper's own record, which a database
//! that is put back in place of a newer one is held against.
//!
//! A line names jobs, sheets, loads and printers, never what is on a sheet.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// One line: its place in the order, the database it is about, and what happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalLine {
    /// Grows with every line and never comes twice.
    pub n: u64,
    /// Identity of the database, the same after it was restored; blank where none is meant.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub db: String,
    /// What happened.
    #[serde(flatten)]
    pub entry: JournalEntry,
}

/// What a line tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum JournalEntry {
    /// The journal begins behind this place: what was before is not in it.
    Begun,
    /// Sheets are about to be tried: their intent is durable, no byte has left.
    Intent(JournalIntent),
    /// Form stock was put into a printer.
    Load(JournalLoad),
    /// The database was put in place from a backup, away from the journal that it was printed with.
    Restored {
        /// What a person says was printed since that backup.
        printed_since: PrintedSince,
    },
}

/// Sheets that were tried together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalIntent {
    /// Printer.
    pub printer: String,
    /// Job.
    pub job: String,
    /// Name of the whole on the device.
    pub device_job: String,
    /// Name of the attempts on the device.
    pub token: String,
    /// Load that the sheets are taken from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load: Option<String>,
    /// The sheets.
    pub sheets: Vec<SheetSpan>,
}

/// Form stock as it was loaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalLoad {
    /// Key of the load.
    pub load: String,
    /// Printer.
    pub printer: String,
    /// Name of the stock.
    pub stock: String,
    /// Sheets put in; `None` when not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheets: Option<u32>,
    /// The first serial number of numbered stock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_serial: Option<u64>,
}

/// What a person says was printed since a backup that is restored where its journal is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrintedSince {
    /// Nothing.
    None,
    /// Nobody knows.
    Unknown,
}

/// Sheets that follow each other, each in the attempt of the same number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    from = "(u32, u32, u32, Option<u64>)",
    into = "(u32, u32, u32, Option<u64>)"
)]
pub struct SheetSpan {
    /// The first sheet.
    pub first: u32,
    /// The last sheet.
    pub last: u32,
    /// Number of the attempt of each.
    pub attempt: u32,
    /// Serial number of the first sheet; those of the others follow.
    pub serial: Option<u64>,
}

impl From<(u32, u32, u32, Option<u64>)> for SheetSpan {
    fn from((first, last, attempt, serial): (u32, u32, u32, Option<u64>)) -> Self {
        Self {
            first,
            last,
            attempt,
            serial,
        }
    }
}

impl From<SheetSpan> for (u32, u32, u32, Option<u64>) {
    fn from(span: SheetSpan) -> Self {
        (span.first, span.last, span.attempt, span.serial)
    }
}

/// A sheet in one attempt, and the serial number it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TriedSheet {
    /// Number of the sheet in its job.
    pub sheet: u32,
    /// Number of the attempt.
    pub attempt: u32,
    /// The serial number, on numbered stock.
    pub serial: Option<u64>,
}

impl SheetSpan {
    /// The same sheets in as few spans as they go into.
    pub fn of(tried: impl IntoIterator<Item = TriedSheet>) -> Vec<Self> {
        let mut spans: Vec<Self> = Vec::new();
        for one in tried {
            match spans.last_mut().filter(|span| span.is_followed_by(one)) {
                Some(span) => span.last = one.sheet,
                None => spans.push(Self {
                    first: one.sheet,
                    last: one.sheet,
                    attempt: one.attempt,
                    serial: one.serial,
                }),
            }
        }
        spans
    }

    /// The sheets one by one.
    pub fn sheets(self) -> impl Iterator<Item = TriedSheet> {
        (self.first..=self.last).map(move |sheet| TriedSheet {
            sheet,
            attempt: self.attempt,
            serial: self
                .serial
                .map(|first| first + u64::from(sheet - self.first)),
        })
    }

    /// How many.
    pub fn count(self) -> u32 {
        (self.last + 1).saturating_sub(self.first)
    }

    fn is_followed_by(&self, one: TriedSheet) -> bool {
        let serial = self.serial.map(|first| first + u64::from(self.count()));
        (self.last + 1, self.attempt, serial) == (one.sheet, one.attempt, one.serial)
    }
}

/// The attempts that are known to have been tried, to tell an attempt that would be made a second time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tried(HashMap<String, Vec<SheetSpan>>);

impl Tried {
    /// Whether one of these attempts, or a later one of its sheet, was tried before: the database has forgotten it.
    pub fn knows_any(&self, job: &str, spans: &[SheetSpan]) -> bool {
        let before = self.0.get(job).map_or(&[][..], Vec::as_slice);
        spans.iter().any(|new| {
            before.iter().any(|old| {
                old.attempt >= new.attempt && old.first <= new.last && new.first <= old.last
            })
        })
    }

    /// Notes attempts.
    pub fn note(&mut self, job: &str, spans: &[SheetSpan]) {
        let known = self.0.entry(job.to_owned()).or_default();
        for new in spans {
            let new = SheetSpan {
                serial: None,
                ..*new
            };
            match known.last_mut() {
                Some(last) if last.attempt == new.attempt && last.last + 1 == new.first => {
                    last.last = new.last;
                }
                _ => known.push(new),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(sheet: u32, attempt: u32, serial: Option<u64>) -> TriedSheet {
        TriedSheet {
            sheet,
            attempt,
            serial,
        }
    }

    #[test]
    fn sheets_of_one_attempt_are_told_together_and_read_back_one_by_one() {
        let sheets = [
            tried(1, 1, Some(1_001)),
            tried(2, 1, Some(1_002)),
            tried(3, 2, Some(1_003)),
            tried(4, 2, Some(1_005)),
            tried(6, 2, Some(1_006)),
        ];
        let spans = SheetSpan::of(sheets);
        assert_eq!(spans.len(), 4);
        let back: Vec<_> = spans.iter().flat_map(|span| span.sheets()).collect();
        assert_eq!(back, sheets);
    }

    #[test]
    fn a_line_reads_back_as_it_was_written_and_is_short() {
        let line = JournalLine {
            n: 17,
            db: "01890000-0000-7000-8000-000000000000".to_owned(),
            entry: JournalEntry::Intent(JournalIntent {
                printer: "laser".to_owned(),
                job: "j".to_owned(),
                device_job: "j-s1-a1".to_owned(),
                token: "j-s1-a1".to_owned(),
                load: None,
                sheets: SheetSpan::of([tried(1, 1, None), tried(2, 1, None)]),
            }),
        };
        let text = serde_json::to_string(&line).unwrap();
        assert!(text.contains(r#""kind":"intent""#), "{text}");
        assert!(text.contains(r#""sheets":[[1,2,1,null]]"#), "{text}");
        assert_eq!(serde_json::from_str::<JournalLine>(&text).unwrap(), line);
    }

    #[test]
    fn an_attempt_that_was_tried_is_not_tried_again_and_the_next_one_may_be() {
        let mut known = Tried::default();
        let span = |first, last, attempt| SheetSpan::from((first, last, attempt, None));
        known.note("j", &[span(1, 1, 1)]);
        known.note("j", &[span(2, 3, 1)]);
        known.note("j", &[span(2, 2, 2)]);
        assert!(known.knows_any("j", &[span(3, 3, 1)]));
        assert!(known.knows_any("j", &[span(2, 2, 1)]));
        assert!(known.knows_any("j", &[span(2, 2, 2)]));
        assert!(!known.knows_any("j", &[span(2, 2, 3)]));
        assert!(!known.knows_any("j", &[span(4, 9, 1)]));
        assert!(!known.knows_any("k", &[span(1, 1, 1)]));
    }
}
