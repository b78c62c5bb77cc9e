//! Which secrets are equal, without opening them: a digest under a key of its own.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::KeyBytes;

/// The key of a service's digests.
///
/// Nine digits are few enough to be tried one by one by whoever has a digest and this key: it is wrapped like the keys that
/// seal. Who has the database without it sees which rows have equal numbers, and no number.
pub(crate) struct BlindIndex(KeyBytes);

impl BlindIndex {
    pub(crate) fn new(key: KeyBytes) -> Self {
        Self(key)
    }

    pub(crate) fn digest(&self, value: &[u8]) -> Vec<u8> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_slice())
            .expect("HMAC takes a key of any length");
        mac.update(value);
        mac.finalize().into_bytes().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_have_equal_digests_under_one_key_and_others_under_another() {
        let index = |byte| BlindIndex::new(KeyBytes::new([byte; 32]));
        let digest = |byte, value: &str| index(byte).digest(value.as_bytes());
        assert_eq!(digest(1, "900700001"), digest(1, "900700001"));
        assert_ne!(digest(1, "900700001"), digest(1, "900700002"));
        assert_ne!(digest(1, "900700001"), digest(2, "900700001"));
    }
}
