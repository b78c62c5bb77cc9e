//! The faults of the client and of both services, as one list.

use std::collections::BTreeSet;
use std::fmt;

use formfeed_domain::extract::{Fault, File, MAX_FAULTS};
use formfeed_proto::vendor as pb;
use serde::Serialize;

/// Faults in order of file and line, each once, at most [`MAX_FAULTS`].
#[derive(Debug, Default)]
pub(crate) struct FaultList {
    lines: BTreeSet<(usize, FaultLine)>,
}

/// One fault, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct FaultLine {
    file: String,
    line: u64,
    column: String,
    message: String,
}

impl FaultList {
    /// Adds faults.
    pub(crate) fn extend(&mut self, faults: impl IntoIterator<Item = impl Into<FaultLine>>) {
        for fault in faults {
            let fault = fault.into();
            let place = File::ALL.iter().position(|file| file.name() == fault.file);
            self.lines.insert((place.unwrap_or(File::ALL.len()), fault));
        }
    }

    /// Whether nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The first [`MAX_FAULTS`].
    pub(crate) fn lines(&self) -> Vec<&FaultLine> {
        self.lines
            .iter()
            .map(|(_, line)| line)
            .take(MAX_FAULTS)
            .collect()
    }
}

impl From<Fault> for FaultLine {
    fn from(fault: Fault) -> Self {
        Self {
            file: fault.file.name().to_owned(),
            line: fault.line,
            column: fault.column,
            message: fault.message,
        }
    }
}

impl From<pb::ImportFault> for FaultLine {
    fn from(fault: pb::ImportFault) -> Self {
        Self {
            file: fault.file,
            line: u64::try_from(fault.line).unwrap_or_default(),
            column: fault.column,
            message: fault.message,
        }
    }
}

impl fmt::Display for FaultLine {
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
    fn faults_of_all_sides_come_in_order_of_file_and_line_and_each_but_once() {
        let remote = |file: &str, line| pb::ImportFault {
            file: file.to_owned(),
            line,
            column: "vendor_id".to_owned(),
            message: "no such vendor".to_owned(),
        };
        let mut list = FaultList::default();
        list.extend([remote("vouchers.csv", 10), remote("vouchers.csv", 9)]);
        list.extend([Fault::of_row(File::Vendors, 70, "has 3 values")]);
        list.extend([remote("vouchers.csv", 9)]);
        let shown: Vec<_> = list.lines().iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            [
                "vendors.csv:70: has 3 values",
                "vouchers.csv:9: vendor_id: no such vendor",
                "vouchers.csv:10: vendor_id: no such vendor",
            ]
        );
    }
}
