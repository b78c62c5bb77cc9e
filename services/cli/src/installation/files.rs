//! Files that are copied whole and durably, and known by their hash.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

/// Bytes that are read together.
const CHUNK: usize = 1 << 18;

/// SHA-256 of a file in hexadecimal digits, and its size in bytes.
pub(super) fn hash(path: &Path) -> io::Result<(String, u64)> {
    let mut file = File::open(path)?;
    let (mut sum, mut size) = (Sha256::new(), 0);
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = file.read(&mut chunk)?;
        if read == 0 {
            return Ok((hex(&sum.finalize()), size));
        }
        sum.update(&chunk[..read]);
        size += read as u64;
    }
}

/// SHA-256 of some bytes in hexadecimal digits.
pub(super) fn hash_of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Copies a file to a place where there is none, for its owner alone, and waits until it is on the disk.
pub(super) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = File::open(from)?;
    let mut made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(to)?;
    io::copy(&mut source, &mut made)?;
    made.sync_all()
}

/// Writes a file where there is none, for its owner alone, and waits until it is on the disk.
pub(super) fn write(to: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(to)?;
    made.write_all(bytes)?;
    made.sync_all()
}

/// Makes a folder for its owner alone, with those above it.
pub(super) fn folder(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}

/// Waits until names in a folder are on the disk.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    let path = match path.as_os_str().is_empty() {
        true => Path::new("."),
        false => path,
    };
    File::open(path)?.sync_all()
}

/// The files of that ending in a folder, by name; none where there is no folder.
pub(super) fn of_ending(folder: &Path, ending: &str) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|own| own == ending) && path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
