//! The keys of one service at work, by version: the newest seals, all open.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305};
use zeroize::Zeroizing;

use super::blind_index::BlindIndex;
use super::data_key::{DataKey, INDEX};
use crate::SealError;
use crate::seal::{self, Place, Sealed, key_check};

/// The keys of one service. A newer one may come while it works.
pub struct Keyring {
    ciphers: RwLock<BTreeMap<i32, XChaCha20Poly1305>>,
    index: Option<BlindIndex>,
    /// Tells the first key from another's first, and gives none away.
    check: String,
}

impl Keyring {
    /// Of unwrapped keys; they hold at least one that seals.
    pub(crate) fn of(keys: Vec<DataKey>) -> Self {
        let mut ciphers = BTreeMap::new();
        let (mut index, mut check) = (None, String::new());
        for key in keys {
            if key.purpose == INDEX {
                index = Some(BlindIndex::new(key.bytes));
                continue;
            }
            if ciphers.is_empty() {
                check = key_check(key.bytes.as_slice());
            }
            ciphers.insert(key.version, cipher(&key));
        }
        Self {
            ciphers: RwLock::new(ciphers),
            index,
            check,
        }
    }

    /// Tells the first key from another's first, and gives none away.
    pub(crate) fn check(&self) -> &str {
        &self.check
    }

    /// Adds a key that seals; the newest seals from now on.
    pub(super) fn add(&self, key: &DataKey) {
        let cipher = cipher(key);
        let mut ciphers = self.ciphers.write().unwrap_or_else(PoisonError::into_inner);
        ciphers.insert(key.version, cipher);
    }

    /// Whether a key is here.
    pub(crate) fn knows(&self, version: i32) -> bool {
        self.with(|ciphers| ciphers.contains_key(&version))
    }

    /// Version of the key that seals.
    pub(crate) fn newest(&self) -> i32 {
        self.with(|ciphers| ciphers.last_key_value().map_or(0, |(version, _)| *version))
    }

    fn with<T>(&self, look: impl FnOnce(&BTreeMap<i32, XChaCha20Poly1305>) -> T) -> T {
        look(&self.ciphers.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Seals a value for its place.
    ///
    /// # Errors
    /// [`SealError::NoRandomness`].
    pub fn seal(&self, place: Place<'_>, value: &[u8]) -> Result<Sealed, SealError> {
        self.with(|ciphers| {
            let (version, cipher) = ciphers
                .last_key_value()
                .expect("a keyring holds at least one key");
            seal::seal_with(cipher, *version, place, value)
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
        self.with(|ciphers| match ciphers.get(&sealed.key_version) {
            Some(cipher) => seal::open_with(cipher, place, sealed),
            None => Err(SealError::KeyMissing {
                version: sealed.key_version,
                table: place.table.to_owned(),
                column: place.column.to_owned(),
            }),
        })
    }

    /// The digest by which equal values are found; none where the service keeps no digests.
    pub(crate) fn digest(&self, value: &[u8]) -> Option<Vec<u8>> {
        self.index.as_ref().map(|index| index.digest(value))
    }
}

fn cipher(key: &DataKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new_from_slice(key.bytes.as_slice())
        .expect("a key has as many bytes as the cipher takes")
}

#[cfg(test)]
mod tests {
    use super::super::KeyBytes;
    use super::super::data_key::SEAL;
    use super::*;

    const PLACE: Place<'_> = Place {
        table: "vendor_versions",
        column: "tin",
        id: "V1/1",
    };

    fn key(version: i32) -> DataKey {
        DataKey {
            purpose: SEAL.to_owned(),
            version,
            bytes: KeyBytes::new([u8::try_from(version).unwrap(); 32]),
        }
    }

    #[test]
    fn a_sealed_value_opens_at_its_place_and_version_only() {
        let keyring = Keyring::of(vec![key(1)]);
        let sealed = keyring.seal(PLACE, b"987654321").unwrap();
        assert!(!sealed.bytes.windows(9).any(|w| w == b"987654321"));
        let opened = keyring.open_sealed(PLACE, &sealed).unwrap();
        assert_eq!(opened.as_slice(), b"987654321");
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
    fn a_newer_key_seals_and_the_older_one_still_opens() {
        let keyring = Keyring::of(vec![key(1)]);
        let first = keyring.seal(PLACE, b"987654321").unwrap();
        keyring.add(&key(2));
        let second = keyring.seal(PLACE, b"987654321").unwrap();
        assert_eq!((first.key_version, second.key_version), (1, 2));
        assert!(keyring.open_sealed(PLACE, &first).is_ok());
        assert!(keyring.open_sealed(PLACE, &second).is_ok());
        assert_eq!(keyring.check(), Keyring::of(vec![key(1), key(2)]).check());
    }
}
