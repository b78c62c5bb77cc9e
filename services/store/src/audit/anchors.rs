//! Where a chain ended, told to files outside the database: one line for each time, never rewritten.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat, Utc};

use super::Head;

/// Hexadecimal digits of a hash.
const HASH_DIGITS: usize = 64;

/// Where the chain ended at some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// Number of the last entry then.
    pub sequence: i64,
    /// Its hash.
    pub hash: String,
    /// When it was told.
    pub time: DateTime<Utc>,
}

/// The anchors of a file, and its lines that are none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Anchors {
    /// In the order of the file.
    pub anchors: Vec<Anchor>,
    /// Numbers of lines that cannot be read, from 1.
    pub unreadable: Vec<usize>,
}

/// The file of a service in a folder of anchors.
pub fn path(folder: &Path, service: &str) -> PathBuf {
    folder.join(format!("{service}.heads"))
}

/// Reads a file of anchors; none where there is no file. A last line that was cut off by a crash is no line.
///
/// # Errors
/// When it cannot be read.
pub fn read(file: &Path) -> io::Result<Anchors> {
    let text = match std::fs::read(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Anchors::default()),
        text => text?,
    };
    let text = String::from_utf8_lossy(&text);
    let mut found = Anchors::default();
    for (at, line) in text.split_inclusive('\n').enumerate() {
        let Some(line) = line.strip_suffix('\n') else {
            continue;
        };
        match anchor(line) {
            Some(anchor) => found.anchors.push(anchor),
            None if is_torn(line) => {}
            None => found.unreadable.push(at + 1),
        }
    }
    Ok(found)
}

/// Whether a line may be the beginning of one that a crash cut off: then it says nothing.
fn is_torn(line: &str) -> bool {
    let of_an_anchor = |c: char| c.is_ascii_hexdigit() || " :.-TZ".contains(c);
    line.chars().all(of_an_anchor)
}

fn anchor(line: &str) -> Option<Anchor> {
    let mut words = line.split(' ');
    let sequence = words.next()?.parse().ok()?;
    let hash = words.next()?.to_owned();
    let time = DateTime::parse_from_rfc3339(words.next()?).ok()?.to_utc();
    let is_hash = hash.len() == HASH_DIGITS && hash.bytes().all(|b| b.is_ascii_hexdigit());
    (is_hash && words.next().is_none()).then_some(Anchor {
        sequence,
        hash,
        time,
    })
}

/// Adds a line and waits until the disk has it. The file is made (mode 0600) when missing, the folder is not: where another
/// machine's disk is not mounted, nothing is to lie in its place.
///
/// # Errors
/// When it cannot be written.
pub fn append(file: &Path, head: &Head, time: DateTime<Utc>) -> io::Result<()> {
    let is_new = !file.exists();
    let mut options = OpenOptions::new();
    let mut opened = options
        .create(true)
        .append(true)
        .read(true)
        .mode(0o600)
        .open(file)?;
    let time = time.to_rfc3339_opts(SecondsFormat::Millis, true);
    let mut line = format!("{} {} {time}\n", head.sequence, head.hash);
    if !ends_with_a_line(&mut opened)? {
        line.insert(0, '\n');
    }
    opened.write_all(line.as_bytes())?;
    opened.sync_all()?;
    if is_new && let Some(folder) = file.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn ends_with_a_line(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_cut_off_by_a_crash_is_no_anchor_and_the_next_one_begins_a_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = path(folder.path(), "vendor");
        let head = |sequence| Head {
            sequence,
            hash: "a".repeat(HASH_DIGITS),
        };
        append(&file, &head(1), Utc::now()).unwrap();
        let mut cut = OpenOptions::new().append(true).open(&file).unwrap();
        cut.write_all(b"2 aaaa").unwrap();
        assert_eq!(read(&file).unwrap().anchors.len(), 1);
        assert!(read(&file).unwrap().unreadable.is_empty());
        append(&file, &head(3), Utc::now()).unwrap();
        let found = read(&file).unwrap();
        let sequences: Vec<_> = found.anchors.iter().map(|anchor| anchor.sequence).collect();
        assert_eq!((sequences, found.unreadable), (vec![1, 3], vec![]));
        let mut edited = OpenOptions::new().append(true).open(&file).unwrap();
        edited.write_all(b"4 somebody wrote this\n").unwrap();
        assert_eq!(read(&file).unwrap().unreadable, [4]);
        let none = read(&path(folder.path(), "forms")).unwrap();
        assert_eq!(none, Anchors::default());
    }
}
