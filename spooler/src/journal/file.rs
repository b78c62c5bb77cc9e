//! The file of a journal: lines are appended, each by one call; a line that was cut off is none.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use formfeed_domain::spool::{JournalEntry, JournalLine};
use formfeed_runtime::data_dir;
use tracing::warn;
use uuid::Uuid;

/// An open journal.
pub(super) struct JournalFile {
    path: PathBuf,
    file: File,
    /// Bytes of whole lines; what is beyond was cut off.
    length: u64,
    /// Whether its last line, whole as it is, cannot be read.
    is_torn: bool,
}

/// What can be read of a journal.
struct Found {
    lines: Vec<JournalLine>,
    /// Bytes of whole lines.
    length: u64,
    /// Whether the last of them cannot be read.
    is_torn: bool,
}

/// The last line's number in the journal of that path; 0 where there is none.
///
/// # Errors
/// When it is there and cannot be read.
pub fn position(path: &Path) -> io::Result<u64> {
    let lines = read(path)?.map_or_else(Vec::new, |found| found.lines);
    Ok(lines.last().map_or(0, |line| line.n))
}

/// The lines of a journal; `None` where there is none. A line that is not whole at the end is cut off, for the power failed;
/// one that cannot be read elsewhere is passed over, and its number is missing.
fn read(path: &Path) -> io::Result<Option<Found>> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let whole = bytes
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    let (mut lines, mut unreadable, mut is_torn) = (Vec::new(), 0, false);
    for text in bytes[..whole]
        .split(|byte| *byte == b'\n')
        .filter(|text| !text.is_empty())
    {
        let line = serde_json::from_slice::<JournalLine>(text);
        is_torn = line.is_err();
        match line {
            Ok(line) => lines.push(line),
            Err(_) => unreadable += 1,
        }
    }
    if unreadable > 0 {
        warn!(path = %path.display(), unreadable, "{unreadable} lines of the journal cannot be read");
    }
    Ok(Some(Found {
        lines,
        length: whole as u64,
        is_torn,
    }))
}

impl JournalFile {
    /// Opens the journal, and answers its lines; `None` where there is none.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub(super) fn open(path: &Path) -> io::Result<Option<(Self, Vec<JournalLine>)>> {
        let Some(found) = read(path)? else {
            return Ok(None);
        };
        let length = found.length;
        let file = OpenOptions::new().append(true).open(path)?;
        if file.metadata()?.len() != length {
            file.set_len(length)?;
        }
        let opened = Self {
            path: path.to_owned(),
            file,
            length,
            is_torn: found.is_torn,
        };
        Ok(Some((opened, found.lines)))
    }

    /// Whether its last line, whole as it was, could not be read when it was opened.
    pub(super) fn is_torn(&self) -> bool {
        self.is_torn
    }

    /// Makes a journal that holds these lines, in the place of one that is there; durable.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn replace(path: &Path, lines: &[JournalLine]) -> io::Result<Self> {
        let mut text = Vec::new();
        for line in lines {
            text.extend(text_of(line)?);
        }
        data_dir::replace(path, &text)?;
        let file = OpenOptions::new().append(true).mode(0o600).open(path)?;
        Ok(Self {
            path: path.to_owned(),
            file,
            length: text.len() as u64,
            is_torn: false,
        })
    }

    /// Moves a journal aside that cannot be read: a person may want to look at it.
    ///
    /// # Errors
    /// When it cannot be moved.
    pub(super) fn set_aside(path: &Path) -> io::Result<()> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let aside = path.with_file_name(format!("{name}.unreadable-{}", Uuid::now_v7()));
        warn!(path = %path.display(), aside = %aside.display(), "The journal cannot be read, and is moved aside");
        fs::rename(path, aside)
    }

    /// Adds a line. What was written of one that did not fit is cut off again.
    ///
    /// # Errors
    /// When it cannot be written whole.
    pub(super) fn append(&mut self, line: &JournalLine) -> io::Result<()> {
        let text = text_of(line)?;
        if let Err(error) = self.file.write_all(&text) {
            self.file.set_len(self.length).ok();
            return Err(error);
        }
        self.length += text.len() as u64;
        Ok(())
    }

    /// Its lines, read anew.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn lines(&self) -> io::Result<Vec<JournalLine>> {
        Ok(read(&self.path)?.map_or_else(Vec::new, |found| found.lines))
    }

    /// Waits until the lines are on the disk.
    ///
    /// # Errors
    /// When they are not to be written.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// Forgets all but the last lines.
    ///
    /// # Errors
    /// When it cannot be written; the old one stays.
    pub(super) fn prune(&mut self, lines: &[JournalLine], kept: usize) -> io::Result<()> {
        let Some(dropped) = lines.len().checked_sub(kept).filter(|dropped| *dropped > 0) else {
            return Ok(());
        };
        let begun = JournalLine {
            n: lines[dropped - 1].n,
            db: String::new(),
            entry: JournalEntry::Begun,
        };
        let mut left = vec![begun];
        left.extend_from_slice(&lines[dropped..]);
        *self = Self::replace(&self.path, &left)?;
        Ok(())
    }
}

fn text_of(line: &JournalLine) -> io::Result<Vec<u8>> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(n: u64) -> JournalLine {
        JournalLine {
            n,
            db: String::new(),
            entry: JournalEntry::Begun,
        }
    }

    #[test]
    fn a_line_that_was_cut_off_is_none_and_the_next_one_stands_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("j");
        assert!(JournalFile::open(&path).unwrap().is_none());
        JournalFile::replace(&path, &[line(1), line(2)]).unwrap();
        let mut text = fs::read(&path).unwrap();
        text.truncate(text.len() - 4);
        fs::write(&path, &text).unwrap();
        let (mut file, lines) = JournalFile::open(&path).unwrap().unwrap();
        assert_eq!(lines, [line(1)]);
        file.append(&line(7)).unwrap();
        file.sync().unwrap();
        let (_, lines) = JournalFile::open(&path).unwrap().unwrap();
        assert_eq!(lines, [line(1), line(7)]);
        assert_eq!(position(&path).unwrap(), 7);
    }

    #[test]
    fn a_pruned_journal_tells_where_it_begins() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("j");
        let lines: Vec<_> = (1..=9).map(line).collect();
        let mut file = JournalFile::replace(&path, &lines).unwrap();
        file.prune(&lines, 3).unwrap();
        file.append(&line(10)).unwrap();
        let (_, left) = JournalFile::open(&path).unwrap().unwrap();
        let numbers: Vec<_> = left.iter().map(|line| line.n).collect();
        assert_eq!(numbers, [6, 7, 8, 9, 10]);
        assert_eq!(left[0].entry, JournalEntry::Begun);
    }
}
