//! The audit trail as a file: rows for a spreadsheet, or a JSON document a line.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use formfeed_proto::audit as pb;
use formfeed_report::{Cell, Csv};
use formfeed_runtime::service::Service;

use super::audit::view;
use crate::words::time;

const HEADS: [&str; 11] = [
    "service",
    "sequence",
    "time",
    "user",
    "token",
    "request_id",
    "action",
    "subject",
    "details",
    "previous_hash",
    "hash",
];

/// A file in the making, for its owner only.
pub(super) struct AuditFile {
    file: BufWriter<File>,
    is_csv: bool,
    is_begun: bool,
}

impl AuditFile {
    /// Makes a file that must not be there.
    pub(super) fn create(path: &Path, is_csv: bool) -> io::Result<Self> {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        let mut made = Self {
            file: BufWriter::new(file),
            is_csv,
            is_begun: false,
        };
        if is_csv {
            made.rows(Csv::new(&HEADS))?;
        }
        Ok(made)
    }

    /// Adds entries of a service.
    pub(super) fn add(&mut self, service: Service, entries: &[pb::Entry]) -> io::Result<()> {
        if self.is_csv {
            return self.rows(rows(service, entries));
        }
        for entry in entries {
            serde_json::to_writer(&mut self.file, &view(service, entry))?;
            self.file.write_all(b"\n")?;
        }
        Ok(())
    }

    /// Waits until the disk has it.
    pub(super) fn finish(self) -> io::Result<()> {
        let file = self
            .file
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        file.sync_all()
    }

    /// Writes rows; their heads only the first time.
    fn rows(&mut self, rows: Csv) -> io::Result<()> {
        let bytes = rows.into_bytes();
        let heads = bytes.iter().position(|byte| *byte == b'\n');
        let from = match self.is_begun {
            true => heads.map_or(0, |end| end + 1),
            false => 0,
        };
        self.is_begun = true;
        self.file.write_all(&bytes[from..])
    }
}

fn rows(service: Service, entries: &[pb::Entry]) -> Csv {
    let mut rows = Csv::new(&HEADS);
    for entry in entries {
        let (number, at) = (entry.sequence.to_string(), time(entry.time.as_ref()));
        let cells = [
            service.name(),
            &number,
            &at,
            &entry.user,
            &entry.token,
            &entry.request_id,
            &entry.action,
            &entry.subject,
            &entry.details,
            &entry.previous_hash,
            &entry.hash,
        ];
        rows.row(&cells.map(Cell::Text));
    }
    rows
}
