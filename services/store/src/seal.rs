//! Secrets at rest: XChaCha20-Poly1305 with the place of the value as associated data.

use std::path::{Path, PathBuf};

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::keys::key_file;

const NONCE_BYTES: usize = 24;

/// Where a sealed value lives: it opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Table.
    pub table: &'a str,
    /// Column.
    pub column: &'a str,
    /// Primary key of the row, its parts joined by `/`.
    pub id: &'a str,
}

/// A sealed value as it is stored: nonce, then ciphertext with tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Version of the key that sealed it.
    pub key_version: i32,
    /// 24 bytes of nonce, then ciphertext and tag.
    pub bytes: Vec<u8>,
}

/// Why a key or a sealed value cannot be used. Never repeats a value.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The key file cannot be read or made.
    #[error("the key file {} cannot be used: {reason}", path.display())]
    KeyFile {
        /// Which file.
        path: PathBuf,
        /// Why, and the way out.
        reason: String,
    },
    /// The master key cannot be had.
    #[error("the master key cannot be had from {source_name}: {reason}")]
    Master {
        /// Where it should come from.
        source_name: String,
        /// Why.
        reason: String,
    },
    /// The master key is not the one that wrapped the data keys.
    #[error(
        "the master key of {source_name} is not that of this database: its check is {found}, and {wanted} is wanted; set \
         FORMFEED_MASTER_KEY to where the right one is, or restore the key file from the backup"
    )]
    OtherMaster {
        /// Check of the master key that wrapped the data keys.
        wanted: String,
        /// Check of the one that was read.
        found: String,
        /// Where that is from.
        source_name: String,
    },
    /// The key file is not the one that sealed what the database holds.
    #[error(
        "{} is not the key that sealed what is in the database: restore it from the backup that belongs to the database",
        path.display()
    )]
    OtherKeyFile {
        /// Which file.
        path: PathBuf,
    },
    /// The key of the digests is not the one they were made with.
    #[error(
        "the key of the digests is not the one they were made with: restore the folder keys from the backup that belongs to \
         the database"
    )]
    OtherIndex,
    /// The value was sealed by a key that is not here.
    #[error("key version {version} of a sealed value in {table}.{column} is missing")]
    KeyMissing {
        /// Key version stored with the value.
        version: i32,
        /// Table.
        table: String,
        /// Column.
        column: String,
    },
    /// Wrong key, damaged, or moved from another row or column.
    #[error(
        "a sealed value in {table}.{column} does not open: wrong key, damaged, or moved between rows"
    )]
    DoesNotOpen {
        /// Table.
        table: String,
        /// Column.
        column: String,
    },
    /// The system has no randomness.
    #[error("the system's random numbers are not to be had")]
    NoRandomness,
}

/// A digest under the key itself, which is random: it leads nobody back to it.
pub(crate) fn key_check(key: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(b"formfeed: the same key");
    let digest = mac.finalize().into_bytes();
    digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Tells the key in a file from others, and gives none away.
///
/// # Errors
/// [`SealError::KeyFile`] when it is missing, unreadable, of another size, or open to others.
pub fn check_of_key_file(path: &Path) -> Result<String, SealError> {
    Ok(key_check(key_file::read(path, false)?.as_slice()))
}

/// Seals a value for its place.
///
/// # Errors
/// [`SealError::NoRandomness`].
pub(crate) fn seal_with(
    cipher: &XChaCha20Poly1305,
    key_version: i32,
    place: Place<'_>,
    value: &[u8],
) -> Result<Sealed, SealError> {
    let mut nonce = [0_u8; NONCE_BYTES];
    getrandom::fill(&mut nonce).map_err(|_| SealError::NoRandomness)?;
    let aad = place.associated_data(key_version);
    let ciphertext = cipher
        .encrypt(
            &XNonce::from(nonce),
            Payload {
                msg: value,
                aad: &aad,
            },
        )
        .expect("a value in memory is shorter than the cipher's limit of 256 GiB");
    Ok(Sealed {
        key_version,
        bytes: [nonce.as_slice(), &ciphertext].concat(),
    })
}

/// Opens a sealed value at its place.
///
/// # Errors
/// [`SealError::DoesNotOpen`].
pub(crate) fn open_with(
    cipher: &XChaCha20Poly1305,
    place: Place<'_>,
    sealed: &Sealed,
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let does_not_open = || SealError::DoesNotOpen {
        table: place.table.to_owned(),
        column: place.column.to_owned(),
    };
    let (nonce, ciphertext) = sealed
        .bytes
        .split_first_chunk::<NONCE_BYTES>()
        .ok_or_else(does_not_open)?;
    let aad = place.associated_data(sealed.key_version);
    let payload = Payload {
        msg: ciphertext,
        aad: &aad,
    };
    cipher
        .decrypt(&XNonce::from(*nonce), payload)
        .map(Zeroizing::new)
        .map_err(|_| does_not_open())
}

impl Place<'_> {
    fn associated_data(&self, key_version: i32) -> Vec<u8> {
        format!(
            "{}\0{}\0{}\0{key_version}",
            self.table, self.column, self.id
        )
        .into_bytes()
    }
}
