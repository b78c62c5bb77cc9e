//! A key in a file of its own: 32 bytes, mode 0600, made once.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use zeroize::Zeroizing;

use super::{KeyBytes, data_key};
use crate::SealError;

/// A key as text is not longer.
pub(super) const MOST_BYTES: u64 = 1_024;

/// Reads the key file, or makes it (mode 0600) when `may_create`. It holds the key's bytes or their digits.
///
/// # Errors
/// [`SealError::KeyFile`] when it is missing, unreadable, of another size, or open to others.
pub(crate) fn read(path: &Path, may_create: bool) -> Result<KeyBytes, SealError> {
    let refuse = |reason: String| SealError::KeyFile {
        path: path.to_owned(),
        reason,
    };
    if !path.exists() {
        if !may_create {
            return Err(refuse(
                "it is missing, and sealed values exist: restore it from the backup, or copy it from the spooler that shares \
                 the database"
                    .to_owned(),
            ));
        }
        create(path).map_err(|error| refuse(error.to_string()))?;
    }
    let file = File::open(path).map_err(|error| refuse(error.to_string()))?;
    let mode = file
        .metadata()
        .map_err(|error| refuse(error.to_string()))?
        .permissions()
        .mode();
    if mode & 0o077 != 0 {
        return Err(refuse(format!(
            "others may read it (mode {:03o}): run chmod 600 on it",
            mode & 0o777
        )));
    }
    let most = usize::try_from(MOST_BYTES).unwrap_or_default();
    let mut bytes = Zeroizing::new(Vec::with_capacity(most + 1));
    file.take(MOST_BYTES)
        .read_to_end(&mut bytes)
        .map_err(|error| refuse(error.to_string()))?;
    super::digits::key(&bytes).map_err(refuse)
}

/// Writes a new key under a temporary name and links it into place: two processes starting at once agree on one key.
fn create(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let key = data_key::random().map_err(std::io::Error::other)?;
    let mut name = [0_u8; 8];
    getrandom::fill(&mut name).map_err(std::io::Error::other)?;
    let temporary = path.with_extension(format!("new-{}", hex::encode(name)));
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&temporary)?;
    file.write_all(key.as_slice())?;
    file.sync_all()?;
    let linked = std::fs::hard_link(&temporary, path);
    std::fs::remove_file(&temporary)?;
    match linked {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => on_the_disk(path),
    }
}

/// What is wrapped by the key may be on another disk in a moment: the key's name must be on its own by then, and that of a
/// folder that was just made.
fn on_the_disk(path: &Path) -> std::io::Result<()> {
    for folder in path.ancestors().skip(1).take(2) {
        let folder = match folder.as_os_str().is_empty() {
            true => Path::new("."),
            false => folder,
        };
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_or_readable_key_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vendor.key");
        assert!(read(&path, false).is_err());
        read(&path, true).unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(read(&path, false).is_err());
    }
}
