//! Faults found in an extract, at most a thousand, in order of file and line.

use formfeed_domain::extract::{Fault, File, MAX_FAULTS};
use formfeed_proto::convert::Violations;
use formfeed_proto::vendor as pb;

use super::column::column;

/// The faults of one half of an extract.
#[derive(Debug, Default)]
pub(super) struct Faults {
    list: Vec<Fault>,
}

impl Faults {
    /// Notes a fault of a column. Records come in the order of their files, so that what comes after the
    /// thousandth would not be listed anyway.
    pub(super) fn add(&mut self, file: File, line: i32, column: &str, message: String) {
        if self.list.len() < MAX_FAULTS {
            self.list
                .push(Fault::new(file, line_number(line), column, message));
        }
    }

    /// Notes that a key, its parts parted by `/`, stands on an earlier line already.
    pub(super) fn add_twice(&mut self, file: File, line: i32, key: &str, first_line: i32) {
        if self.list.len() < MAX_FAULTS {
            let (line, first_line) = (line_number(line), line_number(first_line));
            let key = key.replace('/', ", ");
            self.list.push(Fault::twice(file, line, &key, first_line));
        }
    }

    /// Notes every bad field of a record under its column.
    pub(super) fn extend(&mut self, file: File, line: i32, bad: &Violations) {
        for violation in bad.list() {
            self.add(
                file,
                line,
                &column(file, &violation.field),
                violation.description.clone(),
            );
        }
    }

    /// Takes in faults that were looked for in the end; these may stand before others.
    pub(super) fn merge(&mut self, later: Self) {
        self.list.extend(later.list);
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The faults as they are answered.
    pub(super) fn into_messages(mut self) -> Vec<pb::ImportFault> {
        self.list.sort();
        self.list.truncate(MAX_FAULTS);
        self.list.into_iter().map(message).collect()
    }
}

fn message(fault: Fault) -> pb::ImportFault {
    pb::ImportFault {
        file: fault.file.name().to_owned(),
        line: i32::try_from(fault.line).unwrap_or(i32::MAX),
        column: fault.column,
        message: fault.message,
    }
}

fn line_number(line: i32) -> u64 {
    u64::try_from(line).unwrap_or_default()
}
