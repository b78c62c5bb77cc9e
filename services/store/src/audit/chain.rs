//! The hashes of the chain, made with a key of its own: who may write the database cannot make them.

use std::path::Path;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::entry::{Entry, HeadRow};
use crate::SealError;
use crate::keys::{KeyBytes, key_file};

/// What the first entry names as the hash before it.
pub(super) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The key of a service's chain.
pub(super) struct ChainKey {
    service: &'static str,
    key: KeyBytes,
}

impl ChainKey {
    /// Reads the key file, or makes it (mode 0600) when `may_create`.
    pub(super) fn open(
        service: &'static str,
        path: &Path,
        may_create: bool,
    ) -> Result<Self, SealError> {
        let key = key_file::read(path, may_create)?;
        Ok(Self { service, key })
    }

    /// The hash of an entry, whatever hash it bears.
    pub(super) fn hash(&self, entry: &Entry) -> String {
        self.hash_at(entry, entry.sequence)
    }

    /// The hash it would have in another place.
    pub(super) fn hash_at(&self, entry: &Entry, sequence: i64) -> String {
        self.digest(&[
            b"formfeed audit entry 1",
            &sequence.to_be_bytes(),
            &entry.time.timestamp_micros().to_be_bytes(),
            entry.user.as_bytes(),
            entry.token.as_bytes(),
            entry.request_id.as_bytes(),
            entry.action.as_bytes(),
            entry.subject.as_bytes(),
            entry.details.as_bytes(),
            entry.previous_hash.as_bytes(),
        ])
    }

    /// The seal of a chain's end.
    pub(super) fn seal(&self, sequence: i64, hash: &str) -> String {
        self.digest(&[
            b"formfeed audit head 1",
            &sequence.to_be_bytes(),
            hash.as_bytes(),
        ])
    }

    /// Whether the end bears the seal of who has the key.
    pub(super) fn has_sealed(&self, head: &HeadRow) -> bool {
        head.seal == self.seal(head.sequence, &head.hash)
    }

    /// Tells this key from others without giving it away.
    pub(super) fn check(&self) -> String {
        self.digest(&[b"formfeed audit key 1"])
    }

    /// Each part with its length before it, so that no two lists of parts are alike.
    fn digest(&self, parts: &[&[u8]]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.as_slice())
            .expect("HMAC takes a key of any length");
        for part in [self.service.as_bytes()].iter().chain(parts) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        let digest = mac.finalize().into_bytes();
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
