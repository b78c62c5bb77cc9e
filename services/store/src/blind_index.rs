//! Which secrets are equal, without opening them: a digest under a key of its own.

use std::path::Path;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::key_file::{self, KEY_BYTES};
use crate::{Keyring, SealError};

/// The key of a service's digests.
///
/// Nine digits are few enough to be tried one by one by whoever has a digest and this key: it is guarded like the keys that seal.
pub(crate) struct BlindIndex(Zeroizing<[u8; KEY_BYTES]>);

impl BlindIndex {
    fn digest(&self, value: &[u8]) -> Vec<u8> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_slice())
            .expect("HMAC takes a key of any length");
        mac.update(value);
        mac.finalize().into_bytes().to_vec()
    }
}

impl Keyring {
    /// The same with the key file of digests: read, or made (mode 0600) when `may_create`.
    ///
    /// A service passes `may_create` only while its database holds no digest: another key would find no equal ones.
    ///
    /// # Errors
    /// As [`Keyring::open`].
    pub fn with_index(mut self, path: &Path, may_create: bool) -> Result<Self, SealError> {
        self.index = Some(BlindIndex(key_file::read(path, may_create)?));
        Ok(self)
    }

    /// The digest by which equal values are found; none where the service keeps no digests.
    pub(crate) fn digest(&self, value: &[u8]) -> Option<Vec<u8>> {
        self.index.as_ref().map(|index| index.digest(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_have_equal_digests_under_one_key_and_others_under_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let keyring = |index: &str| {
            let keyring = Keyring::open(&path("vendor.key"), true).unwrap();
            keyring.with_index(&path(index), true).unwrap()
        };
        let (one, again, other) = (keyring("a.key"), keyring("a.key"), keyring("b.key"));
        let digest = |keyring: &Keyring, value: &str| keyring.digest(value.as_bytes()).unwrap();
        assert_eq!(digest(&one, "900700001"), digest(&again, "900700001"));
        assert_ne!(digest(&one, "900700001"), digest(&one, "900700002"));
        assert_ne!(digest(&one, "900700001"), digest(&other, "900700001"));
        let lost = Keyring::open(&path("vendor.key"), false).unwrap();
        assert!(lost.with_index(&path("lost.key"), false).is_err());
    }
}
