//! The folder a machine's Formfeed keeps its state in.

use std::{
    fs, io,
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// The platform's place for Formfeed's data, such as `~/.local/share/formfeed`; none without a home.
pub fn default_path() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "formfeed").map(|dirs| dirs.data_dir().to_path_buf())
}

/// Makes the folder, readable by its owner only, unless it is there.
///
/// From then on this process makes every file for its owner only: databases hold names and amounts, keys open TINs, and
/// a folder that was there before may be open to others.
///
/// # Errors
/// When it cannot be made.
pub fn prepare(dir: &Path) -> io::Result<()> {
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
}

/// Replaces a file at once and durably; readers see the old content or the new. Mode 0600.
///
/// # Errors
/// When it cannot be written; the old content stays.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = dir.join(format!(".{name}.{}", uuid::Uuid::new_v4().simple()));
    let written = write_new(&temporary, content)
        .and_then(|()| fs::rename(&temporary, path))
        .and_then(|()| fs::File::open(dir)?.sync_all());
    if written.is_err() {
        fs::remove_file(&temporary).ok();
    }
    written
}

fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(content)?;
    file.sync_all()
}
