//! From rows to batches of records, each half of the extract by itself.

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use formfeed_domain::extract::{Fault, File, Header, MAX_FAULTS};

use super::csv_file::CsvFile;
use super::folder::ExtractError;

/// Records in a message at most.
const BATCH_RECORDS: usize = 1_000;

/// Bytes of CSV in a message at most, or one row.
const BATCH_BYTES: usize = 512 * 1024;

/// One service's half of an extract.
pub(crate) trait Half {
    /// A record as the service takes it.
    type Record: Send + 'static;
    /// A message of the stream.
    type Request: Send + 'static;

    /// Reads a row.
    fn parse(
        file: File,
        header: &Header,
        line: u64,
        fields: Vec<&str>,
    ) -> Result<Self::Record, Vec<Fault>>;

    /// Stands for a row that could not be read.
    fn unreadable(file: File, key: String) -> Self::Record;

    /// One message; records come with their lines.
    fn request(import_id: &str, records: Vec<(i32, Self::Record)>) -> Self::Request;
}

/// How far the reading is, for who looks on.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    rows: AtomicU64,
    bytes: AtomicU64,
}

impl Tally {
    /// Rows read.
    pub(crate) fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }

    /// Bytes read.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

/// Reads the files of a half and hands batches to `send` until it answers false or [`MAX_FAULTS`] are found.
/// Rows with faults go on as unreadable ones. Answers the faults.
///
/// # Errors
/// When a file cannot be read.
pub(crate) fn read_half<H: Half>(
    files: &[(File, PathBuf)],
    tally: &Tally,
    mut send: impl FnMut(Vec<(i32, H::Record)>) -> bool,
) -> Result<Vec<Fault>, ExtractError> {
    let mut batch = Batch::<H>::default();
    let mut faults = Vec::new();
    for (file, path) in files {
        let mut csv = match CsvFile::open(*file, path)? {
            Ok(csv) => csv,
            Err(found) => {
                faults.extend(found);
                continue;
            }
        };
        let mut read = 0;
        while let Some(row) = csv
            .next()
            .map_err(|e: io::Error| ExtractError::at(path)(e))?
        {
            let size = row.fields.as_slice().len();
            let texts = csv.texts(&row);
            let parsed = texts.and_then(|fields| H::parse(*file, &csv.header, row.line, fields));
            let record = parsed.unwrap_or_else(|found| {
                faults.extend(found);
                H::unreadable(*file, csv.key(&row))
            });
            tally.rows.fetch_add(1, Ordering::Relaxed);
            let more = csv.bytes_read() - read;
            read += more;
            tally.bytes.fetch_add(more, Ordering::Relaxed);
            let line = row.line;
            csv.give_back(row);
            let full = batch.add(line, record, size);
            let listened_to = full.is_none_or(&mut send);
            if !listened_to || faults.len() >= MAX_FAULTS {
                return Ok(faults);
            }
        }
    }
    send(batch.records);
    Ok(faults)
}

struct Batch<H: Half> {
    records: Vec<(i32, H::Record)>,
    bytes: usize,
}

impl<H: Half> Default for Batch<H> {
    fn default() -> Self {
        Self {
            records: Vec::new(),
            bytes: 0,
        }
    }
}

impl<H: Half> Batch<H> {
    /// Adds a record and answers the batch when it is full.
    fn add(&mut self, line: u64, record: H::Record, size: usize) -> Option<Vec<(i32, H::Record)>> {
        self.records
            .push((i32::try_from(line).unwrap_or(i32::MAX), record));
        self.bytes += size;
        let full = self.records.len() >= BATCH_RECORDS || self.bytes >= BATCH_BYTES;
        full.then(|| std::mem::take(self).records)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::VendorHalf;
    use super::*;
    use formfeed_proto::vendor::vendor_import_record::Record;

    fn read(rows: &str, mut send: impl FnMut(usize) -> bool) -> (Vec<Fault>, Vec<(i32, Record)>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("organizations.csv");
        std::fs::write(&path, format!("org_id,payer_id\n{rows}")).unwrap();
        let mut all = Vec::new();
        let files = [(File::Organizations, path)];
        let faults = read_half::<VendorHalf>(&files, &Tally::default(), |batch| {
            let go_on = send(batch.len());
            all.extend(batch);
            go_on
        });
        (faults.unwrap(), all)
    }

    #[test]
    fn many_rows_leave_in_batches_and_none_is_lost() {
        let rows: String = (0..2_500).map(|n| format!("O{n},P\n")).collect();
        let mut sizes = Vec::new();
        let (faults, all) = read(&rows, |size| {
            sizes.push(size);
            true
        });
        assert_eq!((faults.len(), all.len()), (0, 2_500));
        assert_eq!(sizes, [1_000, 1_000, 500]);
        assert_eq!(all[2_499].0, 2_501);
    }

    #[test]
    fn a_row_with_faults_goes_on_as_unreadable_under_its_key() {
        let (faults, all) = read("A,P\nB,P,one too many\n", |_| true);
        assert_eq!(
            faults[0].to_string(),
            "organizations.csv:3: has 3 values where the header has 2 columns"
        );
        let Record::Unreadable(unreadable) = &all[1].1 else {
            panic!("read: {:?}", all[1]);
        };
        assert_eq!(
            (unreadable.file.as_str(), unreadable.key.as_str()),
            ("organizations.csv", "B")
        );
    }

    #[test]
    fn reading_ends_when_nobody_listens_and_after_a_thousand_faults() {
        let rows: String = (0..5_000).map(|n| format!("O{n},P\n")).collect();
        assert_eq!(read(&rows, |_| false).1.len(), 1_000);
        let rows: String = (0..5_000).map(|n| format!("/{n},P\n")).collect();
        assert_eq!(read(&rows, |_| true).0.len(), MAX_FAULTS);
    }
}
