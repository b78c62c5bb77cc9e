//! A key in a file of its own: 32 bytes, mode 0600, made once.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use zeroize::Zeroizing;

use crate::SealError;

/// Length of a key.
pub(crate) const KEY_BYTES: usize = 32;

/// Reads the key file, or makes it (mode 0600) when `may_create`.
///
/// # Errors
/// [`SealError::KeyFile`] when it is missing, unreadable, of another size, or open to others.
pub(crate) fn read(path: &Path, may_create: bool) -> Result<Zeroizing<[u8; KEY_BYTES]>, SealError> {
    let refuse = |reason: String| SealError::KeyFile {
        path: path.to_owned(),
        reason,
    };
    if !path.exists() {
        if !may_create {
            return Err(refuse(
                "it is missing, and sealed values exist: restore it from the backup".to_owned(),
            ));
        }
        create(path).map_err(|error| refuse(error.to_string()))?;
    }
    let mut file = File::open(path).map_err(|error| refuse(error.to_string()))?;
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
    let mut bytes = Zeroizing::new(Vec::new());
    file.read_to_end(&mut bytes)
        .map_err(|error| refuse(error.to_string()))?;
    let key = bytes.as_slice().try_into().map(Zeroizing::new);
    key.map_err(|_| refuse(format!("it holds {} bytes, not {KEY_BYTES}", bytes.len())))
}

/// Writes a new key under a temporary name and links it into place: two processes starting at once agree on one key.
fn create(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut key = Zeroizing::new([0_u8; KEY_BYTES]);
    getrandom::fill(key.as_mut_slice()).map_err(std::io::Error::other)?;
    let temporary = path.with_extension(format!("new-{}", std::process::id()));
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
        _ => Ok(()),
    }
}
