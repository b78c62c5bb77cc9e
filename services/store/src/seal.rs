//! Secrets at rest: XChaCha20-Poly1305 with the place of the value as associated data.

use std::path::{Path, PathBuf};

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::blind_index::BlindIndex;
use crate::key_file;

const NONCE_BYTES: usize = 24;

/// The keys of one service, by version. Only the newest seals.
pub struct Keyring {
    keys: Vec<(i32, XChaCha20Poly1305)>,
    pub(crate) index: Option<BlindIndex>,
    /// Tells one key from another and gives none away.
    pub(crate) check: String,
}

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
fn key_check(key: &[u8]) -> String {
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

impl Keyring {
    /// Reads the key file, or makes it (mode 0600) when `may_create`.
    ///
    /// The file holds 32 bytes: key version 1. A service passes `may_create` only while its database holds no sealed
    /// value, so that a lost key is an error and never silently replaced.
    ///
    /// # Errors
    /// [`SealError::KeyFile`] when it is missing, unreadable, of another size, or open to others.
    pub fn open(path: &Path, may_create: bool) -> Result<Self, SealError> {
        let bytes = key_file::read(path, may_create)?;
        let key = XChaCha20Poly1305::new_from_slice(bytes.as_slice())
            .expect("a key file holds as many bytes as the cipher takes");
        Ok(Self {
            keys: vec![(1, key)],
            index: None,
            check: key_check(bytes.as_slice()),
        })
    }

    /// Seals a value for its place.
    ///
    /// # Errors
    /// [`SealError::NoRandomness`].
    pub fn seal(&self, place: Place<'_>, value: &[u8]) -> Result<Sealed, SealError> {
        let (key_version, key) = self.keys.last().expect("a keyring holds at least one key");
        let mut nonce = [0_u8; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|_| SealError::NoRandomness)?;
        let aad = place.associated_data(*key_version);
        let ciphertext = key
            .encrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: value,
                    aad: &aad,
                },
            )
            .expect("a value in memory is shorter than the cipher's limit of 256 GiB");
        Ok(Sealed {
            key_version: *key_version,
            bytes: [nonce.as_slice(), &ciphertext].concat(),
        })
    }

    /// Opens a sealed value at its place.
    ///
    /// # Errors
    /// [`SealError::KeyMissing`] or [`SealError::DoesNotOpen`].
    pub fn open_sealed(
        &self,
        place: Place<'_>,
        sealed: &Sealed,
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let does_not_open = || SealError::DoesNotOpen {
            table: place.table.to_owned(),
            column: place.column.to_owned(),
        };
        let (_, key) = self
            .keys
            .iter()
            .find(|(version, _)| *version == sealed.key_version)
            .ok_or_else(|| SealError::KeyMissing {
                version: sealed.key_version,
                table: place.table.to_owned(),
                column: place.column.to_owned(),
            })?;
        let (nonce, ciphertext) = sealed
            .bytes
            .split_first_chunk::<NONCE_BYTES>()
            .ok_or_else(does_not_open)?;
        let aad = place.associated_data(sealed.key_version);
        key.decrypt(
            &XNonce::from(*nonce),
            Payload {
                msg: ciphertext,
                aad: &aad,
            },
        )
        .map(Zeroizing::new)
        .map_err(|_| does_not_open())
    }
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

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn keyring() -> (tempfile::TempDir, Keyring) {
        let folder = tempfile::tempdir().unwrap();
        let keyring = Keyring::open(&folder.path().join("vendor.key"), true).unwrap();
        (folder, keyring)
    }

    const PLACE: Place<'_> = Place {
        table: "vendor_versions",
        column: "tin",
        id: "V1/1",
    };

    #[test]
    fn a_sealed_value_opens_at_its_place_only() {
        let (_folder, keyring) = keyring();
        let sealed = keyring.seal(PLACE, b"987654321").unwrap();
        assert!(!sealed.bytes.windows(9).any(|w| w == b"987654321"));
        assert_eq!(
            keyring.open_sealed(PLACE, &sealed).unwrap().as_slice(),
            b"987654321"
        );
        let elsewhere = Place {
            id: "V2/1",
            ..PLACE
        };
        assert!(matches!(
            keyring.open_sealed(elsewhere, &sealed),
            Err(SealError::DoesNotOpen { .. })
        ));
        let newer = Sealed {
            key_version: 2,
            ..sealed
        };
        assert!(matches!(
            keyring.open_sealed(PLACE, &newer),
            Err(SealError::KeyMissing { .. })
        ));
    }

    #[test]
    fn a_lost_or_readable_key_file_stops_the_start() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vendor.key");
        assert!(matches!(
            Keyring::open(&path, false),
            Err(SealError::KeyFile { .. })
        ));
        Keyring::open(&path, true).unwrap();
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(Keyring::open(&path, false).is_err());
    }
}
