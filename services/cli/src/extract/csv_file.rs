//! One CSV file, row by row, with the line each row starts on.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use csv::{ByteRecord, Position, ReaderBuilder, Terminator};
use formfeed_domain::extract::{Fault, File, Header};

use super::folder::ExtractError;

/// A CSV file whose header is right.
pub(super) struct CsvFile {
    /// Which of the extract's files.
    pub(super) file: File,
    /// Its header.
    pub(super) header: Header,
    names: Vec<String>,
    reader: csv::Reader<Source>,
    /// Used again for each row.
    spare: ByteRecord,
}

/// The file and a last line end, in case it has none.
type Source = io::Chain<fs::File, &'static [u8]>;

/// A row as it stands in the file.
pub(super) struct CsvRow {
    /// Line it starts on, from 1.
    pub(super) line: u64,
    /// Its values, in the header's order.
    pub(super) fields: ByteRecord,
}

impl CsvFile {
    /// Opens a file and reads its header; the inner error holds the header's faults.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn open(file: File, path: &Path) -> Result<Result<Self, Vec<Fault>>, ExtractError> {
        let source = fs::File::open(path).map_err(ExtractError::at(path))?;
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true) // a row's width is checked with its values
            .terminator(Terminator::Any(b'\n')) // with CRLF, lines would be counted late
            .buffer_capacity(1 << 16)
            .from_reader(source.chain(&b"\n"[..]));
        let first = read(&mut reader).map_err(ExtractError::at(path))?;
        let first = first.unwrap_or_default();
        let Some(names) = texts(&first) else {
            return Ok(Err(vec![Fault::of_row(file, 1, NOT_UTF8)]));
        };
        let checked = Header::check(file, names.iter().copied());
        let names = names
            .into_iter()
            .map(|n| n.trim_start_matches('\u{feff}').to_owned());
        Ok(checked.map(|header| Self {
            file,
            header,
            names: names.collect(),
            reader,
            spare: ByteRecord::new(),
        }))
    }

    /// The next row; none at the end.
    ///
    /// # Errors
    /// When the file cannot be read on.
    pub(super) fn next(&mut self) -> io::Result<Option<CsvRow>> {
        let mut fields = std::mem::take(&mut self.spare);
        Ok(read_into(&mut self.reader, &mut fields)?.then(|| CsvRow {
            line: self.line_of(&fields),
            fields,
        }))
    }

    /// Takes a row back whose values are no longer needed, to read the next into it.
    pub(super) fn give_back(&mut self, row: CsvRow) {
        self.spare = row.fields;
    }

    /// The line a row just read starts on. The reader names the first of the blank lines before it.
    fn line_of(&self, fields: &ByteRecord) -> u64 {
        let within = fields
            .as_slice()
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        let after = self.reader.position().line();
        let counted_back = after.saturating_sub(1 + u64::try_from(within).unwrap_or_default());
        let at_least = fields.position().map_or(0, Position::line);
        counted_back.max(at_least)
    }

    /// Bytes read so far.
    pub(super) fn bytes_read(&self) -> u64 {
        self.reader.position().byte()
    }

    /// The row's values as text; else a fault for every column that is not UTF-8.
    pub(super) fn texts<'a>(&self, row: &'a CsvRow) -> Result<Vec<&'a str>, Vec<Fault>> {
        texts(&row.fields).ok_or_else(|| {
            let bad = row
                .fields
                .iter()
                .enumerate()
                .filter(|(_, f)| str::from_utf8(f).is_err());
            bad.map(|(at, _)| {
                let column = self.names.get(at).map_or("", String::as_str);
                Fault::new(self.file, row.line, column, NOT_UTF8)
            })
            .collect()
        })
    }

    /// The row's key as far as it can be read; the parts of a composite key joined by `/`.
    pub(super) fn key(&self, row: &CsvRow) -> String {
        let part = |column: &&str| {
            let at = self.names.iter().position(|name| name == column)?;
            let text = str::from_utf8(row.fields.get(at)?).ok()?;
            Some(text.chars().take(KEY_CHARACTERS).collect::<String>())
        };
        let parts = self
            .file
            .key_columns()
            .iter()
            .map(|c| part(c).unwrap_or_default());
        parts.collect::<Vec<_>>().join("/")
    }
}

const NOT_UTF8: &str = "is not UTF-8: save the file with that encoding";

/// No key is longer.
const KEY_CHARACTERS: usize = formfeed_domain::ids::MAX_ID_CHARACTERS + 1;

/// The next record that is not blank, without the CR of a CRLF.
fn read(reader: &mut csv::Reader<Source>) -> io::Result<Option<ByteRecord>> {
    let mut record = ByteRecord::new();
    Ok(read_into(reader, &mut record)?.then_some(record))
}

/// As [`read`], into a record that is there; answers whether there was another.
fn read_into(reader: &mut csv::Reader<Source>, record: &mut ByteRecord) -> io::Result<bool> {
    loop {
        if !reader.read_byte_record(record)? {
            return Ok(false);
        }
        if record.as_slice().ends_with(b"\r") {
            *record = without_last_byte(record);
        }
        if record.len() > 1 || !record.as_slice().is_empty() {
            return Ok(true);
        }
    }
}

fn without_last_byte(record: &ByteRecord) -> ByteRecord {
    let last = record.len().saturating_sub(1);
    let fields = record
        .iter()
        .enumerate()
        .map(|(at, field)| match at == last {
            true => field.strip_suffix(b"\r").unwrap_or(field),
            false => field,
        });
    let mut shorter: ByteRecord = fields.collect();
    shorter.set_position(record.position().cloned());
    shorter
}

fn texts(record: &ByteRecord) -> Option<Vec<&str>> {
    let mut texts = Vec::with_capacity(record.len());
    for field in record {
        texts.push(str::from_utf8(field).ok()?);
    }
    Some(texts)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn rows(bytes: &[u8]) -> Vec<(u64, Vec<String>)> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("organizations.csv");
        fs::write(&path, bytes).unwrap();
        let mut file = CsvFile::open(File::Organizations, &path)
            .unwrap()
            .ok()
            .unwrap();
        let mut rows = Vec::new();
        while let Some(row) = file.next().unwrap() {
            let texts = file.texts(&row);
            let faults = |f: Vec<Fault>| f.iter().map(ToString::to_string).collect();
            let owned = |t: Vec<&str>| t.into_iter().map(str::to_owned).collect();
            rows.push((row.line, texts.map_or_else(faults, owned)));
        }
        rows
    }

    #[test]
    fn a_row_is_named_by_the_line_it_starts_on_whatever_stands_before_it() {
        let read = rows(b"\xef\xbb\xbforg_id,payer_id\r\nA,\"line\r\nbreak\"\r\n\r\nB,P\nC,P\n");
        let lines: Vec<_> = read
            .iter()
            .map(|(line, fields)| (*line, fields[0].as_str()))
            .collect();
        assert_eq!(lines, [(2, "A"), (5, "B"), (6, "C")]);
        assert_eq!(read[0].1[1], "line\r\nbreak");
        let last = rows(b"org_id,payer_id\n\n\nA,P\nB,\"never closed\nC,P")
            .pop()
            .unwrap();
        assert_eq!((last.0, last.1[0].as_str()), (5, "B"));
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_a_fault_of_their_line_and_column() {
        let read = rows(b"org_id,payer_id\nA,P\nB,M\xfcller\n");
        assert_eq!(
            read[1].1,
            ["organizations.csv:3: payer_id: is not UTF-8: save the file with that encoding"]
        );
    }
}
